//! The table of connections: one for each pair of nodes, made on first use.
//!
//! ```text
//!            dial                 handshake done
//!   (none) --------> Dialing ------------------------> Up --> Closing --> (none)
//!      |                |  nok: the other's counts     ^
//!      |                +--------> Expecting ----------+
//!      |                                               |
//!      +--- arriving: the other's call was accepted ---+
//! ```
//!
//! While a connection is `Closing` its exit signals and downs are being delivered; nobody
//! connects before that is done, so no message of a new connection can overtake them.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::dist::handshake::Decision;
use crate::dist::line::Out;
use crate::signal::NodeName;

/// An open connection.
#[derive(Clone)]
pub(super) struct Connection {
    pub(super) out: Arc<Out>,
    pub(super) hidden: bool,
}

impl Connection {
    /// A connection that was closed is none, though its end is not over yet.
    fn is_open(&self) -> bool {
        self.out.reason().is_none()
    }
}

enum Slot {
    /// This node is connecting to that one; the number names the attempt.
    Dialing(u64),
    /// That node has told this one to wait for its own attempt.
    Expecting(u64),
    Up(Connection),
    Closing,
}

/// The connections of one node, and the attempts to make some.
#[derive(Default)]
pub(super) struct Table {
    inner: Mutex<Inner>,
    /// A slot changed.
    pub(super) changed: Notify,
}

#[derive(Default)]
struct Inner {
    slots: HashMap<NodeName, Slot>,
    /// Nodes that are being let in, by the name they give: it is not proved yet.
    arriving: HashMap<String, usize>,
    attempts: u64,
}

/// What who wants a connection has to do.
pub(super) enum Step {
    Take(Connection),
    /// Wait until something changes. `true`: for an attempt that is this node's own.
    Wait(bool),
    Dial(u64),
}

impl Table {
    pub(super) fn up(&self, node: NodeName) -> Option<Connection> {
        match self.inner.lock().slots.get(&node) {
            Some(Slot::Up(connection)) if connection.is_open() => {
                Some(connection.clone())
            }
            _ => None,
        }
    }

    pub(super) fn all(&self) -> Vec<(NodeName, Connection)> {
        let inner = self.inner.lock();
        let up = inner.slots.iter().filter_map(|(node, slot)| match slot {
            Slot::Up(connection) if connection.is_open() => {
                Some((*node, connection.clone()))
            }
            _ => None,
        });
        up.collect()
    }

    /// What to do next for a connection to `node`.
    pub(super) fn step(&self, node: NodeName, may_dial: bool) -> Option<Step> {
        let mut inner = self.inner.lock();
        let arriving = inner.arriving.contains_key(node.as_str());
        match inner.slots.get(&node) {
            Some(Slot::Up(connection)) if connection.is_open() => {
                Some(Step::Take(connection.clone()))
            }
            Some(Slot::Dialing(_) | Slot::Expecting(_)) => Some(Step::Wait(true)),
            Some(Slot::Up(_) | Slot::Closing) => Some(Step::Wait(false)),
            None if arriving => Some(Step::Wait(false)),
            None if may_dial => {
                inner.attempts += 1;
                let attempt = inner.attempts;
                inner.slots.insert(node, Slot::Dialing(attempt));
                Some(Step::Dial(attempt))
            }
            None => None,
        }
    }

    /// Does this attempt still count?
    pub(super) fn is_dialing(&self, node: NodeName, attempt: u64) -> bool {
        let inner = self.inner.lock();
        matches!(
            inner.slots.get(&node),
            Some(Slot::Dialing(current)) if *current == attempt
        )
    }

    /// An attempt of this node's has failed.
    pub(super) fn failed(&self, node: NodeName, attempt: u64) {
        {
            let mut inner = self.inner.lock();
            if let Some(Slot::Dialing(current) | Slot::Expecting(current)) =
                inner.slots.get(&node)
                && *current == attempt
            {
                inner.slots.remove(&node);
            }
        }
        self.changed.notify_waiters();
    }

    /// The other node said that its own attempt counts. `false` if that has come already.
    pub(super) fn expect(&self, node: NodeName, attempt: u64) -> bool {
        let mut inner = self.inner.lock();
        let ours = matches!(
            inner.slots.get(&node),
            Some(Slot::Dialing(current)) if *current == attempt
        );
        if ours {
            inner.slots.insert(node, Slot::Expecting(attempt));
        }
        ours
    }

    /// A node that calls itself `peer` wants to connect to `ours` (step 3 of the
    /// handshake in the distribution protocol).
    pub(super) fn arrives(&self, peer: &str, ours: NodeName) -> Decision {
        let mut inner = self.inner.lock();
        let known = NodeName::known(peer);
        let decision = match known.and_then(|node| inner.slots.get(&node)) {
            None | Some(Slot::Closing | Slot::Expecting(_)) => Decision::Ok,
            Some(Slot::Up(connection)) if connection.is_open() => Decision::Alive,
            Some(Slot::Up(_)) => Decision::Ok,
            // Both connect at once: the attempt of the greater name is the one that
            // counts, and both sides know that.
            Some(Slot::Dialing(_)) if ours.as_str() > peer => return Decision::Nok,
            Some(Slot::Dialing(_)) => Decision::OkSimultaneous,
        };
        if let (Decision::OkSimultaneous, Some(node)) = (decision, known) {
            inner.slots.remove(&node);
        }
        *inner.arriving.entry(peer.to_owned()).or_default() += 1;
        decision
    }

    /// The end of what `arrives` began, however it ended.
    pub(super) fn arrived(&self, peer: &str) {
        {
            let mut inner = self.inner.lock();
            if let Some(count) = inner.arriving.get_mut(peer) {
                *count -= 1;
                if *count == 0 {
                    inner.arriving.remove(peer);
                }
            }
        }
        self.changed.notify_waiters();
    }

    /// Is there a connection, or one whose end is not over yet?
    pub(super) fn is_occupied(&self, node: NodeName) -> bool {
        let inner = self.inner.lock();
        matches!(inner.slots.get(&node), Some(Slot::Up(_) | Slot::Closing))
    }

    /// Enters a connection whose handshake is done; `false` if another was faster.
    /// `attempt` is `None` for one that the other node began.
    pub(super) fn enter(
        &self,
        node: NodeName,
        attempt: Option<u64>,
        connection: Connection,
    ) -> bool {
        let entered = {
            let mut inner = self.inner.lock();
            let free = match inner.slots.get(&node) {
                Some(Slot::Up(_) | Slot::Closing) => false,
                Some(Slot::Dialing(current) | Slot::Expecting(current)) => {
                    attempt.is_none_or(|attempt| attempt == *current)
                }
                None => attempt.is_none(),
            };
            if free {
                inner.slots.insert(node, Slot::Up(connection));
            }
            free
        };
        self.changed.notify_waiters();
        entered
    }

    /// The connection is over; its end is to be told to all whom it concerns.
    pub(super) fn closing(&self, node: NodeName) {
        self.inner.lock().slots.insert(node, Slot::Closing);
    }

    pub(super) fn closed(&self, node: NodeName) {
        self.inner.lock().slots.remove(&node);
        self.changed.notify_waiters();
    }
}
