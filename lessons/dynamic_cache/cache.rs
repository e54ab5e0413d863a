//! The cache of one node: a server that keeps its share of the keys.
//!
//! Whoever wants a key asks the cache of their own node where it is, and then the cache
//! that has it (`requests.rs`). A cache never waits for another: two that wait for each
//! other would wait until their time is over. What takes longer, a copy for another node
//! (`copies.rs`) or a pass over all entries (`handover.rs`), a process of its own does.

use std::time::Duration;

use moebi::otp::{Answer, Caller, Server};
use moebi::{Down, Envelope, NodeName, Pid, Process, Reason};
use tokio::time::sleep;

use crate::ask::{Ask, Reply, Tell};
use crate::dynamic_cache::Setup;
use crate::entries::Entries;
use crate::view::View;
use crate::whereabouts::Whereabouts;

/// Each node of the cache has a server of this name.
pub const CACHE: &str = "Apothik.Cache";

/// So often it looks whether there is something to put in order.
const TICK: Duration = Duration::from_millis(100);

/// The state of the server. What becomes of it when nodes come and go: `changes.rs`.
pub struct Cache {
    pub entries: Entries,
    pub view: View,
    /// The process that hands over, if one does.
    pub pass: Option<Pid>,
    /// There is something to hand over that no pass has seen.
    pub again: bool,
    /// Who waits for nodes to be there, or not.
    pub waiting: Vec<(Caller<Ask>, Vec<NodeName>, bool)>,
}

impl Server for Cache {
    type Args = Setup;
    type Call = Ask;
    type Cast = Tell;

    async fn init(me: &mut Process, setup: Setup) -> Result<Self, Reason> {
        // Who is there it is told by the cluster, which is started after it.
        let view = View::new(me.node(), &setup);
        let cache = me.pid();
        me.spawn_link_here(async move |me| {
            loop {
                sleep(TICK).await;
                me.cast(cache, Tell::Tick).await;
            }
        });
        let entries = Entries::default();
        Ok(Self { entries, view, pass: None, again: false, waiting: Vec::new() })
    }

    /// Everything here is done at once. Who has an older view than ours, or a newer one, is
    /// not sent on: it asks again, when the views are the same.
    async fn handle_call(
        &mut self,
        me: &mut Process,
        ask: Ask,
        caller: Caller<Ask>,
    ) -> Result<Answer<Reply>, Reason> {
        Ok(Answer::Now(match ask {
            Ask::Get(view, _)
            | Ask::Write(view, ..)
            | Ask::Lacks(view, _)
            | Ask::Keep(view, _)
                if view != *self.view.id() =>
            {
                Reply::NotNow
            }
            Ask::Places(key) => Reply::Places(Whereabouts::new(&self.view, &key)),
            Ask::Get(_, key) => Reply::Entry(self.entries.get(&key).cloned()),
            Ask::Write(_, key, value) => {
                return Ok(self.write(me, key, value, caller));
            }
            // An equal version is not lacking: so what two nodes offer is sent once.
            Ask::Lacks(_, mut offered) => {
                offered.retain(|(key, version)| self.entries.lacks(key, *version));
                Reply::Keys(offered.into_iter().map(|(key, _)| key).collect())
            }
            Ask::Keep(_, kept) => {
                for (key, entry) in kept {
                    self.entries.merge(key, entry);
                }
                Reply::Done
            }
            Ask::Count => Reply::Count(self.entries.count()),
            Ask::Nodes => Reply::Nodes(self.view.nodes().to_vec()),
            Ask::Await { nodes, there } => {
                self.waiting.push((caller, nodes, there));
                self.answer_waiting(me).await;
                return Ok(Answer::Later);
            }
        }))
    }

    /// Told by its own node, and by other caches.
    async fn handle_cast(
        &mut self,
        me: &mut Process,
        told: Tell,
    ) -> Result<(), Reason> {
        self.hear(me, told).await;
        Ok(())
    }

    /// A pass is over. One that failed is made up for.
    async fn handle_info(
        &mut self,
        me: &mut Process,
        message: Envelope,
    ) -> Result<(), Reason> {
        if let Ok(down) = message.open::<Down>()
            && down.object.pid() == self.pass
        {
            self.pass = None;
            self.again |= down.reason != Reason::Normal;
            self.go_on(me).await;
        }
        Ok(())
    }
}
