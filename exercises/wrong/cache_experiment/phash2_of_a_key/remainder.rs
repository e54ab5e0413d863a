//! Who has a key? Nobody needs to be asked.

use std::num::NonZeroU32;

use moebi::NodeName;
use moebi::otp::phash2::phash2;

/// The node that has a key; `None` if there are no nodes.
pub fn owner(key: &str, nodes: &[NodeName]) -> Option<NodeName> {
    // Whoever was met first: the list is the same on every node.
    let mut nodes = nodes.to_vec();
    nodes.sort_unstable();
    let range = NonZeroU32::new(nodes.len() as u32)?;
    nodes.get((phash2(key) % range) as usize).copied()
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/cache_experiment/phash2_of_a_key.rs"]
mod tests;
