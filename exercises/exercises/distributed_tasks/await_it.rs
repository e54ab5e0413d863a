//! Bread in the oven: `cargo exercise await_it`.

use std::time::Duration;

use moebi::{CallError, Process, Reason};

/// What there is for breakfast.
#[derive(Debug, PartialEq, Eq)]
pub struct Breakfast {
    pub bread: String,
    pub table: String,
}

/// TODO: a task bakes the bread, and in the meantime the table is laid here. When it is
/// laid, the bread is waited for, so long at most.
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
    let _ = (me, bake, lay, patience);
    Err(CallError::NoProc)
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/distributed_tasks/await_it.rs"]
mod tests;
