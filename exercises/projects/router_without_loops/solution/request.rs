//! What goes from router to router.

use moebi::{CallError, NodeName};
use serde::{Deserialize, Serialize};

/// A bucket is looked for.
#[derive(Debug, Serialize, Deserialize)]
pub struct Routed {
    pub bucket: String,
    /// The nodes it has been to.
    pub way: Vec<NodeName>,
}

/// Why it was not found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum RouteError {
    /// The table of the last node does not know it.
    NoEntry { bucket: String },
    /// The tables disagree. The way has all nodes the request has been to, from the first
    /// one to the one that it came to for the second time.
    Loop { bucket: String, way: Vec<NodeName> },
    /// A node or a task on the way has failed.
    Call(CallError),
}

impl From<CallError> for RouteError {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}
