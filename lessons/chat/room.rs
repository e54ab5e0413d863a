//! The room: who is there, and a word to everybody.
//!
//! Nobody keeps a list. To be there is to be connected: nodes that know each other are
//! connected, each to each, and a node that ends is connected to nobody any more.

use moebi::shell::{Args, Command, CommandError, Outcome, Prompt, Value};
use moebi::{NodeDown, NodeUp, Process, Reason, receive};

use super::chat::{Chat, RECEIVE_MESSAGE};

/// The name of the process that watches, so that there is one of it at most.
const PRESENCE: &str = "Chat.Presence";

/// The commands about who is there.
pub fn commands() -> Vec<Command> {
    vec![
        Command::new("online", "", "Who is there.", online),
        Command::new("say", "TEXT", "Writes to everybody who is there.", say),
        Command::new("join", "", "Shows from now on who comes and goes.", join),
        Command::new("leave", "", "Shows it no longer.", leave),
    ]
}

/// Everybody this node is connected to. A message to somebody else connects to them,
/// and soon to all they know; so does `connect NODE`.
async fn online(at: &mut Prompt, mut args: Args) -> Outcome {
    args.end()?;
    Ok(Value::list(at.node.list()))
}

// ANCHOR: say
/// Two rounds: first everybody is given their task, then all are waited for. So it takes
/// as long as the slowest and not as long as all together. These tasks are not linked:
/// that one of them fails is no reason for the prompt to go down.
async fn say(at: &mut Prompt, mut args: Args) -> Outcome {
    let text = format!("{}: {}", at.node.name().alive(), args.text("TEXT")?);
    let chat = Chat::new(&at.settings)?;
    let (me, mut tasks, mut lost) = (&at.me, Vec::new(), Vec::new());
    for to in at.node.list() {
        let (supervisor, text) = (chat.remote_supervisor(me, to), text.clone());
        match me.task_under_nolink(supervisor, RECEIVE_MESSAGE, (text,)).await {
            Ok(task) => tasks.push((to, task)),
            Err(why) => lost.push((to, why)),
        }
    }
    for (to, task) in tasks {
        lost.extend(task.await.err().map(|why| (to, why)));
    }
    for (to, why) in lost {
        me.puts(format!("{to} did not get it: {why}")).await?;
    }
    Ok(Value::ok())
}
// ANCHOR_END: say

// ANCHOR: join
/// The prompt waits for what you type, so somebody else has to watch.
async fn join(at: &mut Prompt, mut args: Args) -> Outcome {
    args.end()?;
    let watcher = at.me.spawn_here(watch);
    if at.me.register(PRESENCE, watcher).is_err() {
        at.me.exit(watcher, Reason::Kill).await;
        return Err(CommandError::new("you have joined already"));
    }
    Ok(Value::list(at.node.list()))
}
// ANCHOR_END: join

/// Ends the watcher.
async fn leave(at: &mut Prompt, mut args: Args) -> Outcome {
    args.end()?;
    let watcher = at.me.whereis(PRESENCE);
    let watcher = watcher.ok_or_else(|| CommandError::new("you have not joined"))?;
    at.me.exit(watcher, Reason::Shutdown).await;
    Ok(Value::ok())
}

// ANCHOR: watch
/// Hears of each node that comes and goes, and says so above what you type.
async fn watch(mut me: Process) -> Result<(), Reason> {
    me.monitor_nodes(Some(false));
    loop {
        receive! { me,
            NodeUp { node, .. } => me.puts(format!("* {node} has come")).await?,
            NodeDown { node, .. } => me.puts(format!("* {node} has gone")).await?,
        }
    }
}
// ANCHOR_END: watch
