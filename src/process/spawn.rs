//! How a process starts, runs and ends.

use std::any::type_name;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{Ordering, fence};
use std::task::{Context, Poll, ready};

use super::Process;
use super::crash::caught;
use super::entry::{Entry, Link};
use super::offer::EXECUTE_CALL;
use super::poll;
use super::processes::{Processes, Then};
use super::trace;
use crate::signal::{Address, BoxFuture, Pid, Reason, Reference, Signal};

/// How a body ends.
pub(super) type Outcome = Result<(), Reason>;

/// Who is tied to a process from its first moment.
#[derive(Default)]
pub(super) struct Parent {
    /// Who started it, as the trace has it.
    starter: Option<Pid>,
    link: Option<Pid>,
    owner: Option<Owner>,
}

/// Whom a process works for: who waits for its result.
#[derive(Clone, Copy)]
pub(crate) struct Owner {
    pub(crate) pid: Pid,
    /// What the owner calls the monitor of the process.
    pub(crate) reference: Reference,
    /// Do they end together?
    pub(crate) link: bool,
}

impl Parent {
    /// One that only started it.
    pub(super) fn started_by(pid: Pid) -> Self {
        Self { starter: Some(pid), ..Self::default() }
    }

    /// One that only watches.
    pub(super) fn watching(pid: Pid, reference: Reference) -> Self {
        let owner = Some(Owner { pid, reference, link: false });
        Self { starter: Some(pid), link: None, owner }
    }

    fn links(&self) -> impl Iterator<Item = Pid> {
        let owner = self.owner.filter(|owner| owner.link).map(|owner| owner.pid);
        self.link.into_iter().chain(owner)
    }
}

impl Processes {
    /// Starts a process. `parent` is tied to it before it runs, so that nothing it does
    /// can come too early.
    pub(super) fn spawn<F, Fut>(&self, leader: Pid, parent: &Parent, body: F) -> Pid
    where
        F: FnOnce(Process) -> Fut + Send + 'static,
        Fut: Future<Output = Outcome> + Send + 'static,
    {
        let pid = self.table.new_pid();
        self.spawn_as(pid, leader, parent, body);
        pid
    }

    /// The same, with a pid that nobody else has.
    pub(super) fn spawn_as<F, Fut>(
        &self,
        pid: Pid,
        leader: Pid,
        parent: &Parent,
        body: F,
    ) where
        F: FnOnce(Process) -> Fut + Send + 'static,
        Fut: Future<Output = Outcome> + Send + 'static,
    {
        let entry = self.seat(pid, leader, parent);
        trace::spawned(pid, parent.starter, type_name::<Fut>(), false);
        self.start(entry, |me| Box::pin(body(me)));
    }

    /// A process that does not run yet: it has a pid and a mailbox.
    ///
    /// Called without a lock on any process: who delivers a message has the table's lock
    /// first, and the process's then.
    fn seat(&self, pid: Pid, leader: Pid, parent: &Parent) -> Arc<Entry> {
        let entry = Arc::new(Entry::new(pid, leader));
        if parent.link.is_some() || parent.owner.is_some() {
            let mut shared = entry.lock();
            let ties = shared.ties();
            ties.links.extend(parent.links().map(|pid| (pid, Link::Active)));
            if let Some(Owner { pid: owner, reference, .. }) = parent.owner {
                ties.watchers.insert(reference, (owner, Address::Pid(pid)));
            }
        }
        self.table.insert(entry.clone());
        entry
    }

    fn start<F>(&self, entry: Arc<Entry>, body: F)
    where
        F: FnOnce(Process) -> BoxFuture<'static, Outcome> + Send + 'static,
    {
        tracing::trace!(target: "moebi::process", pid = %entry.pid(), "spawned");
        // The table of a node that is gone starts nothing.
        if let Some(processes) = self.this.upgrade() {
            self.runtime.spawn(run(processes, entry, body));
            poll::started();
        }
    }

    /// Another process, here or on another node, asks for one.
    pub(super) fn spawn_requested(&self, signal: &mut Signal<'_>) {
        let Signal::SpawnRequest {
            from,
            request,
            leader,
            function,
            arguments,
            link,
            monitor,
            ..
        } = signal
        else {
            return;
        };
        let body = self.offers.find(function);
        let (pid, reference) = (*from, *request);
        let owner = monitor.then_some(Owner { pid, reference, link: false });
        let parent = Parent { starter: None, link: link.then_some(*from), owner };
        let entry = self.seat(self.table.new_pid(), *leader, &parent);
        let (pid, link, monitor) = (entry.pid(), *link, *monitor);
        let (to, request) = (*from, *request);
        trace::requested(pid, to, request, function, link);
        // Before it starts: no exit of its may come before the answer. Who waits for a
        // result only, as `erpc` does, needs no other (Erlang's `{reply, error_only}`).
        // ANCHOR: reply
        if *function != EXECUTE_CALL.into_name() {
            let mut then = Then::default();
            then.push(Signal::SpawnReply { to, request, pid, link, monitor });
            self.run_to_end(then);
        }
        // ANCHOR_END: reply
        let arguments =
            std::mem::replace(arguments, crate::signal::Envelope::new(()));
        self.start(entry, move |me| {
            let given = body(me, arguments);
            Box::pin(async { given.await.map(drop) })
        });
    }
}

impl Process {
    /// Starts a process on this node, linked to this one; perhaps for an owner, who may
    /// be on any node.
    pub(crate) fn spawn_link_for<F, Fut>(&self, owner: Option<Owner>, body: F) -> Pid
    where
        F: FnOnce(Process) -> Fut + Send + 'static,
        Fut: Future<Output = Outcome> + Send + 'static,
    {
        let pid = self.processes.table.new_pid();
        // Before there is such a process: somebody may end it at once.
        self.entry.lock().ties().links.insert(pid, Link::Active);
        let parent = Parent { starter: None, link: Some(self.pid()), owner };
        let entry = self.processes.seat(pid, self.leader(), &parent);
        trace::spawned(pid, Some(self.pid()), type_name::<Fut>(), true);
        if let Some(owner) = owner.filter(|owner| owner.link) {
            // Before it starts: no exit of its may come before the link.
            self.route(Signal::Link { from: pid, to: owner.pid });
            self.processes.tell_if_ended(&entry, owner.pid);
        }
        self.processes.tell_if_ended(&self.entry, pid);
        self.processes.start(entry, |me| Box::pin(body(me)));
        pid
    }
}

impl Processes {
    /// A link that was made while one of the two was being ended, which is possible
    /// because a process runs on until its next await: the other is told.
    pub(super) fn tell_if_ended(&self, entry: &Entry, linked: Pid) {
        // The lock, for the flag is set under it, with all links that are told.
        let ended = {
            let _shared = entry.lock();
            entry.sender.ended()
        };
        if ended {
            let (from, reason) = (entry.pid(), Reason::NoProc);
            self.route(Signal::Exit { from, to: linked, reason });
        }
    }
}

/// The task of a process.
async fn run<F>(processes: Arc<Processes>, entry: Arc<Entry>, body: F)
where
    F: FnOnce(Process) -> BoxFuture<'static, Outcome> + Send + 'static,
{
    let mut body = Body::New(body);
    poll_fn(|cx| {
        // Its last words and the news of its end are one write.
        let _poll = poll::Poll::begin(entry.pid().id);
        let me = || Process::new(entry.clone(), processes.clone());
        let ended = ready!(poll_body(&entry, &mut body, me, cx));
        // The body goes first: what it owns is dropped before others learn that it
        // ended.
        let dropped = caught(|| body = Body::Over);
        if let Some(outcome) = ended {
            let reason = dropped.and(outcome).err().unwrap_or(Reason::Normal);
            processes.report(&entry, &reason);
            processes.terminate(&entry, reason);
        }
        Poll::Ready(())
    })
    .await;
}

/// The body is called inside the first poll, for it may panic before its first await.
enum Body<F> {
    New(F),
    Running(BoxFuture<'static, Outcome>),
    Over,
}

impl<F> Body<F>
where
    F: FnOnce(Process) -> BoxFuture<'static, Outcome>,
{
    fn future(
        &mut self,
        me: impl FnOnce() -> Process,
    ) -> Option<Pin<&mut (dyn Future<Output = Outcome> + Send)>> {
        if matches!(self, Self::New(_))
            && let Self::New(body) = std::mem::replace(self, Self::Over)
        {
            *self = Self::Running(body(me()));
        }
        match self {
            Self::Running(future) => Some(future.as_mut()),
            _ => None,
        }
    }
}

/// `None` if somebody else ended the process.
fn poll_body<F>(
    entry: &Entry,
    body: &mut Body<F>,
    me: impl FnOnce() -> Process,
    cx: &mut Context<'_>,
) -> Poll<Option<Outcome>>
where
    F: FnOnce(Process) -> BoxFuture<'static, Outcome>,
{
    if matches!(body, Body::New(_)) {
        // Whoever ends the process sets the flag and then looks for the waker; here it
        // is the other way round, so that one of the two sees the other.
        entry.set_task(cx.waker());
        fence(Ordering::SeqCst);
    }
    if entry.sender.ended() {
        return Poll::Ready(None);
    }
    let polled = caught(|| match body.future(me) {
        Some(future) => future.poll(cx),
        None => Poll::Ready(Ok(())),
    });
    match polled {
        Ok(Poll::Pending) if !entry.sender.ended() => Poll::Pending,
        Ok(Poll::Ready(outcome)) if !entry.sender.ended() => {
            Poll::Ready(Some(outcome))
        }
        Ok(_) => Poll::Ready(None),
        Err(crash) => Poll::Ready(Some(Err(crash))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::{Down, NodeName};
    use std::time::Duration;
    use tokio::sync::oneshot;
    use tokio::time::timeout;

    struct Brittle;

    impl Drop for Brittle {
        fn drop(&mut self) {
            panic!("it broke");
        }
    }

    #[tokio::test]
    async fn who_panics_while_its_body_is_dropped_has_ended_all_the_same() {
        let processes = Processes::new(NodeName::from("brittle@localhost"), 4);
        let (tell, told) = oneshot::channel();
        processes.spawn_first(async move |mut me: Process| {
            let brittle = Brittle;
            // Such a future owns what it owns until it is dropped, also when it is done.
            let body = poll_fn(move |_| {
                let _owned = &brittle;
                Poll::Ready(Ok(()))
            });
            me.spawn_monitor_here(|_| body);
            let _ = tell.send(me.receive::<Down>().await.reason);
            Ok(())
        });
        let reason = timeout(Duration::from_secs(10), told).await;
        let reason = reason.expect("a Down in time").expect("a watcher that lives");
        assert_eq!(reason, Reason::Exception("it broke".into()));
    }
}
