//! Whatever came instead of a result, nothing is known.

use moebi::{Function, NodeName, Process, Reason};

/// Each node has a task supervisor of this name; or so it should.
pub const TASKS: &str = "Words.Tasks";

/// What is to be run: it counts the words of a text, and every node offers it.
pub const COUNT: Function<(String,), u64> = Function::new("Words", "count");

/// What came of it.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// So many words were counted.
    Counted(u64),
    /// There is nobody who could start the task.
    NotStarted,
    /// The task was started, and has ended without a result, for this reason.
    Failed(Reason),
    /// The task was started, and what became of it cannot be known.
    Unknown,
}

/// Has the words counted on that node, and tells what came of it.
pub async fn count(me: &Process, node: NodeName, text: String) -> Outcome {
    let started = me.task_under_nolink((TASKS, node), COUNT, (text,)).await;
    let Ok(task) = started else { return Outcome::NotStarted };
    match task.await {
        Ok(words) => Outcome::Counted(words),
        Err(_) => Outcome::Unknown,
    }
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/distributed_tasks/task_elsewhere.rs"]
mod tests;
