//! The half of a process that others see: its mailbox, and who is tied to it.

use std::sync::{Arc, OnceLock};
use std::task::Waker;

use foldhash::{HashMap, HashSet};
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::oneshot;

use super::mailbox::Inbox;
use crate::signal::{Address, Envelope, NodeName, Pid, Reason, Reference, Sender};

/// A process, as the table of processes has it.
pub(super) struct Entry {
    /// What the process sends with.
    pub(super) sender: Sender,
    shared: Mutex<Shared>,
    /// Wakes the task, so that it finds out it was ended.
    task: OnceLock<Waker>,
}

pub(super) struct Shared {
    pub(super) inbox: Inbox,
    pub(super) leader: Pid,
    pub(super) trap_exit: bool,
    /// Most processes have none of these.
    ties: Option<Box<Ties>>,
}

/// Who is tied to a process, and what it waits for besides messages.
#[derive(Default)]
pub(super) struct Ties {
    /// The processes it is linked to.
    pub(super) links: HashMap<Pid, Link>,
    /// The processes it watches.
    pub(super) monitors: HashMap<Reference, Address>,
    /// The processes that watch it, and what they call it.
    pub(super) watchers: HashMap<Reference, (Pid, Address)>,
    /// The aliases it listens on.
    pub(super) aliases: HashSet<u64>,
    /// The requests it waits for an answer to, outside the mailbox. The monitor of the
    /// same reference, if there is one, belongs to the request.
    pub(super) asks: HashMap<Reference, Ask>,
    /// The name it is registered under.
    pub(super) name: Option<Arc<str>>,
    /// Does it hear of nodes that come and go?
    pub(super) monitors_nodes: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Link {
    Active,
    /// Ended here; the other side has not acknowledged it yet.
    Unlinking(u64),
}

pub(super) struct Ask {
    pub(super) node: NodeName,
    pub(super) kind: Asks,
    /// `None` once it was answered, until who asked has taken note.
    pub(super) answer: Option<oneshot::Sender<Answer>>,
}

/// What a request asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    /// A process to be started: the spawn reply is the answer.
    Spawn,
    /// Output: the reply to an I/O request is the answer.
    Output,
    /// Anything else: what is sent to the alias of the same reference is the answer.
    Reply,
}

/// The answer to a request outside the mailbox.
pub(crate) enum Answer {
    Spawned(Pid),
    Io(Result<(), Reason>),
    Message(Envelope),
    /// Who was asked is gone.
    Gone(Reason),
}

/// Where an answer goes to. It is given after the lock has been let go, for who is woken
/// by it wants that lock first of all.
#[must_use]
pub(super) struct Awaited(Option<oneshot::Sender<Answer>>);

impl Awaited {
    /// Answers, if anybody still waits.
    pub(super) fn give(self, answer: Answer) {
        if let Some(waits) = self.0 {
            let _ = waits.send(answer);
        }
    }
}

impl Ties {
    /// A request is answered now, with an answer of this kind or, if none is named, with
    /// the end of who was asked: where to? `None` if there is no such request.
    ///
    /// Whoever knows the reference can send anything to it. What is no answer to this
    /// request goes nowhere.
    pub(super) fn answered(
        &mut self,
        request: &Reference,
        kind: Option<Asks>,
    ) -> Option<Awaited> {
        let ask = self.asks.get_mut(request)?;
        let fits = kind.is_none_or(|kind| kind == ask.kind);
        Some(Awaited(if fits { ask.answer.take() } else { None }))
    }
}

impl Entry {
    pub(super) fn new(pid: Pid, leader: Pid) -> Self {
        Self {
            sender: Sender::new(pid),
            shared: Mutex::new(Shared {
                inbox: Inbox::default(),
                leader,
                trap_exit: false,
                ties: None,
            }),
            task: OnceLock::new(),
        }
    }

    pub(super) fn pid(&self) -> Pid {
        self.sender.pid
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock()
    }

    /// The task is polled: this wakes it from now on.
    pub(super) fn set_task(&self, waker: &Waker) {
        if self.task.get().is_none() {
            let _ = self.task.set(waker.clone());
        }
    }

    pub(super) fn wake_task(&self) {
        if let Some(task) = self.task.get() {
            task.wake_by_ref();
        }
    }
}

impl Shared {
    pub(super) fn ties(&mut self) -> &mut Ties {
        self.ties.get_or_insert_default()
    }

    pub(super) fn tied(&mut self) -> Option<&mut Ties> {
        self.ties.as_deref_mut()
    }

    pub(super) fn take_ties(&mut self) -> Ties {
        self.ties.take().map(|ties| *ties).unwrap_or_default()
    }
}
