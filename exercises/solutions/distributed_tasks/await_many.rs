//! One deadline for all.

use std::time::{Duration, Instant};

use moebi::{Process, Reason};

/// Does all the work at once, a task for each piece, and ends what takes too long. In what
/// order they are awaited does not matter, as all of them are under way.
pub async fn answers<Work>(
    me: &Process,
    work: Vec<Work>,
    patience: Duration,
) -> Vec<Option<String>>
where
    Work: Future<Output = Result<String, Reason>> + Send + 'static,
{
    let deadline = Instant::now() + patience;
    // Collected, and so started: an iterator starts nothing before it is asked to.
    let tasks: Vec<_> = work.into_iter().map(|work| me.task(|_me| work)).collect();
    let mut answers = Vec::new();
    for task in tasks {
        let pid = task.pid();
        // What is there already is taken even if no time is left.
        let left = deadline.saturating_duration_since(Instant::now());
        let answer = task.within(left).await.ok();
        if answer.is_none() {
            // The end of a linked task would be ours as well.
            me.unlink(pid);
            me.exit(pid, Reason::Kill).await;
        }
        answers.push(answer);
    }
    answers
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/distributed_tasks/await_many.rs"]
mod tests;
