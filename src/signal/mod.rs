//! The vocabulary: names, pids, references, reasons, messages, and the one enum of all
//! that crosses from process to process, [`Signal`].
//!
//! A signal to a process of this node is delivered, one to another node is handed to a
//! connection. Whoever sends cannot tell, and that is the whole of location
//! transparency. The operations are those of the Erlang distribution protocol ("Protocol
//! between Connected Nodes" in the ERTS user's guide), with its order: signals from one
//! process to another arrive in the order they were sent, and nothing else is promised.

mod candidate;
pub mod codec;
mod event;
mod failure;
mod function;
mod identity;
mod message;
mod name;
mod network;
mod pid;
mod reason;
pub mod run;
mod shape;
mod show;

use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};

pub use candidate::Candidate;
pub use event::{Down, Exit, NodeDown, NodeDownReason, NodeUp};
pub use failure::{CallError, ErpcError};
pub use function::{Arguments, Function, FunctionName};
pub use identity::Kind;
pub use message::{AnyMessage, Envelope, Message, Parcel, Passed, Term, Wire};
pub use name::{MAX_NAME, NameError, NodeName};
pub use network::{BoxFuture, Deliver, Flush, Line, Network, Refused, Room};
pub use pid::{Address, Alias, Pid, Reference};
pub use reason::Reason;

/// Who sends, and whether it may still: what a killed process sends goes nowhere.
///
/// The flag is read under the lock of the line or the mailbox that the message goes to.
/// An exit signal of the same process takes that lock too, after the flag was set, so
/// that no message can come behind it.
#[derive(Debug)]
pub struct Sender {
    pub(crate) pid: Pid,
    pub(crate) ended: AtomicBool,
}

impl Sender {
    /// A sender that lives.
    pub fn new(pid: Pid) -> Self {
        Self { pid, ended: AtomicBool::new(false) }
    }

    /// Has it been ended?
    pub fn ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }
}

/// All that crosses from process to process.
#[derive(Serialize, Deserialize)]
pub enum Signal<'a> {
    /// Links the two.
    Link {
        /// The process that links.
        from: Pid,
        /// The process it links to.
        to: Pid,
    },
    /// Ends a link. Until the acknowledgement with the same id has come, an exit signal
    /// over this link may still be on its way, and is ignored ("Link Protocol" in the
    /// distribution protocol).
    Unlink {
        /// The process that unlinks.
        from: Pid,
        /// The process it was linked to.
        to: Pid,
        /// Names this one request.
        id: u64,
    },
    /// Acknowledges [`Signal::Unlink`].
    UnlinkAck {
        /// The process that was unlinked from.
        from: Pid,
        /// The process that unlinked.
        to: Pid,
        /// As in the request.
        id: u64,
    },
    /// A linked process ended.
    Exit {
        /// Which.
        from: Pid,
        /// The process linked to it.
        to: Pid,
        /// Why.
        reason: Reason,
    },
    /// One process asks another to end (`exit/2`); they need not be linked.
    Exit2 {
        /// Who asks.
        from: Pid,
        /// Who is to end.
        to: Pid,
        /// With what reason; [`Reason::Kill`] cannot be trapped.
        reason: Reason,
    },
    /// Watches a process.
    Monitor {
        /// The watcher.
        from: Pid,
        /// The watched.
        to: Address,
        /// Names this monitor.
        reference: Reference,
    },
    /// Ends a monitor.
    Demonitor {
        /// The watcher.
        from: Pid,
        /// The watched, as in the request.
        to: Address,
        /// Names the monitor.
        reference: Reference,
    },
    /// A watched process ended, or was not there.
    Down {
        /// The watched, as in the request.
        from: Address,
        /// The watcher.
        to: Pid,
        /// Names the monitor.
        reference: Reference,
        /// Why it ended.
        reason: Reason,
    },
    /// Asks a node to start a process, and to link or monitor it in the same step.
    SpawnRequest {
        /// Who asks.
        from: Pid,
        /// Where it shall run.
        node: NodeName,
        /// Names this request among those of the asking process.
        request: Reference,
        /// What it prints goes there.
        leader: Pid,
        /// What it runs.
        function: FunctionName,
        /// The arguments, a tuple.
        arguments: Envelope,
        /// Link the two?
        link: bool,
        /// Watch the new process, with `request` as the monitor's reference?
        monitor: bool,
    },
    /// Answers [`Signal::SpawnRequest`], unless a result is all that is awaited.
    SpawnReply {
        /// Who asked.
        to: Pid,
        /// As in the request.
        request: Reference,
        /// The new process. A function that is not offered gives a process too, which
        /// ends at once with [`Reason::Undef`], as in Erlang.
        pid: Pid,
        /// As in the request.
        link: bool,
        /// As in the request.
        monitor: bool,
    },
    /// Answers an [`IoRequest`](crate::process::IoRequest).
    IoReply {
        /// Who printed.
        to: Pid,
        /// Names the request.
        request: Reference,
        /// What came of it.
        result: Result<(), Reason>,
    },
    /// A process crashed whose group leader is on another node: the crash is logged
    /// there too.
    CrashReport {
        /// The group leader.
        to: Pid,
        /// Who crashed.
        from: Pid,
        /// Why.
        reason: Reason,
    },
    // ANCHOR: send
    /// A message. On the wire it has frames of its own, without bincode around it. It
    /// stands last: serde numbers the variants it reads without the skipped ones, and
    /// those it writes with them.
    #[serde(skip)]
    Send {
        /// Who sends it; `None` for what a connection brought.
        sender: Option<&'a Sender>,
        /// Who is to have it.
        to: &'a Address,
        /// The message.
        message: &'a mut dyn Parcel,
    },
    // ANCHOR_END: send
}

impl Signal<'_> {
    /// The node it goes to.
    pub fn destination(&self) -> NodeName {
        match self {
            Self::Send { to, .. } => to.node(),
            Self::Monitor { to, .. } | Self::Demonitor { to, .. } => to.node(),
            Self::SpawnRequest { node, .. } => *node,
            Self::Link { to, .. }
            | Self::Unlink { to, .. }
            | Self::UnlinkAck { to, .. }
            | Self::Exit { to, .. }
            | Self::Exit2 { to, .. }
            | Self::Down { to, .. }
            | Self::SpawnReply { to, .. }
            | Self::IoReply { to, .. }
            | Self::CrashReport { to, .. } => to.node,
        }
    }

    /// The process it is for, unless that is found out where it arrives.
    pub fn target(&self) -> Option<Pid> {
        match self {
            Self::Send { to, .. } => to.pid(),
            Self::Monitor { to, .. } | Self::Demonitor { to, .. } => to.pid(),
            Self::SpawnRequest { .. } => None,
            Self::Link { to, .. }
            | Self::Unlink { to, .. }
            | Self::UnlinkAck { to, .. }
            | Self::Exit { to, .. }
            | Self::Exit2 { to, .. }
            | Self::Down { to, .. }
            | Self::SpawnReply { to, .. }
            | Self::IoReply { to, .. }
            | Self::CrashReport { to, .. } => Some(*to),
        }
    }

    /// What the event log calls it.
    pub fn operation(&self) -> &'static str {
        match self {
            Self::Send { .. } => "send",
            Self::Link { .. } => "link",
            Self::Unlink { .. } => "unlink",
            Self::UnlinkAck { .. } => "unlink_ack",
            Self::Exit { .. } => "exit",
            Self::Exit2 { .. } => "exit2",
            Self::Monitor { .. } => "monitor",
            Self::Demonitor { .. } => "demonitor",
            Self::Down { .. } => "down",
            Self::SpawnRequest { .. } => "spawn_request",
            Self::SpawnReply { .. } => "spawn_reply",
            Self::IoReply { .. } => "io_reply",
            Self::CrashReport { .. } => "crash_report",
        }
    }
}
