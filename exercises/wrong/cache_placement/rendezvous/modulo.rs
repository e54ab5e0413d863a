//! The highest number wins the key.

use moebi::NodeName;
use moebi::otp::phash2::hash32;

/// The nodes that keep a key, its owner first, then those with copies: so many in all, or
/// all nodes if there are fewer.
pub fn owners(key: &str, nodes: &[NodeName], copies: usize) -> Vec<NodeName> {
    let mut nodes = nodes.to_vec();
    nodes.sort_unstable();
    let first = hash32(key) as usize % nodes.len().max(1);
    let count = copies.min(nodes.len());
    nodes.iter().cycle().skip(first).take(count).copied().collect()
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/cache_placement/rendezvous.rs"]
mod tests;
