//! Who is there: the nodes that run a cache, as they come and go.
//!
//! The system says which *nodes* are connected. That is not what we want to know: the
//! master is a node as well, and so is any stranger who has the cookie, and neither keeps
//! anything. So the clusters of two nodes greet each other, and who greets is a member
//! until its cluster ends (process groups, `pg`, find each other in the same way):
//!
//! ```text
//!   apothik_1                                         apothik_2
//!   cluster <── NodeUp ──── connected ──── NodeUp ──> cluster
//!           ────────────────── Hello ───────────────>  a new member: tells its cache,
//!           <───────────────── Hello ────────────────  watches, greets in turn
//!
//!   master
//!   (nobody) <──────────────── Hello: lost, and that is that
//! ```

use std::collections::{BTreeMap, BTreeSet};

use moebi::otp::{Answer, Caller, Request, Server};
use moebi::{Down, Envelope, Node, NodeName, NodeUp, Pid, Process, Reason};
use serde::{Deserialize, Serialize};

use crate::ask::{Greeting, Tell};
use crate::cache::CACHE;

/// Each member has a server of this name.
pub const CLUSTER: &str = "Apothik.Cluster";

/// What its own node asks it: to say goodbye to all others. Answered when they are told.
#[derive(Debug, Serialize, Deserialize)]
pub struct Leave;

impl Request for Leave {
    type Reply = ();
}

/// Who is there, and under which pid. A node that ends and comes back has another pid, so
/// two lists are equal only if nobody was away in between.
pub struct Cluster {
    members: BTreeMap<NodeName, Pid>,
    /// They have said goodbye, and still have something to hand over.
    leaving: BTreeSet<Pid>,
}

impl Server for Cluster {
    type Args = Node;
    type Call = Leave;
    type Cast = Greeting;

    /// A node is a member of its own cluster, whoever else is there. The story's code
    /// learned this from the first `nodeup`, and crashed where there was none.
    async fn init(me: &mut Process, node: Node) -> Result<Self, Reason> {
        me.monitor_nodes(Some(false));
        let members = BTreeMap::from([(me.node(), me.pid())]);
        let cluster = Self { members, leaving: BTreeSet::new() };
        cluster.tell_cache(me).await;
        // Who came before we watched is not announced.
        for other in node.list() {
            cluster.greet(me, other).await;
        }
        Ok(cluster)
    }

    async fn handle_call(
        &mut self,
        me: &mut Process,
        Leave: Leave,
        _caller: Caller<Leave>,
    ) -> Result<Answer<()>, Reason> {
        self.remove(me.pid());
        // Who is about to go as well must know to whom it can hand over.
        let leaving = self.leaving.iter().map(|pid| pid.node());
        for node in self.members.keys().copied().chain(leaving) {
            me.cast((CLUSTER, node), Greeting::Goodbye(me.pid())).await;
        }
        self.leaving.insert(me.pid());
        self.tell_cache(me).await;
        Ok(Answer::Now(()))
    }

    // ANCHOR: told
    async fn handle_cast(
        &mut self,
        me: &mut Process,
        told: Greeting,
    ) -> Result<(), Reason> {
        match told {
            Greeting::Hello(pid) if !self.is_member(pid) => {
                self.members.insert(pid.node(), pid);
                me.monitor(pid).await;
                self.greet(me, pid.node()).await;
                self.tell_cache(me).await;
            }
            // Our greetings have crossed.
            Greeting::Hello(_) => {}
            Greeting::Goodbye(pid) => {
                if !self.is_member(pid) && !self.leaving.contains(&pid) {
                    me.monitor(pid).await;
                }
                self.remove(pid);
                self.leaving.insert(pid);
                self.tell_cache(me).await;
            }
        }
        Ok(())
    }
    // ANCHOR_END: told

    /// A member that is killed, or cut off, ends for us by its monitor.
    async fn handle_info(
        &mut self,
        me: &mut Process,
        message: Envelope,
    ) -> Result<(), Reason> {
        let down = match message.open::<NodeUp>() {
            Err(other) => other.open::<Down>().ok(),
            Ok(NodeUp { node, .. }) => {
                self.greet(me, node).await;
                None
            }
        };
        if let Some(pid) = down.and_then(|down| down.object.pid()) {
            self.remove(pid);
            self.tell_cache(me).await;
        }
        Ok(())
    }
}

impl Cluster {
    /// Who is about to leave says so: what it has may be for the one that comes.
    async fn greet(&self, me: &Process, node: NodeName) {
        let leaves = self.leaving.contains(&me.pid());
        let how = if leaves { Greeting::Goodbye } else { Greeting::Hello };
        me.cast((CLUSTER, node), how(me.pid())).await;
    }

    fn is_member(&self, pid: Pid) -> bool {
        self.members.get(&pid.node()) == Some(&pid)
    }

    /// Another may have taken its place by now; that one stays.
    fn remove(&mut self, pid: Pid) {
        self.leaving.remove(&pid);
        if self.is_member(pid) {
            self.members.remove(&pid.node());
        }
    }

    async fn tell_cache(&self, me: &Process) {
        let members = self.members.values().copied().collect();
        let leaving = self.leaving.iter().map(|pid| pid.node()).collect();
        let told = Tell::Members { members, leaving };
        me.cast((CACHE, me.node()), told).await;
    }
}
