//! Where a key is, in one view: who is to be asked for it.
//!
//! In a settled view every owner has the newest entry. While keys are on their way any node
//! may have it, also one that is about to leave.

use moebi::NodeName;
use serde::{Deserialize, Serialize};

use crate::view::{View, ViewId};

/// The answer to [`Ask::Places`](crate::ask::Ask::Places).
#[derive(Debug, Serialize, Deserialize)]
pub struct Whereabouts {
    pub view: ViewId,
    /// Who should have it: the owner first, then those with a copy.
    pub owners: Vec<NodeName>,
    /// Who else may have it, while keys are on their way.
    pub others: Vec<NodeName>,
    /// Does every owner have the newest entry?
    pub settled: bool,
    /// Will nobody else ever have it?
    pub fixed: bool,
}

impl Whereabouts {
    /// With modulo no key is ever on its way: it is at its owner's, or nobody looks for it.
    pub fn new(view: &View, key: &str) -> Self {
        let owners = view.places().owners(key);
        let settled = view.is_settled() || !view.places().moves_keys();
        let mut others = Vec::new();
        if !settled {
            others.extend(view.nodes().iter().chain(view.leaving()));
            others.retain(|node| !owners.contains(node));
        }
        let (view, fixed) = (view.id().clone(), view.is_fixed());
        Self { view, owners, others, settled, fixed }
    }
}
