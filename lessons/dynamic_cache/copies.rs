//! Writing, and the copies of what is written.
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

use std::time::Duration;

use moebi::otp::{Answer, Caller};
use moebi::{NodeName, Pid, Process};

use crate::ask::{Ask, Reply, Tell};
use crate::cache::{CACHE, Cache};
use crate::entries::Entry;

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
        let Some((_, copies)) =
            owners.split_first().filter(|(owner, _)| **owner == me.node())
        else {
            return Answer::Now(Reply::NotMine);
        };
        let entry = self.entries.write(me.node(), &key, value);
        if copies.is_empty() {
            return Answer::Now(Reply::Done);
        }
        let (cache, copies) = (me.pid(), copies.to_vec());
        me.spawn_here(async move |me| {
            copy(&me, cache, &copies, key, entry).await;
            caller.reply(&me, Reply::Done).await;
            Ok(())
        });
        Answer::Later
    }
}

/// Gives others the copy of an entry that was just written. One that cannot be given is
/// made up for by the next pass, and holds nobody up for longer than this.
async fn copy(
    me: &Process,
    cache: Pid,
    nodes: &[NodeName],
    key: String,
    entry: Entry,
) {
    for &node in nodes {
        let keep = Ask::Keep(vec![(key.clone(), entry.clone())]);
        if me.call_within(COPY, (CACHE, node), keep).await.is_err() {
            me.cast(cache, Tell::Again).await;
        }
    }
}
