//! The obvious way: number the nodes, divide the hash by how many there are, and
//! take the remainder.
//!
//! ```text
//!   phash2("k_1_1", 5) = 1    ->  the second of five
//!   phash2("k_1_1", 4) = 3    ->  the last of the four that are left
//! ```
//!
//! As long as the nodes stay the same nothing is simpler, and the keys are spread
//! well. But a number and a number one smaller leave the same remainder only by
//! chance: when one of N nodes goes, the chance of a key to stay where it is is 1/N.

use std::num::NonZeroU32;

use moebi::NodeName;
use moebi::otp::phash2::phash2_range;

use super::{Placement, sorted};

/// By the remainder of the hash.
#[derive(Debug, Default)]
pub struct Modulo {
    nodes: Vec<NodeName>,
}

// ANCHOR: modulo
impl Placement for Modulo {
    fn set_nodes(&mut self, nodes: &[NodeName]) {
        self.nodes = sorted(nodes);
    }

    /// Copies are with the nodes that follow the owner in the list, and after its
    /// end comes its start.
    fn owners(&self, key: &str, copies: usize) -> Vec<NodeName> {
        let count = self.nodes.len();
        let Some(range) = u32::try_from(count).ok().and_then(NonZeroU32::new) else {
            return Vec::new();
        };
        let first = phash2_range(key, range) as usize;
        let following = self.nodes.iter().cycle().skip(first);
        following.take(copies.min(count)).copied().collect()
    }
}
// ANCHOR_END: modulo
