//! A key belongs to a token, for ever; and tokens belong to nodes, for now.
//!
//! ```text
//!   key ── phash2(key, 1000) ──> token ── table ──> node
//! ```
//!
//! There are always 1000 tokens, so the hash of a key never changes, and when a node
//! comes or goes only the tokens move that must. The price is that the table depends
//! on what happened before: a node that sees two others come in another order than
//! we do has another table. So the table is sent around, and [`Table`] has the rule
//! that makes all nodes end with the same.
//!
//! # What can go wrong
//!
//! Until the tables have met, which takes one message, two nodes can disagree about
//! a key: then a get misses, and what was put lies where nobody looks, until it is
//! handed over. A node whose table loses had keys that must move, more than the
//! fewest. And if two nodes never come to the same opinion on who is there, their
//! tables go on to overtake each other. Rendezvous has none of these troubles.

use std::collections::BTreeSet;

use moebi::NodeName;
use moebi::otp::phash2::phash2_range;

use super::Placement;
use super::rendezvous::Rendezvous;
use super::table::{TOKENS, Table};

/// By a table of tokens.
#[derive(Debug, Default)]
pub struct Tokens {
    table: Table,
    /// Those we were told of last.
    nodes: BTreeSet<NodeName>,
    /// Those we saw go. Who is in somebody's table and was never here may well be
    /// alive: a node that joins meets the others one by one.
    gone: BTreeSet<NodeName>,
    /// Draws who has copies.
    copies: Rendezvous,
}

impl Tokens {
    fn hand_over(&mut self) {
        let mut members = self.table.members();
        members.extend(&self.nodes);
        let members: Vec<_> = members.difference(&self.gone).copied().collect();
        self.table.hand_over(&members);
        self.copies.set_nodes(&members);
    }
}

impl Placement for Tokens {
    fn set_nodes(&mut self, nodes: &[NodeName]) {
        self.gone.extend(&self.nodes);
        self.nodes = nodes.iter().copied().collect();
        self.gone.retain(|node| !self.nodes.contains(node));
        self.hand_over();
    }

    // ANCHOR: owners
    /// Copies are drawn by rendezvous, so that those of one node's keys are with all
    /// others.
    fn owners(&self, key: &str, copies: usize) -> Vec<NodeName> {
        let token = phash2_range(key, TOKENS) as usize;
        let keeper = self.table.keeper(token);
        let others = (copies > 1).then(|| self.copies.owners(key, copies));
        let others = others.into_iter().flatten();
        let others = others.filter(|&node| Some(node) != keeper);
        keeper.into_iter().chain(others).take(copies).collect()
    }
    // ANCHOR_END: owners

    fn table(&self) -> Option<Table> {
        Some(self.table.clone())
    }

    fn adopt(&mut self, table: Table) -> bool {
        let newer = table > self.table;
        if newer {
            self.table = table;
            self.hand_over();
        }
        newer
    }
}
