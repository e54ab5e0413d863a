//! When is a bakery to be closed? `cargo exercise gives_up`.

use std::time::Duration;

use moebi::otp::{ChildSpec, Strategy, Supervisor};
use moebi::{Down, Pid, Process, Reason};
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

/// Three children that do not need each other.
pub fn bakery() -> Supervisor {
    Supervisor::new(Strategy::OneForOne)
        .intensity(2, Duration::from_secs(1))
        .child(ChildSpec::registered("oven", work))
        .child(ChildSpec::registered("delivery", work).transient())
        .child(ChildSpec::registered("leaflets", work).temporary())
}

/// Opens the bakery, and tells the client what becomes of it.
pub async fn keeper(mut me: Process, client: Pid) -> Result<(), Reason> {
    let bakery = bakery().start_link(&mut me).await?;
    me.send(client, News::Open(bakery)).await;
    me.monitor(bakery).await;
    let Down { reason, .. } = me.receive().await;
    me.send(client, News::Closed(reason)).await;
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
