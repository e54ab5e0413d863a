//! How a node sees the cache: who is in it, and so, who has which key.
//!
//! All nodes see the same sooner or later, but not at the same moment. Until then two of
//! them may send the same key to different nodes. So each tells all others what it sees,
//! and tells them once more when it has handed over what is not its own any more. A view
//! of a node is
//!
//! | | when all members have told it | from then on |
//! |---|---|---|
//! | *agreed* | that they have the same | it is written, and passes begin |
//! | *settled* | that they have handed over, too | every owner of a key has the newest entry |
//!
//! Who is about to leave has to tell it like a member.

use std::collections::BTreeMap;

use moebi::{NodeName, Pid};
use serde::{Deserialize, Serialize};

use crate::ask::Tell;
use crate::dynamic_cache::{Members, Setup};
use crate::placement::Table;
use crate::places::Places;

/// Names a view: two nodes with the same one place every key alike. Members are pids, so
/// that a node that was away for a moment makes it another view; and tokens have a table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewId(Vec<Pid>, Option<u32>);

/// What is to be told, and to whom, if anything.
pub type Letter = Option<(Vec<NodeName>, Tell)>;

/// Who is there, and who has what.
pub struct View {
    me: NodeName,
    id: ViewId,
    /// The nodes of the members, sorted.
    nodes: Vec<NodeName>,
    /// Those that are no members any more, and still have something to hand over.
    leaving: Vec<NodeName>,
    /// Nobody comes and goes.
    fixed: bool,
    places: Places,
    /// What each node has told of last: its view, and whether it has handed over in it.
    told: BTreeMap<NodeName, (ViewId, bool)>,
    agreed: bool,
    settled: bool,
}

impl View {
    /// Nobody is there yet; or the whole topology, for ever.
    pub fn new(me: NodeName, setup: &Setup) -> Self {
        let fixed = setup.members == Members::Fixed;
        let nodes = if fixed { setup.topology.clone() } else { Vec::new() };
        let mut places = Places::new(setup.placement, setup.replicas);
        places.set_nodes(&nodes);
        let (id, leaving, told) = Default::default();
        let (agreed, settled) = (fixed, fixed);
        Self { me, id, nodes, leaving, fixed, places, told, agreed, settled }
    }

    /// From now on these are there. What is to be told to others: our table of tokens,
    /// if there is one. They may have another, and the newer one is for all.
    pub fn set_members(
        &mut self,
        members: Vec<Pid>,
        leaving: Vec<NodeName>,
    ) -> Letter {
        self.leaving = leaving;
        self.nodes = members.iter().map(|pid| pid.node()).collect();
        self.places.set_nodes(&self.nodes);
        self.id.0 = members;
        self.changed();
        self.table_for_all()
    }

    /// Somebody has this table of tokens.
    pub fn hear_table(&mut self, table: Table) -> Letter {
        let refitted = self.places.adopt(table);
        self.changed();
        if refitted { self.table_for_all() } else { None }
    }

    /// Also from one who leaves: if two leave at once, theirs may be the newest.
    fn table_for_all(&self) -> Letter {
        Some((self.others(), Tell::Table(self.places.table()?)))
    }

    /// What this node sees, for all others; and whether it has handed over.
    pub fn told(&self) -> Letter {
        let (node, (view, handed_over)) =
            (self.me, self.told.get(&self.me)?.clone());
        Some((self.others(), Tell::Sees { node, view, handed_over }))
    }

    /// What a node has told; or this node tells.
    pub fn hear(&mut self, node: NodeName, view: ViewId, handed_over: bool) {
        self.told.insert(node, (view, handed_over));
        self.compare();
    }

    /// In another view we have handed over nothing yet.
    fn changed(&mut self) {
        self.id.1 = self.places.digest();
        let told = self.told.get(&self.me);
        let handed_over = told.is_some_and(|(view, done)| *view == self.id && *done);
        self.hear(self.me, self.id.clone(), handed_over);
    }

    /// Compares what all have told with what we see. While the tokens are those of other
    /// members nobody can agree to it; the table that fits is on its way.
    fn compare(&mut self) {
        let table = self.places.table();
        let fits = table.is_none_or(|table| self.nodes.iter().eq(&table.members()));
        let told = |node| self.told.get(node).filter(|(view, _)| *view == self.id);
        let mut all = self.nodes.iter().chain(&self.leaving).chain([&self.me]);
        self.agreed = self.fixed || fits && all.clone().all(|n| told(n).is_some());
        let done = |node| told(node).is_some_and(|(_, handed_over)| *handed_over);
        self.settled = self.fixed || self.agreed && all.all(done);
    }

    pub fn me(&self) -> NodeName {
        self.me
    }

    pub fn id(&self) -> &ViewId {
        &self.id
    }

    pub fn places(&self) -> &Places {
        &self.places
    }

    pub fn is_fixed(&self) -> bool {
        self.fixed
    }

    pub fn nodes(&self) -> &[NodeName] {
        &self.nodes
    }

    pub fn leaving(&self) -> &[NodeName] {
        &self.leaving
    }

    /// The others that are there, or about to go.
    fn others(&self) -> Vec<NodeName> {
        let all = self.nodes.iter().chain(&self.leaving).copied();
        all.filter(|&node| node != self.me).collect()
    }

    /// Does everybody see the same?
    pub fn is_agreed(&self) -> bool {
        self.agreed
    }

    /// Has everybody handed over, in the very same view?
    pub fn is_settled(&self) -> bool {
        self.settled
    }

    /// The same; or, who leaves need only be done itself.
    pub fn is_done(&self) -> bool {
        let told = self.told.get(&self.me);
        let done = told.is_some_and(|(view, done)| *view == self.id && *done);
        self.settled || done && !self.nodes.contains(&self.me)
    }
}
