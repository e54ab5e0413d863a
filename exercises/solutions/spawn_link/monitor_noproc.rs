//! What became of a process.

use moebi::{Down, Pid, Process, Reason, receive};

/// What is known of a process's end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It was gone before anybody looked. Nobody can tell why.
    Gone,
    /// It ended while it was watched, and this is why.
    Ended(Reason),
    /// Its node is out of reach. It may have ended, or live.
    Unknown,
}

/// Other monitors of this process may have sent something, too: the reference says which
/// message is the answer.
pub async fn fate(me: &mut Process, pid: Pid) -> Fate {
    let mine = me.monitor(pid).await;
    receive! { me,
        down @ Down { .. } if down.reference == mine => match down.reason {
            Reason::NoProc => Fate::Gone,
            Reason::NoConnection => Fate::Unknown,
            reason => Fate::Ended(reason),
        }
    }
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/spawn_link/monitor_noproc.rs"]
mod tests;
