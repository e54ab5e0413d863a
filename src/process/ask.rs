//! Requests whose answer comes outside the mailbox.
//!
//! Who asks a question gives a reference with it, and listens on the alias of that
//! reference. The answer goes to whoever waits, past the mailbox, however full that is;
//! and once nobody waits any more there is no alias either, so that a late answer
//! reaches nobody (Erlang's reference manual, "Process Aliases"). A monitor of the same
//! reference says that no answer will come.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::oneshot;

use super::entry::{Answer, Ask, Asks, Ties};
use super::spawn::Owner;
use super::{Process, Processes, trace};
use crate::signal::{Address, Alias, NodeName, Pid, Reason, Reference, Signal};

/// A request that waits for its answer. Dropped, it waits no longer, and the monitor that
/// belongs to it ends.
pub(crate) struct Asked<'me> {
    me: &'me Process,
    reference: Reference,
    answer: oneshot::Receiver<Answer>,
    /// Who was asked ends with its answer: the monitor needs no end of its own.
    last_words: bool,
}

impl Process {
    /// Notes that an answer from `node` is awaited.
    pub(super) fn ask(
        &self,
        node: NodeName,
        kind: Asks,
        tie: impl FnOnce(&mut Ties, Reference),
    ) -> Asked<'_> {
        let reference = self.processes.table.new_reference();
        let (answer, awaited) = oneshot::channel();
        let mut shared = self.entry.lock();
        let ties = shared.ties();
        ties.asks.insert(reference, Ask { node, kind, answer: Some(answer) });
        tie(ties, reference);
        Asked { me: self, reference, answer: awaited, last_words: false }
    }

    /// Notes that an answer is awaited from a process that a node will start and that
    /// is watched under the same reference. Nobody will ever know its pid.
    pub(crate) fn ask_on(&self, node: NodeName) -> Asked<'_> {
        self.ask_of(&Address::Pid(Pid::nobody(node)))
    }

    /// Notes that an answer is awaited from a process, or from one that it will start
    /// and that will be watched under the same reference.
    pub(crate) fn ask_of(&self, whom: &Address) -> Asked<'_> {
        self.ask_tied(whom, Asks::Reply)
    }

    /// The same, and watches it.
    pub(crate) fn ask_watched(&self, whom: &Address) -> Asked<'_> {
        self.ask_tied(whom, Asks::Reply).watch(whom)
    }

    /// Notes that a group leader's answer is awaited, and watches it.
    pub(super) fn ask_leader(&self, leader: Pid) -> Asked<'_> {
        let leader = Address::Pid(leader);
        self.ask_tied(&leader, Asks::Output).watch(&leader)
    }

    fn ask_tied(&self, whom: &Address, kind: Asks) -> Asked<'_> {
        self.ask(whom.node(), kind, |ties, reference| {
            ties.monitors.insert(reference, whom.clone());
        })
    }
}

impl Process {
    /// Starts a process on this node that answers, linked to this one, and watched for
    /// as long as the answer is awaited.
    pub(crate) fn ask_child<F, Fut>(&self, body: F) -> (Asked<'_>, Pid)
    where
        F: FnOnce(Process, Alias) -> Fut + Send + 'static,
        Fut: Future<Output = Result<(), Reason>> + Send + 'static,
    {
        let asked = self.ask_of(&Address::Pid(self.pid()));
        let (reference, alias) = (asked.reference(), asked.alias());
        // Whoever starts it is linked to it already.
        let owner = Owner { pid: self.pid(), reference, link: false };
        let pid = self.spawn_link_for(Some(owner), move |me| body(me, alias));
        asked.comes_from(Address::Pid(pid));
        (asked, pid)
    }
}

impl<'me> Asked<'me> {
    fn watch(self, whom: &Address) -> Self {
        let (from, to) = (self.me.pid(), whom.clone());
        self.me.route(Signal::Monitor { from, to, reference: self.reference });
        self
    }

    /// Names the request.
    pub(crate) fn reference(&self) -> Reference {
        self.reference
    }

    /// Where the answer goes to.
    pub(crate) fn alias(&self) -> Alias {
        Alias { owner: self.me.pid(), id: self.reference.id }
    }

    /// Who asks.
    pub(crate) fn owner(&self) -> &'me Process {
        self.me
    }

    /// The answer is the last thing that is heard of who gives it.
    pub(crate) fn last_words(mut self) -> Self {
        self.last_words = true;
        self
    }

    /// Who the answer comes from is known now.
    pub(crate) fn comes_from(&self, whom: Address) {
        let mut shared = self.me.entry.lock();
        if let Some(monitored) = shared.ties().monitors.get_mut(&self.reference) {
            *monitored = whom;
        }
    }

    /// Waits for the answer. `None` if the connection is lost over which it would have
    /// come, and nothing was watched.
    ///
    /// Cancel safe: the answer is not lost, and can be waited for again.
    pub(crate) async fn answer(&mut self) -> Option<Answer> {
        poll_fn(|cx| self.poll_answer(cx)).await
    }

    /// The same, for who waits for several.
    pub(crate) fn poll_answer(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Answer>> {
        let answer = Pin::new(&mut self.answer).poll(cx).map(Result::ok);
        if let Poll::Ready(Some(answer)) = &answer {
            trace::answered(self.me.pid(), self.reference, answer);
        }
        answer
    }
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        let (reference, from) = (self.reference, self.me.pid());
        let to = {
            let mut shared = self.me.entry.lock();
            let Some(ties) = shared.tied() else { return };
            // A spawn request is over with its reply, and its monitor stays.
            let Some(ask) = ties.asks.remove(&reference) else { return };
            let over = ask.answer.is_none() && self.last_words;
            ties.monitors.remove(&reference).filter(|_| !over)
        };
        if let Some(to) = to {
            self.me.route(Signal::Demonitor { from, to, reference });
        }
    }
}

impl Processes {
    /// A request that cannot be made: who waits for its answer waits no longer.
    pub(super) fn forget_ask(&self, pid: Pid, request: Reference) {
        self.with_ties(pid, |ties| {
            ties.asks.remove(&request);
            ties.monitors.remove(&request);
        });
    }
}
