//! Nodes that come and go.

use std::time::{Duration, Instant};

use moebi::{Node, NodeDown};
use tokio::time::{sleep, timeout};

use crate::ours::{as_process, start_child, start_node};

/// How many nodes are in the mesh.
pub const MESH: usize = 20;

/// A mesh that is not complete by then never will be.
const DEADLINE: Duration = Duration::from_secs(10);

/// From the SIGKILL of a node's process to the message that tells of it.
pub async fn node_down(
    node: &Node,
    workers: usize,
    epmd_port: u16,
) -> crate::Result<Duration> {
    let (name, mut child) = start_child("victim@localhost", workers, epmd_port)?;
    as_process(node, move |mut me| async move {
        me.monitor_node(name).await;
        let start = Instant::now();
        child.kill()?;
        let down = me.receive::<NodeDown>().await;
        let time = start.elapsed();
        assert_eq!(down.node, name, "it was not that node");
        Ok(time)
    })
    .await?
}

/// All connect to the first; until each knows all others, by being introduced. `None` if
/// some never do.
pub async fn mesh(epmd_port: u16) -> crate::Result<Option<Duration>> {
    let mut nodes = Vec::new();
    for number in 0..MESH {
        nodes.push(start_node(&format!("mesh{number}@localhost"), epmd_port).await?);
    }
    let start = Instant::now();
    for node in &nodes[1..] {
        let (node, first) = (node.clone(), nodes[0].name());
        tokio::spawn(async move { node.connect(first).await });
    }
    let complete = async {
        while nodes.iter().any(|node| node.list().len() < MESH - 1) {
            sleep(Duration::from_millis(1)).await;
        }
    };
    let done = timeout(DEADLINE, complete).await;
    let time = start.elapsed();
    for node in &nodes {
        node.stop().await;
    }
    Ok(done.ok().map(|()| time))
}
