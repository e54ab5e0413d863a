//! The router: runs a function on the node that has a bucket.
//!
//! It knows nothing of buckets but their names, and nothing of the functions: whatever
//! one gives is what [`Router::route`] gives. What it is used for is to find a process.
//! Who has its pid needs no router any more, from whichever node.
//!
//! ```text
//!   foo: a..=m -> foo, n..=z -> bar        bar: a..=m -> foo, n..=z -> bar
//!
//!   route "hello"   it is ours: the caller runs the function
//!   route "world" ──── a task ───────────> route "world"   it is ours: the task runs it
//!                 <─── what it gives ─────
//! ```
//!
//! The other node looks at *its own* table. That is right: while the tables of a cluster
//! are being changed, a node that has just passed its buckets on passes on also who asks
//! for them. But two tables may each name the other node. Then a request would go back
//! and forth, and leave a task at each turn that waits for the next: in Elixir this makes
//! thousands of them, until the first gives up after five seconds. Here a request carries
//! the nodes it has been to. Where it comes by a second time it ends, so that it makes as
//! many hops as there are nodes at the most, and the error says which way it went.

use std::sync::Arc;

use moebi::{
    Arguments, CallError, Envelope, Function, FunctionName, Message, Node, NodeName,
    Process, Reason,
};
use serde::{Deserialize, Serialize};

use super::table::Table;

/// On each node the supervisor of the tasks that others route there.
pub const ROUTER_TASKS: &str = "KV.RouterTasks";

/// On which node did this arrive?
pub const NODE: Function<(), NodeName> = Function::new("KV.Router", "node");

/// A node's router passes a request on to this function of another's.
const PASS_ON: Function<(Routed,), Result<Envelope, RouteError>> =
    Function::new("KV.Router", "pass_on");

// ANCHOR: routed
/// What is to be run, where the bucket is, and where it has been looked for.
#[derive(Serialize, Deserialize)]
struct Routed {
    bucket: String,
    function: FunctionName,
    arguments: Envelope,
    hops: Vec<NodeName>,
}
// ANCHOR_END: routed

// ANCHOR: errors
/// Why nothing came of it. It crosses, as a result does: a task that fails is a crash,
/// and to be asked for a bucket that no table knows is none.
#[derive(Debug, Clone, thiserror::Error, Serialize, Deserialize)]
pub enum RouteError {
    #[error("could not find entry for {bucket:?} in table {table}")]
    NoEntry { bucket: String, table: String },
    #[error("the tables disagree about {bucket:?}: {}", way(.hops))]
    Loop { bucket: String, hops: Vec<NodeName> },
    #[error(transparent)]
    Call(#[from] CallError),
}
// ANCHOR_END: errors

/// Runs functions where buckets are. A handle: clones have the same table.
#[derive(Clone)]
pub struct Router {
    table: Arc<Table>,
}

impl Router {
    pub fn new(table: Table) -> Self {
        Self { table: Arc::new(table) }
    }

    /// Takes requests of other nodes from now on.
    pub fn offer(&self, node: &Node) {
        let router = self.clone();
        node.offer(NODE, async |me, ()| Ok(me.node()));
        node.offer(PASS_ON, move |me, (request,)| {
            let router = router.clone();
            async move { Ok(router.pass_on(&me, request).await) }
        });
    }

    // ANCHOR: route
    /// Runs a function on the node that has the bucket, and gives what it gives.
    pub async fn route<Args: Arguments, Ret: Message>(
        &self,
        me: &Process,
        bucket: &str,
        function: Function<Args, Ret>,
        arguments: Args,
    ) -> Result<Ret, RouteError> {
        let request = Routed {
            bucket: bucket.to_owned(),
            function: function.into_name(),
            arguments: Envelope::new(arguments),
            hops: Vec::new(),
        };
        let given = self.pass_on(me, request).await?;
        let other = |given| CallError::BadReply(format!("{given} came back"));
        Ok(given.open().map_err(other)?)
    }
    // ANCHOR_END: route

    // ANCHOR: pass-on
    /// One hop: to this node, where the function runs, or on to another, where the same
    /// begins anew. The task is not linked. If the other node goes down, that is an
    /// answer for our client, and no reason for us to go down as well.
    async fn pass_on(
        &self,
        me: &Process,
        mut request: Routed,
    ) -> Result<Envelope, RouteError> {
        let seen = request.hops.contains(&me.node());
        request.hops.push(me.node());
        if seen {
            let Routed { bucket, hops, .. } = request;
            return Err(RouteError::Loop { bucket, hops });
        }
        let Some(node) = self.table.node_of(&request.bucket) else {
            let table = self.table.to_string();
            return Err(RouteError::NoEntry { bucket: request.bucket, table });
        };
        if node == me.node() {
            let given = me.apply(&request.function, request.arguments).await;
            return given.map_err(|reason: Reason| CallError::Exit(reason).into());
        }
        let there = (ROUTER_TASKS, node);
        let task = me.task_under_nolink(there, PASS_ON, (request,)).await?;
        task.await?
    }
    // ANCHOR_END: pass-on
}

/// `foo@localhost -> bar@localhost -> foo@localhost`
pub fn way(hops: &[NodeName]) -> String {
    let names: Vec<_> = hops.iter().map(|node| node.as_str()).collect();
    names.join(" -> ")
}
