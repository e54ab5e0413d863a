//! A task of tokio's, which nobody is linked to.

use std::time::Duration;

use moebi::{CallError, Process, Reason};
use tokio::time::timeout;

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
    let _ = me;
    let bread = tokio::spawn(bake);
    let table = lay.await;
    let bread = match timeout(patience, bread).await {
        Ok(Ok(Ok(bread))) => bread,
        Ok(Ok(Err(reason))) => return Err(CallError::Exit(reason)),
        Ok(Err(panic)) => return Err(CallError::BadReply(panic.to_string())),
        Err(_) => return Err(CallError::Timeout(patience)),
    };
    Ok(Breakfast { bread, table })
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/distributed_tasks/await_it.rs"]
mod tests;
