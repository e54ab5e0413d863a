//! Every node draws a number for the key, and the highest wins.
//!
//! ```text
//!              k_1_1    k_1_2    k_1_3
//!   apothik_1    17       62      *88
//!   apothik_2    31      *94       20
//!   apothik_3   *75       13       54
//! ```
//!
//! A number depends on the key and on that one node, and on nobody else. So when a
//! node goes, only the keys that it had won find another, each its second; and one
//! that comes takes those that it wins. Everyone can draw for everyone, and nothing
//! needs to be sent. The price: one draw a node for each key that is looked up.
//!
//! Source: D. Thaler and C. V. Ravishankar, "Using name-based mappings to increase
//! hit rates", 1998: highest random weight.

use moebi::NodeName;
use moebi::otp::phash2::hash32;

use super::{Placement, sorted};

/// By the highest number.
#[derive(Debug, Default)]
pub struct Rendezvous {
    /// The nodes, each with its hash.
    nodes: Vec<(u32, NodeName)>,
}

impl Placement for Rendezvous {
    /// The name is hashed as a string: the hash of an atom is too poor to draw with.
    fn set_nodes(&mut self, nodes: &[NodeName]) {
        let hashed = |node: NodeName| (hash32(node.as_str()), node);
        self.nodes = sorted(nodes).into_iter().map(hashed).collect();
    }

    // ANCHOR: owners
    /// Copies are with the second, the third, and so on: if the owner goes, whoever
    /// has the first copy becomes the owner, and has the key already.
    fn owners(&self, key: &str, copies: usize) -> Vec<NodeName> {
        let key = hash32(key);
        let mut first: Vec<(u64, NodeName)> = Vec::new();
        for &(node, name) in &self.nodes {
            let drawn = weight(node, key);
            let place = first.partition_point(|&(other, _)| other >= drawn);
            if place < copies {
                first.truncate(copies - 1);
                first.insert(place, (drawn, name));
            }
        }
        first.into_iter().map(|(_, name)| name).collect()
    }
    // ANCHOR_END: owners
}

/// The two hashes side by side, stirred until every bit depends on all others:
/// without that, who draws high for one key would for the next.
///
/// Source: the last steps of splitmix64; G. L. Steele, D. Lea and C. H. Flood, "Fast
/// splittable pseudorandom number generators", 2014.
// ANCHOR: weight
fn weight(node: u32, key: u32) -> u64 {
    let mut bits = u64::from(node) << 32 | u64::from(key);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}
// ANCHOR_END: weight
