//! Who has a key.

use std::num::NonZeroU32;

use moebi::NodeName;
use moebi::otp::phash2::phash2_range;

/// The node that has a key, if these share all keys; `None` if there are none.
pub fn owner(key: &str, nodes: &[NodeName]) -> Option<NodeName> {
    let mut nodes = nodes.to_vec();
    nodes.sort_unstable();
    let range = NonZeroU32::new(nodes.len() as u32)?;
    nodes.get(phash2_range(key, range) as usize).copied()
}
