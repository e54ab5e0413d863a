//! A node under attack, with a healthy link to another node that must not notice.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use moebi::dist::cookie::Cookie;
use moebi::dist::epmd::{self, Server};
use moebi::{Config, Node, NodeDown, Pid, Ping, Process, Reason};
use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::logs;

/// Nothing here takes longer.
pub const DEADLINE: Duration = Duration::from_secs(10);

/// How much an attack may cost for a while, in KiB: some read blocks and the test's own
/// frames, and far less than what the attackers announce.
const MEMORY: u64 = 48 * 1024;

/// So many numbers are on their way at a time.
const WINDOW: u64 = 16;

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Runs a test while no other does.
pub fn alone(test: impl Future<Output = ()>) {
    let _alone = ONE_AT_A_TIME.lock();
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(test);
}

pub struct World {
    /// Who is attacked.
    pub target: Node,
    /// Where it listens.
    pub address: SocketAddr,
    /// The port mapper.
    pub mapper: SocketAddr,
    pub cookie: Cookie,
    pub other: Node,
    link: Arc<Link>,
    memory: Option<u64>,
    files: Option<usize>,
    _server: Server,
}

/// The healthy link: numbers there and back, in order, all the time.
#[derive(Default)]
struct Link {
    returned: AtomicU64,
    more: Notify,
    trouble: Mutex<Vec<String>>,
}

/// A name no other test has.
pub fn fresh(what: &str) -> String {
    format!("{what}_{:012x}@localhost", rand::random::<u64>() >> 16)
}

impl World {
    /// Strangers have half a second to prove the cookie.
    pub async fn start() -> Self {
        let setup = Duration::from_millis(500);
        Self::with(|config| config.setup_time(setup)).await
    }

    pub async fn with(setting: impl Fn(Config) -> Config) -> Self {
        logs::record();
        let server = Server::bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let mapper = server.local_addr();
        let cookie = Cookie::new(fresh("secret"));
        let config = |name| {
            let config = Config::new().short_name(fresh(name));
            config.cookie(cookie.clone()).epmd_port(mapper.port())
        };
        let target = Node::start(setting(config("target"))).await.unwrap();
        let other = Node::start(config("other")).await.unwrap();
        let port = epmd::lookup(mapper, target.name().alive()).await.unwrap();
        let link = Arc::new(Link::default());
        link.clone().open(&target, &other).await;
        let world = Self {
            target,
            address: (Ipv4Addr::LOCALHOST, port.expect("it is registered")).into(),
            mapper,
            cookie,
            other,
            link,
            memory: peak_from_now(),
            files: open_files(),
            _server: server,
        };
        world.link_flows().await;
        world
    }

    /// The healthy link has noticed nothing, and the memory did not grow.
    pub async fn is_unharmed(&self) {
        self.link_flows().await;
        assert!(self.target.list().contains(&self.other.name()));
        self.took_at_most(MEMORY);
        logs::nobody_is_named_twice();
    }

    /// The memory has never been larger by more than this, in KiB.
    pub fn took_at_most(&self, most: u64) {
        if let (Some(before), Some(peak)) = (self.memory, memory("VmHWM:")) {
            let grown = peak.saturating_sub(before);
            assert!(grown < most, "{grown} KiB more, from {before} KiB");
        }
    }

    pub async fn link_flows(&self) {
        let goal = self.link.returned.load(Ordering::Relaxed) + 4 * WINDOW;
        let reached = || self.link.returned.load(Ordering::Relaxed) >= goal;
        until(&self.link.more, reached).await;
        let trouble = self.link.trouble.lock();
        assert!(trouble.is_empty(), "the healthy link noticed: {trouble:#?}");
    }

    /// Nothing that the attackers opened is still open.
    pub async fn files_are_closed(&self) {
        let closed = async {
            while open_files() > self.files {
                // Nobody tells when the last task has let go of its socket.
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        if timeout(DEADLINE, closed).await.is_err() {
            panic!("{:?} files open, once {:?}", open_files(), self.files);
        }
    }

    /// A newcomer with the cookie gets in.
    pub async fn lets_friends_in(&self) {
        let config = Config::new().short_name(fresh("friend"));
        let config = config.cookie(self.cookie.clone());
        let friend =
            Node::start(config.epmd_port(self.mapper.port())).await.unwrap();
        let pong = timeout(DEADLINE, friend.ping(self.target.name())).await;
        assert_eq!(pong.expect("an answer in time"), Ping::Pong);
        friend.stop().await;
        let gone = async {
            while self.target.list().contains(&friend.name()) {
                // It learns of the end when it next reads.
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        timeout(DEADLINE, gone).await.expect("a friend who stopped is gone");
    }

    pub async fn stop(self) {
        self.is_unharmed().await;
        self.other.stop().await;
        self.target.stop().await;
    }
}

impl Link {
    async fn open(self: Arc<Self>, target: &Node, other: &Node) {
        let echo = target.spawn(echo);
        for node in [target, other] {
            let (link, peers) = (self.clone(), [target.name(), other.name()]);
            node.spawn(async move |mut me: Process| {
                me.monitor_nodes(Some(true));
                loop {
                    let down = me.receive::<NodeDown>().await;
                    if peers.contains(&down.node) {
                        link.is_in_trouble(format!("{down}: {}", down.reason));
                    }
                }
            });
        }
        let pong = timeout(DEADLINE, other.ping(target.name())).await;
        assert_eq!(pong.expect("an answer in time"), Ping::Pong);
        other.spawn(move |me| self.count(me, echo));
    }

    async fn count(
        self: Arc<Self>,
        mut me: Process,
        echo: Pid,
    ) -> Result<(), Reason> {
        let mine = me.pid();
        for sent in 0_u64.. {
            me.send(echo, (mine, sent)).await;
            let Some(wanted) = sent.checked_sub(WINDOW) else { continue };
            match me.receive_timeout::<u64>(DEADLINE).await {
                Some(number) if number == wanted => {}
                other => self.is_in_trouble(format!("{other:?} and not {wanted}")),
            }
            self.returned.store(wanted, Ordering::Relaxed);
            self.more.notify_waiters();
            // The machine has other work, too.
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
        Ok(())
    }

    fn is_in_trouble(&self, how: String) {
        self.trouble.lock().push(how);
    }
}

async fn echo(mut me: Process) -> Result<(), Reason> {
    loop {
        let (from, number) = me.receive::<(Pid, u64)>().await;
        me.send(from, number).await;
    }
}

/// Waits until something is reached that changes when `more` is told.
async fn until(more: &Notify, reached: impl Fn() -> bool) {
    let wait = async {
        loop {
            let change = more.notified();
            tokio::pin!(change);
            change.as_mut().enable();
            if reached() {
                return;
            }
            change.await;
        }
    };
    timeout(DEADLINE, wait).await.expect("the healthy link does not flow");
}

/// Forgets the peak of the program's memory so far; returns what it takes now, in KiB.
/// `None` where the system does not tell.
fn peak_from_now() -> Option<u64> {
    std::fs::write("/proc/self/clear_refs", "5").ok()?;
    memory("VmRSS:")
}

fn memory(what: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(what))?;
    line.split_whitespace().next()?.parse().ok()
}

fn open_files() -> Option<usize> {
    Some(std::fs::read_dir("/proc/self/fd").ok()?.count())
}
