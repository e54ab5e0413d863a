//! Urgent letters first.

use std::time::Duration;

use moebi::{Process, receive};
use serde::{Deserialize, Serialize};

/// What comes to this office.
#[derive(Debug, Serialize, Deserialize)]
pub enum Letter {
    Ordinary(String),
    Urgent(String),
}

/// The letter to read next.
pub async fn next(me: &mut Process) -> String {
    receive! { me,
        Letter::Urgent(text) => text,
        after Duration::ZERO => receive! { me,
            Letter::Ordinary(text) => text,
            after Duration::ZERO => String::new(),
        },
    }
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/ping_pong/selective_receive.rs"]
mod tests;
