//! What a signal does to the process it reaches: the semantics of Erlang's "Receiving
//! Signals" and "Receiving Exit Signals" (reference manual, Processes).

use std::collections::hash_map;
use std::sync::Arc;
use std::task::Waker;

use tracing::{Level, enabled, error};

use super::entry::{Answer, Asks, Entry, Link, Shared, Ties};
use super::mailbox::Queued;
use super::processes::{Processes, Then};
use crate::signal::run::Run;
use crate::signal::{
    Address, Alias, Deliver, Down, Envelope, Exit, Parcel, Pid, Reason, Reference,
    Sender, Signal, Wire,
};

/// What an exit signal does, decided under the process's lock.
enum Effect {
    None,
    Message(Option<Waker>),
    End(Reason),
}

impl Processes {
    /// Delivers a signal to a process of this node.
    pub(super) fn deliver(&self, signal: &mut Signal<'_>, then: &mut Then) {
        tracing::trace!(
            target: "moebi::signal",
            operation = signal.operation(),
            pid = signal.target().map(tracing::field::display),
            "received"
        );
        match signal {
            Signal::Send { sender, to: Address::Alias(alias), message } => {
                self.put_to_alias(*sender, *alias, *message);
            }
            Signal::Send { sender, to, message } => self.put(*sender, to, *message),
            Signal::Link { from, to } => {
                if !self.add_link(*from, *to) {
                    self.unreachable(signal, Reason::NoProc, then);
                }
            }
            Signal::Unlink { from, to, id } => {
                self.with_ties(*to, |ties| {
                    if ties.links.get(from) == Some(&Link::Active) {
                        ties.links.remove(from);
                    }
                });
                then.push(Signal::UnlinkAck { from: *to, to: *from, id: *id });
            }
            Signal::UnlinkAck { from, to, id } => {
                self.with_ties(*to, |ties| {
                    if ties.links.get(from) == Some(&Link::Unlinking(*id)) {
                        ties.links.remove(from);
                    }
                });
            }
            Signal::Exit { from, to, reason } => {
                self.exit_signal(*from, *to, reason, true, then);
            }
            Signal::Exit2 { from, to, reason } => {
                self.exit_signal(*from, *to, reason, false, then);
            }
            Signal::Monitor { from, to, reference } => {
                if !self.add_watcher(*from, to, *reference) {
                    self.unreachable(signal, Reason::NoProc, then);
                }
            }
            Signal::Demonitor { to, reference, .. } => {
                if let Some(entry) = self.find(to)
                    && let Some(ties) = entry.lock().tied()
                {
                    ties.watchers.remove(reference);
                }
            }
            Signal::Down { from, to, reference, reason } => {
                self.down(from, *to, *reference, reason);
            }
            Signal::SpawnRequest { .. } => self.spawn_requested(signal),
            Signal::SpawnReply { to, request, pid, link, monitor } => {
                self.spawned(*to, *request, *pid, (*link, *monitor), then);
            }
            Signal::IoReply { to, request, result } => {
                let awaited = self.with_ties(*to, |ties| {
                    ties.answered(request, Some(Asks::Output))
                });
                if let Some(awaited) = awaited.flatten() {
                    awaited.give(Answer::Io(result.clone()));
                }
            }
            Signal::CrashReport { from, reason, .. } => {
                let node = from.node;
                error!(target: "moebi::process", "Process {from} on node {node} raised an exception: {:.4096}", reason.raised());
            }
        }
    }

    /// The process an address means, if there is one.
    pub(super) fn find(&self, address: &Address) -> Option<Arc<Entry>> {
        match address {
            Address::Pid(pid) => self.table.get(*pid),
            Address::Name(name, _) => self.table.whereis(name),
            Address::Alias(alias) => self.table.get(alias.owner),
        }
    }

    fn put(&self, sender: Option<&Sender>, to: &Address, message: &mut dyn Parcel) {
        let put = |entry: &Arc<Entry>| {
            let message = message.unpack();
            put_in(entry, sender, Queued::One(message))
        };
        let waker = match to {
            // The usual case, without taking part in the entry's reference count.
            Address::Pid(pid) if pid.creation == self.table.creation() => {
                self.table.with((pid.id, pid.serial), put)
            }
            _ => self.find(to).as_ref().map(put),
        };
        wake(waker.flatten());
    }

    /// An answer to a question, or a message for as long as the alias is listened on.
    fn put_to_alias(
        &self,
        sender: Option<&Sender>,
        alias: Alias,
        message: &mut dyn Parcel,
    ) {
        let Some(entry) = self.table.get(alias.owner) else { return };
        let waker = {
            let mut shared = entry.lock();
            if sender.is_some_and(Sender::ended) || entry.sender.ended() {
                return;
            }
            let Some(ties) = shared.tied() else { return };
            if let Some(awaited) =
                ties.answered(&alias.reference(), Some(Asks::Reply))
            {
                drop(shared);
                return awaited.give(Answer::Message(message.unpack()));
            }
            if !ties.aliases.contains(&alias.id) {
                return;
            }
            shared.inbox.push(Queued::One(message.unpack()))
        };
        wake(waker);
    }

    pub(super) fn with_ties<T>(
        &self,
        pid: Pid,
        act: impl FnOnce(&mut Ties) -> T,
    ) -> Option<T> {
        self.table.get(pid)?.lock().tied().map(act)
    }

    /// A link from elsewhere; `false` if the process is gone.
    fn add_link(&self, from: Pid, to: Pid) -> bool {
        let Some(entry) = self.table.get(to) else {
            return false;
        };
        let mut shared = entry.lock();
        if entry.sender.ended() {
            return false;
        }
        // If this side is unlinking, the other side's link was made before it could know,
        // and the unlink undoes it: leave the entry as it is.
        shared.ties().links.entry(from).or_insert(Link::Active);
        true
    }

    fn add_watcher(&self, from: Pid, to: &Address, reference: Reference) -> bool {
        let Some(entry) = self.find(to) else {
            return false;
        };
        let mut shared = entry.lock();
        if entry.sender.ended() {
            return false;
        }
        shared.ties().watchers.insert(reference, (from, to.clone()));
        true
    }

    fn exit_signal(
        &self,
        from: Pid,
        to: Pid,
        reason: &Reason,
        by_link: bool,
        then: &mut Then,
    ) {
        let Some(entry) = self.table.get(to) else {
            return;
        };
        let effect = {
            let mut shared = entry.lock();
            if by_link && !take_link(&mut shared, from) {
                return;
            }
            effect(&mut shared, from, to, reason, by_link)
        };
        match effect {
            Effect::None => {}
            Effect::Message(waker) => wake(waker),
            Effect::End(reason) => self.end(&entry, reason, Some(from), then),
        }
    }

    fn down(&self, from: &Address, to: Pid, reference: Reference, reason: &Reason) {
        let Some(entry) = self.table.get(to) else {
            return;
        };
        let mut shared = entry.lock();
        let Some(ties) = shared.tied() else { return };
        if ties.monitors.remove(&reference).is_none() {
            return;
        }
        if let Some(awaited) = ties.answered(&reference, None) {
            drop(shared);
            return awaited.give(Answer::Gone(reason.clone()));
        }
        let down = Down { reference, object: from.clone(), reason: reason.clone() };
        let waker = shared.inbox.push(Queued::One(Envelope::new(down)));
        drop(shared);
        wake(waker);
    }

    fn spawned(
        &self,
        to: Pid,
        request: Reference,
        pid: Pid,
        (link, monitor): (bool, bool),
        then: &mut Then,
    ) {
        let entry = self.table.get(to);
        let (mut watched, mut awaited) = (false, None);
        let alive = entry.as_ref().is_some_and(|entry| {
            let mut shared = entry.lock();
            if entry.sender.ended() {
                return false;
            }
            let ties = shared.ties();
            // Recorded here and not by who waits, for the exit may be right behind.
            if link {
                ties.links.insert(pid, Link::Active);
            }
            // Nobody waits any more for a request that is not there.
            if let Some(kind) = ties.asks.get(&request).map(|ask| ask.kind) {
                watched = true;
                if monitor {
                    ties.monitors.insert(request, Address::Pid(pid));
                }
                if kind == Asks::Spawn {
                    awaited = ties.answered(&request, Some(Asks::Spawn));
                    ties.asks.remove(&request);
                }
            }
            true
        });
        if let Some(awaited) = awaited {
            awaited.give(Answer::Spawned(pid));
        }
        if !alive && link {
            then.push(Signal::Exit { from: to, to: pid, reason: Reason::NoProc });
        }
        if !watched && monitor {
            let (from, to) = (to, Address::Pid(pid));
            then.push(Signal::Demonitor { from, to, reference: request });
        }
    }
}

/// Puts something into a mailbox, unless its sender has been ended; wakes nobody yet.
fn put_in(entry: &Entry, sender: Option<&Sender>, queued: Queued) -> Option<Waker> {
    let mut shared = entry.lock();
    if sender.is_some_and(Sender::ended) || entry.sender.ended() {
        return None;
    }
    shared.inbox.push(queued)
}

/// Breaks the link to `from`; `false` if there is none, or this side ended it before.
fn take_link(shared: &mut Shared, from: Pid) -> bool {
    let Some(ties) = shared.tied() else {
        return false;
    };
    match ties.links.entry(from) {
        hash_map::Entry::Occupied(link) => link.remove() == Link::Active,
        hash_map::Entry::Vacant(_) => false,
    }
}

// ANCHOR: effect
fn effect(
    shared: &mut Shared,
    from: Pid,
    to: Pid,
    reason: &Reason,
    by_link: bool,
) -> Effect {
    if !by_link && *reason == Reason::Kill {
        return Effect::End(Reason::Killed);
    }
    if shared.trap_exit {
        let exit = Envelope::new(Exit { from, reason: reason.clone() });
        return Effect::Message(shared.inbox.push(Queued::One(exit)));
    }
    if *reason == Reason::Normal && (by_link || from != to) {
        return Effect::None;
    }
    Effect::End(reason.clone())
}
// ANCHOR_END: effect

/// What connections bring.
impl Deliver for Processes {
    fn run(&self, to: (u32, u32), run: Run) {
        self.incoming(to, Queued::Run(run));
    }

    fn message(&self, to: (u32, u32), message: Wire) {
        self.incoming(to, Queued::from(message));
    }

    fn signal(&self, mut signal: Signal<'_>) {
        // A node speaks to its neighbour only about the neighbour's own processes.
        if signal.destination() == self.node() {
            let mut then = Then::default();
            self.deliver(&mut signal, &mut then);
            self.run_to_end(then);
        }
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

impl Processes {
    fn incoming(&self, to: (u32, u32), queued: Queued) {
        if enabled!(target: "moebi::signal", Level::TRACE) {
            let pid = self.table.pid(to);
            for _ in 0..queued.count() {
                tracing::trace!(target: "moebi::signal", operation = "send", ?pid, "received");
            }
        }
        let waker = self.table.with(to, |entry| {
            let mut shared = entry.lock();
            shared.inbox.push(queued)
        });
        wake(waker.flatten());
    }
}
