//! Kate answers pings.

use moebi::{Function, Node, Pid, Process, Reason, receive};
use serde::{Deserialize, Serialize};

/// Whoever knows this constant can ask for it.
pub const PONG: Function<(), ()> = Function::new("Kate", "pong");

/// What is said in a rally.
#[derive(Debug, Serialize, Deserialize)]
pub enum Rally {
    Ping(Pid),
    Pong,
    Enough,
}

/// Kate's side.
pub fn offer(node: &Node) {
    node.offer(PONG, pong);
}

/// Answers pings.
async fn pong(mut me: Process, (): ()) -> Result<(), Reason> {
    receive! { me,
        Rally::Ping(client) => me.send(client, Rally::Pong).await,
        Rally::Enough => {}
    }
    Ok(())
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/ping_pong/answer_ping.rs"]
mod tests;
