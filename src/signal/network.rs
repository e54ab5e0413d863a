//! What processes and connections need of each other, so that neither has to know the
//! other: a process hands signals to a [`Line`], a connection hands them to [`Deliver`].

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::run::Run;
use super::{NodeName, Pid, Signal, Wire};

/// A future in a box.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

// ANCHOR: room
/// May a signal go beyond the bound of a full line?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Room {
    /// No: its sender can wait.
    Needed,
    /// Yes: links, exits and downs never suspend their sender, but keep their place.
    Ignored,
}
// ANCHOR_END: room

/// Why a line did not take a signal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refused {
    /// There is no connection any more.
    Closed,
    /// As many bytes as may be are waiting.
    Full,
}

/// When what is in a line is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flush {
    /// At once.
    Now,
    /// The poll of the process with this id has ended: at once if it talks alone.
    After(u32),
    /// It has ended, and has started others, which will have something to say, too.
    WithOthers,
}

/// A connection, as a process sees it.
pub trait Line: Send + Sync {
    /// The node at the other end.
    fn peer(&self) -> NodeName;
    /// Which incarnation of it.
    fn creation(&self) -> u32;
    /// Puts a signal at the end of the line; it goes with the next flush.
    ///
    /// # Errors
    /// See [`Refused`]; nothing was written.
    ///
    /// # Panics
    /// If bincode cannot encode the message's type (see [`super::Message`]), or its
    /// encoding is larger than a frame may be.
    fn append(&self, signal: &mut Signal<'_>, room: Room) -> Result<(), Refused>;
    /// Writes what is in the line, or sees to it that somebody does.
    fn flush(&self, when: Flush);
    /// Waits until there is room, or the line is closed.
    fn room(&self) -> BoxFuture<'_, ()>;
}

/// The network, as a process sees it.
pub trait Network: Send + Sync {
    /// The line to a node, if there is a connection.
    fn line(&self, node: NodeName) -> Option<Arc<dyn Line>>;
    /// The line to a node; connects to it if need be.
    fn connect(
        self: Arc<Self>,
        node: NodeName,
    ) -> BoxFuture<'static, Option<Arc<dyn Line>>>;
    /// Tells `pid` when this node goes down, at once if it is not up.
    fn monitor_node(
        self: Arc<Self>,
        pid: Pid,
        node: NodeName,
    ) -> BoxFuture<'static, ()>;
    /// Tells `pid` of each node that comes up or goes down: visible ones, or with
    /// `hidden` all of them. `None` ends it.
    fn monitor_nodes(&self, pid: Pid, hidden: Option<bool>);
    /// A process ended: forget what it monitors.
    fn forget(&self, pid: Pid);
}

// ANCHOR: deliver
/// The processes of a node, as a connection sees them.
pub trait Deliver: Send + Sync {
    /// Messages to one process (id, serial).
    fn run(&self, to: (u32, u32), run: Run);
    /// One message to a process (id, serial).
    fn message(&self, to: (u32, u32), message: Wire);
    /// Anything else.
    fn signal(&self, signal: Signal<'_>);
}
// ANCHOR_END: deliver
