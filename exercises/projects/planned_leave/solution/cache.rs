//! The cache of one node.

use std::collections::{BTreeMap, HashMap};

use moebi::otp::{
    Answer, Application, Caller, ChildSpec, Server, Strategy, Supervisor,
};
use moebi::{Node, NodeName, Process, Reason};

use crate::ask::{Ask, CACHE, Told};
use crate::placement::owner;

/// Starts the cache of a node.
pub async fn open(node: &Node) -> Result<(), Reason> {
    let cache = ChildSpec::server::<Cache>(CACHE, ());
    let supervisor = Supervisor::new(Strategy::OneForOne).child(cache);
    Application::start(node, "cache", supervisor).await?;
    Ok(())
}

/// The values by their keys.
#[derive(Default)]
struct Cache {
    entries: HashMap<String, String>,
}

impl Server for Cache {
    type Args = ();
    type Call = Ask;
    type Cast = ();

    async fn init(_me: &mut Process, (): ()) -> Result<Self, Reason> {
        Ok(Self::default())
    }

    async fn handle_call(
        &mut self,
        me: &mut Process,
        question: Ask,
        _caller: Caller<Ask>,
    ) -> Result<Answer<Told>, Reason> {
        Ok(Answer::Now(match question {
            Ask::Put { key, value } => {
                self.entries.insert(key, value);
                Told::Done
            }
            Ask::Get { key } => Told::Value(self.entries.get(&key).cloned()),
            Ask::Count => Told::Count(self.entries.len()),
            Ask::Members { nodes } => self.hand_over(me, &nodes).await,
            Ask::Keep { entries } => {
                for (key, value) in entries {
                    // What is here was put after the change.
                    self.entries.entry(key).or_insert(value);
                }
                Told::Done
            }
        }))
    }
}

impl Cache {
    /// Gives every key to its owner, and forgets it only when that one has it.
    async fn hand_over(&mut self, me: &Process, nodes: &[NodeName]) -> Told {
        for (node, share) in self.shares(me.node(), nodes) {
            let keys: Vec<String> =
                share.iter().map(|(key, _)| key.clone()).collect();
            let keep = Ask::Keep { entries: share };
            if let Err(error) = me.call((CACHE, node), keep).await {
                return Told::Failed(error);
            }
            for key in keys {
                self.entries.remove(&key);
            }
        }
        Told::Done
    }

    /// What belongs to others, by its owner.
    fn shares(
        &self,
        here: NodeName,
        nodes: &[NodeName],
    ) -> BTreeMap<NodeName, Vec<(String, String)>> {
        let mut shares: BTreeMap<NodeName, Vec<(String, String)>> = BTreeMap::new();
        for (key, value) in &self.entries {
            if let Some(node) = owner(key, nodes).filter(|&node| node != here) {
                shares.entry(node).or_default().push((key.clone(), value.clone()));
            }
        }
        shares
    }
}
