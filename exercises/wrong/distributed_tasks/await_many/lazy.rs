//! Starts a task when the one before it is over: an iterator is lazy.

use std::time::{Duration, Instant};

use moebi::{Process, Reason};

/// Does all the work at once, and gives the answers.
pub async fn answers<Work>(
    me: &Process,
    work: Vec<Work>,
    patience: Duration,
) -> Vec<Option<String>>
where
    Work: Future<Output = Result<String, Reason>> + Send + 'static,
{
    let deadline = Instant::now() + patience;
    let tasks = work.into_iter().map(|work| me.task(|_me| work));
    let mut answers = Vec::new();
    for task in tasks {
        let pid = task.pid();
        let left = deadline.saturating_duration_since(Instant::now());
        let answer = task.within(left).await.ok();
        if answer.is_none() {
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
