//! Applications: a tree of processes that starts and stops with its node.
//!
//! ```text
//!   node ── at stop ──> master ── exit: shutdown ──> top supervisor ──> its children
//!                       (parent of the supervisor)
//! ```
//!
//! The master is a process that does nothing but start the supervisor and wait. When the
//! node stops, the tree ends first and in order, from the last child to the first, while
//! connections are up and the terminal still shows what is printed. The application that
//! was started last is stopped first.
//!
//! Whatever a tree prints appears on the terminal of its own node, whoever starts it. The
//! reference is OTP's "Applications" in the design principles.

use std::sync::Arc;

use tokio::sync::{Notify, oneshot, watch};
use tracing::warn;

use super::{StartLinkError, Supervisor};
use crate::node::Node;
use crate::process::Process;
use crate::receive;
use crate::signal::{Exit, Pid, Reason};

/// An application that runs, or did. A handle: clones are the same application.
#[derive(Clone)]
pub struct Application {
    supervisor: Pid,
    control: Control,
}

/// Why an application did not start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApplicationError {
    /// Its supervisor does not start.
    #[error("application {name} does not start: {why}")]
    Supervisor {
        /// The application.
        name: String,
        /// What the supervisor says.
        why: StartLinkError,
    },
    /// The node is stopping, or was stopped meanwhile.
    #[error("application {0} does not start: the node stops")]
    Stopping(String),
}

/// What the node can do about the master.
#[derive(Clone)]
struct Control {
    stop: Arc<Notify>,
    ended: watch::Receiver<Option<Reason>>,
}

impl Control {
    /// Asks for the end, and waits for it.
    async fn stop(mut self) -> Reason {
        self.stop.notify_one();
        self.ended().await
    }

    async fn ended(&mut self) -> Reason {
        let ended = self.ended.wait_for(Option::is_some).await;
        // A master that says nothing has been killed.
        ended.ok().and_then(|reason| reason.clone()).unwrap_or(Reason::Killed)
    }
}

impl Application {
    /// Starts a tree that stops with the node. Should its supervisor end before, that is
    /// logged, and the node goes on: a `temporary` application in OTP's words.
    ///
    /// # Errors
    /// See [`ApplicationError`].
    pub async fn start(
        node: &Node,
        name: impl Into<String>,
        supervisor: Supervisor,
    ) -> Result<Self, ApplicationError> {
        Self::launch(node, name.into(), supervisor, None).await
    }

    /// Starts a tree that the node cannot do without: should its supervisor end, the node
    /// stops, with all its applications. `permanent`, in OTP's words.
    ///
    /// # Errors
    /// See [`ApplicationError`].
    pub async fn start_permanent(
        node: &Node,
        name: impl Into<String>,
        supervisor: Supervisor,
    ) -> Result<Self, ApplicationError> {
        Self::launch(node, name.into(), supervisor, Some(node.clone())).await
    }

    async fn launch(
        node: &Node,
        name: String,
        supervisor: Supervisor,
        bound: Option<Node>,
    ) -> Result<Self, ApplicationError> {
        let (end, ended) = watch::channel(None);
        let control = Control { stop: Arc::default(), ended };
        let stopped = control.clone();
        // Before the start: a node that stops meanwhile waits for it, and then for its end.
        let in_time = node.at_stop(|| async {
            stopped.stop().await;
        });
        if !in_time {
            return Err(ApplicationError::Stopping(name));
        }
        let (start, started) = oneshot::channel();
        let (title, stop) = (name.clone(), Arc::clone(&control.stop));
        node.spawn(move |me| async move {
            let reason = lead(me, supervisor, start, &stop, &title, bound).await;
            end.send_replace(Some(reason));
            Ok(())
        });
        match started.await {
            Ok(Ok(supervisor)) => Ok(Self { supervisor, control }),
            Ok(Err(why)) => Err(ApplicationError::Supervisor { name, why }),
            Err(_) => Err(ApplicationError::Stopping(name)),
        }
    }

    /// The supervisor at the top of the tree.
    pub fn supervisor(&self) -> Pid {
        self.supervisor
    }

    /// Ends the tree in order, waits until it has ended, and returns why it did:
    /// `shutdown`, unless it had ended before.
    pub async fn stop(&self) -> Reason {
        self.control.clone().stop().await
    }

    /// Waits until the application has ended, and returns why it did.
    pub async fn ended(&self) -> Reason {
        self.control.clone().ended().await
    }
}

/// The body of the master; returns why the application ended.
async fn lead(
    mut me: Process,
    supervisor: Supervisor,
    start: oneshot::Sender<Result<Pid, StartLinkError>>,
    stop: &Notify,
    name: &str,
    bound: Option<Node>,
) -> Reason {
    me.trap_exit(true);
    let started = supervisor.start_link(&mut me).await;
    let pid = match &started {
        Ok(pid) => *pid,
        Err(error) => {
            let reason = error.reason();
            let _ = start.send(started);
            return reason;
        }
    };
    let _ = start.send(started);
    tokio::select! {
        () = stop.notified() => {
            me.exit(pid, Reason::Shutdown).await;
            exit_of(&mut me, pid).await
        }
        reason = exit_of(&mut me, pid) => {
            warn!(target: "moebi::otp", "Application {name} exited: {reason}");
            if let Some(node) = bound {
                // Not here: the node waits for this process to end.
                tokio::spawn(async move { node.stop().await });
            }
            reason
        }
    }
}

async fn exit_of(me: &mut Process, supervisor: Pid) -> Reason {
    receive! { me,
        exit @ Exit { .. } if exit.from == supervisor => exit.reason,
    }
}
