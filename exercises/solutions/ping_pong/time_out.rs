//! Polls that close.

use std::time::{Duration, Instant};

use moebi::{Process, receive};
use serde::{Deserialize, Serialize};

/// Somebody votes for somebody.
#[derive(Debug, Serialize, Deserialize)]
pub struct Vote(pub String);

/// Each `receive!` has what is left of the time: an `after` begins anew with each.
pub async fn votes(me: &mut Process, open: Duration) -> Vec<String> {
    let closes = Instant::now() + open;
    let mut votes = Vec::new();
    loop {
        receive! { me,
            Vote(name) => votes.push(name),
            after closes.saturating_duration_since(Instant::now()) => return votes,
        }
    }
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/ping_pong/time_out.rs"]
mod tests;
