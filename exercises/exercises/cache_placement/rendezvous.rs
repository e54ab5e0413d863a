//! The highest number wins the key: `cargo exercise rendezvous`.

use moebi::NodeName;

/// TODO: the nodes that keep a key, its owner first, then those with copies: so many in
/// all, or all nodes if there are fewer.
pub fn owners(key: &str, nodes: &[NodeName], copies: usize) -> Vec<NodeName> {
    let _ = key;
    nodes.iter().take(copies).copied().collect()
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/cache_placement/rendezvous.rs"]
mod tests;
