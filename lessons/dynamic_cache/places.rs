//! Where each key is, as the placement has it; and where it was before.
//!
//! A placement says where a key should be. After a change a key that moves is still at
//! its old place for a moment, and who looks for it then should look there as well.

use moebi::NodeName;
use moebi::otp::phash2::{Hashable, hash32};

use crate::placement::{Kind, Placement, Table, placement};

/// The placement now, and the one before while keys are on their way.
pub struct Places {
    kind: Kind,
    /// So many nodes keep each key.
    copies: usize,
    now: Box<dyn Placement>,
    before: Option<Box<dyn Placement>>,
}

impl Places {
    pub fn new(kind: Kind, copies: usize) -> Self {
        Self { kind, copies, now: placement(kind), before: None }
    }

    /// With modulo nearly every key would have to move, each time: so none does.
    pub fn moves_keys(&self) -> bool {
        self.kind != Kind::Modulo
    }

    /// Who should have the key: the owner, then those with a copy.
    pub fn owners(&self, key: &str) -> Vec<NodeName> {
        self.now.owners(key, self.copies)
    }

    /// Where the key may be found: at its owners first.
    pub fn of(&self, key: &str) -> Vec<NodeName> {
        let mut places = self.owners(key);
        let before = self.before.iter().flat_map(|b| b.owners(key, self.copies));
        for node in before {
            if !places.contains(&node) {
                places.push(node);
            }
        }
        places
    }

    /// These nodes are there from now on, after those others.
    pub fn set_nodes(&mut self, nodes: &[NodeName], others: &[NodeName]) {
        self.keep(others);
        self.now.set_nodes(nodes);
    }

    /// A table of tokens that somebody has. If it is newer than ours it is ours now; and
    /// if it had to be changed, for it did not fit who is there, that is to be told.
    pub fn adopt(&mut self, table: Table, nodes: &[NodeName]) -> bool {
        self.keep(nodes);
        self.now.adopt(table.clone()) && self.now.table() != Some(table)
    }

    /// The table of tokens, if there is one.
    pub fn table(&self) -> Option<Table> {
        self.now.table()
    }

    /// A number for the table, instead of its thousand names: the same on every node,
    /// whatever program it runs.
    pub fn digest(&self) -> Option<u32> {
        let table = self.now.table()?;
        let keepers = (0..).map_while(|token| table.keeper(token));
        let keepers: Vec<Hashable> =
            keepers.map(|node| node.as_str().into()).collect();
        Some(hash32(Hashable::List(&keepers)))
    }

    /// Every key is at its place.
    pub fn all_moved(&mut self) {
        self.before = None;
    }

    /// Keeps the places as they are, unless there are older ones where keys still are.
    fn keep(&mut self, nodes: &[NodeName]) {
        if !self.moves_keys() || self.before.is_some() {
            return;
        }
        let mut before = placement(self.kind);
        match self.now.table() {
            Some(table) => drop(before.adopt(table)),
            None => before.set_nodes(nodes),
        }
        self.before = Some(before);
    }
}
