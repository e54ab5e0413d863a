//! Waits as long as a task is waited for if nothing is said.

use std::time::Duration;

use moebi::{CallError, Process, Reason};

/// What there is for breakfast.
#[derive(Debug, PartialEq, Eq)]
pub struct Breakfast {
    pub bread: String,
    pub table: String,
}

/// A task bakes the bread, and the table is laid.
pub async fn breakfast<Bake, Lay>(
    me: &Process,
    bake: Bake,
    lay: Lay,
    patience: Duration,
) -> Result<Breakfast, CallError>
where
    Bake: Future<Output = Result<String, Reason>> + Send + 'static,
    Lay: Future<Output = String> + Send + 'static,
{
    let _ = patience;
    let bread = me.task(|_me| bake);
    let table = lay.await;
    let bread = bread.await?;
    Ok(Breakfast { bread, table })
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/distributed_tasks/await_it.rs"]
mod tests;
