//! What the system itself puts into mailboxes. They are messages like any other.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Address, NodeName, Pid, Reason, Reference};

/// A linked process ended, or somebody asked this one to; only for processes that trap
/// exits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exit {
    /// Who ended, or who asked.
    pub from: Pid,
    /// Why.
    pub reason: Reason,
}

/// A monitored process ended, or was not there. Comes once for each monitor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Down {
    /// What `monitor` returned.
    pub reference: Reference,
    /// What was monitored.
    pub object: Address,
    /// Why it ended; `noproc` if it was not there, `noconnection` if nobody knows.
    pub reason: Reason,
}

/// A node came up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeUp {
    /// Which.
    pub node: NodeName,
    /// Is it a hidden one?
    pub hidden: bool,
}

/// A node went down, or could not be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeDown {
    /// Which.
    pub node: NodeName,
    /// Is it a hidden one?
    pub hidden: bool,
    /// How the connection ended.
    pub reason: NodeDownReason,
}

/// How a connection ended, in the words of Erlang's `net_kernel:monitor_nodes/2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum NodeDownReason {
    /// The other side closed it, or died.
    ConnectionClosed,
    /// This side was asked to disconnect.
    Disconnect,
    /// The other side was silent for longer than the tick time.
    NetTickTimeout,
    /// It sent what is not a frame.
    MalformedFrame,
    /// There is no connection, and none could be made.
    NoConnection,
}

impl fmt::Display for NodeDownReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ConnectionClosed => "connection_closed",
            Self::Disconnect => "disconnect",
            Self::NetTickTimeout => "net_tick_timeout",
            Self::MalformedFrame => "malformed_frame",
            Self::NoConnection => "noconnection",
        })
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{EXIT, {}, {}}}", self.from, self.reason)
    }
}

impl fmt::Display for Down {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { reference, object, reason } = self;
        write!(f, "{{DOWN, {reference}, process, {object}, {reason}}}")
    }
}

impl fmt::Display for NodeUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{nodeup, {}}}", self.node)
    }
}

impl fmt::Display for NodeDown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{nodedown, {}, {}}}", self.node, self.reason)
    }
}
