//! Who ended, and how: `cargo exercise trap_exits`.

use moebi::{Pid, Process, Reason};
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

/// TODO: links this process to the others, says so, and tells the client of each who
/// ends.
pub async fn reporter(
    me: Process,
    others: Vec<Pid>,
    client: Pid,
) -> Result<(), Reason> {
    for other in others {
        me.link(other).await;
    }
    me.send(client, Ready).await;
    Ok(())
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/spawn_link/trap_exits.rs"]
mod tests;
