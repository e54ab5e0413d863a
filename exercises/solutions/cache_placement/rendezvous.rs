//! The highest number wins the key.

use moebi::NodeName;
use moebi::otp::phash2::{Hashable, hash32};

/// The nodes that keep a key, its owner first, then those with copies: so many in all, or
/// all nodes if there are fewer.
pub fn owners(key: &str, nodes: &[NodeName], copies: usize) -> Vec<NodeName> {
    let mut drawn: Vec<(u32, NodeName)> =
        nodes.iter().map(|&node| (weight(node, key), node)).collect();
    // Should two nodes draw the same, their names decide: everywhere alike.
    drawn.sort_unstable_by(|one, other| other.cmp(one));
    drawn.into_iter().take(copies).map(|(_, node)| node).collect()
}

/// What a node draws for a key depends on these two, and on nobody else.
fn weight(node: NodeName, key: &str) -> u32 {
    let both = [node.as_str(), key].map(|text| Hashable::Binary(text.as_bytes()));
    hash32(Hashable::Tuple(&both))
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/cache_placement/rendezvous.rs"]
mod tests;
