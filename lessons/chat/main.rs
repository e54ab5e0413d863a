//! Lesson `chat`: the Moebi chat.
//!
//! Three terminals, and a message:
//!
//! ```console
//! $ cargo run --bin chat -- --sname moebi@localhost
//! $ cargo run --bin chat -- --sname kate@localhost
//! $ cargo run --bin chat -- --sname alex@localhost
//! alex@localhost> send_message kate@localhost hi
//! ok
//! alex@localhost> send_message moebi@localhost hi
//! chicken?
//! ok
//! ```
//!
//! Then chat: `/join` shows who comes and goes, `/say` writes to everybody who is there,
//! `/help` knows the rest.

use std::process::ExitCode;

use moebi::otp::Settings;
use moebi::shell::{Args, Command, CommandError, Outcome, Prompt, Shell, Value};
use moebi::{Function, Node, NodeName};

mod chat;
#[path = "../nodes/nodes.rs"]
mod nodes;
mod room;

use chat::Chat;

/// Where `dev.toml` and `test.toml` are.
const CONFIG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/lessons/chat/config");

#[tokio::main]
async fn main() -> ExitCode {
    Shell::new("chat", "The Moebi chat.")
        .settings(CONFIG)
        .application(open)
        .commands(nodes::commands())
        .commands(room::commands())
        .commands(commands())
        .run()
        .await
}

/// The application of this program: before the first command it is open for messages.
async fn open(node: Node, settings: Settings) -> Result<(), CommandError> {
    Ok(Chat::new(&settings)?.open(&node).await?)
}

fn commands() -> Vec<Command> {
    vec![
        Command::new("send_message", "NODE TEXT", "Writes to a node.", send_message),
        Command::new("async", "NODE FUNCTION", "Runs a function there.", run_async),
    ]
}

/// Answers `ok` once the message has been received.
async fn send_message(at: &mut Prompt, mut args: Args) -> Outcome {
    let to = args.node("NODE")?;
    let text = args.text("TEXT")?;
    Chat::new(&at.settings)?.send_message(&at.me, to, text).await?;
    Ok(Value::ok())
}

/// Which node does what is for another? In `dev` the other, in `test` this one.
async fn run_async(at: &mut Prompt, mut args: Args) -> Outcome {
    let recipient = args.node("NODE")?;
    let function = Function::named("Chat", args.word("FUNCTION")?);
    args.end()?;
    let supervisor = Chat::new(&at.settings)?.remote_supervisor(&at.me, recipient);
    let task = at.me.task_under(supervisor, function, ()).await?;
    let node: NodeName = task.await?;
    Ok(node.into())
}
