//! A start that is over when the process is ready: what `proc_lib` is to OTP.
//!
//! ```text
//!   starter                     new process
//!      │── spawn_link, monitor ────>│
//!      │                            │ does what must be done first
//!      │<────────── ready ──────────│
//!      │ goes on                    │ goes on
//! ```
//!
//! A process that cannot start says why and ends. The starter gets the error *and*, over
//! the link, the exit signal: if it does not trap exits, it ends too. If it does, the
//! signal is taken out of its mailbox, for the error says the same.

use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use crate::process::Process;
use crate::receive;
use crate::signal::{Down, Exit, Pid, Reason, Reference, Term};

/// A process that others wait for did not start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum StartLinkError {
    /// Another process has the name.
    #[error("already started: {0}")]
    AlreadyStarted(Pid),
    /// Two children of a supervisor with one id.
    #[error("two children have the id {0:?}")]
    DuplicateId(String),
    /// A child of a supervisor does not start. Those before it have been ended.
    #[error("child {child:?} does not start: {}", told(.reason))]
    Child {
        /// The child's id.
        child: String,
        /// What its start function says.
        reason: Reason,
    },
    /// It ended before it was ready.
    #[error("did not start: {}", told(.0))]
    Failed(Reason),
}

impl StartLinkError {
    /// The error as a reason: what the process ended with, or `{shutdown, ...}`, if all
    /// was in good order.
    pub fn reason(&self) -> Reason {
        match self {
            Self::Failed(reason) => reason.clone(),
            other => Reason::ShutdownWith(Term::of(other)),
        }
    }
}

/// Of a supervisor that does not start, what its child says is of more interest.
pub(super) fn told(reason: &Reason) -> String {
    let below = match reason {
        Reason::ShutdownWith(term) => term.get::<StartLinkError>(),
        _ => None,
    };
    below.map_or_else(|| reason.sentence(), |error| error.to_string())
}

/// With this a process says that it is ready, or why it never will be. One that ends
/// without a word drops it.
pub(super) type Ready = oneshot::Sender<Result<(), StartLinkError>>;

/// Starts a process, linked to this one, and waits until it is ready.
///
/// If the future is dropped while it waits, the process goes on, linked and monitored.
pub(super) async fn start_link<F, Fut>(
    me: &mut Process,
    body: F,
) -> Result<Pid, StartLinkError>
where
    F: FnOnce(Process, Ready) -> Fut + Send + 'static,
    Fut: Future<Output = Result<(), Reason>> + Send + 'static,
{
    let (ready, said) = oneshot::channel();
    let pid = me.spawn_link_here(move |me| body(me, ready));
    let monitor = me.monitor(pid).await;
    // Not the channel alone: a process that is killed while it computes keeps its end of
    // it until its next await, and the monitor knows at once.
    let failed = tokio::select! {
        biased;
        Ok(said) = said => match said {
            Ok(()) => {
                me.demonitor_flush(monitor);
                return Ok(pid);
            }
            Err(error) => {
                down(me, monitor).await;
                error
            }
        },
        reason = down(me, monitor) => StartLinkError::Failed(reason),
    };
    // An exit signal comes before the news of the monitor, so it is here.
    me.take_now::<Exit>(|exit| exit.from == pid);
    Err(failed)
}

/// Registers a process that starts under its name.
pub(super) fn take_name(me: &Process, name: &str) -> Result<(), StartLinkError> {
    let Err(error) = me.register(name, me.pid()) else { return Ok(()) };
    Err(match me.whereis(name) {
        Some(other) => StartLinkError::AlreadyStarted(other),
        None => StartLinkError::Failed(error.into()),
    })
}

/// Waits until a monitored process has ended.
pub(super) async fn down(me: &mut Process, monitor: Reference) -> Reason {
    receive! { me,
        down @ Down { .. } if down.reference == monitor => down.reason,
    }
}
