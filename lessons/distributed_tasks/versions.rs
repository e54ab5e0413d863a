//! The two sides have different versions of the code.
//!
//! In a cluster this is the usual state: nodes are brought up to date one by one. What
//! crosses is a name, so it is always the other node's code that runs, whatever version
//! it is. A closure would bring its own code along, or the address of it. Rust does not
//! let one be sent at all; Elixir does, and it fails over there with a `BadFunctionError`
//! unless that node has the very same version of the module it was written in.
//!
//! What two versions must agree on is the name, and what goes in and comes out. The
//! messages carry the identity of their types, so disagreement is noticed, and said.

use moebi::shell::{Args, Command, CommandError, Outcome, Prompt, Value};
use moebi::{Function, Node, Process, Reason};
use serde::{Deserialize, Serialize};

use crate::supervisor;

// ANCHOR: names
/// Versions 1 and 2; what `greet` asks for.
const GREET: Function<(String,), String> = Function::new("Greeter", "greet");
/// Version 3 wants to know more.
const GREET_GUEST: Function<(Guest,), String> = Function::new("Greeter", "greet");
/// Version 4 says more.
const GREET_TWICE: Function<(String,), Vec<String>> =
    Function::new("Greeter", "greet");
// ANCHOR_END: names

/// Somebody to greet, and when.
#[derive(Debug, Serialize, Deserialize)]
struct Guest {
    name: String,
    night: bool,
}

/// A node begins with version 1.
pub fn offer(node: &Node) {
    node.offer(GREET, hello);
}

async fn hello(_me: Process, (name,): (String,)) -> Result<String, Reason> {
    Ok(format!("hello {name}"))
}

/// The same types, other words: nobody else has to change.
async fn welcome(_me: Process, (name,): (String,)) -> Result<String, Reason> {
    Ok(format!("welcome {name}"))
}

/// It is sent a text, and wants a guest. It never runs, and the caller is told.
async fn by_day_or_night(_me: Process, (g,): (Guest,)) -> Result<String, Reason> {
    let time = if g.night { "night" } else { "day" };
    Ok(format!("good {time} {}", g.name))
}

/// It runs, and does what it does; only then does the caller see a list where it wanted
/// a text. The error comes after the deed.
async fn twice(_me: Process, (name,): (String,)) -> Result<Vec<String>, Reason> {
    Ok(vec![format!("hello {name}"), "and hello again".into()])
}

/// The commands of this file.
pub fn commands() -> Vec<Command> {
    vec![
        Command::new(
            "upgrade",
            "VERSION",
            "Offers version 1, 2, 3 or 4 of greet on this node.",
            upgrade,
        ),
        Command::new("greet", "NODE NAME", "Asks a node to greet.", greet),
    ]
}

/// Takes the place of the version that was offered. Who runs that goes on with it; who
/// asks from now on gets this one, and no node had to stop (hot code loading; in Erlang
/// for code that was not even there when the node started).
async fn upgrade(at: &mut Prompt, mut args: Args) -> Outcome {
    let version = args.word("VERSION")?;
    args.end()?;
    match version.as_str() {
        "1" => at.node.offer(GREET, hello),
        "2" => at.node.offer(GREET, welcome),
        "3" => at.node.offer(GREET_GUEST, by_day_or_night),
        "4" => at.node.offer(GREET_TWICE, twice),
        other => {
            let says = format!("there are versions 1 to 4, and no {other}");
            return Err(CommandError::new(says));
        }
    }
    Ok(Value::ok())
}

/// This side never changes: it sends a text, and expects one.
async fn greet(at: &mut Prompt, mut args: Args) -> Outcome {
    let node = args.node("NODE")?;
    let name = args.word("NAME")?;
    args.end()?;
    let under = (supervisor::NAME, node);
    let task = at.me.task_under_nolink(under, GREET, (name,)).await?;
    Ok(task.await?.as_str().into())
}
