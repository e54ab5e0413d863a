//! Processes and connections, joined: what each needs of the other it finds here.
//!
//! Here, too, is the mesh: a visible node that comes up is told of all the others, and
//! connects to those it does not know.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tracing::trace;

use super::Inner;
use super::table::Connection;
use crate::dist::connection::Events;
use crate::signal::run::Run;
use crate::signal::{
    BoxFuture, Deliver, Envelope, Line, Network, NodeDown, NodeDownReason, NodeName,
    Pid, Signal, Wire,
};

/// Of the nodes that one peer tells of, so many are dialled. A member of the cluster is
/// trusted to be a member, not to know how large a cluster can be.
const INTRODUCTIONS: usize = 1024;

/// And so many at a time: each attempt has a socket or two.
pub(super) const AT_ONCE: usize = 32;

impl Inner {
    /// Starts a task that ends with the node; none, if the node has stopped.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.tasks.lock();
        let Some(tasks) = tasks.as_mut() else { return };
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task);
    }

    pub(super) fn peers(
        &self,
        wanted: impl Fn(&Connection) -> bool,
    ) -> Vec<NodeName> {
        let all = self.table.all().into_iter();
        let wanted = all.filter(|(_, connection)| wanted(connection));
        let mut nodes: Vec<_> = wanted.map(|(node, _)| node).collect();
        nodes.sort_unstable();
        nodes
    }

    /// A connection's handshake is done. `false` if there is another.
    pub(super) fn came_up(
        &self,
        node: NodeName,
        attempt: Option<u64>,
        connection: Connection,
    ) -> bool {
        let (hidden, out) = (connection.hidden, connection.out.clone());
        if self.stopping.load(Ordering::Acquire) {
            return false;
        }
        if !self.table.enter(node, attempt, connection) {
            return false;
        }
        // Asked after it is in the table: of two that come at once one sees the other.
        let mut others = self.peers(|connection| !connection.hidden);
        others.retain(|other| *other != node && !self.hidden && !hidden);
        trace!(target: "moebi::node", node = %self.name, peer = %node, "nodeup");
        self.monitors.up(&self.processes, node, hidden);
        // Even if there are none: it says that the connection is up on this side.
        out.introduce(&others);
        true
    }

    // ANCHOR: went_down
    pub(super) fn went_down(
        &self,
        node: NodeName,
        hidden: bool,
        reason: NodeDownReason,
    ) {
        self.table.closing(node);
        self.processes.connection_lost(node);
        trace!(target: "moebi::node", node = %self.name, peer = %node, %reason, "nodedown");
        self.monitors.down(&self.processes, node, hidden, reason);
        self.table.closed(node);
    }
    // ANCHOR_END: went_down
}

impl Network for Inner {
    // ANCHOR: line
    fn line(&self, node: NodeName) -> Option<Arc<dyn Line>> {
        self.table.up(node).map(|connection| connection.out as Arc<dyn Line>)
    }
    // ANCHOR_END: line

    fn connect(
        self: Arc<Self>,
        node: NodeName,
    ) -> BoxFuture<'static, Option<Arc<dyn Line>>> {
        Box::pin(async move {
            let connection = self.connection(node).await?;
            Some(connection.out as Arc<dyn Line>)
        })
    }

    fn monitor_node(
        self: Arc<Self>,
        pid: Pid,
        node: NodeName,
    ) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            if node == self.name {
                return;
            }
            self.monitors.watch(pid, node);
            let connected = self.connection(node).await.is_some();
            // It may have come up and gone down in between: then it has fired.
            if !connected && self.monitors.unwatch(pid, node) {
                let reason = NodeDownReason::NoConnection;
                let down = NodeDown { node, hidden: false, reason };
                self.processes.notify(pid, Envelope::new(down));
            }
        })
    }

    fn monitor_nodes(&self, pid: Pid, hidden: Option<bool>) {
        self.monitors.watch_all(pid, hidden);
    }

    fn forget(&self, pid: Pid) {
        self.monitors.forget(pid);
    }
}

impl Deliver for Inner {
    fn run(&self, to: (u32, u32), run: Run) {
        self.processes.run(to, run);
    }

    fn message(&self, to: (u32, u32), message: Wire) {
        self.processes.message(to, message);
    }

    fn signal(&self, signal: Signal<'_>) {
        self.processes.signal(signal);
    }
}

impl Events for Inner {
    /// Somebody this node is connected to knows others: it will know them too.
    fn introduced(self: Arc<Self>, by: NodeName, nodes: Vec<NodeName>) {
        let visible = self.table.up(by).is_some_and(|connection| !connection.hidden);
        if self.hidden || !visible {
            return;
        }
        let inner = self.clone();
        self.spawn(async move {
            for node in nodes.into_iter().take(INTRODUCTIONS) {
                if node == inner.name || inner.table.up(node).is_some() {
                    continue;
                }
                let free = inner.introductions.clone().acquire_owned().await;
                let meeting = inner.clone();
                inner.spawn(async move {
                    meeting.connection(node).await;
                    drop(free);
                });
            }
        });
    }
}
