//! Why no answer came: what Erlang would exit the caller with.

use std::any::Any;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{NodeName, Reason};

/// Why a call or a task gave no answer.
///
/// In Erlang the caller would exit with `{Reason, {Module, call, Arguments}}`. Here it is
/// an error, and `?` in the body of a process exits with [`CallError::reason`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum CallError {
    /// The process is not alive, or nobody has that name there.
    #[error("{}", Reason::NoProc.sentence())]
    NoProc,
    /// The node cannot be reached, or was lost meanwhile.
    #[error("no connection to {0}")]
    NodeDown(NodeName),
    /// Waited so long.
    #[error("time out: no answer in {} s", .0.as_secs_f64())]
    Timeout(Duration),
    /// It ended without an answer.
    #[error("{}", .0.sentence())]
    Exit(Reason),
    /// The server takes other calls. In Erlang it would crash.
    #[error("{0}")]
    BadArgument(String),
    /// The answer is of another type: the two sides have different versions of the code.
    #[error("{0}")]
    BadReply(String),
}

/// Why a remote call gave no result: what Erlang's `erpc` raises.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ErpcError {
    /// The node cannot be reached, or was lost meanwhile (`{erpc, noconnection}`).
    /// Nobody knows whether the function ran.
    #[error("no connection to {0}")]
    NoConnection(NodeName),
    /// Waited so long (`{erpc, timeout}`). The function may still run.
    #[error("time out: no answer in {} s", .0.as_secs_f64())]
    Timeout(Duration),
    /// The node does not offer it (`{exception, undef, _}`).
    #[error("function {0} is not offered by the node")]
    Undef(String),
    /// It takes other arguments (`{exception, badarg, _}`).
    #[error("{0}")]
    BadArgument(String),
    /// It panicked, or an error came up in it (`{exception, Reason, _}`).
    #[error("an exception was raised: {0}")]
    Exception(String),
    /// It ended with a reason of its own (`exit:{exception, Reason}`).
    #[error("{}", .0.sentence())]
    Exit(Reason),
    /// Somebody ended the process that ran it (`exit:{signal, Reason}`).
    #[error("ended from outside: {}", .0.sentence())]
    Signal(Reason),
    /// The result is of another type: the two sides have different versions of the code.
    #[error("{0}")]
    BadReply(String),
}

impl CallError {
    /// What became of a process that was asked, when its end is all that came.
    pub(crate) fn gone(reason: Reason, node: NodeName) -> Self {
        match reason {
            Reason::NoProc => Self::NoProc,
            Reason::NoConnection => Self::NodeDown(node),
            other => Self::Exit(other),
        }
    }

    /// What the caller exits with, if it does.
    pub fn reason(&self) -> Reason {
        match self {
            Self::NoProc => Reason::NoProc,
            Self::NodeDown(node) => Reason::NodeDown(*node),
            Self::Timeout(_) => Reason::Timeout,
            Self::Exit(reason) => reason.clone(),
            Self::BadArgument(sentence) | Self::BadReply(sentence) => {
                Reason::BadArgument(sentence.clone())
            }
        }
    }
}

impl ErpcError {
    /// What the function's process ended with by itself.
    pub(crate) fn raised(reason: Reason) -> Self {
        match reason {
            Reason::Undef(function) => Self::Undef(function),
            Reason::BadArgument(sentence) => Self::BadArgument(sentence),
            Reason::Exception(message) => Self::Exception(message),
            other => Self::Exit(other),
        }
    }

    /// What the caller exits with, if it does.
    pub fn reason(&self) -> Reason {
        match self {
            Self::NoConnection(node) => Reason::NodeDown(*node),
            Self::Timeout(_) => Reason::Timeout,
            Self::Undef(function) => Reason::Undef(function.clone()),
            Self::Exception(message) => Reason::Exception(message.clone()),
            Self::Exit(reason) | Self::Signal(reason) => reason.clone(),
            Self::BadArgument(sentence) | Self::BadReply(sentence) => {
                Reason::BadArgument(sentence.clone())
            }
        }
    }
}

/// The exit reason an error stands for, if it stands for one.
pub(super) fn exit_of(error: &dyn Any) -> Option<Reason> {
    let call = error.downcast_ref().map(CallError::reason);
    call.or_else(|| error.downcast_ref().map(ErpcError::reason))
}
