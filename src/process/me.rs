//! What a process can do: the value its body is given.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use parking_lot::Mutex;
use tokio::task::coop::consume_budget;

use super::entry::Entry;
use super::mailbox::Taken;
use super::processes::{Held, Processes, Then};
use super::spawn::{Outcome, Parent};
use super::trace;
use crate::signal::{
    Address, Alias, Arguments, Envelope, Function, Message, NodeName, Parcel,
    Passed, Pid, Reason, Reference, Room, Signal,
};

/// A process, as its own body sees it: `me`.
///
/// It owns the mailbox, so there is one of it; whoever wants to talk to the process has
/// its [`Pid`].
pub struct Process {
    pub(super) entry: Arc<Entry>,
    pub(super) processes: Arc<Processes>,
    /// Only ever used through `&mut`; the lock makes `&Process` usable across awaits.
    pub(super) taken: Mutex<Taken>,
    sends: AtomicU32,
}

/// After so many sends a process asks whether others should run. Sending never waits
/// unless a line is full, and a task that never waits never yields.
const BREATH: u32 = 32;

/// Why [`Process::try_send`] sent nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TrySendError {
    /// The line to the node is full.
    #[error("the line to {0} is full")]
    Full(NodeName),
    /// There is no connection to the node now; `send` would try to make one.
    #[error("there is no connection to {0}")]
    Unconnected(NodeName),
}

/// A name cannot be registered, or is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegisterError {
    /// Another process has it.
    #[error("the name {0:?} is already registered")]
    Taken(String),
    /// A process has one name at most.
    #[error("{0} already has a name")]
    Named(Pid),
    /// There is no such process on this node.
    #[error("{0} is not a process of this node that is alive")]
    NoProcess(Pid),
    /// Nobody has it.
    #[error("no process is registered as {0:?} on this node")]
    Unknown(String),
}

/// A question that only the node of the process can answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a pid of this node")]
pub struct NotLocal(pub Pid);

impl Process {
    pub(super) fn new(entry: Arc<Entry>, processes: Arc<Processes>) -> Self {
        Self { entry, processes, taken: Mutex::default(), sends: AtomicU32::new(0) }
    }

    /// Its own pid.
    pub fn pid(&self) -> Pid {
        self.entry.pid()
    }

    /// The node it runs on.
    pub fn node(&self) -> NodeName {
        self.processes.node()
    }

    // ---- Sending

    /// Sends a message. It never fails: what cannot be delivered is lost, as a letter to
    /// somebody who has moved.
    ///
    /// Waits while the line to another node is full; connects to the node if there is no
    /// connection. If the future is dropped while it waits, nothing was sent.
    ///
    /// # Panics
    /// If bincode cannot encode such a type (see [`Message`]).
    pub async fn send<M: Message>(&self, to: impl Into<Address>, message: M) {
        let (to, mut message) = (to.into(), Some(message));
        // Two threads that count at once may lose one: it is only a rhythm.
        let sends = self.sends.load(Ordering::Relaxed).wrapping_add(1);
        self.sends.store(sends, Ordering::Relaxed);
        if sends.is_multiple_of(BREATH) {
            consume_budget().await;
        }
        if let Err(held) = self.attempt(&to, &mut message) {
            self.insist(&to, &mut message, held).await;
        }
    }

    /// Sends to a process registered on this node.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`] if there is none: Erlang raises `badarg`.
    pub async fn send_named<M: Message>(
        &self,
        name: &str,
        message: M,
    ) -> Result<(), RegisterError> {
        let found = self.whereis(name);
        let pid = found.ok_or_else(|| RegisterError::Unknown(name.to_owned()))?;
        self.send(pid, message).await;
        Ok(())
    }

    /// Sends a message if that needs no waiting.
    ///
    /// # Errors
    /// [`TrySendError`]; the message is lost then.
    pub fn try_send<M: Message>(
        &self,
        to: impl Into<Address>,
        message: M,
    ) -> Result<(), TrySendError> {
        let (to, mut message) = (to.into(), Some(message));
        self.attempt(&to, &mut message).map_err(|held| match held {
            Held::Full(_) => TrySendError::Full(to.node()),
            Held::Unconnected => TrySendError::Unconnected(to.node()),
        })
    }

    /// Sends a message whose type only it knows itself.
    pub(crate) async fn send_envelope(
        &self,
        to: impl Into<Address>,
        message: Envelope,
    ) {
        let (to, mut message) = (to.into(), Passed(Some(message)));
        if let Err(held) = self.attempt(&to, &mut message) {
            self.insist(&to, &mut message, held).await;
        }
    }

    // ANCHOR: attempt
    fn attempt(&self, to: &Address, message: &mut dyn Parcel) -> Result<(), Held> {
        let sender = Some(&self.entry.sender);
        let mut signal = Signal::Send { sender, to, message };
        self.processes.carry(&mut signal, Room::Needed, &mut Then::default())
    }
    // ANCHOR_END: attempt

    // ANCHOR: insist
    async fn insist(&self, to: &Address, message: &mut dyn Parcel, mut held: Held) {
        loop {
            match held {
                Held::Full(line) => line.room().await,
                Held::Unconnected if !self.reach(to.node()).await => return,
                Held::Unconnected => {}
            }
            match self.attempt(to, message) {
                Ok(()) => return,
                Err(again) => held = again,
            }
        }
    }
    // ANCHOR_END: insist

    /// Sees to it that there is a connection to a node; `false` if there can be none.
    pub(crate) async fn reach(&self, node: NodeName) -> bool {
        if node == self.node() {
            return true;
        }
        let Some(network) = self.processes.network() else {
            return false;
        };
        network.line(node).is_some() || network.connect(node).await.is_some()
    }

    pub(super) fn route(&self, signal: Signal<'_>) {
        self.processes.route(signal);
    }

    // ---- Spawning on this node

    /// Starts a process on this node.
    pub fn spawn_here<F, Fut>(&self, body: F) -> Pid
    where
        F: FnOnce(Process) -> Fut + Send + 'static,
        Fut: Future<Output = Outcome> + Send + 'static,
    {
        let parent = Parent::started_by(self.pid());
        self.processes.spawn(self.leader(), &parent, body)
    }

    /// Starts a process on this node, linked to this one.
    pub fn spawn_link_here<F, Fut>(&self, body: F) -> Pid
    where
        F: FnOnce(Process) -> Fut + Send + 'static,
        Fut: Future<Output = Outcome> + Send + 'static,
    {
        self.spawn_link_for(None, body)
    }

    /// Starts a process on this node, and monitors it.
    pub fn spawn_monitor_here<F, Fut>(&self, body: F) -> (Pid, Reference)
    where
        F: FnOnce(Process) -> Fut + Send + 'static,
        Fut: Future<Output = Outcome> + Send + 'static,
    {
        let reference = self.processes.table.new_reference();
        let pid = self.processes.table.new_pid();
        let parent = Parent::watching(self.pid(), reference);
        // Before there is such a process: it may end before the next line.
        self.entry.lock().ties().monitors.insert(reference, Address::Pid(pid));
        self.processes.spawn_as(pid, self.leader(), &parent, body);
        (pid, reference)
    }

    // ---- Exits

    /// Asks a process to end. [`Reason::Kill`] cannot be trapped and turns into
    /// [`Reason::Killed`]; [`Reason::Normal`] is ignored by a process that does not trap
    /// exits, unless it is this one.
    pub async fn exit(&self, pid: Pid, reason: Reason) {
        self.reach(pid.node).await;
        self.route(Signal::Exit2 { from: self.pid(), to: pid, reason });
    }

    /// With `true`, exit signals become messages ([`crate::Exit`]) from now on. Returns
    /// what it was before.
    pub fn trap_exit(&self, trap: bool) -> bool {
        std::mem::replace(&mut self.entry.lock().trap_exit, trap)
    }

    // ---- Aliases

    /// A second address of this process, until [`Process::unalias`].
    pub fn alias(&self) -> Alias {
        let id = self.processes.table.new_reference().id;
        self.entry.lock().ties().aliases.insert(id);
        Alias { owner: self.pid(), id }
    }

    /// From now on what is sent to this alias is lost. `false` if it was none of this
    /// process's.
    pub fn unalias(&self, alias: Alias) -> bool {
        self.entry.lock().ties().aliases.remove(&alias.id)
    }

    // ---- Names

    /// Registers a process of this node under a name.
    ///
    /// # Errors
    /// See [`RegisterError`].
    pub fn register(&self, name: &str, pid: Pid) -> Result<(), RegisterError> {
        self.processes.register(name, pid)
    }

    /// Takes a name back.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`] if nobody has it.
    pub fn unregister(&self, name: &str) -> Result<(), RegisterError> {
        let entry = self.processes.table.unregister(name);
        let unknown = || RegisterError::Unknown(name.to_owned());
        entry.ok_or_else(unknown)?.lock().ties().name = None;
        Ok(())
    }

    /// Who is registered under a name on this node.
    pub fn whereis(&self, name: &str) -> Option<Pid> {
        self.processes.table.whereis(name).map(|entry| entry.pid())
    }

    /// All names registered on this node.
    pub fn registered(&self) -> Vec<String> {
        self.processes.table.names()
    }

    /// Is a process of this node alive?
    ///
    /// # Errors
    /// [`NotLocal`] for a pid of another node, which only that node could tell.
    pub fn is_alive(&self, pid: Pid) -> Result<bool, NotLocal> {
        if pid.node != self.node() {
            return Err(NotLocal(pid));
        }
        Ok(self.processes.table.get(pid).is_some())
    }

    // ---- Nodes

    /// Asks for one [`crate::NodeDown`] when this node goes down; it comes at once if the
    /// node cannot be reached.
    pub async fn monitor_node(&self, node: impl Into<NodeName>) {
        self.entry.lock().ties().monitors_nodes = true;
        if let Some(network) = self.processes.network() {
            network.monitor_node(self.pid(), node.into()).await;
        }
    }

    /// Asks for a [`crate::NodeUp`] and a [`crate::NodeDown`] for each visible node that
    /// comes and goes, or with `hidden` for every node. `None` ends it.
    pub fn monitor_nodes(&self, hidden: Option<bool>) {
        self.entry.lock().ties().monitors_nodes = true;
        if let Some(network) = self.processes.network() {
            network.monitor_nodes(self.pid(), hidden);
        }
    }
}

impl Processes {
    fn register(&self, name: &str, pid: Pid) -> Result<(), RegisterError> {
        let entry = self.table.get(pid).ok_or(RegisterError::NoProcess(pid))?;
        let mut shared = entry.lock();
        if entry.sender.ended() {
            return Err(RegisterError::NoProcess(pid));
        }
        let ties = shared.ties();
        if ties.name.is_some() {
            return Err(RegisterError::Named(pid));
        }
        let key: Arc<str> = name.into();
        if !self.table.register(key.clone(), entry.clone()) {
            return Err(RegisterError::Taken(name.to_owned()));
        }
        ties.name = Some(key);
        trace::registered(pid, name);
        Ok(())
    }

    /// Starts a process that no other process asked for.
    pub(crate) fn spawn_first<F, Fut>(&self, body: F) -> Pid
    where
        F: FnOnce(Process) -> Fut + Send + 'static,
        Fut: Future<Output = Outcome> + Send + 'static,
    {
        self.spawn(self.leader(), &Parent::default(), body)
    }

    /// Offers a function to other nodes.
    pub(crate) fn offer<Args, Ret, F, Fut>(
        &self,
        function: Function<Args, Ret>,
        body: F,
    ) where
        Args: Arguments,
        Ret: Message,
        F: Fn(Process, Args) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Ret, Reason>> + Send + 'static,
    {
        self.offers.offer(function, body);
    }

    /// What is offered.
    pub(crate) fn offers(&self) -> Vec<String> {
        self.offers.names()
    }
}
