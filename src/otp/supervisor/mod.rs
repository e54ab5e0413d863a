//! Supervisors: processes that start others, and start them anew when they end.
//!
//! A process in trouble ends, and somebody else, who is not in trouble, sees to what
//! follows: that is Erlang's way with failures that nobody foresaw. The somebody is a
//! supervisor. It does nothing else, so there is little in it to fail; it is linked to
//! its children, so it hears of their end; and it traps exits, so their end is not its
//! own. Supervisors supervised by others are a tree:
//!
//! ```text
//!              Chat.Supervisor                     one_for_one
//!              /             \
//!      Chat.Router        Chat.Rooms               rest_for_one
//!                         /    |    \
//!                   registry  room  room
//! ```
//!
//! Children start from the first to the last, each only when the one before it is ready,
//! and end from the last to the first. When one ends that is to be restarted (see
//! [`Restart`]), the [`Strategy`] says who else is:
//!
//! ```text
//!    b ends in:   a b c      one_for_one      a B c
//!                            one_for_all      A B C     c, a end; a, b, c start
//!                            rest_for_one     a B C     c ends; b, c start
//! ```
//!
//! A restart that fails is tried again, and counts as another restart. After more than so
//! many in so much time the supervisor ends its children and itself with `shutdown`,
//! which is for its own supervisor to deal with.
//!
//! A supervisor's parent is who started it. When the parent ends or asks it to (an exit
//! signal of any reason), it ends its children and then itself for the same reason. Exit
//! signals of others mean nothing to it, except `kill`, which nobody can trap: then its
//! children learn of it through their links.
//!
//! The reference is OTP's: "Supervisor Behaviour" in the design principles, `supervisor`
//! in the manual of stdlib, with the defaults of Elixir's `Supervisor`. Left out are
//! `simple_one_for_one`, `auto_shutdown`, and children that answer `ignore`.
//!
//! | read about | in |
//! |---|---|
//! | what a child is, when it is restarted, how it is ended | `child.rs` |
//! | starting and ending children in order | `children.rs` |
//! | what happens when one ends | `supervision.rs` |
//! | how many restarts are too many | `intensity.rs` |
//! | asking a supervisor that runs | `ask.rs`, `control.rs` |
//! | waiting until a process is ready | `start.rs` |

mod child;
mod children;
mod control;
mod intensity;
mod requests;
mod supervision;

use std::collections::HashSet;
use std::time::Duration;

pub use child::{ChildKind, ChildSpec, Restart, Shutdown, StartFn};
pub use control::{ChildCount, ChildInfo, ChildState, ControlError};

use super::start::{StartLinkError, start_link};
use crate::process::Process;
use crate::signal::Pid;
use intensity::Intensity;
use supervision::supervise;

/// Who else is restarted when a child is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strategy {
    /// Nobody: the children do not depend on each other.
    OneForOne,
    /// All: each depends on the others.
    OneForAll,
    /// Those that were started after it: each depends on those before it.
    RestForOne,
}

/// A supervisor before it runs: its children, and what it does when one ends. A clone
/// starts another supervisor of the same kind.
///
/// ```
/// use moebi::otp::{ChildSpec, Strategy, Supervisor};
/// use moebi::{Config, Node, Process, Reason};
/// use tokio::sync::mpsc;
///
/// async fn live(me: Process, born: mpsc::Sender<()>) -> Result<(), Reason> {
///     born.send(()).await?;
///     Err(Reason::word("oops"))
/// }
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), moebi::StartError> {
/// let node = Node::start(Config::new()).await?;
/// let (born, mut births) = mpsc::channel(1);
/// node.spawn(async move |mut me: Process| {
///     let mortal = ChildSpec::process("mortal", move |me| live(me, born.clone()));
///     let tree = Supervisor::new(Strategy::OneForOne).child(mortal);
///     tree.start_link(&mut me).await?;
///     std::future::pending().await
/// });
/// // The first life, and three restarts. A fourth would be one too many.
/// for _ in 0..4 {
///     assert_eq!(births.recv().await, Some(()));
/// }
/// assert_eq!(births.recv().await, None);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Supervisor {
    strategy: Strategy,
    intensity: Intensity,
    name: Option<String>,
    children: Vec<ChildSpec>,
}

impl Supervisor {
    /// A supervisor without children. More than 3 restarts in 5 seconds are too many.
    pub fn new(strategy: Strategy) -> Self {
        let intensity = Intensity::new(3, Duration::from_secs(5));
        Self { strategy, intensity, name: None, children: Vec::new() }
    }

    /// More than so many restarts in so much time are too many.
    #[must_use]
    pub fn intensity(self, restarts: usize, period: Duration) -> Self {
        Self { intensity: Intensity::new(restarts, period), ..self }
    }

    /// Is registered under this name on its node, before its first child starts.
    #[must_use]
    pub fn name(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// Adds a child, after those there are.
    #[must_use]
    pub fn child(mut self, child: ChildSpec) -> Self {
        self.children.push(child);
        self
    }

    /// Starts the supervisor, linked to this process, which is its parent. Returns when
    /// all children have started.
    ///
    /// # Errors
    /// See [`StartLinkError`]; no child runs then. As in OTP, if a child does not start
    /// the exit signal `{shutdown, ...}` comes over the link as well: a parent that does
    /// not trap exits ends, and one that does finds none in its mailbox.
    pub async fn start_link(
        &self,
        parent: &mut Process,
    ) -> Result<Pid, StartLinkError> {
        self.check_ids()?;
        let (supervisor, pid) = (self.clone(), parent.pid());
        let body = move |me, ready| supervise(me, pid, supervisor, ready);
        start_link(parent, body).await
    }

    fn check_ids(&self) -> Result<(), StartLinkError> {
        let mut seen = HashSet::new();
        match self.children.iter().find(|child| !seen.insert(&child.id)) {
            Some(twice) => Err(StartLinkError::DuplicateId(twice.id.clone())),
            None => Ok(()),
        }
    }
}
