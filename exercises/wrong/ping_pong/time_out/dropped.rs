//! Polls that close.

use std::time::Duration;

use moebi::Process;
use serde::{Deserialize, Serialize};

/// Somebody votes for somebody.
#[derive(Debug, Serialize, Deserialize)]
pub struct Vote(pub String);

/// The votes that come while the polls are open.
pub async fn votes(me: &mut Process, open: Duration) -> Vec<String> {
    let counting = async {
        let mut votes = Vec::new();
        while votes.len() < usize::MAX {
            let Vote(name) = me.receive().await;
            votes.push(name);
        }
        votes
    };
    tokio::time::timeout(open, counting).await.unwrap_or_default()
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/ping_pong/time_out.rs"]
mod tests;
