//! A node on a runtime of its own, to be killed as an operating system's process is.

use std::future::Future;
use std::ops::Deref;

use moebi::{Node, Ping};
use tokio::runtime::Runtime;

use super::within;

/// A node that can die without a word.
pub struct Apart {
    pub(super) node: Option<Node>,
    pub(super) runtime: Option<Runtime>,
}

impl Deref for Apart {
    type Target = Node;

    fn deref(&self) -> &Node {
        self.node.as_ref().expect("a node that has not crashed")
    }
}

impl Apart {
    /// Runs something where the node runs.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> T {
        let runtime = self.runtime.as_ref().expect("a node that has not crashed");
        within(runtime.spawn(work)).await.expect("work that does not panic")
    }

    /// Connects to another node, from there.
    pub async fn meet(&self, other: &Node) {
        let (node, name) = ((**self).clone(), other.name());
        assert_eq!(self.run(async move { node.ping(name).await }).await, Ping::Pong);
    }

    /// Ends it as SIGKILL does: no last words, all sockets closed.
    pub fn crash(mut self) {
        self.end();
    }

    fn end(&mut self) {
        drop(self.node.take());
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        self.end();
    }
}
