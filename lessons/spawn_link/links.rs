//! Links and monitors: two ways to learn that a process has ended.
//!
//! A link goes both ways and is for processes that make no sense without each other: if
//! one crashes, so does the other. A monitor goes one way and is for who wants to know:
//! it brings a message, and nothing else happens.

use moebi::Reason;
use moebi::shell::{Args, Command, CommandError, Outcome, Prompt, Target};

/// The commands about ends. Later lessons have them too.
pub fn commands() -> Vec<Command> {
    vec![
        Command::new("link", "PID", "Links the prompt and a process.", link),
        Command::new("unlink", "PID", "Ends a link.", unlink),
        Command::new(
            "monitor",
            "PID or NODE",
            "Sends a message at its end.",
            monitor,
        ),
        Command::new("exit", "PID REASON", "Asks a process to end.", exit),
        Command::new(
            "trap_exit",
            "true or false",
            "Turns exit signals into messages.",
            trap_exit,
        ),
    ]
}

/// Linked to a process that has ended already, the prompt goes down at once: `noproc`.
async fn link(at: &mut Prompt, mut args: Args) -> Outcome {
    let pid = args.pid("PID")?;
    args.end()?;
    at.me.link(pid).await;
    Ok(true.into())
}

/// Once this has answered, the other one's end is none of our business.
async fn unlink(at: &mut Prompt, mut args: Args) -> Outcome {
    let pid = args.pid("PID")?;
    args.end()?;
    at.me.unlink(pid);
    Ok(true.into())
}

/// Of a process comes `{DOWN, reference, process, pid, reason}`, of a node
/// `{nodedown, node, reason}`. Each comes once; `flush` shows it.
async fn monitor(at: &mut Prompt, mut args: Args) -> Outcome {
    let target = args.target("PID or NODE")?;
    args.end()?;
    match target {
        Target::Pid(pid) => Ok(at.me.monitor(pid).await.into()),
        Target::Node(node) => {
            at.me.monitor_node(node).await;
            Ok(true.into())
        }
    }
}

/// `normal` does not end another process, `kill` ends every one. Any other word ends a
/// process that does not trap exits, and whoever is linked to it.
async fn exit(at: &mut Prompt, mut args: Args) -> Outcome {
    let pid = args.pid("PID")?;
    let reason = Reason::word(&args.word("REASON")?);
    args.end()?;
    at.me.exit(pid, reason).await;
    Ok(true.into())
}

/// A prompt that traps exits survives those it is linked to, and gets the message
/// `{EXIT, pid, reason}` instead. Answers what it was before.
async fn trap_exit(at: &mut Prompt, mut args: Args) -> Outcome {
    let trap = match args.word("true or false")?.as_str() {
        "true" => true,
        "false" => false,
        other => {
            let says = format!("{other} is neither true nor false");
            return Err(CommandError::new(says));
        }
    };
    args.end()?;
    Ok(at.me.trap_exit(trap).into())
}
