//! Who keeps a key? All nodes must give the same answer, and nobody is there to ask.
//!
//! | | is looked up by | a node of N leaves or joins | nodes agree because |
//! |---|---|---|---|
//! | modulo | one division | nearly all keys move | they know the same names |
//! | tokens | one look into a table | 1/N of the keys move | they have the same table |
//! | rendezvous | one hash a node | 1/N of the keys move | they know the same names |
//!
//! No way can move fewer than 1/N: so many keys were the leaving node's, and so many
//! must become the joining one's. `compare` measures all three. Each has a file:
//! read
//! `modulo.rs` first, then `tokens.rs` with `table.rs`, then `rendezvous.rs`.
//!
//! Where a key is to be is one thing, and that it is there another. After each
//! change whoever has a key sends it to those of its owners that lack it; a
//! placement only says who they are.

use std::fmt;
use std::str::FromStr;

use clap::ValueEnum;
use moebi::NodeName;
use serde::{Deserialize, Serialize};

mod modulo;
mod rendezvous;
mod table;
#[cfg(test)]
mod tests;
mod tokens;

pub use table::Table;

// ANCHOR: placement
/// Who keeps a key.
pub trait Placement: Send + Sync {
    /// The nodes, in any order, are these from now on.
    fn set_nodes(&mut self, nodes: &[NodeName]);

    /// The nodes that keep `key`: its owner first, then those with copies; `copies`
    /// in all, or as many as there are nodes; none if there are none.
    fn owners(&self, key: &str, copies: usize) -> Vec<NodeName>;

    /// What nodes must agree on beyond the names: [`Table`] says when to send it.
    /// `None` where names are enough.
    fn table(&self) -> Option<Table> {
        None
    }

    /// Takes over what another node's [`Placement::table`] was, if it is to be
    /// preferred to our own. Says whether it was; then a key may have other owners.
    fn adopt(&mut self, _table: Table) -> bool {
        false
    }
}
// ANCHOR_END: placement

/// The ways there are.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The hash, divided by the number of nodes.
    Modulo,
    /// A thousand tokens, which nodes hand over to each other.
    Tokens,
    /// The node that draws the highest number for a key.
    Rendezvous,
}

/// A way to place keys, without nodes yet.
pub fn placement(kind: Kind) -> Box<dyn Placement> {
    match kind {
        Kind::Modulo => Box::new(modulo::Modulo::default()),
        Kind::Tokens => Box::new(tokens::Tokens::default()),
        Kind::Rendezvous => Box::new(rendezvous::Rendezvous::default()),
    }
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Modulo => "modulo",
            Self::Tokens => "tokens",
            Self::Rendezvous => "rendezvous",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// It is none of the three.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no placement: it is modulo, tokens or rendezvous")]
pub struct KindError(String);

impl FromStr for Kind {
    type Err = KindError;

    fn from_str(name: &str) -> Result<Self, KindError> {
        let kinds = Self::value_variants().iter();
        let kind = kinds.copied().find(|kind| kind.name() == name);
        kind.ok_or_else(|| KindError(name.to_owned()))
    }
}

/// Sorted by name, each once: so all nodes have the same list, whomever they met
/// first.
fn sorted(nodes: &[NodeName]) -> Vec<NodeName> {
    let mut nodes = nodes.to_vec();
    nodes.sort_unstable();
    nodes.dedup();
    nodes
}
