//! What crosses between the nodes of the cache: what a cache is asked and told, and the
//! greetings of clusters.

use moebi::otp::Request;
use moebi::{NodeName, Pid};
use serde::{Deserialize, Serialize};

use crate::entries::{Entry, Version};
use crate::handover::Kept;
use crate::placement::Table;
use crate::view::ViewId;
use crate::whereabouts::Whereabouts;

/// What a cache is asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Ask {
    /// Where is this key, or where may it be?
    Places(String),
    /// The next four are done only by a node that has the same view as who asks.
    Get(ViewId, String),
    /// A value; or none, to delete it.
    Write(ViewId, String, Option<String>),
    /// From another cache: which of these are older here, or not here?
    Lacks(ViewId, Vec<(String, Version)>),
    /// From another cache: entries that belong here.
    Keep(ViewId, Kept),
    Count,
    Nodes,
    /// Answered once these nodes are there, or gone, and all keys where they should be.
    Await {
        nodes: Vec<NodeName>,
        there: bool,
    },
}

/// What it answers.
#[derive(Debug, Serialize, Deserialize)]
pub enum Reply {
    Done,
    Nodes(Vec<NodeName>),
    Places(Whereabouts),
    Keys(Vec<String>),
    Count(u64),
    /// What is kept under the key, if anything.
    Entry(Option<Entry>),
    /// The nodes do not all see the same at this moment: to be asked again.
    NotNow,
}

impl Request for Ask {
    type Reply = Reply;
}

/// What a cache is told, by processes of its own node and by other caches.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Tell {
    /// Who is there: the clusters' pids, sorted by node; and who is about to go.
    Members {
        members: Vec<Pid>,
        leaving: Vec<NodeName>,
    },
    /// The table of tokens of another node.
    Table(Table),
    /// What a node sees, and whether it has handed over what does not belong to it.
    Sees {
        node: NodeName,
        view: ViewId,
        handed_over: bool,
    },
    /// The pass of this node is over; these entries are elsewhere now.
    Passed(ViewId, Vec<(String, Version)>),
    /// A copy could not be made.
    Again,
    Tick,
}

/// What one cluster tells another.
#[derive(Debug, Serialize, Deserialize)]
pub enum Greeting {
    /// Here is one.
    Hello(Pid),
    /// This one will end, and must be given nothing any more.
    Goodbye(Pid),
}
