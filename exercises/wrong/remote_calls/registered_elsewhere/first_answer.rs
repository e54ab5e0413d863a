//! Who has this name, and where? `cargo exercise registered_elsewhere`.

use std::time::Duration;

use moebi::{Function, Node, NodeName, Pid, Process};

/// Who has this name on the node that runs this? Every node offers it.
pub const WHEREIS: Function<(String,), Option<Pid>> =
    Function::new("Names", "whereis");

/// `me` is a process of the node that was asked.
pub fn offer(node: &Node) {
    node.offer(WHEREIS, async |me, (name,)| Ok(me.whereis(&name)));
}

/// Asks one node after the other.
pub async fn find(
    me: &Process,
    name: &str,
    nodes: &[NodeName],
    time: Duration,
) -> Option<Pid> {
    for &node in nodes {
        let asked = me.erpc_within(time, node, WHEREIS, (name.to_owned(),));
        if let Ok(answer) = asked.await {
            return answer;
        }
    }
    None
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/remote_calls/registered_elsewhere.rs"]
mod tests;
