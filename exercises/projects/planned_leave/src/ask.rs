//! What a cache can be asked, and what it says.

use moebi::otp::Request;
use moebi::{CallError, NodeName};
use serde::{Deserialize, Serialize};

/// The cache of each node has this name.
pub const CACHE: &str = "Cache";

/// A question.
#[derive(Debug, Serialize, Deserialize)]
pub enum Ask {
    /// Keep a value: told `Done`.
    Put { key: String, value: String },
    /// The value of a key: told `Value`.
    Get { key: String },
    /// How many keys are here: told `Count`.
    Count,
    /// These nodes share the keys from now on, and yours may not be among them: told `Done`
    /// when every key is with its owner, or `Failed`.
    Members { nodes: Vec<NodeName> },
    /// Another cache hands these keys over, with their values: told `Done`. A key that is
    /// here already was put by somebody who knew of the change; that value is newer.
    Keep { entries: Vec<(String, String)> },
}

/// An answer.
#[derive(Debug, Serialize, Deserialize)]
pub enum Told {
    Done,
    Value(Option<String>),
    Count(usize),
    /// Some keys could not be handed over. They are still here.
    Failed(CallError),
}

impl Request for Ask {
    type Reply = Told;
}
