//! A cluster for one test: its own port mapper, and nodes with names nobody else has.
//!
//! Every node has a real listener and every connection is a real socket. Everything runs
//! on the runtime of the test, which ends with it, also when it panics; a node that is
//! to die like an operating system's process has a runtime of its own ([`Apart`]).

mod actor;
mod apart;
mod screen;

use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::ops::Deref;
use std::panic::Location;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use moebi::dist::cookie::Cookie;
use moebi::dist::epmd;
use moebi::{Config, Connected, Node, NodeDown, NodeName, NodeUp, StartError};
use tokio::runtime::Builder;
use tokio::time::{sleep, timeout};

pub use self::actor::{Actor, actor, trapper};
pub use self::apart::Apart;
pub use self::screen::Screen;
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
        config(self.mapper(), name)
    }

    /// Starts a node whose name begins like this.
    pub async fn node(&self, role: &str) -> Member {
        self.node_with(role, |config| config).await
    }

    /// The same, with more to say about it.
    pub async fn node_with(
        &self,
        role: &str,
        more: impl Fn(Config) -> Config,
    ) -> Member {
        self.member(&fresh_name(role), more).await
    }

    /// Starts a node of exactly this name; waits while the one before it still has it.
    pub async fn member(
        &self,
        name: &str,
        more: impl Fn(Config) -> Config,
    ) -> Member {
        let terminal = Screen::default();
        let node = start(|| more(self.config(name)).output(terminal.clone()));
        Member { node: within(node).await, terminal }
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
        let node = runtime
            .spawn(start(move || config(mapper, &name).output(Screen::default())));
        let node = within(node).await.expect("a node of its own");
        Apart { node: Some(node), runtime: Some(runtime) }
    }
}

fn config(mapper: SocketAddr, name: &str) -> Config {
    let cookie = Cookie::new(COOKIE);
    Config::new().short_name(name).cookie(cookie).epmd_port(mapper.port())
}

/// Starts a node as soon as the one before it has given its name back: the mapper learns
/// from a closed socket that a node is gone.
async fn start(config: impl Fn() -> Config) -> Node {
    loop {
        match Node::start(config()).await {
            Ok(node) => {
                functions::offer(&node);
                work::offer(&node);
                return node;
            }
            Err(StartError::NameInUse(_)) => sleep(Duration::from_millis(5)).await,
            Err(other) => panic!("a node does not start: {other}"),
        }
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
