//! What a cache does when nodes come and go.
//!
//! ```text
//!   Members ──> another view ──> a pass ──> HandedOver, to all ──> settled: everybody
//!                    │                                             has handed over
//!                    └── other tokens: Table, to all
//! ```
//!
//! Members and tables may come in any order, and while a pass is on its way. The last one
//! counts: the pass is broken off, and another begins.

use moebi::{Process, Reason};

use crate::ask::{Reply, Tell};
use crate::cache::{CACHE, Cache};
use crate::handover::Pass;
use crate::view::Letter;

impl Cache {
    /// What processes of its own node and other caches tell it.
    pub async fn hear(&mut self, me: &Process, told: Tell) {
        match told {
            Tell::Members { members, leaving } => {
                let letter = self.view.set_members(members, leaving);
                self.changed(me, letter).await;
            }
            Tell::Table(table) => {
                let letter = self.view.hear_table(table);
                self.changed(me, letter).await;
            }
            Tell::HandedOver(node, view) => self.view.hear_done(node, view),
            Tell::Passed(view, strays) if view == self.view.id() => {
                for (key, version) in strays {
                    self.entries.forget(&key, version);
                }
                let done = Tell::HandedOver(me.node(), view.clone());
                self.tell(me, Some((self.view.others(), done))).await;
                self.view.hear_done(me.node(), view);
            }
            // They were given to those who should have had them before.
            Tell::Passed(..) => {}
            Tell::Again => self.again = true,
            Tell::Tick => {
                self.entries.bury();
                if self.again && self.pass.is_none() {
                    self.start_pass(me).await;
                }
            }
        }
        self.answer_waiting(me).await;
    }

    /// The view is another one: what does not belong here any more, or belongs elsewhere
    /// as well, is handed over.
    async fn changed(&mut self, me: &Process, letter: Letter) {
        self.tell(me, letter).await;
        self.start_pass(me).await;
    }

    /// The pass is no part of the server, and not linked to it: should it fail, that is a
    /// message. While the tokens are those of other members, there is nothing to do yet;
    /// the table that fits is on its way.
    async fn start_pass(&mut self, me: &Process) {
        if let Some(old) = self.pass.take() {
            me.exit(old, Reason::Kill).await;
        }
        if self.view.is_complete() {
            self.again = false;
            let (pass, cache) = (Pass::new(&self.entries, &self.view), me.pid());
            let (pass, _) = me.spawn_monitor_here(move |me| pass.run(me, cache));
            self.pass = Some(pass);
        }
    }

    async fn tell(&self, me: &Process, letter: Letter) {
        let Some((nodes, tell)) = letter else { return };
        for node in nodes {
            me.cast((CACHE, node), tell.clone()).await;
        }
    }

    /// Answers those who have waited for the nodes that are there now.
    pub async fn answer_waiting(&mut self, me: &Process) {
        if !self.view.is_settled() || self.again {
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
