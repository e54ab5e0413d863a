//! A foreman who outlives his workers.

use std::collections::HashMap;

use moebi::{Down, Function, NodeName, Pid, Process, Reason};
use serde::{Deserialize, Serialize};

/// What a worker runs; its node offers it. It takes the job's number.
pub const WORK: Function<(u64,), ()> = Function::new("Kate", "work");

/// What became of the jobs.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Report {
    pub done: Vec<u64>,
    pub failed: Vec<u64>,
}

/// A worker for each job.
pub async fn foreman(
    mut me: Process,
    node: NodeName,
    jobs: Vec<u64>,
    client: Pid,
) -> Result<(), Reason> {
    let mut working = HashMap::new();
    for job in jobs {
        let (_, mine) = me.spawn_monitor(node, WORK, (job,)).await;
        working.insert(mine, job);
    }
    let mut report = Report::default();
    while !working.is_empty() {
        let Down { reference, reason, .. } = me.receive().await;
        let Some(job) = working.remove(&reference) else { continue };
        match reason {
            Reason::Normal => report.done.push(job),
            _ => report.failed.push(job),
        }
    }
    me.send(client, report).await;
    Ok(())
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/spawn_link/link_and_survive.rs"]
mod tests;
