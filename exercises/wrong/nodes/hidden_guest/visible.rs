//! A guest who looks, and is in nobody's list.

use moebi::{Config, Node, NodeName};

/// What the guest is started with.
pub fn guest(config: Config) -> Config {
    config
}

/// Those of the members who are there.
pub async fn seen(guest: &Node, members: &[NodeName]) -> Vec<NodeName> {
    for member in members {
        guest.ping(*member).await;
    }
    guest.list()
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/nodes/hidden_guest.rs"]
mod tests;
