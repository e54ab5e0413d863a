//! All processes of a node, and the one function a signal goes through: to a process
//! here, or to the line that leads to another node.

use std::collections::VecDeque;
use std::sync::{Arc, OnceLock, Weak};

use tracing::trace;

use super::entry::{Entry, Ties};
use super::offer::Offers;
use super::poll;
use super::table::Table;
use super::trace::Sent;
use crate::signal::{
    Address, Envelope, Line, Network, NodeName, Passed, Pid, Reason, Refused, Room,
    Signal,
};

/// All processes of a node.
pub struct Processes {
    pub(super) table: Table,
    pub(super) offers: Offers,
    network: OnceLock<Weak<dyn Network>>,
    leader: OnceLock<Pid>,
    pub(super) runtime: tokio::runtime::Handle,
    /// For the processes it starts.
    pub(super) this: Weak<Processes>,
}

/// What follows from a signal: others, still to be routed.
#[derive(Default)]
pub(super) struct Then {
    signals: VecDeque<Signal<'static>>,
}

impl Then {
    pub(super) fn push(&mut self, signal: Signal<'static>) {
        self.signals.push_back(signal);
    }
}

/// Why a signal is still with its sender.
pub(super) enum Held {
    /// Its line is full.
    Full(Arc<dyn Line>),
    /// There is no connection.
    Unconnected,
}

impl Processes {
    /// No processes yet. Must be called inside a tokio runtime, on which they will run.
    pub(crate) fn new(node: NodeName, creation: u32) -> Arc<Self> {
        Arc::new_cyclic(|this| Self {
            table: Table::new(node, creation),
            offers: Offers::default(),
            network: OnceLock::new(),
            leader: OnceLock::new(),
            runtime: tokio::runtime::Handle::current(),
            this: this.clone(),
        })
    }

    /// The way to other nodes. Without one, none can be reached.
    pub(crate) fn set_network(&self, network: Weak<dyn Network>) {
        let _ = self.network.set(network);
    }

    /// The group leader of processes that nobody else's process started.
    pub(crate) fn set_leader(&self, leader: Pid) {
        let _ = self.leader.set(leader);
    }

    pub(crate) fn leader(&self) -> Pid {
        let nobody = || Pid { id: 0, serial: 0, ..self.table.new_pid() };
        self.leader.get().copied().unwrap_or_else(nobody)
    }

    pub(crate) fn node(&self) -> NodeName {
        self.table.node()
    }

    pub(super) fn network(&self) -> Option<Arc<dyn Network>> {
        self.network.get()?.upgrade()
    }

    /// All pids, in the order the processes were started.
    pub(crate) fn pids(&self) -> Vec<Pid> {
        let mut pids: Vec<_> =
            self.table.all().iter().map(|entry| entry.pid()).collect();
        pids.sort_unstable();
        pids
    }

    /// Sends a signal on its way, with all that follows from it. Signals that cannot be
    /// delivered are answered as the network would: `noproc`, `noconnection`.
    pub(crate) fn route(&self, mut signal: Signal<'_>) {
        let mut then = Then::default();
        self.step(&mut signal, &mut then);
        self.run_to_end(then);
    }

    /// Routes what follows from a signal, and what follows from that. A queue and not a
    /// recursion: one exit can end a chain of a hundred thousand linked processes.
    pub(super) fn run_to_end(&self, mut then: Then) {
        while let Some(mut signal) = then.signals.pop_front() {
            self.step(&mut signal, &mut then);
        }
    }

    fn step(&self, signal: &mut Signal<'_>, then: &mut Then) {
        if self.carry(signal, Room::Ignored, then).is_err() {
            self.unreachable(signal, Reason::NoConnection, then);
        }
    }

    /// Sends a signal, and leaves a trace of that.
    pub(super) fn carry(
        &self,
        signal: &mut Signal<'_>,
        room: Room,
        then: &mut Then,
    ) -> Result<(), Held> {
        trace!(
            target: "moebi::signal",
            operation = signal.operation(),
            to = %signal.destination(),
            pid = signal.target().map(tracing::field::display),
            "sent"
        );
        let Some(sent) = Sent::of(signal) else {
            return self.deliver_or_hand(signal, room, then);
        };
        // Here it stands before what it does; elsewhere it may find no room.
        let here = signal.destination() == self.node();
        if here {
            sent.write();
        }
        let carried = self.deliver_or_hand(signal, room, then);
        if carried.is_ok() && !here {
            sent.write();
        }
        carried
    }

    /// Delivers a signal here, or hands it to the line that leads to its node: the two
    /// arms of which location transparency consists.
    fn deliver_or_hand(
        &self,
        signal: &mut Signal<'_>,
        room: Room,
        then: &mut Then,
    ) -> Result<(), Held> {
        // ANCHOR: location
        let node = signal.destination();
        // ANCHOR: two_arms
        if node == self.node() {
            self.deliver(signal, then);
            return Ok(());
        }
        // ANCHOR_END: two_arms
        // ANCHOR_END: location
        let used = poll::with_touched(node, |line| {
            self.hand(line, signal, room, then).map_err(|refused| match refused {
                Refused::Full => Some(Arc::clone(line)),
                Refused::Closed => None,
            })
        });
        match used {
            Some(Ok(())) => return Ok(()),
            Some(Err(Some(full))) => return Err(Held::Full(full)),
            Some(Err(None)) => poll::forget(node),
            None => {}
        }
        let line = self.network().and_then(|network| network.line(node));
        let Some(line) = line else {
            return Err(Held::Unconnected);
        };
        match self.hand(&line, signal, room, then) {
            Ok(()) => {
                poll::touch(line);
                Ok(())
            }
            Err(Refused::Full) => Err(Held::Full(line)),
            Err(Refused::Closed) => Err(Held::Unconnected),
        }
    }

    fn hand(
        &self,
        line: &Arc<dyn Line>,
        signal: &mut Signal<'_>,
        room: Room,
        then: &mut Then,
    ) -> Result<(), Refused> {
        // A pid of an old incarnation: its process died with it.
        if signal.target().is_some_and(|pid| pid.creation != line.creation()) {
            self.unreachable(signal, Reason::NoProc, then);
            return Ok(());
        }
        line.append(signal, room)
    }

    /// What becomes of a signal that reaches nobody.
    pub(super) fn unreachable(
        &self,
        signal: &Signal<'_>,
        reason: Reason,
        then: &mut Then,
    ) {
        match signal {
            Signal::Link { from, to } => {
                then.push(Signal::Exit { from: *to, to: *from, reason });
            }
            Signal::Monitor { from, to, reference } => then.push(Signal::Down {
                from: to.clone(),
                to: *from,
                reference: *reference,
                reason,
            }),
            Signal::Unlink { from, to, id } => {
                then.push(Signal::UnlinkAck { from: *to, to: *from, id: *id });
            }
            Signal::SpawnRequest { from, request, .. } => {
                self.forget_ask(*from, *request);
            }
            _ => {}
        }
    }

    /// The connection to a node was lost: every link over it breaks, every monitor
    /// fires, and who waits for an answer from there waits no longer.
    pub(crate) fn connection_lost(&self, node: NodeName) {
        let mut then = Then::default();
        for entry in self.table.all() {
            collect_ties(&entry, node, &mut then);
        }
        self.run_to_end(then);
    }

    /// Puts a message of the system's own into a mailbox.
    pub(crate) fn notify(&self, to: Pid, message: Envelope) {
        let mut message = Passed(Some(message));
        self.route(Signal::Send {
            sender: None,
            to: &Address::Pid(to),
            message: &mut message,
        });
    }

    /// Ends all processes, the group leader last: it prints for the others.
    pub(crate) fn stop(&self, reason: Reason) {
        let mut last = None;
        for entry in self.table.all() {
            if self.leader.get() == Some(&entry.pid()) {
                last = Some(entry);
            } else {
                self.terminate(&entry, reason.clone());
            }
        }
        if let Some(entry) = last {
            self.terminate(&entry, reason);
        }
    }
}

fn collect_ties(entry: &Entry, node: NodeName, then: &mut Then) {
    let pid = entry.pid();
    let mut shared = entry.lock();
    let Some(ties) = shared.tied() else { return };
    let links = ties.links.keys().filter(|linked| linked.node == node);
    let exits = links.map(|linked| Signal::Exit {
        from: *linked,
        to: pid,
        reason: Reason::NoConnection,
    });
    then.signals.extend(exits);
    let monitors = ties.monitors.iter().filter(|(_, object)| object.node() == node);
    let downs = monitors.map(|(reference, object)| Signal::Down {
        from: object.clone(),
        to: pid,
        reference: *reference,
        reason: Reason::NoConnection,
    });
    then.signals.extend(downs);
    ties.watchers.retain(|_, (watcher, _)| watcher.node != node);
    // Where something was watched, the monitor gives the answer.
    let Ties { asks, monitors, .. } = ties;
    asks.retain(|reference, ask| {
        ask.node != node || monitors.contains_key(reference)
    });
}
