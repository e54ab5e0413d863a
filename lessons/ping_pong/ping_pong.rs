//! Messages: what processes say to each other.
//!
//! A message is a type that both sides know. A process that wants an answer puts its
//! own pid into the message; there is no other way to know whom to answer.

use std::time::Duration;

use moebi::shell::{Args, Command, CommandError, Messages, Outcome, Prompt, Value};
use moebi::{Function, Node, Pid, Process, Reason, receive};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

/// Said hi by alex, kate answers.
pub const ANSWER_HI: Function<(), ()> = Function::new("Kate", "answer_hi");
/// Pinged by a client, kate answers.
pub const PONG: Function<(), ()> = Function::new("Kate", "pong");

// ANCHOR: messages
/// How two who know each other greet.
#[derive(Debug, Serialize, Deserialize)]
pub enum Greeting {
    Hi(Pid),
    Sup,
}

/// Is anybody there?
#[derive(Debug, Serialize, Deserialize)]
pub enum Rally {
    Ping(Pid),
    Pong,
}
// ANCHOR_END: messages

/// Longer than this kate does not wait for somebody to write.
const PATIENCE: Duration = Duration::from_secs(60);

/// Kate's side.
pub fn offer(node: &Node) {
    if node.name().alive() == "kate" {
        node.offer(ANSWER_HI, answer_hi);
        node.offer(PONG, pong);
    }
}

// ANCHOR: answer-hi
/// Runs on kate, asked for by alex. A message of another type stays in the mailbox, and
/// so does a `Sup`: no pattern takes them.
async fn answer_hi(mut me: Process, (): ()) -> Result<(), Reason> {
    receive! { me,
        Greeting::Hi(alex) => me.send(alex, Greeting::Sup).await,
        after PATIENCE => me.puts("nobody wrote").await?,
    }
    Ok(())
}
// ANCHOR_END: answer-hi

// ANCHOR: pong
/// Answers one ping, and ends. What is sent to it after that is lost, and the sender
/// is not told.
async fn pong(mut me: Process, (): ()) -> Result<(), Reason> {
    receive! { me,
        Rally::Ping(client) => me.send(client, Rally::Pong).await,
        after PATIENCE => me.puts("nobody served").await?,
    }
    Ok(())
}
// ANCHOR_END: pong

// ANCHOR: values
/// The prompt speaks in values, processes in types. Here is how one becomes the other:
/// `{hi, self}` is a `Greeting::Hi` with the prompt's pid in it.
pub fn messages(messages: &mut Messages) {
    messages.register("{hi, PID} or sup", read_greeting, show_greeting);
    messages.register("{ping, PID} or pong", read_rally, show_rally);
}

fn read_greeting(value: &Value) -> Option<Greeting> {
    match (value.as_atom(), value.tagged("hi")) {
        (_, Some([Value::Pid(alex)])) => Some(Greeting::Hi(*alex)),
        (Some("sup"), _) => Some(Greeting::Sup),
        _ => None,
    }
}
// ANCHOR_END: values

fn show_greeting(greeting: &Greeting) -> Value {
    match greeting {
        Greeting::Hi(alex) => Value::tuple([Value::atom("hi"), (*alex).into()]),
        Greeting::Sup => Value::atom("sup"),
    }
}

fn read_rally(value: &Value) -> Option<Rally> {
    match (value.as_atom(), value.tagged("ping")) {
        (_, Some([Value::Pid(client)])) => Some(Rally::Ping(*client)),
        (Some("pong"), _) => Some(Rally::Pong),
        _ => None,
    }
}

fn show_rally(rally: &Rally) -> Value {
    match rally {
        Rally::Ping(client) => Value::tuple([Value::atom("ping"), (*client).into()]),
        Rally::Pong => Value::atom("pong"),
    }
}

/// The commands of this lesson. Later lessons have them too.
pub fn commands() -> Vec<Command> {
    vec![
        Command::new("send", "PID MESSAGE", "Sends a message.", send),
        Command::new("receive", "[SECONDS]", "Waits for the next message.", next),
    ]
}

// ANCHOR: send
/// Answers the message, as Elixir does. That it was sent does not mean that it came.
async fn send(at: &mut Prompt, mut args: Args) -> Outcome {
    let to = args.pid("PID")?;
    let message = args.value("MESSAGE")?;
    args.end()?;
    at.messages.read(&message)?.send(&at.me, to).await;
    Ok(message)
}
// ANCHOR_END: send

/// Waits for any message at all. Without a number of seconds it waits for ever, or until
/// you press Ctrl-C.
async fn next(at: &mut Prompt, mut args: Args) -> Outcome {
    let seconds = args.optional_seconds()?;
    args.end()?;
    let message = match seconds {
        None => at.me.receive_any().await,
        Some(time) => timeout(time, at.me.receive_any()).await.map_err(|_| {
            CommandError::new(format!("no message in {} s", time.as_secs_f64()))
        })?,
    };
    Ok(at.show(message))
}
