//! What crosses between the nodes of the cache: what a cache is asked and told, and the
//! greetings of clusters.

use moebi::otp::Request;
use moebi::{NodeName, Pid};
use serde::{Deserialize, Serialize};

use crate::entries::Version;
use crate::handover::Kept;
use crate::placement::Table;
use crate::view::ViewId;

/// What a cache is asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Ask {
    /// Where is this key, or where may it be? The owner comes first.
    Places(String),
    Get(String),
    /// A value; or none, to delete it.
    Write(String, Option<String>),
    /// From another cache: which of these are older here, or not here?
    Lacks(Vec<(String, Version)>),
    /// From another cache: entries that belong here.
    Keep(Kept),
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
    /// The key may be there. Whether others may have it later: not if this is fixed.
    Places(Vec<NodeName>, bool),
    Keys(Vec<String>),
    Count(u64),
    /// What is kept under the key; or none, if it was deleted.
    Value(Option<String>),
    /// Nothing is kept under this key.
    Unknown,
    /// Somebody else has the key, as this node sees it.
    NotMine,
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
    /// A node has handed over what it had to.
    HandedOver(NodeName, ViewId),
    /// The pass of this node is over; these entries are elsewhere now.
    Passed(ViewId, Vec<(String, Version)>),
    /// A copy could not be made.
    Again,
    Tick,
}

impl Ask {
    /// What it is about, for a sentence.
    pub fn key(&self) -> String {
        match self {
            Self::Places(key) | Self::Get(key) | Self::Write(key, _) => key.clone(),
            _ => "its keys".into(),
        }
    }
}

/// What one cluster tells another.
#[derive(Debug, Serialize, Deserialize)]
pub enum Greeting {
    /// Here is one.
    Hello(Pid),
    /// This one will end, and must be given nothing any more.
    Goodbye(Pid),
}
