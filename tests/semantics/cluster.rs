//! A cluster for one test: its own port mapper, and nodes with names nobody else has.
//!
//! Every node has a real listener and every connection is a real socket. Everything runs
//! on the runtime of the test, which ends with it, also when it panics; a node that is
//! to die like an operating system's process has a runtime of its own ([`Apart`]).

use std::fmt::Debug;
use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use moebi::dist::cookie::Cookie;
use moebi::dist::epmd;
use moebi::{
    Address, Config, Connected, Down, Envelope, Exit, Message, Node, NodeDown,
    NodeName, NodeUp, Output, Pid, Ping, Process, Reason, Reference, StartError,
};
use parking_lot::Mutex;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Notify, oneshot};
use tokio::time::{sleep, timeout};

use super::{functions, work};

/// No test waits longer for anything.
const DEADLINE: Duration = Duration::from_secs(10);

/// What all nodes of all tests have in common, unless a test says otherwise.
const COOKIE: &str = "semantics";

/// Waits, but not for ever.
#[track_caller]
pub fn within<F: Future>(future: F) -> impl Future<Output = F::Output> {
    let from = Location::caller();
    async move {
        match timeout(DEADLINE, future).await {
            Ok(output) => output,
            Err(_) => panic!("nothing came in {DEADLINE:?}, awaited at {from}"),
        }
    }
}

/// Is the future still waiting, once it has been polled?
pub async fn is_pending<F: Future + Unpin>(future: &mut F) -> bool {
    let mut future = pin!(future);
    poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx).is_pending())).await
}

/// Text that others write and a test waits for: a terminal, the log.
#[derive(Clone, Default)]
pub struct Screen(Arc<ScreenInner>);

#[derive(Default)]
struct ScreenInner {
    lines: Mutex<Vec<String>>,
    changed: Notify,
}

impl Screen {
    /// Adds a line.
    pub fn push(&self, line: String) {
        self.0.lines.lock().push(line);
        self.0.changed.notify_waiters();
    }

    /// The lines that contain all of these words.
    pub fn lines_with(&self, words: &[&str]) -> Vec<String> {
        let lines = self.0.lines.lock();
        let wanted = |line: &&String| words.iter().all(|word| line.contains(word));
        lines.iter().filter(wanted).cloned().collect()
    }

    /// All that was written.
    pub fn lines(&self) -> Vec<String> {
        self.lines_with(&[])
    }

    /// Waits for a line that contains all of these words.
    #[track_caller]
    pub fn shows(&self, words: &[&str]) -> impl Future<Output = String> {
        within(async move {
            loop {
                let changed = self.0.changed.notified();
                let mut changed = pin!(changed);
                changed.as_mut().enable();
                if let Some(line) = self.lines_with(words).pop() {
                    return line;
                }
                changed.await;
            }
        })
    }
}

impl Output for Screen {
    fn write(&mut self, text: &str) -> std::io::Result<()> {
        text.lines().for_each(|line| self.push(line.to_owned()));
        Ok(())
    }
}

/// One port mapper, and the nodes that know each other through it.
pub struct Cluster {
    mapper: epmd::Server,
}

impl Cluster {
    /// A cluster without nodes.
    pub fn start() -> Self {
        super::log::start();
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        Self { mapper: epmd::Server::bind(any).expect("a port for the port mapper") }
    }

    /// Where its port mapper listens.
    pub fn mapper(&self) -> SocketAddr {
        self.mapper.local_addr()
    }

    /// What a node of this cluster is started with.
    pub fn config(&self, name: &str) -> Config {
        Config::new()
            .short_name(name)
            .cookie(Cookie::new(COOKIE))
            .epmd_port(self.mapper().port())
    }

    /// Starts a node whose name begins like this.
    pub async fn node(&self, role: &str) -> Member {
        self.node_with(role, |config| config).await
    }

    /// The same, with more to say about it.
    pub async fn node_with(
        &self,
        role: &str,
        more: impl FnOnce(Config) -> Config,
    ) -> Member {
        self.member(&fresh_name(role), more).await
    }

    /// Starts a node of exactly this name; waits while the one before it still has it.
    pub async fn member(
        &self,
        name: &str,
        more: impl FnOnce(Config) -> Config,
    ) -> Member {
        let terminal = Screen::default();
        let mut config = more(self.config(name)).output(terminal.clone());
        let started = async {
            loop {
                match Node::start(config).await {
                    Ok(node) => return node,
                    // The mapper learns from a closed socket that a node is gone.
                    Err(StartError::NameInUse(_)) => {
                        sleep(Duration::from_millis(5)).await;
                        config = self.config(name).output(terminal.clone());
                    }
                    Err(other) => panic!("{name} does not start: {other}"),
                }
            }
        };
        let node = within(started).await;
        functions::offer(&node);
        work::offer(&node);
        Member { node, terminal }
    }

    /// Two nodes that are connected.
    pub async fn pair(&self) -> (Member, Member) {
        let (alex, kate) = (self.node("alex").await, self.node("kate").await);
        alex.meet(&kate).await;
        (alex, kate)
    }

    /// Starts a node on a runtime of its own, to be killed.
    pub async fn apart(&self, role: &str) -> Apart {
        self.apart_named(&fresh_name(role)).await
    }

    /// The same, with exactly this name.
    pub async fn apart_named(&self, name: &str) -> Apart {
        let (mapper, name) = (self.mapper(), name.to_owned());
        let runtime =
            Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let node = runtime.spawn(async move {
            let there = mapper.port();
            let start = || {
                let config = Config::new().short_name(&name).epmd_port(there);
                Node::start(
                    config.cookie(Cookie::new(COOKIE)).output(Screen::default()),
                )
            };
            loop {
                match start().await {
                    Err(StartError::NameInUse(_)) => {
                        sleep(Duration::from_millis(5)).await;
                    }
                    started => return started.expect("a node of its own"),
                }
            }
        });
        let node = within(node).await.expect("a node of its own");
        functions::offer(&node);
        work::offer(&node);
        Apart { node: Some(node), runtime: Some(runtime) }
    }
}

/// A name that no other node has.
pub fn fresh_name(role: &str) -> String {
    format!("{role}_{:08x}@localhost", rand::random::<u32>())
}

/// A node of a cluster, and its terminal.
pub struct Member {
    /// The node.
    pub node: Node,
    /// What its group leader printed.
    pub terminal: Screen,
}

impl Deref for Member {
    type Target = Node;

    fn deref(&self) -> &Node {
        &self.node
    }
}

impl Member {
    /// Connects to another node.
    pub async fn meet(&self, other: &Node) {
        assert_eq!(within(self.connect(other.name())).await, Connected::True);
        // The other side may be a moment later.
        list_becomes(other, |list| list.contains(&self.name())).await;
    }
}

/// Waits until a node is connected to these visible nodes, and to no others.
#[track_caller]
pub fn sees(node: &Node, others: &[NodeName]) -> impl Future<Output = ()> {
    let mut expected = others.to_vec();
    expected.sort_unstable();
    list_becomes(node, move |list| list == expected)
}

#[track_caller]
fn list_becomes(
    node: &Node,
    wanted: impl Fn(&[NodeName]) -> bool,
) -> impl Future<Output = ()> {
    within(async move {
        let mut watcher = actor(node).await;
        watcher.monitor_nodes(Some(true));
        while !wanted(&node.list()) {
            moebi::receive! { watcher,
                NodeUp { .. } => {},
                NodeDown { .. } => {},
                // A nodedown is told just before the list forgets the node.
                after Duration::from_millis(20) => {},
            }
        }
    })
}

/// A node that can die without a word.
pub struct Apart {
    node: Option<Node>,
    runtime: Option<Runtime>,
}

impl Deref for Apart {
    type Target = Node;

    fn deref(&self) -> &Node {
        self.node.as_ref().expect("a node that has not crashed")
    }
}

impl Apart {
    /// Runs something where the node runs.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> T {
        let runtime = self.runtime.as_ref().expect("a node that has not crashed");
        within(runtime.spawn(work)).await.expect("work that does not panic")
    }

    /// Connects to another node, from there.
    pub async fn meet(&self, other: &Node) {
        let (node, name) = ((**self).clone(), other.name());
        assert_eq!(self.run(async move { node.ping(name).await }).await, Ping::Pong);
    }

    /// Ends it as SIGKILL does: no last words, all sockets closed.
    pub fn crash(mut self) {
        self.end();
    }

    fn end(&mut self) {
        drop(self.node.take());
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        self.end();
    }
}

/// A process that a test plays itself: it sends and receives where the test says so.
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
