//! Asking by hand.

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

/// Asks the clerk, and waits for the answer to this question, so long at most. Whatever
/// comes of it, nothing of it is left behind.
pub async fn ask(
    me: &mut Process,
    clerk: Pid,
    text: &str,
    patience: Duration,
) -> Result<String, NoAnswer> {
    // Nobody else has this reference: it is a mark for the question as well.
    let mine = me.monitor(clerk).await;
    let back = me.alias();
    let text = text.to_owned();
    me.send(clerk, Question { back: back.into(), reference: mine, text }).await;
    let outcome = receive! { me,
        answer @ Answer { .. } if answer.reference == mine => Ok(answer.text),
        down @ Down { .. } if down.reference == mine => {
            Err(NoAnswer::Ended(down.reason))
        }
        after patience => Err(NoAnswer::TooLate),
    };
    // What comes from now on reaches nobody.
    me.unalias(back);
    me.demonitor_flush(mine);
    // And what came between the two, if anything did, is of no use any more.
    receive! { me,
        late @ Answer { .. } if late.reference == mine => drop(late),
        after Duration::ZERO => {}
    }
    outcome
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/remote_calls/late_reply.rs"]
mod tests;
