//! Which sending belongs to which taking: found by the keys that both have.

use std::collections::HashMap;

use super::record::{Event, Record};
use super::trace::{Line, Sent, What};

impl Record {
    /// Finds for each taking its sending.
    pub(super) fn join(&mut self) {
        let mut sent: HashMap<(String, String), Vec<usize>> = HashMap::new();
        for (number, event) in self.events.iter().enumerate() {
            if let What::Sent(signal) = &event.line.what {
                for key in keys(&event.line, signal) {
                    sent.entry(key).or_default().push(number);
                }
            }
        }
        for takings in sent.values_mut() {
            takings.sort_by_key(|number| self.events[*number].line.time);
        }
        let mut used = vec![false; self.events.len()];
        for number in 0..self.events.len() {
            let line = &self.events[number].line;
            let Some(key) = key_taken(line) else { continue };
            let fits = |sending: &&usize| {
                let What::Sent(signal) = &self.events[**sending].line.what else {
                    return false;
                };
                !used[**sending] && self.cast.is(signal.other.as_deref(), &line.pid)
            };
            let cause = sent.get(&key).and_then(|all| all.iter().find(fits));
            let cause = cause.copied();
            if let Some(cause) = cause {
                used[cause] = true;
            }
            self.events[number].cause = cause;
        }
    }

    /// What follows from the end of a process comes from its name, if it was watched by
    /// name: finds out who had it.
    pub(super) fn find_the_ended(&mut self) {
        for number in 0..self.events.len() {
            let Event { trace, line, .. } = &self.events[number];
            if !line.pid.starts_with('{') {
                continue;
            }
            let before = self.events[..number].iter().rev();
            let ended = before.filter(|event| {
                event.trace == *trace
                    && matches!(event.line.what, What::Ended { .. })
                    && self.cast.is(Some(&line.pid), &event.line.pid)
            });
            let pid = ended.map(|event| event.line.pid.clone()).next();
            if let Some(pid) = pid {
                self.events[number].line.pid = pid;
            }
        }
    }

    /// Whether a process that is ended from outside, while it does what it was told, has
    /// taken its last answer by then is chance, and makes no difference.
    pub(super) fn forget_last_answers(&mut self) {
        let mut forgotten = Vec::new();
        for (number, event) in self.events.iter().enumerate() {
            let by_signal =
                matches!(event.line.what, What::Ended { by: Some(_), .. });
            if !by_signal {
                continue;
            }
            let before = (0..number)
                .rev()
                .filter(|earlier| self.events[*earlier].line.pid == event.line.pid);
            let answers = before.take_while(|earlier| {
                let together = self.events[*earlier].command == event.command;
                together && self.is_answer(*earlier)
            });
            forgotten.extend(answers);
        }
        for number in forgotten {
            self.events[number].line.what = What::Forgotten;
            self.events[number].cause = None;
        }
    }

    pub(super) fn is_answer(&self, number: usize) -> bool {
        let answers = ["io_reply", "reply", "spawn_reply"];
        match &self.events[number].line.what {
            What::Taken(signal) => answers.contains(&signal.kind.as_str()),
            _ => false,
        }
    }
}

/// That a process is started on its own node is no signal; it is put in as one.
pub(super) fn with_spawns(events: impl Iterator<Item = Event>) -> Vec<Event> {
    let mut all = Vec::new();
    for event in events {
        if let What::Spawned { by: Some(by), request: None, link, .. } =
            &event.line.what
        {
            let kind = if *link { "spawn_link" } else { "spawn" };
            let sent = Sent {
                kind: kind.into(),
                other: Some(event.line.pid.clone()),
                key: event.line.pid.clone(),
                text: String::new(),
            };
            let what = What::Sent(sent);
            let line = Line { pid: by.clone(), what, ..event.line };
            all.push(Event { line, ..event });
        }
        all.push(event);
    }
    all
}

/// What a sending can be found by.
fn keys(line: &Line, signal: &Sent) -> Vec<(String, String)> {
    let key = |kind: &str, key: &str| (kind.to_string(), key.to_string());
    match signal.kind.as_str() {
        "reply" => match signal.key.split_once(' ') {
            Some((alias, hash)) => {
                vec![key("reply", alias), key("message", hash)]
            }
            None => Vec::new(),
        },
        "exit" | "exit2" => {
            vec![key("exit", &format!("{} {}", line.pid, signal.text))]
        }
        "spawn" | "spawn_link" | "spawn_monitor" => vec![key("spawn", &signal.key)],
        kind => vec![key(kind, &signal.key)],
    }
}

fn key_taken(line: &Line) -> Option<(String, String)> {
    let key = |kind: &str, key: String| Some((kind.to_string(), key));
    match &line.what {
        What::Spawned { request, by: Some(_), .. } => {
            key("spawn", request.clone().unwrap_or_else(|| line.pid.clone()))
        }
        What::Taken(signal) if signal.kind == "exit" => {
            let from = signal.other.as_deref().unwrap_or_default();
            key("exit", format!("{from} {}", signal.text))
        }
        What::Taken(signal) => key(&signal.kind, signal.key.clone()),
        What::Ended { reason, by: Some(by) } => {
            // Killed is who was sent kill.
            let sent = if reason == "killed" { "kill" } else { reason };
            key("exit", format!("{by} {sent}"))
        }
        _ => None,
    }
}
