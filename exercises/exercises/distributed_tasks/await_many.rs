//! One deadline for all: `cargo exercise await_many`.

use std::time::Duration;

use moebi::{Process, Reason};

/// TODO: does all the work at once, a task for each piece. Gives the answers in the order of
/// the work; `None` for one that has not come when the time for all of them is over.
pub async fn answers<Work>(
    me: &Process,
    work: Vec<Work>,
    patience: Duration,
) -> Vec<Option<String>>
where
    Work: Future<Output = Result<String, Reason>> + Send + 'static,
{
    let _ = (me, work, patience);
    Vec::new()
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/distributed_tasks/await_many.rs"]
mod tests;
