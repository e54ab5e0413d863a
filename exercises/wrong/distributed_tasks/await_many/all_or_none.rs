//! All of them, or none.

use std::time::Duration;

use moebi::otp::await_many;
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
    let tasks: Vec<_> = work.into_iter().map(|work| me.task(|_me| work)).collect();
    let pids: Vec<_> = tasks.iter().map(|task| task.pid()).collect();
    match await_many(tasks, patience).await {
        Ok(answers) => answers.into_iter().map(Some).collect(),
        Err(_) => {
            for &pid in &pids {
                me.unlink(pid);
                me.exit(pid, Reason::Kill).await;
            }
            vec![None; pids.len()]
        }
    }
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/distributed_tasks/await_many.rs"]
mod tests;
