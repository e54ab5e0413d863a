//! Where each key should be, as the placement has it.

use moebi::NodeName;
use moebi::otp::phash2::{Hashable, hash32};

use crate::placement::{Kind, Placement, Table, placement};

/// A placement, and how many copies there are.
pub struct Places {
    kind: Kind,
    /// So many nodes keep each key.
    copies: usize,
    now: Box<dyn Placement>,
}

impl Places {
    pub fn new(kind: Kind, copies: usize) -> Self {
        Self { kind, copies, now: placement(kind) }
    }

    /// With modulo nearly every key would have to move, each time: so none does.
    pub fn moves_keys(&self) -> bool {
        self.kind != Kind::Modulo
    }

    /// Who should have the key: the owner, then those with a copy.
    pub fn owners(&self, key: &str) -> Vec<NodeName> {
        self.now.owners(key, self.copies)
    }

    /// These nodes are there from now on.
    pub fn set_nodes(&mut self, nodes: &[NodeName]) {
        self.now.set_nodes(nodes);
    }

    /// A table of tokens that somebody has. If it is newer than ours it is ours now; and
    /// if it had to be changed, for it did not fit who is there, that is to be told.
    pub fn adopt(&mut self, table: Table) -> bool {
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
}
