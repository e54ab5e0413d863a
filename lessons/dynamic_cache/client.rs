//! Put, get and delete at the prompt.
//!
//! A node of the cache does what is asked itself. Anybody else, the master for one, has
//! it done by the first node of the topology that is there: any of them will do.

use std::time::Duration;

use moebi::shell::{Args, Command, CommandError, Outcome, Prompt, Value};
use moebi::{Arguments, Function, Message, NodeName, Ping};

use crate::ask::{Ask, Reply};
use crate::cache::CACHE;
use crate::dynamic_cache::Setup;
use crate::requests::{Answered, DELETE, GET, PUT, TIME};

/// The commands about keys.
pub fn commands() -> Vec<Command> {
    vec![
        Command::new("put", "KEY VALUE", "Puts a value under a key.", put),
        Command::new("get", "KEY", "The value of a key, or nil.", get),
        Command::new("delete", "KEY", "Deletes a key.", delete),
        Command::new("stats", "", "How many keys this node has.", stats),
    ]
}

/// A value may have spaces in it; a key is a word.
async fn put(at: &mut Prompt, mut args: Args) -> Outcome {
    let key = args.word("KEY")?;
    let value = args.text("VALUE")?;
    through_any(at, PUT, (key, value)).await?;
    Ok(Value::ok())
}

async fn get(at: &mut Prompt, mut args: Args) -> Outcome {
    let key = args.word("KEY")?;
    args.end()?;
    let value = through_any(at, GET, (key,)).await?;
    Ok(value.map_or(Value::atom("nil"), |value| value.as_str().into()))
}

/// `ok` also if there was nothing: it is not there now.
async fn delete(at: &mut Prompt, mut args: Args) -> Outcome {
    let key = args.word("KEY")?;
    args.end()?;
    through_any(at, DELETE, (key,)).await?;
    Ok(Value::ok())
}

/// Its own share, and nobody is asked for more.
async fn stats(at: &mut Prompt, mut args: Args) -> Outcome {
    args.end()?;
    match at.me.call((CACHE, at.node.name()), Ask::Count).await? {
        Reply::Count(count) => Ok(Value::Number(count as i64)),
        other => Err(CommandError::new(format!("it said {other:?}"))),
    }
}

/// Through one node only: if that is lost meanwhile, nobody knows what it has done, and
/// who typed the command is told so.
async fn through_any<Takes: Arguments, T: Message>(
    at: &Prompt,
    function: Function<Takes, Answered<T>>,
    takes: Takes,
) -> Result<T, CommandError> {
    let node = any(at).await?;
    // A little more than the node itself has, so that its error is what we hear.
    let time = TIME + Duration::from_secs(1);
    Ok(at.me.erpc_within(time, node, function, takes).await??)
}

/// Ourselves, if we are part of it; else the first that answers.
async fn any(at: &Prompt) -> Result<NodeName, CommandError> {
    let topology = Setup::new(&at.settings)?.topology;
    if topology.contains(&at.node.name()) {
        return Ok(at.node.name());
    }
    for node in topology {
        if at.node.ping(node).await == Ping::Pong {
            return Ok(node);
        }
    }
    Err(CommandError::new("no node of the cache is there"))
}
