//! From the traces of a script's nodes to the logs its diagrams are drawn from.
//!
//! Each taking is joined with its sending, and each event with the command of the script
//! that it comes from: the one that was typed at the prompt that did it, or at the one
//! that sent what is taken. A section of a log is what the commands between two anchors
//! of the script have brought about, however late.

use std::collections::HashMap;
use std::ops::Range;

use super::cast::Cast;
use super::causal::{Deed, Log, NODE_ITSELF, Role, Without};
use super::join::with_spawns;
use super::scene::Scene;
use super::trace::{Line, What};

/// The trace of one run of one node, with the script's lines it belongs to.
#[derive(Default)]
pub struct Trace {
    /// The line of the script that started it.
    pub started: usize,
    /// The lines that typed something there, in their order.
    pub typed: Vec<usize>,
    /// What it says.
    pub lines: Vec<Line>,
}

/// An event of a trace.
pub(super) struct Event {
    /// In which trace.
    pub(super) trace: usize,
    pub(super) line: Line,
    /// The event that sent what is taken here.
    pub(super) cause: Option<usize>,
    /// The line of the script that this comes from.
    pub(super) command: usize,
}

/// All that happened in a script.
pub struct Record {
    pub(super) events: Vec<Event>,
    pub(super) cast: Cast,
    /// The nodes that were ended.
    pub(super) ends: Vec<End>,
}

/// A node was ended.
#[derive(Clone)]
pub struct End {
    /// In microseconds.
    pub time: u64,
    /// By this line of the script.
    pub line: usize,
    /// Its name in the script.
    pub node: String,
    /// How: `SIGKILL`.
    pub how: &'static str,
}

impl Record {
    /// Joins the traces.
    pub fn of(traces: &[Trace], ends: Vec<End>) -> Self {
        let cast = Cast::of(traces.iter().flat_map(|trace| &trace.lines));
        let events = traces.iter().enumerate().flat_map(|(number, trace)| {
            let running = |line: &&Line| !matches!(line.what, What::Stopping);
            trace.lines.iter().take_while(running).map(move |line| Event {
                trace: number,
                line: line.clone(),
                cause: None,
                command: 0,
            })
        });
        let mut record = Self { events: with_spawns(events), cast, ends };
        record.find_the_ended();
        record.join();
        record.place(traces);
        record.forget_last_answers();
        record
    }

    /// What the commands of these lines of the script have brought about.
    pub fn section(&self, lines: &Range<usize>, without: &Without) -> Log {
        let inside: Vec<usize> = (0..self.events.len())
            .filter(|event| lines.contains(&self.events[*event].command))
            .filter(|event| !self.is_noise(*event))
            .collect();
        let mut scene = Scene::new(self, self.roles(&inside));
        for &event in &inside {
            scene.number(event);
        }
        for event in inside {
            scene.happens(event);
        }
        for end in self.ends.iter().filter(|end| lines.contains(&end.line)) {
            let name = NODE_ITSELF.to_string();
            let node = Role { node: end.node.clone(), name };
            scene.log.do_it(node, Deed::Ends(end.how.into()));
        }
        scene.log.leave_out(without);
        scene.log
    }

    /// Who takes part, and what they are called.
    fn roles(&self, inside: &[usize]) -> HashMap<String, Role> {
        let mut pids: Vec<&str> = Vec::new();
        for &number in inside {
            let line = &self.events[number].line;
            pids.push(&line.pid);
            if let What::Sent(signal) | What::Taken(signal) = &line.what {
                pids.extend(signal.other.as_deref());
                pids.extend(self.cast.mentioned(&signal.text, line.time));
            }
        }
        self.cast.roles(&pids)
    }
}
