//! A guest who looks, and is in nobody's list: `cargo exercise hidden_guest`.

use moebi::{Config, Node, NodeName};

/// TODO: what the guest is started with. He shall be in nobody's list.
pub fn guest(config: Config) -> Config {
    config
}

/// TODO: those of the members who are there.
pub async fn seen(guest: &Node, members: &[NodeName]) -> Vec<NodeName> {
    let _ = members;
    guest.list()
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/nodes/hidden_guest.rs"]
mod tests;
