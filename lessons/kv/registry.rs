//! The registry: which buckets this node has, by name.
//!
//! Buckets come from outside: a client can name one as it likes. So their names are not
//! registered names of processes, of which a program has a few, known to who wrote it;
//! they are entries of a table, which this server keeps. It has buckets started, watches
//! them, and forgets those that have ended.

use std::collections::HashMap;

use moebi::otp::{Answer, Caller, Request, Server, Supervisor};
use moebi::{Down, Envelope, Function, Node, Pid, Process, Reason, Reference};
use serde::{Deserialize, Serialize};

use super::bucket;

/// The registry of a node, and the supervisor of its buckets.
pub const REGISTRY: &str = "KV.Registry";
pub const BUCKETS: &str = "KV.BucketSupervisor";

/// The bucket of that name on the node that runs this; a new one, if there was none.
pub const CREATE: Function<(String,), Option<Pid>> =
    Function::new(REGISTRY, "create");

/// The bucket of that name on the node that runs this, if there is one.
pub const LOOKUP: Function<(String,), Option<Pid>> =
    Function::new(REGISTRY, "lookup");

/// What it can be asked; the answer is a bucket.
#[derive(Debug, Serialize, Deserialize)]
pub enum Ask {
    Create(String),
    Lookup(String),
}

impl Request for Ask {
    type Reply = Option<Pid>;
}

/// What a node knows of its buckets.
#[derive(Default)]
pub struct Registry {
    buckets: HashMap<String, Pid>,
    /// Under which reference each is watched.
    watched: HashMap<Reference, String>,
}

/// Every node answers for its own buckets.
pub fn offer(node: &Node) {
    node.offer(CREATE, async |me, (name,)| ask(&me, Ask::Create(name)).await);
    node.offer(LOOKUP, async |me, (name,)| ask(&me, Ask::Lookup(name)).await);
}

async fn ask(me: &Process, question: Ask) -> Result<Option<Pid>, Reason> {
    Ok(me.call((REGISTRY, me.node()), question).await?)
}

impl Server for Registry {
    type Args = ();
    type Call = Ask;
    type Cast = ();

    async fn init(_me: &mut Process, (): ()) -> Result<Self, Reason> {
        Ok(Self::default())
    }

    async fn handle_call(
        &mut self,
        me: &mut Process,
        question: Ask,
        _caller: Caller<Ask>,
    ) -> Result<Answer<Option<Pid>>, Reason> {
        Ok(Answer::Now(match question {
            Ask::Lookup(name) => self.buckets.get(&name).copied(),
            Ask::Create(name) => match self.buckets.get(&name) {
                Some(there) => Some(*there),
                None => Some(self.create(me, name).await?),
            },
        }))
    }

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
            self.buckets.remove(&name);
        }
        Ok(())
    }
}

impl Registry {
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
        self.buckets.insert(name, pid);
        Ok(pid)
    }
}
