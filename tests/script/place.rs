//! Which command of the script each event comes from.
//!
//! A prompt does what was typed there last. Who takes a message does what comes of it, and
//! so that comes from the command that the message comes from; but who waits for an answer
//! goes on with what it was about. What a node says because another is lost comes from the
//! command that ended that one. Who starts processes and was never told to hears of the
//! world outside, as one does who accepts connections: that comes from what was typed last
//! anywhere. That another node is there comes from the command that started it. And nothing
//! comes from a command before the one that started the node where it happens.

use std::collections::{HashMap, HashSet};

use super::cast::Member;
use super::record::{Event, Record, Trace};
use super::trace::{Sent, What, node_of};

/// The work, while some events have no command yet.
struct Placing<'a> {
    record: &'a Record,
    traces: &'a [Trace],
    /// The lines of the script at which something was typed, by their events.
    typed: HashMap<usize, usize>,
    /// The command of each event, once it is known.
    commands: Vec<Option<usize>>,
    /// What each process is about by now.
    now: HashMap<&'a str, usize>,
    /// Who waits for something whose cause has no command yet.
    stuck: HashSet<&'a str>,
    /// Who has been told something, or has asked.
    told: HashSet<&'a str>,
}

impl Record {
    /// Finds for each event the command it comes from.
    pub(super) fn place(&mut self, traces: &[Trace]) {
        let mut placing = Placing {
            record: self,
            traces,
            typed: self.typed(traces),
            commands: vec![None; self.events.len()],
            now: HashMap::new(),
            stuck: HashSet::new(),
            told: HashSet::new(),
        };
        placing.whole();
        let commands = placing.commands;
        for (event, command) in self.events.iter_mut().zip(commands) {
            event.command = command.unwrap_or_default();
        }
    }

    fn typed(&self, traces: &[Trace]) -> HashMap<usize, usize> {
        let mut next: Vec<_> =
            traces.iter().map(|trace| trace.typed.iter()).collect();
        let events = self.events.iter().enumerate();
        let typed = events.filter(|(_, e)| matches!(e.line.what, What::Typed));
        let line = |(number, event): (usize, &Event)| {
            Some((number, *next[event.trace].next()?))
        };
        typed.filter_map(line).collect()
    }

    /// What is said to who watches a process comes from its being watched, too.
    fn watching(&self, signal: &Sent) -> Option<usize> {
        let watches = |event: &Event| match &event.line.what {
            What::Sent(other) => other.kind == "monitor" && other.key == signal.key,
            _ => false,
        };
        let down = signal.kind == "down";
        down.then(|| self.events.iter().position(watches)).flatten()
    }

    /// Has the process asked for this, or does it look at what came when it wants to?
    /// Then what it does next comes from what it did before.
    fn waits_here(&self, number: usize) -> bool {
        let line = &self.events[number].line;
        self.is_answer(number)
            || self.cast.member(&line.pid).is_some_and(Member::is_shell)
    }

    /// Does a node say so itself, because another is lost?
    fn comes_from_nowhere(&self, number: usize) -> bool {
        let event = &self.events[number];
        match &event.line.what {
            What::Sent(_) => self.is_made_up(number),
            What::Taken(signal) => signal.kind != "message" || signal.key.is_empty(),
            What::Ended { by, .. } => by.is_some(),
            _ => false,
        }
    }

    /// Is this sent by a node in the name of a process of another?
    pub(super) fn is_made_up(&self, number: usize) -> bool {
        let event = &self.events[number];
        let home = self
            .events
            .iter()
            .find(|other| other.trace == event.trace)
            .map(|first| node_of(&first.line.pid));
        home.is_some_and(|home| home != node_of(&event.line.pid))
    }
}

impl<'a> Placing<'a> {
    /// A cause may stand in a trace that is read later: again, until nothing changes.
    fn whole(&mut self) {
        while let Some(first) = self.round() {
            // Two traces that contradict each other: one has lost its end.
            if !self.stuck.is_empty() && first.1 {
                self.settle(first.0, None);
            }
            self.stuck.clear();
        }
    }

    /// The first event that is still without a command, and whether no other has found
    /// its own meanwhile.
    fn round(&mut self) -> Option<(usize, bool)> {
        let (mut first, mut idle) = (None, true);
        for number in 0..self.commands.len() {
            if self.commands[number].is_some() {
                continue;
            }
            let event = &self.record.events[number];
            let doer = self.doer(event);
            let cause = self.cause(event);
            let open = cause.is_some_and(|cause| self.commands[cause].is_none());
            if open || self.stuck.contains(doer) {
                self.stuck.insert(doer);
                first.get_or_insert(number);
            } else {
                self.settle(number, cause);
                idle = false;
            }
        }
        first.map(|number| (number, idle))
    }

    fn cause(&self, event: &Event) -> Option<usize> {
        match &event.line.what {
            What::Sent(signal) => self.record.watching(signal),
            _ => event.cause,
        }
    }

    /// Whose doing it is. What comes from a process that never was comes from whoever it
    /// is for.
    fn doer(&self, event: &'a Event) -> &'a str {
        let pid = event.line.pid.as_str();
        match &event.line.what {
            What::Sent(signal) if self.record.cast.member(pid).is_none() => {
                signal.other.as_deref().unwrap_or(pid)
            }
            _ => pid,
        }
    }

    fn settle(&mut self, number: usize, cause: Option<usize>) {
        let event = &self.record.events[number];
        let doer = self.doer(event);
        let started = self.traces[event.trace].started;
        let before = self.now.get(doer).copied().unwrap_or(started);
        let cause = cause.and_then(|cause| self.commands[cause]);
        let command = match (&event.line.what, cause) {
            (What::Typed, _) => self.typed.get(&number).copied().unwrap_or(before),
            (What::Sent(_), Some(cause)) => before.max(cause),
            (What::Sent(signal), None) if self.is_from_outside(doer, signal) => {
                before.max(self.typed_last(event.line.time))
            }
            (_, Some(cause)) if self.record.waits_here(number) => before.max(cause),
            (_, Some(cause)) => cause,
            (What::Taken(signal), None) if signal.text == "NodeUp" => {
                before.max(self.started_last(event.line.time))
            }
            (_, None) if self.record.comes_from_nowhere(number) => {
                let ends = self.record.ends.iter();
                let earlier = ends.filter(|end| end.time <= event.line.time);
                earlier.map(|end| end.line).fold(before, usize::max)
            }
            _ => before,
        };
        if matches!(event.line.what, What::Taken(_) | What::Typed) {
            self.told.insert(doer);
        }
        let command = command.max(started);
        self.now.insert(doer, command);
        self.commands[number] = Some(command);
    }

    /// Does somebody start a process whom nobody has told to?
    fn is_from_outside(&self, doer: &str, signal: &Sent) -> bool {
        signal.kind == "spawn" && !self.told.contains(doer)
    }

    /// Which command has started the last node that was there by then?
    fn started_last(&self, time: u64) -> usize {
        let there =
            |trace: &&Trace| trace.lines.first().is_some_and(|l| l.time <= time);
        let started = self.traces.iter().filter(there).map(|trace| trace.started);
        started.max().unwrap_or_default()
    }

    /// Nothing else is typed before the answer is there.
    fn typed_last(&self, time: u64) -> usize {
        let typed = self.typed.iter();
        let earlier =
            typed.filter(|(event, _)| self.record.events[**event].line.time <= time);
        earlier.map(|(_, line)| *line).max().unwrap_or_default()
    }
}
