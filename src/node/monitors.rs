//! Who is told of nodes that come and go.

use std::collections::HashMap;

use parking_lot::Mutex;

use crate::process::Processes;
use crate::signal::{Envelope, NodeDown, NodeDownReason, NodeName, NodeUp, Pid};

/// The processes that monitor nodes.
#[derive(Default)]
pub(super) struct Monitors {
    /// `monitor_nodes`: of all nodes; with `true`, of hidden ones too.
    all: Mutex<HashMap<Pid, bool>>,
    /// `monitor_node`: of one node, once for each call.
    one: Mutex<HashMap<NodeName, Vec<Pid>>>,
}

impl Monitors {
    pub(super) fn watch_all(&self, pid: Pid, hidden: Option<bool>) {
        match hidden {
            Some(hidden) => self.all.lock().insert(pid, hidden),
            None => self.all.lock().remove(&pid),
        };
    }

    pub(super) fn watch(&self, pid: Pid, node: NodeName) {
        self.one.lock().entry(node).or_default().push(pid);
    }

    /// Takes one `watch` back; `false` if it has fired.
    pub(super) fn unwatch(&self, pid: Pid, node: NodeName) -> bool {
        let mut one = self.one.lock();
        let Some(pids) = one.get_mut(&node) else {
            return false;
        };
        let Some(at) = pids.iter().position(|other| *other == pid) else {
            return false;
        };
        pids.swap_remove(at);
        if pids.is_empty() {
            one.remove(&node);
        }
        true
    }

    pub(super) fn forget(&self, pid: Pid) {
        self.all.lock().remove(&pid);
        self.one.lock().retain(|_, pids| {
            pids.retain(|other| *other != pid);
            !pids.is_empty()
        });
    }

    pub(super) fn up(&self, processes: &Processes, node: NodeName, hidden: bool) {
        for pid in self.subscribers(hidden) {
            processes.notify(pid, Envelope::new(NodeUp { node, hidden }));
        }
    }

    pub(super) fn down(
        &self,
        processes: &Processes,
        node: NodeName,
        hidden: bool,
        reason: NodeDownReason,
    ) {
        let down = NodeDown { node, hidden, reason };
        let watchers = self.one.lock().remove(&node).unwrap_or_default();
        for pid in watchers.into_iter().chain(self.subscribers(hidden)) {
            processes.notify(pid, Envelope::new(down));
        }
    }

    fn subscribers(&self, hidden: bool) -> Vec<Pid> {
        let all = self.all.lock();
        let wanted = all.iter().filter(|(_, with_hidden)| !hidden || **with_hidden);
        wanted.map(|(pid, _)| *pid).collect()
    }
}
