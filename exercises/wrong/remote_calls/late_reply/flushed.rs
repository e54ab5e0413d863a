//! Empties the mailbox before it asks.

use std::time::Duration;

use moebi::{Address, Down, Pid, Process, Reason, Reference, receive};
use serde::{Deserialize, Serialize};

/// What a clerk is asked. He sends his answer to `back`, whatever kind of address that
/// is, and writes on it the reference that the question has.
#[derive(Debug, Serialize, Deserialize)]
pub struct Question {
    pub back: Address,
    pub reference: Reference,
    pub text: String,
}

/// What he answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct Answer {
    pub reference: Reference,
    pub text: String,
}

/// Why there is no answer.
#[derive(Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// None has come in time.
    TooLate,
    /// The clerk has ended, or is not there.
    Ended(Reason),
}

/// Asks the clerk, and waits for his answer, so long at most.
pub async fn ask(
    me: &mut Process,
    clerk: Pid,
    text: &str,
    patience: Duration,
) -> Result<String, NoAnswer> {
    // Old answers, away with them.
    me.flush();
    let mine = me.monitor(clerk).await;
    let (back, text) = (me.pid().into(), text.to_owned());
    me.send(clerk, Question { back, reference: mine, text }).await;
    let outcome = receive! { me,
        Answer { text, .. } => Ok(text),
        down @ Down { .. } if down.reference == mine => {
            Err(NoAnswer::Ended(down.reason))
        }
        after patience => Err(NoAnswer::TooLate),
    };
    me.demonitor_flush(mine);
    outcome
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/remote_calls/late_reply.rs"]
mod tests;
