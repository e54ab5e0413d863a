//! What became of a process: `cargo exercise monitor_noproc`.

use moebi::{Pid, Process, Reason};

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

/// TODO: watches a process until there is something to say about its end.
pub async fn fate(me: &mut Process, pid: Pid) -> Fate {
    let _ = (me, pid);
    Fate::Unknown
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/spawn_link/monitor_noproc.rs"]
mod tests;
