//! The chat: to write to somebody is to run a task on their node.
//!
//! Every node of the chat has a supervisor called `Chat.TaskSupervisor`, and offers two
//! functions. Who has something to say asks the supervisor of the other node to run one
//! of them, and waits until it has. What the function prints appears *there*, for a task
//! prints where its supervisor prints.

use moebi::otp::{
    Application, ChildSpec, Settings, SettingsError, Strategy, Supervisor,
};
use moebi::otp::{Task, TaskSupervisor};
use moebi::{Address, CallError, Function, Node, NodeName, Process, Reason};
use serde::Deserialize;

// ANCHOR: names
/// What a message does to whoever it is for.
pub const RECEIVE_MESSAGE: Function<(String,), ()> =
    Function::new("Chat", "receive_message");

/// What it does to Moebi. He answers, so he is told who wrote.
pub const RECEIVE_MESSAGE_FOR_MOEBI: Function<(String, NodeName), ()> =
    Function::new("Chat", "receive_message_for_moebi");

/// On which node does this run?
pub const NODE: Function<(), NodeName> = Function::new("Chat", "node");

const TASK_SUPERVISOR: &str = "Chat.TaskSupervisor";
const MOEBI: &str = "moebi@localhost";
// ANCHOR_END: names

// ANCHOR: error
/// Why a message was not delivered.
#[derive(Debug, thiserror::Error)]
pub enum ChatError {
    /// He would answer himself, and that answer, and so on. In Elixir this eats nine
    /// gigabytes before it stops.
    #[error("Moebi does not write to himself: he would never stop answering")]
    MoebiToMoebi,
    /// Nobody there, or nobody any more.
    #[error(transparent)]
    Call(#[from] CallError),
}
// ANCHOR_END: error

/// The chat, as this node takes part in it.
#[derive(Clone, Copy)]
pub struct Chat {
    remote_supervisor: RemoteSupervisor,
}

// ANCHOR: env-choice
/// Whose supervisor runs what is for somebody else. In `config/dev.toml` it is the
/// other node's. In `config/test.toml` it is this node's own, and so the very same calls
/// can be tested where there is no other node.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RemoteSupervisor {
    Remote,
    Local,
}
// ANCHOR_END: env-choice

impl Chat {
    // ANCHOR: env-new
    /// The chat in the environment that this program was started in.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let remote_supervisor = settings.get("remote_supervisor")?;
        Ok(Self { remote_supervisor })
    }
    // ANCHOR_END: env-new

    // ANCHOR: open
    /// Opens this node for messages: offers the functions, and starts the supervisor
    /// under which they run. It ends with the node.
    pub async fn open(self, node: &Node) -> Result<(), Reason> {
        node.offer(NODE, async |me, ()| Ok(me.node()));
        node.offer(RECEIVE_MESSAGE, receive_message);
        node.offer(RECEIVE_MESSAGE_FOR_MOEBI, move |me, (text, from)| {
            self.receive_message_for_moebi(me, text, from)
        });
        let tasks = ChildSpec::server::<TaskSupervisor>(TASK_SUPERVISOR, ());
        let supervisor = Supervisor::new(Strategy::OneForOne).child(tasks);
        Application::start(node, "chat", supervisor).await?;
        Ok(())
    }
    // ANCHOR_END: open

    // ANCHOR: send_message
    /// Sends a message, and waits until it has been received: when this returns, the
    /// text stands on the other terminal.
    pub async fn send_message(
        self,
        me: &Process,
        to: NodeName,
        text: String,
    ) -> Result<(), ChatError> {
        let supervisor = self.remote_supervisor(me, to);
        let task: Task<'_, ()> = match (me.node().as_str(), to.as_str()) {
            (MOEBI, MOEBI) => return Err(ChatError::MoebiToMoebi),
            (_, MOEBI) => {
                let message = (text, me.node());
                me.task_under(supervisor, RECEIVE_MESSAGE_FOR_MOEBI, message).await?
            }
            _ => me.task_under(supervisor, RECEIVE_MESSAGE, (text,)).await?,
        };
        Ok(task.await?)
    }
    // ANCHOR_END: send_message

    // ANCHOR: env-where
    /// The one line that depends on the environment.
    pub fn remote_supervisor(self, me: &Process, recipient: NodeName) -> Address {
        let node = match self.remote_supervisor {
            RemoteSupervisor::Remote => recipient,
            RemoteSupervisor::Local => me.node(),
        };
        (TASK_SUPERVISOR, node).into()
    }
    // ANCHOR_END: env-where

    // ANCHOR: moebi
    /// Runs on Moebi, who always has the same question. He sends it before he is done
    /// with the message, so whoever wrote has his answer first and their `ok` then.
    async fn receive_message_for_moebi(
        self,
        me: Process,
        text: String,
        from: NodeName,
    ) -> Result<(), Reason> {
        me.puts(text).await?;
        self.send_message(&me, from, "chicken?".into()).await?;
        Ok(())
    }
    // ANCHOR_END: moebi
}

// ANCHOR: receive_message
/// Runs on whoever the message is for.
async fn receive_message(me: Process, (text,): (String,)) -> Result<(), Reason> {
    me.puts(text).await?;
    Ok(())
}
// ANCHOR_END: receive_message
