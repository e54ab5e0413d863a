//! Handing over: what others should have goes to them, and what is not ours goes away.
//!
//! A pass goes through all entries of a node and, for each other node, offers it the
//! versions of what it should have. The other answers which it lacks, and only these are
//! sent; after a join that is the newcomer's share, and when a lost copy is restored
//! nothing else. What is not ours is forgotten last, when all who should have it do.
//!
//! ```text
//!   apothik_1: pass                               apothik_2: cache
//!      │── Lacks [(k_1_7, version), ...] ──────────>│
//!      │<───────────────────────── [k_1_7, ...] ────│
//!      │── Keep [(k_1_7, entry), ...] ─────────────>│
//!      │<──────────────────────────────── ok ───────│
//!      ▼ cache: forget k_1_7, if it is as it was
//! ```
//!
//! It can be done twice, or by two nodes, or be broken off and begun anew: the newer
//! version wins, whoever comes first. So nothing has to be remembered about a pass that
//! failed, except that there has to be another.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use moebi::{CallError, NodeName, Pid, Process, Reason};
use tokio::time::sleep;

use crate::ask::{Ask, Reply, Tell};
use crate::cache::CACHE;
use crate::entries::{Entries, Entry, Version};
use crate::view::{View, ViewId};

/// So many entries go at once: the other node answers others in between.
const BATCH: usize = 200;

/// After a pass that failed there is so much time to see who has gone.
const PAUSE: Duration = Duration::from_secs(1);

/// Entries and their keys.
pub type Kept = Vec<(String, Entry)>;

/// What a pass has to do.
pub struct Pass {
    view: ViewId,
    shares: BTreeMap<NodeName, Kept>,
    strays: Vec<(String, Version)>,
}

impl Pass {
    /// What follows from a view for what this node keeps.
    pub fn new(entries: &Entries, view: &View) -> Self {
        let mut shares: BTreeMap<NodeName, Kept> = BTreeMap::new();
        let mut strays = Vec::new();
        let moving = if view.places().moves_keys() { Some(entries) } else { None };
        for (key, entry) in moving.into_iter().flat_map(Entries::iter) {
            let owners = view.places().owners(key);
            if !owners.contains(&view.me()) && !owners.is_empty() {
                strays.push((key.clone(), entry.version));
            }
            for owner in owners.into_iter().filter(|&owner| owner != view.me()) {
                shares.entry(owner).or_default().push((key.clone(), entry.clone()));
            }
        }
        Self { view: view.id().clone(), shares, strays }
    }

    /// The body of its process. It ends in good order only if all is where it should be;
    /// and if not, it has waited before the next one tries.
    pub async fn hand_over(self, me: Process, cache: Pid) -> Result<(), Reason> {
        for (node, share) in self.shares {
            for batch in share.chunks(BATCH) {
                let why = match give(&me, &self.view, node, batch).await {
                    Ok(true) => continue,
                    Ok(false) => Reason::word("not_now"),
                    Err(why) => why.reason(),
                };
                sleep(PAUSE).await;
                return Err(why);
            }
        }
        me.cast(cache, Tell::Passed(self.view, self.strays)).await;
        Ok(())
    }
}

// ANCHOR: give
/// Gives a node what it lacks, and says whether it has it now. One that has another view
/// takes nothing: it may have told already that it has handed over all, and would be left
/// with this.
async fn give(
    me: &Process,
    view: &ViewId,
    node: NodeName,
    entries: &[(String, Entry)],
) -> Result<bool, CallError> {
    let offer = entries.iter().map(|(key, entry)| (key.clone(), entry.version));
    let offer = Ask::Lacks(view.clone(), offer.collect());
    let Reply::Keys(lacks) = me.call((CACHE, node), offer).await? else {
        return Ok(false);
    };
    let lacks: HashSet<String> = lacks.into_iter().collect();
    let wanted = entries.iter().filter(|(key, _)| lacks.contains(key));
    let wanted: Kept = wanted.cloned().collect();
    if wanted.is_empty() {
        return Ok(true);
    }
    let keep = Ask::Keep(view.clone(), wanted);
    Ok(matches!(me.call((CACHE, node), keep).await?, Reply::Done))
}
// ANCHOR_END: give
