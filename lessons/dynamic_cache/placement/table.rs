//! The table of the tokens: a value, which can be sent, compared and handed on.
//!
//! To hand over as few tokens as possible means to start from how it is, and so from
//! what happened. For nodes to agree all the same there is an order among tables:
//! the one with more changes behind it is the newer, and of two as new the one that
//! is greater by its names. Every node sends its table to a node that comes up, and
//! to all whenever [`Placement::table`](super::Placement::table) is another than
//! before; and keeps the greatest it has seen. Whatever the messages' order, the
//! greatest is the same for all.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::iter::{repeat, repeat_n};
use std::num::NonZeroU32;

use moebi::NodeName;
use serde::{Deserialize, Serialize};

/// Enough for each of a hundred nodes to have ten.
pub const TOKENS: NonZeroU32 = NonZeroU32::new(1000).expect("it is not zero");

/// Who keeps which token. The greater of two is to be preferred.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct Table {
    /// How often tokens were handed over so far. It stands first, so it counts
    /// first.
    changes: u64,
    /// The node of each token; empty if there are no nodes.
    keepers: Vec<NodeName>,
}

impl Table {
    /// All that have a token.
    pub fn members(&self) -> BTreeSet<NodeName> {
        self.keepers.iter().copied().collect()
    }

    /// The node that has this token, if there are nodes.
    pub fn keeper(&self, token: usize) -> Option<NodeName> {
        self.keepers.get(token).copied()
    }

    // ANCHOR: hand-over
    /// Gives all tokens to these nodes, sorted by name, with as few as possible
    /// changing hands; then all have equally many, or one more than others.
    pub fn hand_over(&mut self, nodes: &[NodeName]) {
        let mut room = self.room(nodes);
        let mut keep = |node: &NodeName| {
            let left = room.get_mut(node).filter(|left| **left > 0);
            left.map(|left| *left -= 1).is_some()
        };
        // Who has room keeps what it has. What is above that is free, and so is what
        // has lost its node; at first that is all.
        let had = self.keepers.iter().copied().map(Some);
        let had = had.chain(repeat(None)).take(TOKENS.get() as usize);
        let kept: Vec<_> = had.map(|keeper| keeper.filter(&mut keep)).collect();
        let mut takers = room.into_iter().flat_map(|(n, left)| repeat_n(n, left));
        let keepers =
            kept.into_iter().map_while(|kept| kept.or_else(|| takers.next()));
        let keepers: Vec<_> = keepers.collect();
        self.changes += u64::from(keepers != self.keepers);
        self.keepers = keepers;
    }
    // ANCHOR_END: hand-over

    /// How many tokens each node shall have. If they cannot all have equally many,
    /// one more goes to those that have most now: then it need not move.
    fn room(&self, nodes: &[NodeName]) -> BTreeMap<NodeName, usize> {
        let mut has = BTreeMap::new();
        for keeper in &self.keepers {
            *has.entry(keeper).or_insert(0) += 1;
        }
        let mut ranked = nodes.to_vec();
        ranked.sort_by_key(|node| Reverse(has.get(node)));
        let (tokens, count) = (TOKENS.get() as usize, nodes.len());
        let share = |place| tokens / count + usize::from(place < tokens % count);
        ranked.into_iter().zip((0..count).map(share)).collect()
    }
}
