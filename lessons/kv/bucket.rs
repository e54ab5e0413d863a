//! A bucket: a process that keeps values under keys.
//!
//! Each bucket is a process of its own. So who uses one bucket never waits for another,
//! and if one crashes, what is in the others is still there. It does not know on which
//! node it is, nor who asks: it has a mailbox, and questions come in.

use std::collections::HashMap;

use moebi::otp::{Answer, Caller, ChildSpec, Request, Server};
use moebi::{Pid, Process, Reason};
use serde::{Deserialize, Serialize};

// ANCHOR: questions
/// What a bucket can be asked.
#[derive(Debug, Serialize, Deserialize)]
pub enum Ask {
    Get { key: String },
    Put { key: String, value: String },
    Delete { key: String },
}

/// The answer is the value that is there, or was until now. To put is a question too, not
/// a cast: whoever is told `OK` can rely on it.
impl Request for Ask {
    type Reply = Option<String>;
}
// ANCHOR_END: questions

/// The values by their keys.
#[derive(Default)]
struct Bucket(HashMap<String, String>);

impl Server for Bucket {
    type Args = ();
    type Call = Ask;
    type Cast = ();

    async fn init(_me: &mut Process, (): ()) -> Result<Self, Reason> {
        Ok(Self::default())
    }

    // ANCHOR: answers
    async fn handle_call(
        &mut self,
        _me: &mut Process,
        question: Ask,
        _caller: Caller<Ask>,
    ) -> Result<Answer<Option<String>>, Reason> {
        Ok(Answer::Now(match question {
            Ask::Get { key } => self.0.get(&key).cloned(),
            Ask::Put { key, value } => self.0.insert(key, value),
            Ask::Delete { key } => self.0.remove(&key),
        }))
    }
    // ANCHOR_END: answers
}

// ANCHOR: child
/// A bucket as a child of its supervisor. Temporary, because a new one would be empty: to
/// come back without a word and without what was in it would be a lie. Better it is gone,
/// and whoever asks for it is told so.
pub fn child(name: String) -> ChildSpec {
    ChildSpec::new(name, start).temporary()
}
// ANCHOR_END: child

async fn start(supervisor: &mut Process) -> Result<Pid, Reason> {
    Bucket::start_link(supervisor, ()).await.map_err(|error| error.reason())
}
