//! What a cache does when nodes come and go.
//!
//! ```text
//!   Members ──> another view ──> Sees, to all ──> agreed: ──> a pass ──> Sees, to all,
//!                    │                            all see     "and have handed over"
//!                    └── other tokens:            the same                │
//!                        Table, to all                                    ▼
//!                                                            settled: all have
//! ```
//!
//! Members and tables may come in any order, and while a pass is on its way. The last one
//! counts: the pass is broken off, and another begins.

use moebi::{Process, Reason};

use crate::ask::{Reply, Tell};
use crate::cache::{CACHE, Cache};
use crate::handover::Pass;
use crate::view::{Letter, ViewId};

impl Cache {
    /// What processes of its own node and other caches tell it.
    pub async fn hear(&mut self, me: &Process, told: Tell) {
        match told {
            Tell::Members { members, leaving } => {
                let before = self.view.id().clone();
                let letter = self.view.set_members(members, leaving);
                self.changed(me, &before, letter).await;
                // Somebody who is about to leave may not have been told before.
                self.tell(me, self.view.told()).await;
            }
            Tell::Table(table) => {
                let before = self.view.id().clone();
                let letter = self.view.hear_table(table);
                if self.changed(me, &before, letter).await {
                    self.tell(me, self.view.told()).await;
                }
            }
            Tell::Sees { node, view, handed_over } => {
                self.view.hear(node, view, handed_over);
            }
            Tell::Passed(view, strays) if view == *self.view.id() => {
                for (key, version) in strays {
                    self.entries.forget(&key, version);
                }
                self.view.hear(me.node(), view, true);
                self.tell(me, self.view.told()).await;
            }
            // They were given to those who should have had them before.
            Tell::Passed(..) => {}
            Tell::Again => self.again = true,
            Tell::Tick => self.entries.bury(),
        }
        self.go_on(me).await;
    }

    /// If the view is another one, and it says whether it is, what does not belong here any
    /// more, or belongs elsewhere as well, is to be handed over.
    async fn changed(
        &mut self,
        me: &Process,
        before: &ViewId,
        letter: Letter,
    ) -> bool {
        self.tell(me, letter).await;
        let changed = self.view.id() != before;
        if changed {
            self.again = true;
            if let Some(old) = self.pass.take() {
                me.exit(old, Reason::Kill).await;
            }
        }
        changed
    }

    /// Hands over if there is something to hand over, but not before all see the same: it
    /// would not be taken. The pass is no part of the server, and not linked to it: should
    /// it fail, that is a message.
    pub async fn go_on(&mut self, me: &Process) {
        if self.again && self.pass.is_none() && self.view.is_agreed() {
            self.again = false;
            let (pass, cache) = (Pass::new(&self.entries, &self.view), me.pid());
            let (pass, _) =
                me.spawn_monitor_here(move |me| pass.hand_over(me, cache));
            self.pass = Some(pass);
        }
        self.answer_waiting(me).await;
    }

    async fn tell(&self, me: &Process, letter: Letter) {
        let Some((nodes, tell)) = letter else { return };
        for node in nodes {
            me.cast((CACHE, node), tell.clone()).await;
        }
    }

    /// Answers those who have waited for the nodes that are there now.
    pub async fn answer_waiting(&mut self, me: &Process) {
        if !self.view.is_done() || self.again || self.pass.is_some() {
            return;
        }
        let here = self.view.nodes();
        let come = |nodes: &[_], there| {
            nodes.iter().all(|node| here.contains(node) == there)
        };
        let fixed = self.view.is_fixed();
        let ready = self
            .waiting
            .extract_if(.., |(_, nodes, there)| fixed || come(nodes, *there));
        for (caller, ..) in ready.collect::<Vec<_>>() {
            caller.reply(me, Reply::Done).await;
        }
    }
}
