//! Who has this name, and where? `cargo exercise registered_elsewhere`.

use std::time::Duration;

use moebi::{Function, Node, NodeName, Pid, Process};

/// Who has this name on the node that runs this? Every node offers it.
pub const WHEREIS: Function<(String,), Option<Pid>> =
    Function::new("Names", "whereis");

/// TODO: offers `WHEREIS`.
pub fn offer(node: &Node) {
    let _ = node;
}

/// TODO: who has the name on the first of these nodes where somebody has it. Each node is
/// given so much time to answer.
pub async fn find(
    me: &Process,
    name: &str,
    nodes: &[NodeName],
    time: Duration,
) -> Option<Pid> {
    let _ = (nodes, time);
    me.whereis(name)
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/remote_calls/registered_elsewhere.rs"]
mod tests;
