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

/// First a look at what is there, for urgent letters only; `after` zero does not wait.
/// Only then, whatever comes first.
pub async fn next(me: &mut Process) -> String {
    receive! { me,
        Letter::Urgent(text) => text,
        after Duration::ZERO => receive! { me,
            Letter::Urgent(text) => text,
            Letter::Ordinary(text) => text,
        },
    }
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/ping_pong/selective_receive.rs"]
mod tests;
