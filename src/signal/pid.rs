//! Who a signal is for: pids, references, aliases and registered names.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{NodeName, codec};

/// A process: its node, which incarnation of that node, and which process there.
///
/// Two pids that print alike are different if the node was restarted in between: the
/// `creation` differs, and what is sent to the old one reaches nobody.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct Pid {
    pub(crate) node: NodeName,
    pub(crate) id: u32,
    /// Counts how often the ids of a node have all been used.
    pub(crate) serial: u32,
    /// 32 random bits for each start of a node, at least 4 (0 to 3 are from times when
    /// Erlang had two bits for it).
    pub(crate) creation: u32,
}

impl Pid {
    /// The node the process runs on.
    pub fn node(self) -> NodeName {
        self.node
    }

    /// Which incarnation of the node it runs on.
    pub fn creation(self) -> u32 {
        self.creation
    }

    /// A pid that no process of the node has ever had.
    pub(crate) fn nobody(node: NodeName) -> Self {
        Self { node, id: 0, serial: 0, creation: 0 }
    }
}

impl fmt::Display for Pid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#PID<{}.{}.{}>", self.node, self.id, self.serial)
    }
}

impl fmt::Debug for Pid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A value unlike any other in the cluster: names one monitor, one request.
#[derive(
    Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct Reference {
    pub(crate) node: NodeName,
    pub(crate) creation: u32,
    pub(crate) id: u64,
}

impl Reference {
    /// The node it was made on.
    pub fn node(self) -> NodeName {
        self.node
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#Reference<{}.{}.{}>", self.node, self.creation, self.id)
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A second address of a process, which it can take back.
///
/// Whoever asks a question gives an alias to answer to; once it has the answer, or has
/// waited long enough, it takes the alias back, and a late answer reaches nobody
/// ("Process Aliases" in Erlang's reference manual).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Alias {
    pub(crate) owner: Pid,
    pub(crate) id: u64,
}

impl Alias {
    /// The process that made it.
    pub fn owner(self) -> Pid {
        self.owner
    }

    /// The reference it listens under.
    pub(crate) fn reference(self) -> Reference {
        let Pid { node, creation, .. } = self.owner;
        Reference { node, creation, id: self.id }
    }
}

impl fmt::Display for Alias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Pid { node, creation, .. } = self.owner;
        write!(f, "#Reference<{node}.{creation}.{}>", self.id)
    }
}

impl fmt::Debug for Alias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Where a message can be sent to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Address {
    /// A process.
    Pid(Pid),
    /// Whoever is registered under the name on that node when the signal arrives.
    Name(#[serde(deserialize_with = "codec::text")] Cow<'static, str>, NodeName),
    /// A process, for as long as it listens there.
    Alias(Alias),
}

impl Address {
    /// The node the signal goes to.
    pub fn node(&self) -> NodeName {
        match self {
            Self::Pid(pid) => pid.node,
            Self::Name(_, node) => *node,
            Self::Alias(alias) => alias.owner.node,
        }
    }
}

impl Address {
    /// The process, unless that is found out by name where the signal arrives.
    pub fn pid(&self) -> Option<Pid> {
        match self {
            Self::Pid(pid) => Some(*pid),
            Self::Alias(alias) => Some(alias.owner),
            Self::Name(..) => None,
        }
    }
}

impl From<Pid> for Address {
    fn from(pid: Pid) -> Self {
        Self::Pid(pid)
    }
}

impl From<Alias> for Address {
    fn from(alias: Alias) -> Self {
        Self::Alias(alias)
    }
}

impl<N: Into<NodeName>> From<(&'static str, N)> for Address {
    fn from((name, node): (&'static str, N)) -> Self {
        Self::Name(Cow::Borrowed(name), node.into())
    }
}

impl<N: Into<NodeName>> From<(String, N)> for Address {
    fn from((name, node): (String, N)) -> Self {
        Self::Name(Cow::Owned(name), node.into())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pid(pid) => pid.fmt(f),
            Self::Name(name, node) => write!(f, "{{{name}, {node}}}"),
            Self::Alias(alias) => alias.fmt(f),
        }
    }
}
