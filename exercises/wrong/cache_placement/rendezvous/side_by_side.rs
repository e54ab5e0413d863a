//! The highest number wins the key.

use moebi::NodeName;
use moebi::otp::phash2::hash32;

/// The nodes that keep a key, its owner first, then those with copies: so many in all, or
/// all nodes if there are fewer.
pub fn owners(key: &str, nodes: &[NodeName], copies: usize) -> Vec<NodeName> {
    let mut drawn: Vec<(u64, NodeName)> =
        nodes.iter().map(|&node| (weight(node, key), node)).collect();
    // Should two nodes draw the same, their names decide: everywhere alike.
    drawn.sort_unstable_by(|one, other| other.cmp(one));
    drawn.into_iter().take(copies).map(|(_, node)| node).collect()
}

/// The two hashes, side by side.
fn weight(node: NodeName, key: &str) -> u64 {
    u64::from(hash32(node.as_str())) << 32 | u64::from(hash32(key))
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/cache_placement/rendezvous.rs"]
mod tests;
