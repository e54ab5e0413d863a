//! A section's log, made of its events: who does what, in a reader's words.

use std::collections::HashMap;

use super::causal::{Deed, Log, MESSAGE, NODE_ITSELF, Role, Signal};
use super::normalise::without_microseconds;
use super::record::{Event, Record};
use super::trace::{Sent, What, node_of};

/// A section's log while it is made.
pub(super) struct Scene<'a> {
    record: &'a Record,
    pub(super) log: Log,
    /// The signals in the log by their sendings.
    numbers: HashMap<usize, usize>,
    roles: HashMap<String, Role>,
}

impl<'a> Scene<'a> {
    pub(super) fn new(record: &'a Record, roles: HashMap<String, Role>) -> Self {
        Self { record, log: Log::default(), numbers: HashMap::new(), roles }
    }

    /// Puts a sending's signal into the log, before all deeds.
    pub(super) fn number(&mut self, event: usize) {
        let Event { line, .. } = &self.record.events[event];
        let What::Sent(sent) = &line.what else { return };
        let from = if self.record.is_made_up(event) {
            let trace = self.record.events[event].trace;
            self.node_itself(trace)
        } else if sent.text == "noproc" {
            // Of one that is not there its node speaks.
            let node = alive(node_of(&line.pid));
            Role { node, name: NODE_ITSELF.into() }
        } else {
            self.role(&line.pid)
        };
        let to = match self.taker(event) {
            Some(pid) => self.role(&pid),
            None => self.role(sent.other.as_deref().unwrap_or_default()),
        };
        let (kind, mut text) = self.words(sent, line.time);
        if sent.kind == "spawn_reply" {
            text = self.role(&line.pid).to_string();
        }
        let number = self.log.signals.len();
        self.log.signals.push(Signal { from, to, kind, text });
        self.numbers.insert(event, number);
    }

    pub(super) fn happens(&mut self, event: usize) {
        let Event { line, cause, .. } = &self.record.events[event];
        let role = self.role(&line.pid);
        match &line.what {
            What::Sent(_) => {
                let Some(&number) = self.numbers.get(&event) else { return };
                let from = self.log.signals[number].from.clone();
                let deeds = self.log.deeds.get(&from);
                let last = deeds.and_then(|deeds| deeds.last());
                if from.is_node() || matches!(last, Some(Deed::Ends(_))) {
                    self.log.loose.push(number);
                } else {
                    self.log.do_it(from, Deed::Sends(number));
                }
            }
            What::Taken(taken) => self.takes(&role, *cause, Some(taken)),
            What::Spawned { .. } => self.takes(&role, *cause, None),
            What::Ended { reason, by } => {
                if by.is_some() {
                    self.takes(&role, *cause, None);
                }
                let reason = self.text(reason, line.time);
                self.log.do_it(role, Deed::Ends(reason));
            }
            _ => {}
        }
    }

    fn takes(&mut self, role: &Role, cause: Option<usize>, taken: Option<&Sent>) {
        let known = cause.and_then(|cause| self.numbers.get(&cause).copied());
        let number = known.or_else(|| {
            let signal = match (cause, taken) {
                // Sent before this section began.
                (Some(cause), _) => {
                    let line = &self.record.events[cause].line;
                    let What::Sent(sent) = &line.what else { return None };
                    let (kind, text) = self.words(sent, line.time);
                    let from = self.role(&line.pid);
                    Signal { from, to: role.clone(), kind, text }
                }
                (None, Some(taken)) => {
                    let (kind, text) = self.words(taken, u64::MAX);
                    let name = NODE_ITSELF.to_string();
                    let from = Role { node: role.node.clone(), name };
                    Signal { from, to: role.clone(), kind, text }
                }
                (None, None) => return None,
            };
            self.log.signals.push(signal);
            let number = self.log.signals.len() - 1;
            if self.log.signals[number].from.is_node() {
                self.log.loose.push(number);
            }
            Some(number)
        });
        if let Some(number) = number {
            self.log.do_it(role.clone(), Deed::Takes(number));
        }
    }

    /// Who takes what is sent here.
    fn taker(&self, sending: usize) -> Option<String> {
        let events = &self.record.events;
        let taking = events.iter().find(|event| event.cause == Some(sending))?;
        Some(taking.line.pid.clone())
    }

    fn node_itself(&self, trace: usize) -> Role {
        let first = self.record.events.iter().find(|event| event.trace == trace);
        let node = first.map_or("", |event| node_of(&event.line.pid));
        Role { node: alive(node), name: NODE_ITSELF.into() }
    }

    fn role(&self, address: &str) -> Role {
        if let Some(role) = self.roles.get(address) {
            return role.clone();
        }
        // A name, at which nobody took anything.
        let inner = address.trim_start_matches('{');
        let name = inner.rsplit_once(", ").map_or(NODE_ITSELF, |(name, _)| name);
        Role { node: alive(node_of(address)), name: name.replace(' ', "_") }
    }

    fn text(&self, text: &str, time: u64) -> String {
        without_microseconds(&self.record.cast.rewrite(text, time, &self.roles))
    }

    /// Kind and text of a signal, as a reader understands them.
    fn words(&self, sent: &Sent, time: u64) -> (String, String) {
        let text = self.text(&sent.text, time);
        let words = |kind: &str, text: &str| (kind.to_string(), text.to_string());
        match sent.kind.as_str() {
            "message" => message(&text),
            "spawn_monitor" if text.starts_with("erpc.execute_call/") => {
                words("erpc", called(&text))
            }
            "spawn" | "spawn_link" | "spawn_monitor" => words(&sent.kind, ""),
            "spawn_reply" => words("reply", ""),
            "io_reply" => words("reply", &text),
            "exit2" => words("exit", &text),
            "reply" => words("reply", raised(&text)),
            kind => words(kind, &text),
        }
    }
}

/// `{$gen_call, {caller, .., ..}, question}` is a call, and says `question`.
fn message(text: &str) -> (String, String) {
    let own = |kind: &str, said: &str| (kind.to_string(), said.to_string());
    if let Some(call) = text.strip_prefix("{$gen_call, {caller, ") {
        let said = call.split_once("}, ").map_or(call, |(_, said)| said);
        let said = said.strip_suffix('}').unwrap_or(said);
        if said.starts_with("{start_task, ") {
            return own("call", &format!("start {}", called(said)));
        }
        return own("call", said);
    }
    match text.strip_prefix("{$gen_cast, ").and_then(|t| t.strip_suffix('}')) {
        Some(said) => own("cast", said),
        None => own(MESSAGE, text),
    }
}

/// `{$erpc_raised, reason}` says `reason`.
fn raised(text: &str) -> &str {
    let inner = text
        .strip_prefix("{$erpc_raised, ")
        .or_else(|| text.strip_prefix("{$gen_refused, "));
    inner.and_then(|inner| inner.strip_suffix('}')).unwrap_or(text)
}

/// The function that is asked for, without its module: the last that is named.
pub(super) fn called(text: &str) -> &str {
    let words = text.split([' ', ',']);
    let function = words.rev().find(|word| {
        word.rsplit_once('/').is_some_and(|(name, arity)| {
            arity.parse::<u8>().is_ok() && name.contains('.')
        })
    });
    let function = function.unwrap_or(text);
    let name = function.rsplit_once('/').map_or(function, |(name, _)| name);
    name.rsplit_once('.').map_or(name, |(_, name)| name)
}

/// `kate` of `kate@localhost`.
pub(super) fn alive(node: &str) -> String {
    node.split('@').next().unwrap_or(node).to_string()
}
