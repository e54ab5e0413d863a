//! Tasks on other nodes.
//!
//! A node that has a supervisor for it runs the functions it offers as tasks for others.
//! The supervisor is the task's parent: there it prints, and with it it ends. Whoever
//! asked is its owner, who alone can await it:
//!
//! ```text
//!    alex                             kate
//!    prompt ── start node/0 ────────> supervisor
//!      │  <─────── pid ───────────────┘  │ linked
//!      │ ═ ═ ═ ═ linked, or not ═ ═ ═ ═ task
//!      │  <────── its result ────────────┘
//! ```
//!
//! | | linked (`async`) | not linked (`async_nolink`) |
//! |---|---|---|
//! | the task fails | so does the owner | the owner gets an error |
//! | the owner ends | so does the task | the task goes on, for nobody |
//! | the time is over | an error; the task goes on | the same |
//! | the node is lost | the owner ends | the owner gets an error |
//!
//! Link if there is no going on without the result; do not if there is another way.

use std::future::pending;
use std::time::Duration;

use moebi::shell::{Args, Command, CommandError, Outcome, Prompt, Value};
use moebi::{Function, Node, NodeName, Process, Reason};

use crate::supervisor;

/// What the functions belong to, as in `Tasks.node/0`.
const MODULE: &str = "Tasks";

/// All give a text, as the prompt expects of every function it asks for.
const NODE: Function<(), String> = Function::new(MODULE, "node");
const STAY: Function<(), String> = Function::new(MODULE, "stay");
const CRASH: Function<(), String> = Function::new(MODULE, "crash");

/// Every node offers them.
pub fn offer(node: &Node) {
    node.offer(NODE, own_name);
    node.offer(STAY, stay);
    node.offer(CRASH, crash);
}

// ANCHOR: offered
/// The simplest way to see where a task runs.
async fn own_name(me: Process, (): ()) -> Result<String, Reason> {
    Ok(me.node().to_string())
}

/// Says who it is, on the terminal of the node it runs on, and then nothing more.
async fn stay(me: Process, (): ()) -> Result<String, Reason> {
    me.puts(me.pid()).await?;
    pending().await
}

/// What comes of it is up to the owner: see the table.
async fn crash(_me: Process, (): ()) -> Result<String, Reason> {
    panic!("boom")
}
// ANCHOR_END: offered

/// How long a result is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// The commands of this lesson.
pub fn commands() -> Vec<Command> {
    vec![
        Command::new(
            "async",
            "NODE FUNCTION [SECONDS]",
            "Runs node, stay or crash there, linked to the prompt.",
            linked,
        ),
        Command::new(
            "async_nolink",
            "NODE FUNCTION [SECONDS]",
            "The same without a link.",
            unlinked,
        ),
    ]
}

// ANCHOR: linked
/// First the pid of the task, from the supervisor; then the result, from the task. Each
/// can fail by itself: there may be nobody to start the task, or nothing may come of it.
/// If the task fails, that is more than an error: over the link it ends the prompt.
async fn linked(at: &mut Prompt, args: Args) -> Outcome {
    let Wanted { node, function, time } = read(args)?;
    let under = (supervisor::NAME, node);
    let task = at.me.task_under(under, function, ()).await?;
    Ok(Value::atom(task.within(time).await?))
}
// ANCHOR_END: linked

/// Whatever becomes of the task, the prompt gets a sentence, and lives on.
async fn unlinked(at: &mut Prompt, args: Args) -> Outcome {
    let Wanted { node, function, time } = read(args)?;
    let under = (supervisor::NAME, node);
    let task = at.me.task_under_nolink(under, function, ()).await?;
    Ok(Value::atom(task.within(time).await?))
}

/// What the two commands take.
struct Wanted {
    node: NodeName,
    function: Function<(), String>,
    time: Duration,
}

/// `node` is `Tasks.node`; a function of somebody else needs its module.
fn read(mut args: Args) -> Result<Wanted, CommandError> {
    let node = args.node("NODE")?;
    let name = args.word("FUNCTION")?;
    let time = args.optional_seconds()?.unwrap_or(PATIENCE);
    args.end()?;
    let (module, name) = name.split_once('.').unwrap_or((MODULE, &name));
    Ok(Wanted { node, function: Function::named(module, name), time })
}
