//! A guest who looks, and is in nobody's list.

use moebi::{Config, Node, NodeName};

/// What the guest is started with.
pub fn guest(config: Config) -> Config {
    config.hidden(true)
}

/// Nobody is introduced to a hidden node, so it asks each member itself. And it has only
/// hidden connections: a connection is hidden if one of its ends is.
pub async fn seen(guest: &Node, members: &[NodeName]) -> Vec<NodeName> {
    for member in members {
        guest.ping(*member).await;
    }
    guest.list_hidden()
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/nodes/hidden_guest.rs"]
mod tests;
