//! Nodes: what you can ask them, and tell them to do.
//!
//! A node is a running program with a name. Nodes on one machine find each other
//! through its port mapper, and talk if they know the same cookie. There is no server
//! among them: each connects to each.
//!
//! Every function here is a command of the prompt. `at` is the prompt it was typed at;
//! `at.node` is the node of this program, and `at.me` the prompt's own process.

use moebi::Connected;
use moebi::shell::{Args, Command, CommandError, Outcome, Prompt, Value};

// ANCHOR: commands
/// The commands about nodes. Later lessons have them too.
pub fn commands() -> Vec<Command> {
    vec![
        Command::new("self", "", "The prompt's own pid.", own_pid),
        Command::new("alive?", "", "Has this node a name?", alive),
        Command::new("list", "[hidden]", "The nodes we are connected to.", list),
        Command::new("ping", "NODE", "Is it there? Answers pong or pang.", ping),
        Command::new("connect", "NODE", "Connects to a node.", connect),
        Command::new("disconnect", "NODE", "Hangs up.", disconnect),
        Command::new("processes", "", "What runs on this node.", processes),
    ]
}
// ANCHOR_END: commands

/// The prompt is a process like any other. Its pid says on which node it runs, and
/// whoever has it can send to it, from anywhere.
async fn own_pid(at: &mut Prompt, mut args: Args) -> Outcome {
    args.end()?;
    Ok(at.me.pid().into())
}

/// A node without a name is called `nonode@nohost`. Processes can live on it, but it
/// listens to nobody and nobody can reach it.
async fn alive(at: &mut Prompt, mut args: Args) -> Outcome {
    args.end()?;
    Ok(at.node.is_alive().into())
}

// ANCHOR: list
/// The other nodes, never this one.
///
/// Who connects to one node is soon connected to all it knows. Hidden nodes
/// (`--hidden`) are left out of that, and have a list of their own.
async fn list(at: &mut Prompt, mut args: Args) -> Outcome {
    let nodes = match args.left() {
        0 => at.node.list(),
        _ => match args.word("hidden")?.as_str() {
            "hidden" => at.node.list_hidden(),
            other => {
                let says = format!("a list of {other} nodes? It is: list [hidden]");
                return Err(CommandError::new(says));
            }
        },
    };
    args.end()?;
    Ok(Value::list(nodes))
}
// ANCHOR_END: list

// ANCHOR: ping
/// Connects if need be. The answer is `pang` when nobody has that name, and just the
/// same when somebody has it but knows another cookie: a stranger learns nothing.
async fn ping(at: &mut Prompt, mut args: Args) -> Outcome {
    let node = args.node("NODE")?;
    args.end()?;
    let answer = at.node.ping(node).await;
    Ok(Value::atom(answer.to_string()))
}
// ANCHOR_END: ping

// ANCHOR: connect
/// You need not do this: sending to a node connects to it. `true` if there is a
/// connection now, `ignored` if this node has no name to introduce itself with.
async fn connect(at: &mut Prompt, mut args: Args) -> Outcome {
    let node = args.node("NODE")?;
    args.end()?;
    let connected: Connected = at.node.connect(node).await;
    Ok(Value::atom(connected.to_string()))
}
// ANCHOR_END: connect

// ANCHOR: disconnect
/// Both sides are told that the other one is down. `false` if there was no connection.
async fn disconnect(at: &mut Prompt, mut args: Args) -> Outcome {
    let node = args.node("NODE")?;
    args.end()?;
    Ok(at.node.disconnect(node).into())
}
// ANCHOR_END: disconnect

/// In the order they were started. First comes the group leader, which prints for all
/// others; then who keeps the prompt going, and the prompt.
async fn processes(at: &mut Prompt, mut args: Args) -> Outcome {
    args.end()?;
    Ok(Value::list(at.node.processes()))
}
