//! How a node stops: what is to be done before, last words, and then no more.

use std::sync::atomic::Ordering;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::{OnceCell, SetOnce};
use tokio::time::timeout;
use tracing::info;

use super::{Inner, Node};
use crate::process::trace;
use crate::signal::{BoxFuture, NodeDownReason, Reason};

/// How long a node that stops waits for what is still to be sent.
const LAST_WORDS: Duration = Duration::from_secs(2);

type Task = Box<dyn FnOnce() -> BoxFuture<'static, ()> + Send>;

/// What is left to do before a node stops, and whether it has.
pub(super) struct Stop {
    /// In the order they came; `None` once all has been done.
    before: Mutex<Option<Vec<Task>>>,
    stopping: OnceCell<()>,
    stopped: SetOnce<()>,
}

impl Default for Stop {
    fn default() -> Self {
        Self {
            before: Mutex::new(Some(Vec::new())),
            stopping: OnceCell::new(),
            stopped: SetOnce::new(),
        }
    }
}

impl Stop {
    fn add(&self, task: Task) -> bool {
        let mut before = self.before.lock();
        let Some(tasks) = before.as_mut() else { return false };
        tasks.push(task);
        true
    }

    fn next(&self) -> Option<Task> {
        let mut before = self.before.lock();
        let next = before.as_mut().and_then(Vec::pop);
        if next.is_none() {
            *before = None;
        }
        next
    }
}

impl Node {
    /// Does this before the node stops, while its processes live and its connections are
    /// up; what was added last is done first. The node waits until it is done. `false`
    /// if it is too late for that: the node is stopping, or has.
    pub fn at_stop<F, Fut>(&self, task: F) -> bool
    where
        F: FnOnce() -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        self.0.stop.add(Box::new(|| Box::pin(task())))
    }

    /// Stops the node. First comes what was given to [`Node::at_stop`]. Then what its
    /// processes have said is sent, the connections are closed, the processes end, and
    /// the name is free again. To the other nodes it is as if it had died: links over the
    /// connection break with `noconnection`, as in Erlang.
    ///
    /// A node stops once; who asks again waits for the same end.
    pub async fn stop(&self) {
        let inner = self.0.clone();
        // On a task of its own, for who asks may be a process that ends on the way.
        let stopping = tokio::spawn(async move {
            inner.stop.stopping.get_or_init(|| inner.end()).await;
        });
        if let Err(failed) = stopping.await
            && let Ok(panic) = failed.try_into_panic()
        {
            std::panic::resume_unwind(panic);
        }
    }

    /// Waits until the node has stopped, whoever stops it.
    pub async fn stopped(&self) {
        self.0.stop.stopped.wait().await;
    }
}

impl Inner {
    async fn end(&self) {
        trace::stopping(self.processes.leader());
        while let Some(task) = self.stop.next() {
            task().await;
        }
        self.stopping.store(true, Ordering::Release);
        let connections = self.table.all();
        let drain = async {
            for (_, connection) in &connections {
                connection.out.drained().await;
            }
        };
        let _ = timeout(LAST_WORDS, drain).await;
        for (_, connection) in connections {
            connection.out.close(NodeDownReason::Disconnect);
        }
        self.processes.stop(Reason::Killed);
        let presence = self.presence.lock().take();
        if let Some(presence) = presence {
            presence.stop().await;
        }
        let tasks = self.tasks.lock().take();
        // Whoever waits for a connection waits no longer.
        self.table.changed.notify_waiters();
        if let Some(mut tasks) = tasks {
            tasks.shutdown().await;
        }
        // Set once: a node ends once.
        let _ = self.stop.stopped.set(());
        info!(target: "moebi::node", node = %self.name, "stopped");
    }
}
