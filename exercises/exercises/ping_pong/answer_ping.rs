//! Kate answers pings: `cargo exercise answer_ping`.

use moebi::{Function, Node, Pid, Process, Reason};
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

/// TODO: answers each ping with a pong, to the pid in it, until it is told `Enough`.
async fn pong(me: Process, (): ()) -> Result<(), Reason> {
    let _ = me;
    Ok(())
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/ping_pong/answer_ping.rs"]
mod tests;
