//! The registry: which buckets this node has, by name.
//!
//! Buckets come from outside: a client can name one as it likes. So their names are not
//! registered names of processes, of which a program has a few, known to who wrote it;
//! they are entries of a table, which this server keeps. It has buckets started, watches
//! them, and forgets those that have ended.
//!
//! Each command of each client begins with a lookup. If all of them were messages to one
//! process, that process would be what everybody waits for. So who only wants to look does
//! that alone, and asks nobody; who wants to change something asks the server, and it is
//! the only one who writes. In Elixir such a table is one of ETS.

use std::collections::HashMap;
use std::future::ready;
use std::sync::Arc;

use moebi::otp::{Answer, Caller, Request, Server, Supervisor};
use moebi::{Down, Envelope, Function, Node, Pid, Process, Reason, Reference};
use parking_lot::RwLock;
use serde::{Deserialize, Serialize};

use super::bucket;

/// The registry of a node, and the supervisor of its buckets.
pub const REGISTRY: &str = "KV.Registry";
pub const BUCKETS: &str = "KV.BucketSupervisor";

// ANCHOR: functions
/// The bucket of that name on the node that runs this; a new one, if there was none.
pub const CREATE: Function<(String,), Pid> = Function::new(REGISTRY, "create");

/// The bucket of that name on the node that runs this, if there is one.
pub const LOOKUP: Function<(String,), Option<Pid>> =
    Function::new(REGISTRY, "lookup");
// ANCHOR_END: functions

/// The table: clones are the same one.
pub type Buckets = Arc<RwLock<HashMap<String, Pid>>>;

/// Asks for the bucket of that name, which is made if there is none.
#[derive(Debug, Serialize, Deserialize)]
pub struct Create(String);

impl Request for Create {
    type Reply = Pid;
}

/// Who writes into the table.
pub struct Registry {
    buckets: Buckets,
    /// Under which reference each bucket is watched.
    watched: HashMap<Reference, String>,
}

// ANCHOR: offer
/// Every node answers for its own buckets.
pub fn offer(node: &Node, buckets: &Buckets) {
    let buckets = Arc::clone(buckets);
    node.offer(LOOKUP, move |_me, (name,)| {
        let found = buckets.read().get(&name).copied();
        ready(Ok(found))
    });
    node.offer(CREATE, async |me, (name,)| {
        Ok(me.call((REGISTRY, me.node()), Create(name)).await?)
    });
}
// ANCHOR_END: offer

impl Server for Registry {
    type Args = Buckets;
    type Call = Create;
    type Cast = ();

    /// Whatever is in the table is of a registry that has crashed, and its buckets have
    /// ended with it.
    async fn init(_me: &mut Process, buckets: Buckets) -> Result<Self, Reason> {
        buckets.write().clear();
        Ok(Self { buckets, watched: HashMap::new() })
    }

    async fn handle_call(
        &mut self,
        me: &mut Process,
        Create(name): Create,
        _caller: Caller<Create>,
    ) -> Result<Answer<Pid>, Reason> {
        let there = self.buckets.read().get(&name).copied();
        Ok(Answer::Now(match there {
            Some(bucket) => bucket,
            None => self.create(me, name).await?,
        }))
    }

    // ANCHOR: ended
    /// A bucket has ended. A client may ask for it a moment before we hear of that, and
    /// be given the pid of a dead process; that is why also who has a pid must be ready
    /// to find nobody there.
    async fn handle_info(
        &mut self,
        _me: &mut Process,
        message: Envelope,
    ) -> Result<(), Reason> {
        if let Ok(Down { reference, .. }) = message.open()
            && let Some(name) = self.watched.remove(&reference)
        {
            self.buckets.write().remove(&name);
        }
        Ok(())
    }
    // ANCHOR_END: ended
}

impl Registry {
    // ANCHOR: create
    /// All creation goes through here, one after the other, so there are never two
    /// buckets of one name. The bucket is a child of its supervisor and not of this
    /// process, which is only told of its end, and does not end with it.
    async fn create(
        &mut self,
        me: &mut Process,
        name: String,
    ) -> Result<Pid, Reason> {
        let bucket = bucket::child(name.clone());
        let pid = Supervisor::start_child(me, (BUCKETS, me.node()), bucket).await?;
        self.watched.insert(me.monitor(pid).await, name.clone());
        self.buckets.write().insert(name, pid);
        Ok(pid)
    }
    // ANCHOR_END: create
}
