//! A node: processes and connections, joined.
//!
//! | read about | in |
//! |---|---|
//! | how it is started | `config.rs` |
//! | how connections come about | `connect.rs`, and their states in `table.rs` |
//! | what is done before it stops, and how it stops | `stop.rs` |
//! | what it tells of nodes that come and go | `monitors.rs` |
//! | how processes and connections are joined, and the mesh | `wiring.rs` |

mod config;
mod connect;
mod monitors;
mod stop;
mod table;
mod wiring;

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;

pub use config::{Config, StartError};

use self::config::{is_loopback, listen_address};
use self::monitors::Monitors;
use self::stop::Stop;
use self::table::Table;
use crate::dist::cookie::Cookie;
use crate::dist::epmd::{EpmdError, Presence, PresenceConfig};
use crate::dist::flags::Flags;
use crate::dist::handshake::Hello;
use crate::process::{Process, Processes};
use crate::signal::{
    Arguments, Function, Message, Network, NodeDownReason, NodeName, Pid, Reason,
};

/// A node of a cluster, or one on its own. A handle: clones are the same node.
#[derive(Clone)]
pub struct Node(Arc<Inner>);

/// What [`Node::ping`] says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ping {
    /// There is a connection now.
    Pong,
    /// There is none.
    Pang,
}

/// What [`Node::connect`] says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connected {
    /// There is a connection now.
    True,
    /// There is none.
    False,
    /// A node without a name connects to nobody.
    Ignored,
}

impl fmt::Display for Ping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pong => "pong",
            Self::Pang => "pang",
        })
    }
}

impl fmt::Display for Connected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::True => "true",
            Self::False => "false",
            Self::Ignored => "ignored",
        })
    }
}

struct Inner {
    name: NodeName,
    alive: bool,
    long: bool,
    hidden: bool,
    cookie: Cookie,
    hello: Hello,
    epmd_port: u16,
    tick_time: Duration,
    setup_time: Duration,
    processes: Arc<Processes>,
    table: Table,
    monitors: Monitors,
    presence: Mutex<Option<Presence>>,
    /// Free places for dialling nodes that others have told of.
    introductions: Arc<Semaphore>,
    /// The listener, connections, attempts: they end with the node.
    /// `None` once they have.
    tasks: Mutex<Option<JoinSet<()>>>,
    /// No connection comes up any more.
    stopping: AtomicBool,
    stop: Stop,
}

/// How often a connection may be lost while it is asked for.
const ATTEMPTS: usize = 3;

impl Node {
    /// Starts a node. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// [`StartError`]: a sentence that says what to do about it.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        let Some(given) = config.name.clone() else {
            return Ok(Self::assemble(
                config,
                NodeName::nobody(),
                false,
                Cookie::new(""),
                0,
            ));
        };
        let name = given.complete()?;
        let cookie = match &config.cookie {
            Some(cookie) => cookie.clone(),
            None => Cookie::load()?,
        };
        let epmd_port = config.port_mapper()?;
        let listener = TcpListener::bind(listen_address(name)).await?;
        let presence = Presence::start(PresenceConfig {
            epmd: SocketAddr::from((Ipv4Addr::LOCALHOST, epmd_port)),
            alive: name.alive().to_owned(),
            port: listener.local_addr()?.port(),
            hidden: config.hidden,
            loopback_only: is_loopback(name),
            host_if_none: true,
        });
        let presence = presence.await.map_err(|why| match why {
            EpmdError::NameInUse(_) => StartError::NameInUse(name),
            other => StartError::Epmd(other),
        })?;
        let node = Self::assemble(config, name, given.long, cookie, epmd_port);
        *node.0.presence.lock() = Some(presence);
        node.0.spawn(node.0.clone().listen(listener));
        Ok(node)
    }

    fn assemble(
        config: Config,
        name: NodeName,
        long: bool,
        cookie: Cookie,
        epmd_port: u16,
    ) -> Self {
        let creation = rand::random_range(4..=u32::MAX);
        let processes = Processes::new(name, creation);
        let flags = Flags::ours(config.hidden);
        let inner = Arc::new(Inner {
            name,
            alive: !name.is_nobody(),
            long,
            hidden: config.hidden,
            cookie,
            hello: Hello::new(name, flags, creation),
            epmd_port,
            tick_time: config.tick_time,
            setup_time: config.setup_time,
            processes,
            table: Table::default(),
            monitors: Monitors::default(),
            presence: Mutex::default(),
            introductions: Arc::new(Semaphore::new(wiring::AT_ONCE)),
            tasks: Mutex::new(Some(JoinSet::new())),
            stopping: AtomicBool::new(false),
            stop: Stop::default(),
        });
        let network: Weak<dyn Network> = Arc::<Inner>::downgrade(&inner);
        inner.processes.set_network(network);
        inner.processes.start_leader(config.output);
        Self(inner)
    }

    /// Its name; `nonode@nohost` if it has none.
    pub fn name(&self) -> NodeName {
        self.0.name
    }

    /// Has it a name, so that others can find it?
    pub fn is_alive(&self) -> bool {
        self.0.alive
    }

    /// Is that node there? Connects to it if need be.
    pub async fn ping(&self, node: impl Into<NodeName>) -> Ping {
        match self.connect(node).await {
            Connected::True => Ping::Pong,
            Connected::False | Connected::Ignored => Ping::Pang,
        }
    }

    /// Connects to a node, and so to all that it knows. The connection is up on both
    /// sides when this returns.
    pub async fn connect(&self, node: impl Into<NodeName>) -> Connected {
        let node = node.into();
        if !self.0.alive {
            return Connected::Ignored;
        }
        if node == self.0.name {
            return Connected::True;
        }
        // One that is found may just be closing: then there will be a new one.
        for _ in 0..ATTEMPTS {
            match self.0.connection(node).await {
                Some(connection) => {
                    // A member that never greets is no reason to wait for ever.
                    let greeted = connection.out.greeted();
                    match timeout(self.0.setup_time, greeted).await {
                        Ok(true) => return Connected::True,
                        Ok(false) => {}
                        Err(_) => break,
                    }
                }
                None => break,
            }
        }
        Connected::False
    }

    /// Closes the connection to a node; `false` if there is none. Others stay as they
    /// are (Erlang, by default, cuts more, so that no partitions overlap).
    pub fn disconnect(&self, node: impl Into<NodeName>) -> bool {
        let Some(connection) = self.0.table.up(node.into()) else {
            return false;
        };
        connection.out.close(NodeDownReason::Disconnect);
        true
    }

    /// The visible nodes it is connected to, sorted.
    pub fn list(&self) -> Vec<NodeName> {
        self.0.peers(|connection| !connection.hidden)
    }

    /// The hidden nodes it is connected to; for a hidden node, all of them.
    pub fn list_hidden(&self) -> Vec<NodeName> {
        self.0.peers(|connection| connection.hidden)
    }

    /// Offers a function: other nodes may have processes of this one run it.
    pub fn offer<Args, Ret, F, Fut>(&self, function: Function<Args, Ret>, body: F)
    where
        Args: Arguments,
        Ret: Message,
        F: Fn(Process, Args) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Ret, Reason>> + Send + 'static,
    {
        self.0.processes.offer(function, body);
    }

    /// The functions it offers, as `Module.function/arity`.
    pub fn offers(&self) -> Vec<String> {
        self.0.processes.offers()
    }

    /// Starts a process, linked to nobody.
    pub fn spawn<F, Fut>(&self, body: F) -> Pid
    where
        F: FnOnce(Process) -> Fut + Send + 'static,
        Fut: Future<Output = Result<(), Reason>> + Send + 'static,
    {
        self.0.processes.spawn_first(body)
    }

    /// The pids of all its processes.
    pub fn processes(&self) -> Vec<Pid> {
        self.0.processes.pids()
    }
}
