//! Polls that close.

use std::time::Duration;

use moebi::{Process, receive};
use serde::{Deserialize, Serialize};

/// Somebody votes for somebody.
#[derive(Debug, Serialize, Deserialize)]
pub struct Vote(pub String);

/// The votes that come while the polls are open.
pub async fn votes(me: &mut Process, open: Duration) -> Vec<String> {
    receive! { me,
        Vote(name) => vec![name],
        after open => Vec::new(),
    }
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/ping_pong/time_out.rs"]
mod tests;
