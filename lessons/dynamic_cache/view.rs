//! How a node sees the cache: who is in it, and so, who has which key.
//!
//! All nodes see the same sooner or later, but not at the same moment. Until then two of
//! them may send the same key to different nodes. So a view says also whether it is
//! *settled*: whether every member has the same one, and has handed over what is not its
//! own any more. Until it is, a key may still be where it was before.

use std::collections::BTreeMap;
use std::mem::replace;

use moebi::{NodeName, Pid};
use serde::{Deserialize, Serialize};

use crate::ask::Tell;
use crate::dynamic_cache::{Members, Setup};
use crate::placement::Table;
use crate::places::Places;

/// Names a view: two nodes with the same one place every key alike. Members are pids, so
/// that a node that was away for a moment makes it another view; and tokens have a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewId(Vec<Pid>, Option<u32>);

/// What is to be told, and to whom, if anything.
pub type Letter = Option<(Vec<NodeName>, Tell)>;

/// Who is there, and who has what.
pub struct View {
    me: NodeName,
    members: Vec<Pid>,
    /// The nodes of the members, sorted.
    nodes: Vec<NodeName>,
    /// Those that are no members any more, and still have something to hand over.
    leaving: Vec<NodeName>,
    /// Nobody comes and goes.
    fixed: bool,
    places: Places,
    /// In which view each node has handed over last.
    done: BTreeMap<NodeName, ViewId>,
}

impl View {
    /// Nobody is there yet; or the whole topology, for ever.
    pub fn new(me: NodeName, setup: &Setup) -> Self {
        let fixed = setup.members == Members::Fixed;
        let nodes = if fixed { setup.topology.clone() } else { Vec::new() };
        let mut places = Places::new(setup.placement, setup.replicas);
        places.set_nodes(&nodes, &[]);
        let (members, leaving, done) = Default::default();
        Self { me, members, nodes, leaving, fixed, places, done }
    }

    /// From now on these are there. What is to be told to others: our table of tokens,
    /// if there is one. They may have another, and the newer one is for all.
    pub fn set_members(
        &mut self,
        members: Vec<Pid>,
        leaving: Vec<NodeName>,
    ) -> Letter {
        self.leaving = leaving;
        let nodes = members.iter().map(|pid| pid.node()).collect();
        let before = replace(&mut self.nodes, nodes);
        self.members = members;
        self.places.set_nodes(&self.nodes, &before);
        self.table_for_all()
    }

    /// Somebody has this table of tokens.
    pub fn hear_table(&mut self, table: Table) -> Letter {
        let changed = self.places.adopt(table, &self.nodes);
        if changed { self.table_for_all() } else { None }
    }

    /// Not from one who leaves: what it gives away is for the others to take.
    fn table_for_all(&self) -> Letter {
        let stays = self.nodes.contains(&self.me);
        let table = self.places.table().filter(|_| stays)?;
        Some((self.others(), Tell::Table(table)))
    }

    pub fn me(&self) -> NodeName {
        self.me
    }

    pub fn places(&self) -> &Places {
        &self.places
    }

    pub fn is_mine(&self, key: &str) -> bool {
        self.places.owners(key).contains(&self.me)
    }

    pub fn is_fixed(&self) -> bool {
        self.fixed
    }

    pub fn nodes(&self) -> &[NodeName] {
        &self.nodes
    }

    /// The others that are there, or about to go.
    pub fn others(&self) -> Vec<NodeName> {
        let all = self.nodes.iter().chain(&self.leaving).copied();
        all.filter(|&node| node != self.me).collect()
    }

    /// Can keys be handed over by it? Not while the tokens are those of other members.
    pub fn is_complete(&self) -> bool {
        let table = self.places.table();
        table.is_none_or(|table| self.nodes.iter().eq(&table.members()))
    }

    pub fn id(&self) -> ViewId {
        ViewId(self.members.clone(), self.places.digest())
    }

    /// A node has handed over all that it had to, in this view.
    pub fn hear_done(&mut self, node: NodeName, id: ViewId) {
        self.done.insert(node, id);
        if self.is_settled() {
            self.places.all_moved();
        }
    }

    /// Has everybody, in the very same view as this? Who leaves need only be done itself.
    pub fn is_settled(&self) -> bool {
        let id = self.id();
        let done = |node| self.done.get(node) == Some(&id);
        if self.nodes.contains(&self.me) {
            self.fixed || self.nodes.iter().chain(&self.leaving).all(done)
        } else {
            done(&self.me)
        }
    }
}
