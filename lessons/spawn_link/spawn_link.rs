//! Starting a process on another node.
//!
//! A closure cannot be sent: its code is in one program only. The *name* of a function
//! can, and the node that has the code offers it under that name. Here kate is the one
//! who offers, and alex the one who asks.

use std::future::pending;

use moebi::shell::{Args, Command, Outcome, Prompt, Value};
use moebi::{Down, Function, Node, Process, Reason, receive};

// ANCHOR: functions
/// What kate's functions belong to, as in `Kate.say_name/0`.
const MODULE: &str = "Kate";

/// The types say what a function takes (nothing) and gives (nothing). Whoever knows
/// such a constant can ask for it; no body is needed for that.
pub const SAY_NAME: Function<(), ()> = Function::new(MODULE, "say_name");
pub const STAY: Function<(), ()> = Function::new(MODULE, "stay");
pub const CRASH: Function<(), ()> = Function::new(MODULE, "crash");
// ANCHOR_END: functions

// ANCHOR: offer
/// Kate's side. Other nodes offer nothing: ask them and see what `undef` looks like.
pub fn offer(node: &Node) {
    if node.name().alive() == "kate" {
        node.offer(SAY_NAME, say_name);
        node.offer(STAY, stay);
        node.offer(CRASH, crash);
    }
}
// ANCHOR_END: offer

// ANCHOR: say-name
/// Runs on kate, asked for by alex; and yet the text appears on alex's terminal. A
/// process prints where the process prints that started it: its group leader is
/// inherited, even across nodes.
async fn say_name(me: Process, (): ()) -> Result<(), Reason> {
    me.puts("Hi, my name is Kate").await?;
    Ok(())
}
// ANCHOR_END: say-name

// ANCHOR: stay
/// Does nothing, until somebody ends it: `exit PID REASON`, a linked process that
/// crashes, or the end of its node.
async fn stay(_me: Process, (): ()) -> Result<(), Reason> {
    pending().await
}
// ANCHOR_END: stay

// ANCHOR: crash
/// A panic ends the process, not the program. Who is linked to it goes down with it,
/// and both terminals say what happened.
async fn crash(_me: Process, (): ()) -> Result<(), Reason> {
    panic!("boom")
}
// ANCHOR_END: crash

/// The commands of this lesson. Later lessons have them too.
pub fn commands() -> Vec<Command> {
    vec![
        Command::new("spawn", "NODE FUNCTION", "Starts a process on a node.", spawn),
        Command::new(
            "spawn_link",
            "NODE FUNCTION",
            "Starts one, linked to the prompt.",
            spawn_link,
        ),
        Command::new("wait", "PID", "Waits until a process has ended.", wait),
        Command::new("flush", "", "Shows the messages that have come.", flush),
    ]
}

/// There is always a pid. A function that the node does not offer gives the pid of a
/// process that ends at once.
async fn spawn(at: &mut Prompt, mut args: Args) -> Outcome {
    let node = args.node("NODE")?;
    let function = function(&args.word("FUNCTION")?);
    args.end()?;
    Ok(at.me.spawn(node, function, ()).await.into())
}

// ANCHOR: spawn-link
/// Start and link are one step: a process that crashes before the link is made would
/// otherwise leave us with nobody to be linked to.
async fn spawn_link(at: &mut Prompt, mut args: Args) -> Outcome {
    let node = args.node("NODE")?;
    let function = function(&args.word("FUNCTION")?);
    args.end()?;
    Ok(at.me.spawn_link(node, function, ()).await.into())
}
// ANCHOR_END: spawn-link

/// `say_name` is `Kate.say_name`; a function of somebody else needs its module.
fn function(name: &str) -> Function<(), ()> {
    let (module, name) = name.split_once('.').unwrap_or((MODULE, name));
    Function::named(module, name)
}

// ANCHOR: wait
/// A monitor tells when a process ends. One that has ended already is told at once,
/// with the reason `noproc`; here that is as good as any end.
async fn wait(at: &mut Prompt, mut args: Args) -> Outcome {
    let pid = args.pid("PID")?;
    args.end()?;
    let me = &mut at.me;
    let mine = me.monitor(pid).await;
    receive! { me,
        down @ Down { .. } if down.reference == mine => match down.reason {
            Reason::Normal | Reason::NoProc => Ok(Value::ok()),
            reason => Ok(Value::from(&reason)),
        },
    }
}
// ANCHOR_END: wait

// ANCHOR: flush
/// Empties the prompt's mailbox. What has not come yet is not waited for.
async fn flush(at: &mut Prompt, mut args: Args) -> Outcome {
    args.end()?;
    for message in at.me.flush() {
        let shown = at.show(message);
        at.me.puts(shown).await?;
    }
    Ok(Value::ok())
}
// ANCHOR_END: flush
