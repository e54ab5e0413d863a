//! A log of what some processes did to each other, in causal order.
//!
//! What one process does has an order; so have a signal's sending and its taking.
//! Nothing else has (Lamport, "Time, Clocks, and the Ordering of Events in a Distributed
//! System", 1978). A log is written line after line all the same, and two logs that differ
//! only in the order of lines that have none are the same log: [`Log::write`] gives both
//! the same lines.
//!
//! ```text
//! alex/shell -[spawn_link]-> kate/say_name     sent, and taken
//! kate/say_name -> alex/shell: sup             the same, of a message
//! alex/shell ~> kate/pong: {hi, alex/shell}    sent, and not taken here
//! kate/pong <~ alex/shell: {hi, alex/shell}    taken, sent further up (or before)
//! alex/* -[exit]-> alex/shell: noconnection    alex's node says so itself
//! kate/say_name x normal                       ended
//! ```
//!
//! A process is called by its node and its function, or the name it is registered under;
//! `kate/*` is the node of that name. A line that begins with `#` is a comment, and
//! `# without kate/leader alex/leader` leaves out processes that distract from the others;
//! `# only alex/shell kate/pong` leaves out all but these.

#[path = "order.rs"]
mod order;

use std::collections::BTreeMap;
use std::fmt;

use super::Failure;
use order::Writer;

/// A process in a log, `kate/say_name`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Role {
    /// Its node's name, without the host.
    pub node: String,
    /// What it is called there; `*` is the node itself.
    pub name: String,
}

/// The name of a node's own role.
pub const NODE_ITSELF: &str = "*";

/// The kinds of signals that no process takes, for its node does what they say.
pub const TIES: [&str; 3] = ["link", "unlink", "monitor"];

/// The kind of a signal that is a message.
pub const MESSAGE: &str = "message";

/// Something that crosses from one process to another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Signal {
    /// Who sends it.
    pub from: Role,
    /// Who it is for.
    pub to: Role,
    /// `message`, `spawn_link`, `call`, `reply`, `exit`...
    pub kind: String,
    /// What it says; may be empty.
    pub text: String,
}

/// What one process does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// It sends the signal with this number.
    Sends(usize),
    /// It takes the signal with this number.
    Takes(usize),
    /// It ends, for this reason.
    Ends(String),
}

/// A line of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Sent, and taken at once.
    Crosses(Signal),
    /// Sent; taken in a later step, or never.
    Leaves(Signal),
    /// Taken; sent in an earlier step, or before the first.
    Arrives(Signal),
    /// A process ends.
    Ends(Role, String),
}

/// What a log leaves out, because it distracts from what it is there to show.
#[derive(Debug, Clone, Default)]
pub struct Without {
    /// These processes.
    pub roles: Vec<Role>,
    /// All processes but these, if there are any.
    pub only: Vec<Role>,
    /// Monitors of processes that are not there, with what comes of them: the command
    /// `wait` makes such.
    pub noproc: bool,
}

/// What several processes did.
#[derive(Debug, Clone, Default)]
pub struct Log {
    /// All signals, in no order.
    pub signals: Vec<Signal>,
    /// What each process did, in its order.
    pub deeds: BTreeMap<Role, Vec<Deed>>,
    /// What is sent by nobody's doing, or as a consequence of its sender's end, which
    /// stands before it: there is no order among these.
    pub loose: Vec<usize>,
    /// What is left out.
    pub without: Without,
}

impl Role {
    /// The node itself.
    pub fn is_node(&self) -> bool {
        self.name == NODE_ITSELF
    }
}

impl Without {
    fn leaves_out(&self, role: &Role) -> bool {
        let another = !self.only.is_empty() && !self.only.contains(role);
        another || self.roles.contains(role)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.node, self.name)
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (signal, line) = match self {
            Self::Ends(role, reason) => return write!(f, "{role} x {reason}"),
            Self::Crosses(signal) => (signal, ["-[", "]->", "->"]),
            Self::Leaves(signal) => (signal, ["-[", "]~>", "~>"]),
            Self::Arrives(signal) => (signal, ["<~[", "]-", "<~"]),
        };
        let Signal { from, to, kind, text } = signal;
        let [open, close, plain] = line;
        let arrow = match kind.as_str() {
            MESSAGE => plain.to_string(),
            kind => format!("{open}{kind}{close}"),
        };
        match self {
            Self::Arrives(_) => write!(f, "{to} {arrow} {from}")?,
            _ => write!(f, "{from} {arrow} {to}")?,
        }
        if text.is_empty() { Ok(()) } else { write!(f, ": {text}") }
    }
}

impl Log {
    /// Reads the lines of a log.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let mut log = Self::default();
        for line in text.lines().map(str::trim) {
            if let Some(roles) = line.strip_prefix("# without ") {
                log.without.roles.extend(roles.split(' ').filter_map(role_of));
                log.without.noproc |= roles.split(' ').any(|word| word == "noproc");
            }
            if let Some(roles) = line.strip_prefix("# only ") {
                log.without.only.extend(roles.split(' ').filter_map(role_of));
            }
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let step = step_of(line).ok_or_else(|| {
                format!("{line:?} is no line of a log: kate/a -> alex/b: text")
            })?;
            log.add(step);
        }
        Ok(log)
    }

    fn add(&mut self, step: Step) {
        match step {
            Step::Crosses(signal) => {
                let number = self.send(signal);
                self.take(number);
            }
            Step::Leaves(signal) => {
                self.send(signal);
            }
            Step::Arrives(signal) => {
                let sent = self.untaken(&signal);
                let number = sent.unwrap_or_else(|| {
                    self.signals.push(signal);
                    self.signals.len() - 1
                });
                self.take(number);
            }
            Step::Ends(role, reason) => self.do_it(role, Deed::Ends(reason)),
        }
    }

    /// A process sends a signal; its number.
    pub fn send(&mut self, signal: Signal) -> usize {
        let number = self.signals.len();
        let from = signal.from.clone();
        self.signals.push(signal);
        if from.is_node() || self.has_ended(&from) {
            self.loose.push(number);
        } else {
            self.do_it(from, Deed::Sends(number));
        }
        number
    }

    /// The process it is for takes a signal.
    pub fn take(&mut self, number: usize) {
        self.do_it(self.signals[number].to.clone(), Deed::Takes(number));
    }

    /// A process does something.
    pub fn do_it(&mut self, role: Role, deed: Deed) {
        self.deeds.entry(role).or_default().push(deed);
    }

    fn has_ended(&self, role: &Role) -> bool {
        let last = self.deeds.get(role).and_then(|deeds| deeds.last());
        matches!(last, Some(Deed::Ends(_)))
    }

    /// The first signal like this that was sent and not taken.
    fn untaken(&self, signal: &Signal) -> Option<usize> {
        (0..self.signals.len()).find(|number| {
            self.signals[*number] == *signal && self.taken_by(*number).is_none()
        })
    }

    fn taken_by(&self, number: usize) -> Option<&Role> {
        let takes = |deeds: &Vec<Deed>| deeds.contains(&Deed::Takes(number));
        let to = &self.signals[number].to;
        self.deeds.get(to).is_some_and(takes).then_some(to)
    }

    /// Leaves out what distracts.
    pub fn leave_out(&mut self, without: &Without) {
        self.without = without.clone();
        let mut gone: Vec<usize> = (0..self.signals.len())
            .filter(|number| {
                let Signal { from, to, .. } = &self.signals[*number];
                without.leaves_out(from) || without.leaves_out(to)
            })
            .collect();
        if without.noproc {
            gone.extend(self.of_the_absent());
        }
        let stays = |number: &usize| !gone.contains(number);
        self.deeds.retain(|role, deeds| {
            deeds.retain(|deed| match deed {
                Deed::Sends(number) | Deed::Takes(number) => stays(number),
                Deed::Ends(_) => true,
            });
            !without.leaves_out(role)
        });
        self.loose.retain(stays);
    }

    /// What says that a process is not there, and what had asked that.
    fn of_the_absent(&self) -> Vec<usize> {
        let mut all = Vec::new();
        for deeds in self.deeds.values() {
            let mut monitors: Vec<usize> = Vec::new();
            for deed in deeds {
                let (Deed::Sends(number) | Deed::Takes(number)) = deed else {
                    continue;
                };
                let Signal { from, kind, text, .. } = &self.signals[*number];
                match (kind.as_str(), text.as_str()) {
                    ("monitor", _) => monitors.push(*number),
                    ("down", "noproc") if from.is_node() => {
                        all.push(*number);
                        all.extend(monitors.pop());
                    }
                    _ => {}
                }
            }
        }
        all
    }

    /// The log as lines, always the same for the same log.
    pub fn write(&self) -> String {
        self.steps().iter().map(|step| format!("{step}\n")).collect()
    }

    /// The log in one order, always the same for the same log: who has sent something
    /// goes on, if it can, and then whoever it was sent to, so that a reader can follow.
    pub fn steps(&self) -> Vec<Step> {
        Writer::new(self).write()
    }
}

fn step_of(line: &str) -> Option<Step> {
    let (first, rest) = line.split_once(' ')?;
    let (arrow, rest) = rest.split_once(' ')?;
    let first = role_of(first)?;
    if arrow == "x" {
        return Some(Step::Ends(first, rest.into()));
    }
    let (second, text) = rest.split_once(": ").unwrap_or((rest, ""));
    let second = role_of(second)?;
    let kind = arrow.split_once('[').and_then(|(_, rest)| rest.split_once(']'));
    let kind = kind.map_or(MESSAGE, |(kind, _)| kind).to_string();
    let text = text.to_string();
    let to_second = |first, second| Signal { from: first, to: second, kind, text };
    if arrow.ends_with("->") {
        Some(Step::Crosses(to_second(first, second)))
    } else if arrow.ends_with("~>") {
        Some(Step::Leaves(to_second(first, second)))
    } else if arrow.starts_with("<~") {
        Some(Step::Arrives(to_second(second, first)))
    } else {
        None
    }
}

fn role_of(text: &str) -> Option<Role> {
    let (node, name) = text.split_once('/')?;
    let whole = !node.is_empty() && !name.is_empty();
    whole.then(|| Role { node: node.into(), name: name.into() })
}

/// The parts of a file of logs, by the names of their anchors: each with its comments.
pub fn sections(text: &str) -> Result<Vec<(String, String)>, Failure> {
    let mut sections: Vec<(String, String)> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("# ANCHOR: ") {
            sections.push((name.trim().into(), String::new()));
            open = true;
        } else if line.starts_with("# ANCHOR_END: ") {
            open = false;
        } else if let (true, Some((_, section))) = (open, sections.last_mut()) {
            *section += line;
            section.push('\n');
        } else if !line.is_empty() && !line.starts_with('#') {
            return Err(format!("{line:?} stands outside all anchors"));
        }
    }
    Ok(sections)
}
