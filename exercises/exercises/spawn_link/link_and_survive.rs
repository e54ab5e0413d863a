//! A foreman who outlives his workers: `cargo exercise link_and_survive`.

use moebi::{Function, NodeName, Pid, Process, Reason};
use serde::{Deserialize, Serialize};

/// What a worker runs; its node offers it. It takes the job's number.
pub const WORK: Function<(u64,), ()> = Function::new("Kate", "work");

/// What became of the jobs.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Report {
    pub done: Vec<u64>,
    pub failed: Vec<u64>,
}

/// TODO: a worker on `node` for each job, all at the same time, linked to this process.
/// When all have ended, the client is sent the report.
pub async fn foreman(
    me: Process,
    node: NodeName,
    jobs: Vec<u64>,
    client: Pid,
) -> Result<(), Reason> {
    for job in jobs {
        me.spawn_link(node, WORK, (job,)).await;
    }
    me.send(client, Report::default()).await;
    Ok(())
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/spawn_link/link_and_survive.rs"]
mod tests;
