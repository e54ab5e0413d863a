//! What there is to ask about: each node's guest book.
//!
//! The book is the state of a server, and the server is the only process that ever
//! touches it. What others want of it they say in messages, which it takes one after the
//! other. So there is no lock, and nobody can forget one.

use std::time::Duration;

use moebi::otp::{
    Answer, Application, Caller, ChildSpec, Request, Server, Settings, Strategy,
    Supervisor, TaskSupervisor,
};
use moebi::shell::CommandError;
use moebi::{Node, Process, Reason};
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

/// Each node has a server of this name: `(BOOK, node)` is the one of that node.
pub const BOOK: &str = "Guest.Book";
/// And one that starts tasks for others.
pub const TASKS: &str = "Guest.TaskSupervisor";

/// How long a slow reader takes.
pub const SLOWLY: Duration = Duration::from_secs(1);

// ANCHOR: asked
/// What the server can be asked.
#[derive(Debug, Serialize, Deserialize)]
pub enum Ask {
    Guests,
    ReadSlowly,
    Burn,
}

/// One question type, one answer type: a caller cannot expect anything else.
impl Request for Ask {
    type Reply = String;
}

/// What it can be told: that somebody was here.
#[derive(Debug, Serialize, Deserialize)]
pub struct Sign(pub String);
// ANCHOR_END: asked

/// Who was here, in the order they came.
struct GuestBook(Vec<String>);

impl Server for GuestBook {
    type Args = ();
    type Call = Ask;
    type Cast = Sign;

    /// A new book is empty, also one that takes the place of a book that burned. What
    /// must outlive its process has to be kept somewhere else.
    async fn init(me: &mut Process, (): ()) -> Result<Self, Reason> {
        me.puts("a new guest book").await?;
        Ok(Self(Vec::new()))
    }

    // ANCHOR: handle_call
    /// While it works on one question, all others wait, whoever asks them. What takes
    /// long belongs into a process of its own. A panic ends the server, and each caller
    /// who still waits is told so.
    async fn handle_call(
        &mut self,
        _me: &mut Process,
        question: Ask,
        _caller: Caller<Ask>,
    ) -> Result<Answer<String>, Reason> {
        match question {
            Ask::Guests => {}
            Ask::ReadSlowly => sleep(SLOWLY).await,
            Ask::Burn => panic!("the book is on fire"),
        }
        Ok(Answer::Now(self.guests()))
    }
    // ANCHOR_END: handle_call

    /// Nobody waits for this, and nobody is told what came of it.
    async fn handle_cast(
        &mut self,
        _me: &mut Process,
        Sign(guest): Sign,
    ) -> Result<(), Reason> {
        self.0.push(guest);
        Ok(())
    }
}

impl GuestBook {
    fn guests(&self) -> String {
        if self.0.is_empty() { "nobody".into() } else { self.0.join(", ") }
    }
}

// ANCHOR: start
/// Starts what the node has for others, under a supervisor, which starts anew what has
/// crashed. What a book knew is gone then: that is what a crash costs, and all it costs.
pub async fn start(node: Node, _settings: Settings) -> Result<(), CommandError> {
    let tree = Supervisor::new(Strategy::OneForOne)
        .child(ChildSpec::server::<GuestBook>(BOOK, ()))
        .child(ChildSpec::server::<TaskSupervisor>(TASKS, ()));
    Application::start(&node, "remote_calls", tree).await?;
    Ok(())
}
// ANCHOR_END: start
