//! Asking another node.
//!
//! With `spawn_link` one starts a process, invents a message for the question and one
//! for the answer, puts one's own pid into the first, and waits for the second. It is
//! easily done wrong: nothing says how long to wait, and an answer that comes too late
//! lies in the mailbox for ever. Three ways do all this for us, and each has its use:
//!
//! ```text
//!                   spawn_link      erpc           call           task
//!  who does it      a new process   a new process  the server     a new process
//!  for              work that goes  a question     what somebody  work that takes
//!                   on                             keeps          long
//!  the answer       yours to send   is waited for  is waited for  can be waited for
//!                                                                 later
//!  prints           here            here           there          there
//!  it panics        we end as well  an error       an error, and  we end as well,
//!                                                  a new server   if linked
//!  the node goes    we end as well  an error       an error       we end as well,
//!                                                                 if linked
//! ```
//!
//! The answer comes past the mailbox, and once nobody waits any more it is thrown away.

use std::time::Duration;

use moebi::shell::{Args, Command, CommandError, Outcome, Prompt, Value};
use moebi::{Arguments, Function};

use crate::guest_book::{Ask, BOOK, Sign, TASKS};
use crate::offered::MODULE;

/// Who calls or waits for a task gives up after this; `erpc` never does.
const PATIENCE: Duration = Duration::from_secs(5);

/// The commands of this lesson.
pub fn commands() -> Vec<Command> {
    vec![
        Command::new(
            "erpc",
            "NODE FUNCTION [ARGUMENT]",
            "Runs guests, find, read_aloud, read_slowly or burn there.",
            erpc,
        ),
        Command::new(
            "erpc_within",
            "SECONDS NODE FUNCTION",
            "The same, and waits so long at most.",
            erpc_within,
        ),
        Command::new("cast", "NODE NAME", "Signs a node's guest book.", cast),
        Command::new(
            "call",
            "NODE QUESTION [SECONDS]",
            "Asks a node's book: guests, read_slowly or burn.",
            call,
        ),
        Command::new(
            "task",
            "NODE FUNCTION [SECONDS]",
            "Runs a function there, as a task linked to the prompt.",
            task,
        ),
    ]
}

/// The types go with the name: a number is sent as a number, and the node compares.
/// What went wrong over there is an error here, each kind its own (`ErpcError`), and
/// the prompt lives on.
async fn erpc(at: &mut Prompt, mut args: Args) -> Outcome {
    let node = args.node("NODE")?;
    let name = args.word("FUNCTION")?;
    let argument =
        if args.left() > 0 { Some(args.value("ARGUMENT")?) } else { None };
    args.end()?;
    let me = &at.me;
    let answer = match argument {
        None => me.erpc(node, function(&name), ()).await?,
        Some(Value::Number(number)) => {
            me.erpc(node, function(&name), (number,)).await?
        }
        Some(Value::Text(text) | Value::Atom(text)) => {
            me.erpc(node, function(&name), (text,)).await?
        }
        Some(other) => {
            let says = format!("{other} is neither a text nor a number");
            return Err(CommandError::new(says));
        }
    };
    Ok(Value::atom(answer))
}

// ANCHOR: erpc
/// That we wait no longer does not stop the function. Whether it has done its work, and
/// will yet, cannot be known from here.
async fn erpc_within(at: &mut Prompt, mut args: Args) -> Outcome {
    let time = args.optional_seconds()?.unwrap_or(PATIENCE);
    let node = args.node("NODE")?;
    let function = function(&args.word("FUNCTION")?);
    args.end()?;
    Ok(Value::atom(at.me.erpc_within(time, node, function, ()).await?))
}
// ANCHOR_END: erpc

/// Always `ok`, also when there is no such node: nobody looks whether it arrives. But
/// what we ask the same server afterwards comes after it.
async fn cast(at: &mut Prompt, mut args: Args) -> Outcome {
    let node = args.node("NODE")?;
    let guest = args.word("NAME")?;
    args.end()?;
    at.me.cast((BOOK, node), Sign(guest)).await;
    Ok(Value::ok())
}

// ANCHOR: call
/// No function crosses here, only a message: the server does what it has always done
/// with it. Its name is looked up on the other node, when the message gets there.
async fn call(at: &mut Prompt, mut args: Args) -> Outcome {
    let node = args.node("NODE")?;
    let question = match args.word("QUESTION")?.as_str() {
        "guests" => Ask::Guests,
        "read_slowly" => Ask::ReadSlowly,
        "burn" => Ask::Burn,
        other => {
            let says =
                format!("a book is asked guests, read_slowly or burn, not {other}");
            return Err(CommandError::new(says));
        }
    };
    let time = args.optional_seconds()?.unwrap_or(PATIENCE);
    args.end()?;
    Ok(Value::atom(at.me.call_within(time, (BOOK, node), question).await?))
}
// ANCHOR_END: call

// ANCHOR: task
/// Two steps, two errors: nobody there to start it, or nothing came of it. Between the
/// two we could do something else, which is what the next lesson is about.
async fn task(at: &mut Prompt, mut args: Args) -> Outcome {
    let node = args.node("NODE")?;
    let function = function(&args.word("FUNCTION")?);
    let time = args.optional_seconds()?.unwrap_or(PATIENCE);
    args.end()?;
    let task = at.me.task_under((TASKS, node), function, ()).await?;
    Ok(Value::atom(task.within(time).await?))
}
// ANCHOR_END: task

/// `guests` is `Book.guests`; a function of somebody else needs its module.
fn function<Takes: Arguments>(name: &str) -> Function<Takes, String> {
    let (module, name) = name.split_once('.').unwrap_or((MODULE, name));
    Function::named(module, name)
}
