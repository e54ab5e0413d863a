//! Urgent letters first: `cargo exercise selective_receive`.

use moebi::Process;
use serde::{Deserialize, Serialize};

/// What comes to this office.
#[derive(Debug, Serialize, Deserialize)]
pub enum Letter {
    Ordinary(String),
    Urgent(String),
}

/// TODO: the letter to read next: the first urgent one, or else the first of all. If
/// there is none, waits for one.
pub async fn next(me: &mut Process) -> String {
    let _ = me;
    String::new()
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/ping_pong/selective_receive.rs"]
mod tests;
