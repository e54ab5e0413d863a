//! Writing, the copies of what is written, and what a reader may rely on.
//!
//! ```text
//!   who writes        owner                        has the copy
//!      │── Write ──────>│ keeps it, and goes on         │
//!      │                └─ a process ── Keep ──────────>│ keeps it
//!      │                        │ <───────── done ──────│
//!      │<──────────── done ─────┘
//! ```
//!
//! The copy is there before the writer knows that it has written. If it were made
//! afterwards, a kill in between would lose what somebody relies on.
//!
//! # Why nobody reads what is older than a write that is done
//!
//! With two copies, as long as one node is killed at a time and the next when the copies
//! are restored. There are four rules:
//!
//! 1. Whatever one node asks another names the view it was asked in, and is done only in
//!    that same view (`cache.rs`).
//! 2. A write is done when all owners have it, and the owner's view is agreed when it
//!    takes it (`write`, below).
//! 3. Passes begin when a view is agreed; a node forgets an entry that is not its own when
//!    all owners have taken it in the view it still has (`handover.rs`).
//! 4. A read asks one owner in a settled view. In any other it asks all nodes, and the
//!    owners last; all must answer, and the newest entry counts (`attempt.rs`).
//!
//! *Agreed views come in one order.* Each of them every survivor had before it was agreed
//! to, and every survivor has had them in the same order, for a pid that is gone does not
//! come back and a table of tokens is only replaced by a newer one. So let a write be done
//! in the view W, and after that a read begin, in the view R.
//!
//! - *R is older than W*: it cannot be. W was agreed when the owner took the write, so
//!   the reader's node had told that it had W.
//! - *R is W*: the owners are the same, and each has the entry, for an owner does not
//!   forget; the one that was killed and is back makes it another view.
//! - *R is newer*: an owner in W that lives got the entry in W, that is before it had R.
//!   If it forgot it in a view between, all owners of that view had taken it in that view,
//!   and one of them lives: so some node that has it comes to R with it. If R is settled
//!   that node has handed it over, and every owner has it. If not, it is asked itself; and
//!   should it have handed the entry over and forgotten it in R, just before it was asked,
//!   then the owners have it, who are asked after it.
//!
//! "It" is the entry or a newer one: none is ever replaced by an older one. What a write
//! that was not done leaves behind may be found or not; it was put under that key.
//!
//! The price is that whoever writes waits while the nodes do not agree: some milliseconds
//! when a node comes or goes. When one falls silent and the connections to it hold, what
//! it should have a copy of cannot be written until they are given up.

use std::time::Duration;

use moebi::otp::{Answer, Caller};
use moebi::{NodeName, Process};

use crate::ask::{Ask, Reply, Tell};
use crate::cache::{CACHE, Cache};
use crate::entries::Entry;
use crate::view::ViewId;

#[cfg(test)]
mod tests;

/// So long a write waits for a copy.
const COPY: Duration = Duration::from_secs(1);

impl Cache {
    /// Only the owner of a key writes, so that there is one order of all writes. If
    /// others have copies, the answer waits for them: whoever has it knows that the node
    /// may be killed now.
    pub fn write(
        &mut self,
        me: &Process,
        key: String,
        value: Option<String>,
        caller: Caller<Ask>,
    ) -> Answer<Reply> {
        let owners = self.view.places().owners(&key);
        let Some((_, copies)) = owners
            .split_first()
            .filter(|(owner, _)| **owner == me.node() && self.view.is_agreed())
        else {
            return Answer::Now(Reply::NotNow);
        };
        let entry = self.entries.write(me.node(), &key, value);
        if copies.is_empty() {
            return Answer::Now(Reply::Done);
        }
        let (cache, view) = (me.pid(), self.view.id().clone());
        let copies = copies.to_vec();
        me.spawn_here(async move |me| {
            let reply = copy(&me, view, &copies, key, entry).await;
            if let Reply::NotNow = reply {
                // Ours is of no use alone; the next pass makes up for the others.
                me.cast(cache, Tell::Again).await;
            }
            caller.reply(&me, reply).await;
            Ok(())
        });
        Answer::Later
    }
}

/// Gives all others the copy of an entry that was just written. If one does not take it,
/// the write is not done, and whoever wants it asks again.
async fn copy(
    me: &Process,
    view: ViewId,
    nodes: &[NodeName],
    key: String,
    entry: Entry,
) -> Reply {
    for &node in nodes {
        let keep = Ask::Keep(view.clone(), vec![(key.clone(), entry.clone())]);
        match me.call_within(COPY, (CACHE, node), keep).await {
            Ok(Reply::Done) => {}
            _ => return Reply::NotNow,
        }
    }
    Reply::Done
}
