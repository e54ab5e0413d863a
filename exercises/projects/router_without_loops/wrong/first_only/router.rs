//! The router: finds the node that has a bucket.

use std::sync::Arc;

use moebi::otp::{Application, ChildSpec, Strategy, Supervisor, TaskSupervisor};
use moebi::{Function, Node, NodeName, Process, Reason};

use crate::request::{RouteError, Routed};

/// On each node the supervisor of the tasks that others route there.
pub const TASKS: &str = "KV.RouterTasks";

/// A router passes a request on to this function of another node.
const PASS_ON: Function<(Routed,), Result<NodeName, RouteError>> =
    Function::new("KV.Router", "pass_on");

/// Says which node has a bucket.
type Table = dyn Fn(&str) -> Option<NodeName> + Send + Sync;

/// A node's router. Clones have the same table.
#[derive(Clone)]
pub struct Router {
    table: Arc<Table>,
}

impl Router {
    /// A router with this table.
    pub fn new(
        table: impl Fn(&str) -> Option<NodeName> + Send + Sync + 'static,
    ) -> Self {
        Self { table: Arc::new(table) }
    }

    /// Takes requests of other nodes from now on.
    pub async fn open(&self, node: &Node) -> Result<(), Reason> {
        let router = self.clone();
        node.offer(PASS_ON, move |me, (request,)| {
            let router = router.clone();
            async move { Ok(router.pass_on(&me, request).await) }
        });
        let tasks = ChildSpec::server::<TaskSupervisor>(TASKS, ());
        let supervisor = Supervisor::new(Strategy::OneForOne).child(tasks);
        Application::start(node, "router", supervisor).await?;
        Ok(())
    }

    /// The node on which a request for this bucket arrives.
    pub async fn route(
        &self,
        me: &Process,
        bucket: &str,
    ) -> Result<NodeName, RouteError> {
        let request = Routed { bucket: bucket.to_owned(), way: Vec::new() };
        self.pass_on(me, request).await
    }

    /// One hop: the bucket is here, or the request goes on to another node, where the same
    /// begins anew. It ends where it began.
    async fn pass_on(
        &self,
        me: &Process,
        mut request: Routed,
    ) -> Result<NodeName, RouteError> {
        let seen = request.way.first() == Some(&me.node());
        request.way.push(me.node());
        if seen {
            return Err(RouteError::Loop {
                bucket: request.bucket,
                way: request.way,
            });
        }
        let Some(node) = (self.table)(&request.bucket) else {
            return Err(RouteError::NoEntry { bucket: request.bucket });
        };
        if node == me.node() {
            return Ok(node);
        }
        let task = me.task_under_nolink((TASKS, node), PASS_ON, (request,)).await?;
        task.await?
    }
}
