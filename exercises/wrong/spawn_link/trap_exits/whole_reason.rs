//! Who ended, and how.

use std::collections::HashSet;

use moebi::{Exit, Pid, Process, Reason};
use serde::{Deserialize, Serialize};

/// Somebody's end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    /// The work was done.
    Done,
    /// A panic, or an error nobody handled; with its text.
    Crashed(String),
    /// Somebody has killed it.
    Killed,
    /// Any other reason, as it is written.
    Other(String),
}

/// The reporter is linked to all of them now.
#[derive(Debug, Serialize, Deserialize)]
pub struct Ready;

/// What the reporter says about each.
#[derive(Debug, Serialize, Deserialize)]
pub struct News {
    pub of: Pid,
    pub end: End,
}

/// Tells the client of each who ends.
pub async fn reporter(
    mut me: Process,
    others: Vec<Pid>,
    client: Pid,
) -> Result<(), Reason> {
    me.trap_exit(true);
    for other in &others {
        me.link(*other).await;
    }
    me.send(client, Ready).await;
    let mut alive: HashSet<Pid> = others.into_iter().collect();
    while !alive.is_empty() {
        let Exit { from, reason } = me.receive().await;
        if !alive.remove(&from) {
            return Err(reason);
        }
        me.send(client, News { of: from, end: end_of(reason) }).await;
    }
    Ok(())
}

fn end_of(reason: Reason) -> End {
    match reason {
        Reason::Normal => End::Done,
        crash if crash.is_crash() => End::Crashed(crash.to_string()),
        Reason::Killed => End::Killed,
        other => End::Other(other.to_string()),
    }
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/spawn_link/trap_exits.rs"]
mod tests;
