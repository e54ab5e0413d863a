//! Bringing nodes up: `up N`, and `start I`.
//!
//! A node is up when it is connected to the master, which it does last; and it is part of
//! the cache when all see each other. Both are heard of, and not asked for again and
//! again.

use std::time::Duration;

use moebi::otp::Settings;
use moebi::shell::CommandError;
use moebi::{Down, Node, NodeName, NodeUp, Pid, Ping, Process, receive};
use tokio::sync::oneshot;

use crate::ask::Ask;
use crate::cache::CACHE;
use crate::dynamic_cache::Setup;
use crate::machine;

/// So long nodes may take to be there, and then to see each other.
const STARTS: Duration = Duration::from_secs(20);

/// Starts all nodes before the first command, if that is wanted.
pub async fn up(node: Node, settings: Settings) -> Result<(), CommandError> {
    if settings.find::<u32>("up")?.is_none() {
        return Ok(());
    }
    let setup = Setup::new(&settings)?;
    let all = setup.topology.clone();
    start(&node, setup, all).await
}

/// Starts nodes, and waits until each of them sees all of them. A process of its own
/// waits: what it is told meanwhile is of no interest to anybody else.
pub async fn start(
    node: &Node,
    setup: Setup,
    nodes: Vec<NodeName>,
) -> Result<(), CommandError> {
    let (done, started) = oneshot::channel();
    for &other in &nodes {
        if node.ping(other).await == Ping::Pong {
            return Err(CommandError::new(format!("{other} is there already")));
        }
    }
    let master = node.clone();
    node.spawn(async move |mut me| {
        let _ = done.send(start_all(&master, &mut me, &setup, &nodes).await);
        Ok(())
    });
    started.await?
}

/// All are started before the first is waited for: they come up at once.
async fn start_all(
    master: &Node,
    me: &mut Process,
    setup: &Setup,
    nodes: &[NodeName],
) -> Result<(), CommandError> {
    me.monitor_nodes(Some(false));
    let mut missing = Vec::new();
    for &node in nodes {
        let machine = machine::launch(master, me, setup, node)?;
        me.monitor(machine).await;
        missing.push((node, machine));
    }
    while let [(first, _), ..] = missing[..] {
        receive! { me,
            NodeUp { node, .. } => missing.retain(|(missing, _)| *missing != node),
            Down { object, .. } => ended(&missing, object.pid())?,
            after STARTS => {
                return Err(CommandError::new(format!("{first} does not come up")));
            },
        }
    }
    for &node in nodes {
        let all = Ask::Await { nodes: nodes.to_vec(), there: true };
        me.call_within(STARTS, (CACHE, node), all).await?;
    }
    Ok(())
}

/// What it said before is on the terminal.
fn ended(
    missing: &[(NodeName, Pid)],
    machine: Option<Pid>,
) -> Result<(), CommandError> {
    match missing.iter().find(|(_, pid)| Some(*pid) == machine) {
        Some((node, _)) => {
            let says = format!("{} has ended before it was there", node.alive());
            Err(CommandError::new(says))
        }
        None => Ok(()),
    }
}
