//! Who has a key? Nobody needs to be asked: `cargo exercise phash2_of_a_key`.

use moebi::NodeName;

/// TODO: the node that has a key; `None` if there are no nodes.
pub fn owner(key: &str, nodes: &[NodeName]) -> Option<NodeName> {
    let _ = key;
    nodes.first().copied()
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/cache_experiment/phash2_of_a_key.rs"]
mod tests;
