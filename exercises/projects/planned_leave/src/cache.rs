//! The cache of one node.

use std::collections::HashMap;

use moebi::otp::{
    Answer, Application, Caller, ChildSpec, Server, Strategy, Supervisor,
};
use moebi::{Node, Process, Reason};

use crate::ask::{Ask, CACHE, Told};

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
        _me: &mut Process,
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
            // TODO: hand over what belongs elsewhere now.
            Ask::Members { .. } => Told::Done,
            // TODO: keep what another cache hands over.
            Ask::Keep { .. } => Told::Done,
        }))
    }
}
