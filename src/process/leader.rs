//! Output: a process prints by asking its group leader to.
//!
//! The group leader is a process; it is inherited from whoever spawned, even across
//! nodes, and so what a remotely spawned process prints appears on the caller's terminal.
//! The request is a message, the answer comes outside the mailbox, and a monitor sees to
//! it that there always is one (Erlang's I/O protocol).

use std::fmt::Display;
use std::io::Write;

use serde::{Deserialize, Serialize};

use super::entry::Answer;
use super::spawn::Parent;
use super::{Process, trace};
use crate::signal::{Pid, Reason, Reference, Signal};

/// Asks a group leader to print.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IoRequest {
    /// Who prints.
    pub from: Pid,
    /// Names the request; the answer carries it.
    pub request: Reference,
    /// What to print, with its line end.
    pub text: String,
}

/// Nothing was printed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IoError {
    /// The group leader is gone, or its node.
    #[error("cannot print: the group leader {leader} is gone ({reason})")]
    Terminated {
        /// The group leader.
        leader: Pid,
        /// Why it does not answer.
        reason: Reason,
    },
    /// The group leader could not write.
    #[error("cannot print: {0}")]
    Failed(Reason),
}

/// Where a node's own group leader writes to.
pub trait Output: Send + 'static {
    /// Writes a text as it is.
    ///
    /// # Errors
    /// Whatever the device says.
    fn write(&mut self, text: &str) -> std::io::Result<()>;
}

/// Standard output.
#[derive(Debug, Default)]
pub struct Stdout;

impl Output for Stdout {
    fn write(&mut self, text: &str) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()
    }
}

impl Process {
    // ANCHOR: puts
    /// Prints a line on the terminal of the group leader.
    ///
    /// # Errors
    /// [`IoError`] if the leader is gone or cannot write, also if it goes meanwhile. One
    /// that lives is waited for, as in Erlang.
    pub async fn puts(&self, text: impl Display) -> Result<(), IoError> {
        let leader = self.leader();
        self.reach(leader.node).await;
        let mut asked = self.ask_leader(leader);
        let (from, request) = (self.pid(), asked.reference());
        let text = format!("{text}\n");
        self.send(leader, IoRequest { from, request, text }).await;
        match asked.answer().await {
            Some(Answer::Io(result)) => result.map_err(IoError::Failed),
            Some(Answer::Gone(reason)) => {
                Err(IoError::Terminated { leader, reason })
            }
            _ => Err(IoError::Terminated { leader, reason: Reason::NoConnection }),
        }
    }
    // ANCHOR_END: puts

    /// Answers an [`IoRequest`], as a group leader must.
    pub fn reply_io(&self, request: &IoRequest, result: Result<(), Reason>) {
        let IoRequest { from: to, request, .. } = *request;
        trace::printed(self.pid(), to, request, &result);
        self.route(Signal::IoReply { to, request, result });
    }

    /// Where this process prints.
    pub fn leader(&self) -> Pid {
        self.entry.lock().leader
    }

    /// From now on this process, and those it will spawn, print there.
    pub fn set_leader(&self, leader: Pid) {
        self.entry.lock().leader = leader;
    }
}

impl super::Processes {
    /// Starts the group leader of the processes that no other node's process started.
    pub(crate) fn start_leader(&self, output: Box<dyn Output>) {
        let nobody = self.leader();
        let leader = self.spawn(nobody, &Parent::default(), |me| lead(me, output));
        self.set_leader(leader);
    }
}

async fn lead(mut me: Process, mut output: Box<dyn Output>) -> Result<(), Reason> {
    trace::name(me.pid(), "leader");
    me.trap_exit(true);
    loop {
        // Whatever else arrives is thrown away, or it would be kept for ever.
        if let Ok(asked) = me.receive_any().await.open::<IoRequest>() {
            let written = output.write(&asked.text).map_err(Reason::from);
            me.reply_io(&asked, written);
        }
    }
}
