//! Whoever uses the cache: knows its members, and so who has a key.

use moebi::{CallError, NodeName, Process};

use crate::ask::{Ask, CACHE, Told};
use crate::placement::owner;

/// Puts a value where its key belongs.
pub async fn put(
    me: &Process,
    members: &[NodeName],
    key: &str,
    value: &str,
) -> Result<(), CallError> {
    if let Some(node) = owner(key, members) {
        let put = Ask::Put { key: key.to_owned(), value: value.to_owned() };
        me.call((CACHE, node), put).await?;
    }
    Ok(())
}

/// The value of a key, looked for where it belongs.
pub async fn get(
    me: &Process,
    members: &[NodeName],
    key: &str,
) -> Result<Option<String>, CallError> {
    let Some(node) = owner(key, members) else { return Ok(None) };
    match me.call((CACHE, node), Ask::Get { key: key.to_owned() }).await? {
        Told::Value(value) => Ok(value),
        _ => Ok(None),
    }
}

/// How many keys a node keeps.
pub async fn count(me: &Process, node: NodeName) -> Result<usize, CallError> {
    match me.call((CACHE, node), Ask::Count).await? {
        Told::Count(count) => Ok(count),
        _ => Ok(0),
    }
}

/// A planned leave: all members, and first the one that leaves, are told who stays. One
/// after the other, so that no two wait for each other. When this is done, the node can be
/// stopped.
pub async fn leave(
    me: &Process,
    leaving: NodeName,
    members: &[NodeName],
) -> Result<(), CallError> {
    let stays = |node: &NodeName| *node != leaving;
    let stay: Vec<NodeName> = members.iter().copied().filter(stays).collect();
    for &node in [leaving].iter().chain(&stay) {
        let told =
            me.call((CACHE, node), Ask::Members { nodes: stay.clone() }).await?;
        if let Told::Failed(error) = told {
            return Err(error);
        }
    }
    Ok(())
}
