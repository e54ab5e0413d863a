//! Links and monitors, and spawning with them on any node.

use tracing::warn;

use super::entry::{Answer, Asks, Link};
use super::processes::Held;
use super::{Process, trace};
use crate::signal::{
    Address, Arguments, Down, Envelope, Function, FunctionName, Message, NodeName,
    Pid, Reason, Reference, Room, Signal,
};

impl Process {
    // ---- Spawning by name, anywhere

    /// Asks a node to start a process that runs a function it offers.
    ///
    /// Always returns a pid. If the node does not offer the function, that process ends
    /// at once with [`Reason::Undef`]; if the node cannot be reached, the pid is one of
    /// this node that nobody has ever had.
    pub async fn spawn<Args: Arguments, Ret: Message>(
        &self,
        node: impl Into<NodeName>,
        function: Function<Args, Ret>,
        arguments: Args,
    ) -> Pid {
        self.request(node.into(), function, arguments, false, false).await.0
    }

    /// The same, and links the two in the same step: if the node cannot be reached, this
    /// process gets the exit signal `noconnection`.
    pub async fn spawn_link<Args: Arguments, Ret: Message>(
        &self,
        node: impl Into<NodeName>,
        function: Function<Args, Ret>,
        arguments: Args,
    ) -> Pid {
        self.request(node.into(), function, arguments, true, false).await.0
    }

    /// The same, and monitors the new process in the same step.
    pub async fn spawn_monitor<Args: Arguments, Ret: Message>(
        &self,
        node: impl Into<NodeName>,
        function: Function<Args, Ret>,
        arguments: Args,
    ) -> (Pid, Reference) {
        self.request(node.into(), function, arguments, false, true).await
    }

    async fn request<Args: Arguments, Ret: Message>(
        &self,
        node: NodeName,
        function: Function<Args, Ret>,
        arguments: Args,
        link: bool,
        monitor: bool,
    ) -> (Pid, Reference) {
        let mut asked = self.ask(node, Asks::Spawn, |_, _| {});
        let request = asked.reference();
        let function = function.into_name();
        let shown = function.to_string();
        let arguments = Envelope::new(arguments);
        self.request_spawn(node, request, (function, arguments), link, monitor)
            .await;
        if let Some(Answer::Spawned(pid)) = asked.answer().await {
            return (pid, request);
        }
        drop(asked);
        let options = match (link, monitor) {
            (true, _) => "[link]",
            (_, true) => "[monitor]",
            _ => "[]",
        };
        warn!(target: "moebi::process", "** Can not start {shown} ({options}) on {node} **");
        (self.spawn_failed(request, link, monitor), request)
    }

    /// Sends a spawn request. If the node cannot be reached, the question of the same
    /// reference is given up.
    pub(crate) async fn request_spawn(
        &self,
        node: NodeName,
        request: Reference,
        (function, arguments): (FunctionName, Envelope),
        link: bool,
        monitor: bool,
    ) {
        let reached = self.reach(node).await;
        // ANCHOR: request
        let mut signal = Signal::SpawnRequest {
            from: self.pid(),
            node,
            request,
            leader: self.leader(),
            function,
            arguments,
            link,
            monitor,
        };
        // ANCHOR_END: request
        if reached {
            self.carry_when_room(&mut signal).await;
        } else {
            self.processes.forget_ask(self.pid(), request);
        }
    }

    async fn carry_when_room(&self, signal: &mut Signal<'static>) {
        let mut then = Default::default();
        loop {
            match self.processes.carry(signal, Room::Needed, &mut then) {
                Ok(()) => break,
                Err(Held::Full(line)) => line.room().await,
                Err(Held::Unconnected) => {
                    let lost = Reason::NoConnection;
                    self.processes.unreachable(signal, lost, &mut then);
                    break;
                }
            }
        }
        self.processes.run_to_end(then);
    }

    /// The pid of a process that never was, with the signals of its end.
    fn spawn_failed(&self, request: Reference, link: bool, monitor: bool) -> Pid {
        let pid = self.processes.table.new_pid();
        let (to, reason) = (self.pid(), Reason::NoConnection);
        if link {
            self.entry.lock().ties().links.insert(pid, Link::Active);
            self.route(Signal::Exit { from: pid, to, reason: reason.clone() });
        }
        if monitor {
            let from = Address::Pid(pid);
            self.entry.lock().ties().monitors.insert(request, from.clone());
            self.route(Signal::Down { from, to, reference: request, reason });
        }
        pid
    }

    // ---- Links

    /// Links this process and another. To a process that is gone, or whose node cannot
    /// be reached, the exit signal (`noproc`, `noconnection`) comes at once.
    pub async fn link(&self, pid: Pid) {
        if pid == self.pid() {
            return;
        }
        self.reach(pid.node).await;
        let before = self.entry.lock().ties().links.insert(pid, Link::Active);
        if before != Some(Link::Active) {
            self.route(Signal::Link { from: self.pid(), to: pid });
            self.processes.tell_if_ended(&self.entry, pid);
        }
    }

    /// Ends a link. Once this has returned, no exit signal comes over it any more, even
    /// if one was on its way; one that came before may lie in the mailbox.
    pub fn unlink(&self, pid: Pid) {
        let id = self.processes.table.new_reference().id;
        {
            let mut shared = self.entry.lock();
            let Some(ties) = shared.tied() else { return };
            match ties.links.get_mut(&pid) {
                Some(link) if *link == Link::Active => *link = Link::Unlinking(id),
                _ => return,
            }
        }
        self.route(Signal::Unlink { from: self.pid(), to: pid, id });
    }

    /// The processes it is linked to.
    pub fn links(&self) -> Vec<Pid> {
        let mut shared = self.entry.lock();
        let Some(ties) = shared.tied() else {
            return Vec::new();
        };
        let active = ties.links.iter().filter(|(_, link)| **link == Link::Active);
        active.map(|(pid, _)| *pid).collect()
    }

    // ---- Monitors

    /// Watches a process: one [`Down`] comes when it ends, at once if it is not there
    /// (`noproc`) or its node cannot be reached (`noconnection`). Each call makes a
    /// monitor of its own.
    pub async fn monitor(&self, process: impl Into<Address>) -> Reference {
        let to = process.into();
        let reference = self.processes.table.new_reference();
        self.reach(to.node()).await;
        self.entry.lock().ties().monitors.insert(reference, to.clone());
        trace::watches(self.pid(), &to, reference, true);
        self.route(Signal::Monitor { from: self.pid(), to, reference });
        reference
    }

    /// Ends a monitor. `false` if there is none: its [`Down`] may lie in the mailbox.
    pub fn demonitor(&self, reference: Reference) -> bool {
        let removed = {
            let mut shared = self.entry.lock();
            shared.tied().and_then(|ties| ties.monitors.remove(&reference))
        };
        let Some(to) = removed else { return false };
        trace::watches(self.pid(), &to, reference, false);
        self.route(Signal::Demonitor { from: self.pid(), to, reference });
        true
    }

    /// Ends a monitor, and takes its [`Down`] out of the mailbox if it had come.
    pub fn demonitor_flush(&mut self, reference: Reference) -> bool {
        let was = self.demonitor(reference);
        self.take_now::<Down>(|down| down.reference == reference);
        was
    }
}
