//! What happens when a process ends, in the order that others may rely on: "Processes" in
//! Erlang's reference manual.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::entry::{Entry, Link};
use super::processes::{Processes, Then};
use super::trace;
use crate::signal::{Pid, Reason, Signal};

impl Processes {
    /// Ends a process, with all that follows.
    pub(super) fn terminate(&self, entry: &Arc<Entry>, reason: Reason) {
        let mut then = Then::default();
        self.end(entry, reason, None, &mut then);
        self.run_to_end(then);
    }

    /// Ends a process: the name is free, then the pid is gone, then links and monitors
    /// are told. Its task finds out at its next poll. `by`: whose exit signal it was.
    pub(super) fn end(
        &self,
        entry: &Arc<Entry>,
        reason: Reason,
        by: Option<Pid>,
        then: &mut Then,
    ) {
        let pid = entry.pid();
        let ties = {
            let mut shared = entry.lock();
            if entry.sender.ended.swap(true, Ordering::SeqCst) {
                return;
            }
            shared.take_ties()
        };
        if let Some(name) = &ties.name {
            self.table.unregister(name);
        }
        self.table.remove(pid);
        tracing::trace!(target: "moebi::process", %pid, %reason, "ended");
        trace::ended(pid, &reason, by);
        if ties.monitors_nodes
            && let Some(network) = self.network()
        {
            network.forget(pid);
        }
        // ANCHOR: tell
        for (linked, state) in ties.links {
            if state == Link::Active {
                let reason = reason.clone();
                then.push(Signal::Exit { from: pid, to: linked, reason });
            }
        }
        for (reference, (watcher, object)) in ties.watchers {
            let reason = reason.clone();
            then.push(Signal::Down { from: object, to: watcher, reference, reason });
        }
        // ANCHOR_END: tell
        for (reference, object) in ties.monitors {
            then.push(Signal::Demonitor { from: pid, to: object, reference });
        }
        entry.wake_task();
    }
}
