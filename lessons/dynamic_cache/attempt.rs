//! One attempt to read or to write a key, in the view that our own node has of the cache.
//!
//! It is done, or it fails, because a node does not answer or has another view; then there
//! will be another (`requests.rs`).

use moebi::{NodeName, Process};
use tokio::time::Instant;

use crate::ask::{Ask, Reply};
use crate::cache::CACHE;
use crate::entries::Entry;
use crate::requests::{Answered, RequestError};
use crate::whereabouts::Whereabouts;

/// Only the owner writes.
pub async fn write(
    me: &Process,
    at: &Whereabouts,
    key: &str,
    value: &Option<String>,
    until: Instant,
) -> Answered<Option<String>> {
    let disagreement = || RequestError::Disagreement(key.to_owned());
    let &owner = at.owners.first().ok_or_else(disagreement)?;
    let write = Ask::Write(at.view.clone(), key.to_owned(), value.clone());
    match ask(me, owner, write, until).await? {
        Reply::Done => Ok(None),
        _ => Err(disagreement()),
    }
}

/// Asks one after the other; the first that has it is enough if every owner has the
/// newest. Nothing is there only if all say so.
///
/// Otherwise the newest of all answers counts, and who may give the key away is asked
/// before those it may be given to: the other way round we could miss it at both.
pub async fn find(
    me: &Process,
    at: &Whereabouts,
    key: &str,
    until: Instant,
) -> Answered<Option<String>> {
    let mut newest: Option<Entry> = None;
    let mut trouble =
        at.owners.is_empty().then(|| RequestError::Disagreement(key.to_owned()));
    for &node in at.others.iter().chain(&at.owners) {
        let get = Ask::Get(at.view.clone(), key.to_owned());
        match ask(me, node, get, until).await {
            Ok(Reply::Entry(Some(entry))) if at.settled => return Ok(entry.value),
            Ok(Reply::Entry(entry)) => {
                let older = newest.take();
                newest = entry.into_iter().chain(older).max_by_key(|e| e.version);
            }
            Ok(_) => trouble = Some(RequestError::Disagreement(key.to_owned())),
            Err(why) => trouble = Some(why),
        }
    }
    match trouble {
        Some(trouble) => Err(trouble),
        None => Ok(newest.and_then(|entry| entry.value)),
    }
}

/// Asks the cache of a node, for as long as there is time.
async fn ask(
    me: &Process,
    node: NodeName,
    ask: Ask,
    until: Instant,
) -> Answered<Reply> {
    let time = until.saturating_duration_since(Instant::now());
    let answer = me.call_within(time, (CACHE, node), ask).await;
    answer.map_err(RequestError::NoAnswer)
}
