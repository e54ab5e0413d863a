//! What those do who want to be in the room. It is on a node, and they on any.

use moebi::{CallError, NodeName, Process};

use crate::ask::{Ask, ROOM, Told};

/// Comes in: from now on there is `News` in this process's mailbox.
pub async fn join(
    me: &Process,
    node: NodeName,
    name: &str,
) -> Result<Told, CallError> {
    me.call((ROOM, node), Ask::Join { name: name.to_owned() }).await
}

/// Says something to all the others.
pub async fn say(
    me: &Process,
    node: NodeName,
    text: &str,
) -> Result<Told, CallError> {
    me.call((ROOM, node), Ask::Say { text: text.to_owned() }).await
}

/// Goes.
pub async fn leave(me: &Process, node: NodeName) -> Result<Told, CallError> {
    me.call((ROOM, node), Ask::Leave).await
}

/// Who is in.
pub async fn who(me: &Process, node: NodeName) -> Result<Told, CallError> {
    me.call((ROOM, node), Ask::Who).await
}
