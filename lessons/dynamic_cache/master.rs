//! The master: a node that is no part of the cache, and gives orders.
//!
//! It knows the nodes by their place in the topology: node 1 is the first. It keeps
//! nothing and decides nothing; it asks, in the ways that `remote_calls` has shown, and
//! there may be several of it. The same commands work on a node of the cache.

use std::time::Duration;

use moebi::shell::{Args, Command, CommandError, Outcome, Prompt, Value};
use moebi::{CallError, ErpcError, Function, NodeName};

use crate::ask::{Ask, Reply};
use crate::cache::CACHE;
use crate::dynamic_cache::Setup;
use crate::signals::{KILL, STOP};
use crate::stat::{counts, stat, sum};
use crate::{fill, hits, machine, up};

/// So long the others may take to see that a node has come or gone, and to hand over.
const PATIENCE: Duration = Duration::from_secs(60);

/// The commands about nodes.
pub fn commands() -> Vec<Command> {
    let into = "Puts k_I_1 to k_I_N, through node I.";
    vec![
        Command::new("fill", "I N", into, fill::fill),
        Command::new("hits", "I N", "How many of those are found.", hits::hits),
        Command::new("stat", "", "How many keys each node has.", stat),
        Command::new("sum", "", "How many keys all have.", sum),
        Command::new("cluster", "I", "Who is there, as node I sees it.", cluster),
        Command::new("start", "I", "Starts node I.", start),
        Command::new("stop", "I", "Has node I leave in good order.", stop),
        Command::new("kill", "I", "Kills node I.", kill),
        Command::new("settle", "", "Waits until no key is on its way.", settle),
    ]
}

/// Each node has its own opinion, and for a moment they may differ.
async fn cluster(at: &mut Prompt, mut args: Args) -> Outcome {
    let number = whole(&mut args, "I")?;
    args.end()?;
    match at.me.call((CACHE, node(at, number)?), Ask::Nodes).await? {
        Reply::Nodes(nodes) => Ok(Value::list(nodes)),
        other => Err(CommandError::new(format!("it said {other:?}"))),
    }
}

/// As a program of its own, on this machine. It ends with this one.
async fn start(at: &mut Prompt, mut args: Args) -> Outcome {
    let number = whole(&mut args, "I")?;
    args.end()?;
    let node = node(at, number)?;
    let setup = Setup::new(&at.settings)?;
    up::start(&at.node, setup, vec![node]).await?;
    await_nodes(at, &[node], true).await
}

/// A planned leave: what it keeps goes to the others first.
async fn stop(at: &mut Prompt, args: Args) -> Outcome {
    end(at, args, STOP).await
}

/// No leave at all: what it keeps is lost, but for the copies of it.
async fn kill(at: &mut Prompt, args: Args) -> Outcome {
    end(at, args, KILL).await
}

/// That the connection is lost is what we want to hear.
async fn end(at: &mut Prompt, mut args: Args, how: Function<(), ()>) -> Outcome {
    let number = whole(&mut args, "I")?;
    args.end()?;
    let node = node(at, number)?;
    if at.me.call((CACHE, node), Ask::Count).await.is_err() {
        return Err(CommandError::new(format!("{node} is not there")));
    }
    match at.me.erpc_within(PATIENCE, node, how, ()).await {
        Ok(()) | Err(ErpcError::NoConnection(_) | ErpcError::Signal(_)) => {}
        Err(why) => return Err(why.into()),
    }
    machine::ended(at, node).await;
    await_nodes(at, &[node], false).await
}

/// Waits until those who are there see each other, as after a start by hand.
async fn settle(at: &mut Prompt, mut args: Args) -> Outcome {
    args.end()?;
    let here = here(at).await?;
    await_nodes(at, &here, true).await
}

/// Waits until all who are there see that others are there, or are not, and no key is on
/// its way any more.
async fn await_nodes(at: &Prompt, nodes: &[NodeName], there: bool) -> Outcome {
    for node in here(at).await? {
        let seen = Ask::Await { nodes: nodes.to_vec(), there };
        let seen = at.me.call_within(PATIENCE, (CACHE, node), seen).await;
        // Who goes meanwhile need not see it.
        if let Err(why @ CallError::Timeout(_)) = seen {
            return Err(why.into());
        }
    }
    Ok(Value::ok())
}

/// The nodes of the cache that answer the master.
async fn here(at: &Prompt) -> Result<Vec<NodeName>, CommandError> {
    let counts = counts(at).await?.into_iter();
    Ok(counts.filter_map(|(node, count)| count.map(|_| node)).collect())
}

/// The node of a number.
pub fn node(at: &Prompt, number: u64) -> Result<NodeName, CommandError> {
    let topology = Setup::new(&at.settings)?.topology;
    let place = usize::try_from(number).ok().and_then(|n| n.checked_sub(1));
    let found = place.and_then(|place| topology.get(place).copied());
    found.ok_or_else(|| {
        let last = topology.len();
        CommandError::new(format!("there are nodes 1 to {last}, and no {number}"))
    })
}

/// A number that is not negative.
pub fn whole(args: &mut Args, what: &str) -> Result<u64, CommandError> {
    let typed = args.word(what)?;
    typed.parse().map_err(|_| {
        CommandError::new(format!("{typed} is no {what}: a whole number is"))
    })
}
