//! Put, get and delete, from any node of the cache.
//!
//! First the cache of our own node says where the key is, then the one that has it is
//! asked. Between the two answers the cluster may change, so either can turn out to be
//! old: the node is gone, or has another view. Then we ask again, for a moment later all
//! have the same one. All of it has one time-out.

use std::time::Duration;

use moebi::{CallError, Function, Node, Process};
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep};

use crate::ask::{Ask, Reply};
use crate::attempt::{find, write};
use crate::cache::CACHE;
use crate::whereabouts::Whereabouts;

/// No request takes longer, whatever happens to whom.
pub const TIME: Duration = Duration::from_secs(5);
/// Between two attempts.
const PAUSE: Duration = Duration::from_millis(20);

/// What comes of a request. It crosses: whoever asks may be on another node.
pub type Answered<T> = Result<T, RequestError>;

/// Each node of the cache does these for nodes that are not part of it.
pub const PUT: Function<(String, String), Answered<()>> =
    Function::new("Apothik.Cache", "put");
pub const GET: Function<(String,), Answered<Option<String>>> =
    Function::new("Apothik.Cache", "get");
pub const DELETE: Function<(String,), Answered<()>> =
    Function::new("Apothik.Cache", "delete");

/// Why a request was not done; or that nobody knows whether it was, if an answer is all
/// that is missing.
#[derive(Debug, Clone, PartialEq, thiserror::Error, Serialize, Deserialize)]
pub enum RequestError {
    /// Who should have the key does not answer.
    #[error("{0}")]
    NoAnswer(CallError),
    /// Each says that another has the key.
    #[error("the nodes do not agree on who has {0}")]
    Disagreement(String),
}

/// What each node of the cache offers.
pub fn offer(node: &Node) {
    node.offer(PUT, async |me, (key, value)| Ok(put(&me, key, value).await));
    node.offer(GET, async |me, (key,)| Ok(get(&me, key).await));
    node.offer(DELETE, async |me, (key,)| Ok(delete(&me, key).await));
}

/// Once it is done all who have the key have this value. If the answer to a first attempt
/// was lost with its node, it is done twice.
pub async fn put(me: &Process, key: String, value: String) -> Answered<()> {
    insist(me, &key, &Want::Write(Some(value))).await.map(drop)
}

/// The same for no value.
pub async fn delete(me: &Process, key: String) -> Answered<()> {
    insist(me, &key, &Want::Write(None)).await.map(drop)
}

/// The value that was put last; `dynamic_cache.rs` says when it may be an older one.
pub async fn get(me: &Process, key: String) -> Answered<Option<String>> {
    insist(me, &key, &Want::Value).await
}

/// What is wanted of a key.
enum Want {
    Value,
    /// A value; or none, to delete it.
    Write(Option<String>),
}

/// Asks until somebody does it, or the time is over.
async fn insist(me: &Process, key: &str, want: &Want) -> Answered<Option<String>> {
    let until = Instant::now() + TIME;
    loop {
        let at = whereabouts(me, key).await?;
        let tried = match want {
            Want::Value => find(me, &at, key, until).await,
            Want::Write(value) => write(me, &at, key, value, until).await,
        };
        match tried {
            Err(trouble) if at.fixed || Instant::now() + PAUSE > until => {
                return Err(trouble);
            }
            Err(_) => sleep(PAUSE).await,
            Ok(done) => return Ok(done),
        }
    }
}

/// Where a key is. Our own cache answers at once: it never waits for anybody.
async fn whereabouts(me: &Process, key: &str) -> Answered<Whereabouts> {
    match me.call((CACHE, me.node()), Ask::Places(key.to_owned())).await {
        Ok(Reply::Places(at)) => Ok(at),
        Ok(_) => Err(RequestError::Disagreement(key.to_owned())),
        Err(why) => Err(RequestError::NoAnswer(why)),
    }
}
