//! Polls that close: `cargo exercise time_out`.

use std::time::Duration;

use moebi::Process;
use serde::{Deserialize, Serialize};

/// Somebody votes for somebody.
#[derive(Debug, Serialize, Deserialize)]
pub struct Vote(pub String);

/// TODO: the votes that come while the polls are open, counted from now.
pub async fn votes(me: &mut Process, open: Duration) -> Vec<String> {
    let _ = (me, open);
    Vec::new()
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/ping_pong/time_out.rs"]
mod tests;
