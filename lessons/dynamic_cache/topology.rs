//! Who should be there: a list of names, and for each a process that stays connected.
//!
//! A node finds others because somebody tells it one name: `--connect`, or a message to
//! it. Here a file has all the names, and nobody has to type them: nodes that are started
//! in six terminals, in any order, find each other (libcluster calls this its simplest
//! strategy). A name in the list says nothing about who is there now, and nothing about
//! who runs a cache; `cluster.rs` finds that out.

use std::time::Duration;

use moebi::{Connected, Node, NodeDown, NodeName, Process, Reason};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::ask::Ask;
use crate::cache::CACHE;

/// After a connection was lost, or was not to be had, we try again so soon.
const SOON: Duration = Duration::from_millis(100);
/// And ever more rarely while there is nobody, but never more rarely than this.
const AT_LAST: Duration = Duration::from_secs(5);

/// Stays connected to a node for as long as there are both.
///
/// Each peer has a process of its own, so that one that takes long to fail (a machine
/// that swallows packets) holds up no other. While there is a connection it sleeps; the
/// end of the connection is a message, and nobody has to ask again and again.
// ANCHOR: stay-connected
pub async fn stay_connected(
    mut me: Process,
    node: Node,
    peer: NodeName,
) -> Result<(), Reason> {
    let mut pause = SOON;
    loop {
        if node.connect(peer).await == Connected::True {
            // Comes at once if the connection is gone by now.
            me.monitor_node(peer).await;
            let NodeDown { .. } = me.receive().await;
            pause = SOON;
        }
        sleep(pause).await;
        pause = (pause * 2).min(AT_LAST);
    }
}
// ANCHOR_END: stay-connected

/// At the start, so long for those that are there, and for what is ours to arrive.
const FIRST: Duration = Duration::from_secs(5);

/// Waits until this node has met who is there, and is one of them. Before that it is a
/// cache on its own, which would say of every key that there is no such thing.
pub async fn meet(node: &Node, peers: &[NodeName]) {
    let mut calls = JoinSet::new();
    for &peer in peers {
        let node = node.clone();
        calls.spawn(async move { (peer, node.connect(peer).await) });
    }
    let mut met = Vec::new();
    let all_called = async {
        while let Some(called) = calls.join_next().await {
            met.extend(called.ok().filter(|(_, c)| *c == Connected::True));
        }
    };
    let _ = timeout(FIRST, all_called).await;
    let nodes = met.into_iter().map(|(peer, _)| peer).collect();
    let (member, settled) = tokio::sync::oneshot::channel();
    node.spawn(async move |me| {
        let met = Ask::Await { nodes, there: true };
        // One that is connected and runs no cache is not waited for for ever.
        let _ = me.call_within(FIRST, (CACHE, me.node()), met).await;
        let _ = member.send(());
        Ok(())
    });
    let _ = settled.await;
}
