//! In the order in which they come.

use std::time::Duration;

use moebi::otp::Tasks;
use moebi::{Process, Reason};
use tokio::time::timeout;

/// Does all the work at once, and gives the answers.
pub async fn answers<Work>(
    me: &Process,
    work: Vec<Work>,
    patience: Duration,
) -> Vec<Option<String>>
where
    Work: Future<Output = Result<String, Reason>> + Send + 'static,
{
    let tasks: Vec<_> = work.into_iter().map(|work| me.task(|_me| work)).collect();
    let pids: Vec<_> = tasks.iter().map(|task| task.pid()).collect();
    let mut tasks = Tasks::from_iter(tasks);
    let mut answers = Vec::new();
    let all = async {
        while let Some((_, answer)) = tasks.next().await {
            answers.push(answer.ok());
        }
    };
    let _ = timeout(patience, all).await;
    answers.resize(pids.len(), None);
    for pid in pids {
        me.unlink(pid);
        me.exit(pid, Reason::Kill).await;
    }
    answers
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/distributed_tasks/await_many.rs"]
mod tests;
