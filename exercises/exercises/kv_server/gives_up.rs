//! When is a bakery to be closed? `cargo exercise gives_up`.

use moebi::otp::{ChildSpec, Strategy, Supervisor};
use moebi::{Pid, Process, Reason};
use serde::{Deserialize, Serialize};

/// How a day ends; each child waits to be told.
#[derive(Debug, Serialize, Deserialize)]
pub struct Evening(pub Result<(), Reason>);

/// What the client is told.
#[derive(Debug, Serialize, Deserialize)]
pub enum News {
    /// All children have started, under this supervisor.
    Open(Pid),
    /// The supervisor has ended, for this reason.
    Closed(Reason),
}

/// TODO: which strategy, how often each child is started again, and when it is enough.
pub fn bakery() -> Supervisor {
    Supervisor::new(Strategy::OneForAll)
        .child(ChildSpec::registered("oven", work))
        .child(ChildSpec::registered("delivery", work))
        .child(ChildSpec::registered("leaflets", work))
}

/// TODO: opens the bakery, and tells the client: first that it is open, and then why
/// it has closed.
pub async fn keeper(mut me: Process, client: Pid) -> Result<(), Reason> {
    bakery().start_link(&mut me).await?;
    let _ = client;
    Ok(())
}

/// What all children do. Nothing is to be changed here.
async fn work(mut me: Process) -> Result<(), Reason> {
    let Evening(outcome) = me.receive().await;
    outcome
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/kv_server/gives_up.rs"]
mod tests;
