//! Why a process ended.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::failure::exit_of;
use super::{NodeName, Term};

/// Why a process ended: one of OTP's well-known reasons, a word of your own, or any
/// message as an opaque [`Term`].
///
/// `?` in a process's body turns any error into [`Reason::Exception`], because that is
/// what an error nobody handles is; only a call that fails ([`super::CallError`]) is an
/// exit, as in Erlang. A reason is itself no `std::error::Error`, for it
/// could not be converted from all of them if it were one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason {
    /// The process did what it was for. Does not hurt who is linked to it.
    Normal,
    /// Asked to end, in good order.
    Shutdown,
    /// The same, with something to say about it.
    ShutdownWith(Term),
    /// As the reason of `exit(pid, Kill)`: cannot be trapped. As the reason of a linked
    /// process's end: a word like any other.
    Kill,
    /// Ended by [`Reason::Kill`].
    Killed,
    /// There is no such process.
    NoProc,
    /// The node cannot be reached, or the connection to it was lost.
    NoConnection,
    /// The node does not offer this function, written `Module.function/arity`.
    Undef(String),
    /// The function is there, but the arguments are not those it takes.
    BadArgument(String),
    /// Waited too long.
    Timeout,
    /// A node went down that was needed.
    NodeDown(NodeName),
    /// A panic, or an error that nobody handled.
    Exception(String),
    /// A word of your own: `Reason::word("oops")`.
    Word(String),
    /// Any value of your own: `Reason::of(&value)`.
    Term(Term),
}

impl Reason {
    /// A value of your own as a reason; [`Term::get`] takes it out again.
    pub fn of<M: super::Message>(value: &M) -> Self {
        Self::Term(Term::of(value))
    }

    /// A word as a reason: the well-known one if it is one, else one of your own.
    pub fn word(word: &str) -> Self {
        match word {
            "normal" => Self::Normal,
            "shutdown" => Self::Shutdown,
            "kill" => Self::Kill,
            "killed" => Self::Killed,
            "noproc" => Self::NoProc,
            "noconnection" => Self::NoConnection,
            "timeout" => Self::Timeout,
            other => Self::Word(other.to_owned()),
        }
    }

    /// Is this a crash, which is logged, or an orderly end, which is not?
    ///
    /// As in Erlang, an exit with a reason of one's own is not logged; what was raised
    /// is.
    pub fn is_crash(&self) -> bool {
        matches!(self, Self::Exception(_) | Self::Undef(_) | Self::BadArgument(_))
    }

    /// What was raised, in the log's words.
    pub fn raised(&self) -> String {
        match self {
            Self::Exception(message) => message.clone(),
            other => other.sentence(),
        }
    }

    /// The reason in the words Elixir's shell uses.
    pub fn sentence(&self) -> String {
        match self {
            Self::NoConnection => "no connection".into(),
            Self::NoProc => "no process: the process is not alive or there's no \
                             process currently associated with the given name, \
                             possibly because its application isn't started"
                .into(),
            Self::Timeout => "time out".into(),
            Self::NodeDown(node) => format!("no connection to {node}"),
            Self::Exception(message) => {
                format!("an exception was raised: {message}")
            }
            Self::Undef(function) => {
                format!("function {function} is not offered by the node")
            }
            Self::BadArgument(message) => message.clone(),
            other => other.to_string(),
        }
    }
}

/// As Erlang prints the term: `normal`, `{shutdown, ...}`, `{exception, "..."}`.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Normal => f.write_str("normal"),
            Self::Shutdown => f.write_str("shutdown"),
            Self::ShutdownWith(term) => write!(f, "{{shutdown, {term}}}"),
            Self::Kill => f.write_str("kill"),
            Self::Killed => f.write_str("killed"),
            Self::NoProc => f.write_str("noproc"),
            Self::NoConnection => f.write_str("noconnection"),
            Self::Undef(function) => write!(f, "{{undef, {function}}}"),
            Self::BadArgument(message) => write!(f, "{{badarg, {message:?}}}"),
            Self::Timeout => f.write_str("timeout"),
            Self::NodeDown(node) => write!(f, "{{nodedown, {node}}}"),
            Self::Exception(message) => write!(f, "{{exception, {message:?}}}"),
            Self::Word(word) => f.write_str(word),
            Self::Term(term) => term.fmt(f),
        }
    }
}

impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<E: std::error::Error + 'static> From<E> for Reason {
    fn from(error: E) -> Self {
        let exception = || Self::Exception(error.to_string());
        exit_of(&error).unwrap_or_else(exception)
    }
}
