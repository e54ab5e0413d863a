//! A process that a test plays itself.

use std::fmt::Debug;
use std::future::Future;
use std::ops::{Deref, DerefMut};
use std::panic::Location;

use moebi::{
    Address, Down, Envelope, Exit, Message, Node, Pid, Process, Reason, Reference,
};
use tokio::sync::oneshot;

use super::{DEADLINE, within};
use crate::functions;

/// It sends and receives where the test says so.
pub struct Actor {
    me: Process,
    ending: Option<oneshot::Sender<Result<(), Reason>>>,
}

/// Starts one.
pub async fn actor(node: &Node) -> Actor {
    let (give, given) = oneshot::channel();
    let (ending, end) = oneshot::channel();
    node.spawn(|me| async move {
        let _ = give.send(me);
        end.await.unwrap_or(Ok(()))
    });
    let me = within(given).await.expect("a process that starts");
    Actor { me, ending: Some(ending) }
}

/// Starts one that traps exits.
pub async fn trapper(node: &Node) -> Actor {
    let actor = actor(node).await;
    actor.trap_exit(true);
    actor
}

impl Deref for Actor {
    type Target = Process;

    fn deref(&self) -> &Process {
        &self.me
    }
}

impl DerefMut for Actor {
    fn deref_mut(&mut self) -> &mut Process {
        &mut self.me
    }
}

impl Actor {
    /// The next message of a type.
    #[track_caller]
    pub fn get<M: Message>(&mut self) -> impl Future<Output = M> {
        within(self.me.receive::<M>())
    }

    /// The next message, which must be of this type.
    #[track_caller]
    pub fn next<M: Message>(&mut self) -> impl Future<Output = M> {
        let next = within(self.me.receive_any());
        let from = Location::caller();
        async move {
            next.await.open::<M>().unwrap_or_else(|other| {
                panic!("{other} came first, where {from} expects another type")
            })
        }
    }

    /// The exit signal that comes next.
    #[track_caller]
    pub fn exit_of(&mut self, pid: Pid) -> impl Future<Output = Reason> {
        let next = self.get::<Exit>();
        async move {
            let exit = next.await;
            assert_eq!(exit.from, pid, "the exit signal of another process came");
            exit.reason
        }
    }

    /// How the monitor ends.
    #[track_caller]
    pub fn down_of(&mut self, reference: Reference) -> impl Future<Output = Down> {
        let next = self.get::<Down>();
        async move {
            let down = next.await;
            assert_eq!(down.reference, reference, "another monitor fired");
            down
        }
    }

    /// Monitors a process, and knows that the monitor is in place. The process must
    /// obey (see `functions`) or be on the same node.
    pub async fn watch(&mut self, pid: Pid) -> Reference {
        let reference = within(self.monitor(pid)).await;
        if pid.node() != self.node() {
            self.ask(pid, 0).await;
        }
        reference
    }

    /// Sends a word to a process that obeys, and waits for it to come back.
    pub async fn ask(&mut self, to: impl Into<Address>, word: u64) {
        let order = functions::Order::Echo { to: self.pid(), word };
        within(self.send(to, order)).await;
        moebi::receive! { self,
            functions::Word(back) if *back == word => { let _ = back; },
            after DEADLINE => panic!("no echo"),
        }
    }

    /// Starts a process on a node that obeys orders.
    pub async fn servant(&self, node: &Node) -> Pid {
        let pid = within(self.spawn(node.name(), functions::OBEY, ())).await;
        assert_eq!(pid.node(), node.name());
        pid
    }

    /// The same, linked.
    pub async fn linked_servant(&self, node: &Node) -> Pid {
        let pid = within(self.spawn_link(node.name(), functions::OBEY, ())).await;
        assert_eq!(pid.node(), node.name());
        pid
    }

    /// Gives an order.
    pub async fn order(&self, to: Pid, order: functions::Order) {
        within(self.send(to, order)).await;
    }

    /// Tells a process to end.
    pub async fn end(&self, pid: Pid, reason: Reason) {
        self.order(pid, functions::Order::End(reason)).await;
    }

    /// Ends this process.
    pub fn stop(&mut self, outcome: Result<(), Reason>) {
        let ending = self.ending.take().expect("a process ends once");
        let _ = ending.send(outcome);
    }

    /// The mailbox must be empty.
    #[track_caller]
    pub fn has_nothing(&mut self) {
        let rest = self.me.flush();
        assert!(rest.is_empty(), "nothing was expected, and this came: {rest:?}");
    }

    /// What is in the mailbox now, of one type.
    pub fn all<M: Message + Debug>(&mut self) -> Vec<M> {
        let all = self.me.flush().into_iter();
        all.filter_map(|envelope: Envelope| envelope.open().ok()).collect()
    }
}
