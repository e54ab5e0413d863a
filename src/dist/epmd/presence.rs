//! A node stays registered, whatever happens to the port mapper.
//!
//! Erlang leaves a daemon behind that outlives the nodes. Here, if no mapper runs, the
//! first node has one inside itself. When that node goes, the mapper goes with it:
//!
//! ```text
//! kate (mapper)        alex                     moebi
//!   |  registered       |                        |
//!   |<------------------|                        |
//!   |<-------------------------------------------|
//!   x  kate ends        |                        |
//!                       | binds the port: wins   | binds the port: taken
//!                 alex (mapper)                  |
//!                       |      registers again   |
//!                       |<-----------------------|
//! ```
//!
//! Nobody votes: the operating system gives a port to one process only, and whoever
//! does not get it registers with the one who did. A node keeps its creation: it is the
//! same run of the node, only its entry is a new one.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tracing::{debug, warn};

use super::{EpmdError, Registration, Server, register};

/// For so long a start waits for a mapper that is just changing hands.
const START: Duration = Duration::from_secs(1);
/// For so long a start waits for a name: a node of that name may have ended just now,
/// and its connection may not be closed yet.
const NAME_GRACE: Duration = Duration::from_millis(150);
/// For so long a lost registration is tried again quickly, then every [`SLOW`].
const QUICK: Duration = Duration::from_secs(3);
const SLOW: Duration = Duration::from_secs(1);

/// What a node registers, and where.
#[derive(Debug, Clone)]
pub struct PresenceConfig {
    /// The mapper of this host, as a rule 127.0.0.1 and
    /// [`port_from_env`](super::port_from_env).
    pub epmd: SocketAddr,
    /// The part of the node's name before the `@`.
    pub alive: String,
    /// Where the node listens.
    pub port: u16,
    /// Is it a hidden node?
    pub hidden: bool,
    /// A mapper of our own listens on 127.0.0.1 only, not on all addresses.
    pub loopback_only: bool,
    /// Have a mapper of our own if nobody answers.
    pub host_if_none: bool,
}

/// A registration that comes back when it is lost. It ends when this is dropped, and
/// with it the mapper, if it is ours.
#[derive(Debug)]
pub struct Presence {
    creation: u32,
    server: Hosted,
    keeper: JoinHandle<()>,
}

/// The mapper, if it is ours.
type Hosted = Arc<Mutex<Option<Server>>>;

struct Keeper {
    config: PresenceConfig,
    server: Hosted,
}

impl Presence {
    /// Registers the node, with a mapper of its own if there is none and it may.
    ///
    /// # Errors
    /// [`EpmdError::NameInUse`], or why there is no mapper.
    pub async fn start(config: PresenceConfig) -> Result<Self, EpmdError> {
        let server = Hosted::default();
        let keeper = Keeper { config, server: Arc::clone(&server) };
        let registration = keeper.first().await?;
        let creation = registration.creation();
        let keeper = tokio::spawn(keeper.keep(registration));
        Ok(Self { creation, server, keeper })
    }

    /// Which run of a node of this name this is.
    pub fn creation(&self) -> u32 {
        self.creation
    }

    /// Is the mapper of this host inside this node?
    pub fn hosts_epmd(&self) -> bool {
        self.server.lock().is_some()
    }

    /// Unregisters, and waits until a mapper of our own has ended.
    pub async fn stop(mut self) {
        self.keeper.abort();
        // It was aborted, so it is an error: that it has ended is all that counts.
        let _ = (&mut self.keeper).await;
        let server = self.server.lock().take();
        if let Some(server) = server {
            server.stop().await;
        }
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.keeper.abort();
        self.server.lock().take();
    }
}

impl Keeper {
    /// The first registration, whose errors the user sees.
    async fn first(&self) -> Result<Registration, EpmdError> {
        let start = Instant::now();
        loop {
            let error = match self.join().await {
                Ok(registration) => return Ok(registration),
                Err(error) => error,
            };
            let patience = match error {
                EpmdError::NameInUse(_) => NAME_GRACE,
                EpmdError::Nobody(_) if !self.config.host_if_none => Duration::ZERO,
                EpmdError::BadName(_) => Duration::ZERO,
                _ => START,
            };
            if start.elapsed() >= patience {
                return Err(error);
            }
            moment().await;
        }
    }

    async fn keep(self, mut registration: Registration) {
        let alive = self.config.alive.as_str();
        loop {
            registration.lost().await;
            debug!(target: "moebi::epmd", alive, "registration lost");
            registration = self.again().await;
            debug!(target: "moebi::epmd", alive, "registered again");
        }
    }

    /// Every further registration: there is nobody to tell an error, so it is tried
    /// until it works.
    async fn again(&self) -> Registration {
        let start = Instant::now();
        let mut warned = false;
        loop {
            let error = match self.join().await {
                Ok(registration) => return registration,
                Err(error) => error,
            };
            if start.elapsed() < QUICK {
                moment().await;
                continue;
            }
            if !warned {
                let alive = self.config.alive.as_str();
                warn!(target: "moebi::epmd", alive, %error, "not registered");
                warned = true;
            }
            sleep(SLOW).await;
        }
    }

    /// Registers; if nobody answers, at a mapper of our own.
    async fn join(&self) -> Result<Registration, EpmdError> {
        let PresenceConfig { epmd, alive, port, hidden, host_if_none, .. } =
            &self.config;
        match register(*epmd, alive, *port, *hidden).await {
            Err(EpmdError::Nobody(_)) if *host_if_none => self.host()?,
            result => return result,
        }
        register(*epmd, alive, *port, *hidden).await
    }

    fn host(&self) -> Result<(), EpmdError> {
        let PresenceConfig { epmd, alive, loopback_only, .. } = &self.config;
        let addr = match loopback_only {
            true => SocketAddr::from((Ipv4Addr::LOCALHOST, epmd.port())),
            false => SocketAddr::from((Ipv4Addr::UNSPECIFIED, epmd.port())),
        };
        match Server::bind(addr) {
            Ok(server) => {
                debug!(target: "moebi::epmd", alive, %addr, "hosting the port mapper");
                *self.server.lock() = Some(server);
                Ok(())
            }
            // Another node was quicker: we register with that one.
            Err(error) if error.kind() == ErrorKind::AddrInUse => Ok(()),
            Err(error) => Err(EpmdError::Bind(addr, error)),
        }
    }
}

/// A short wait, of another length each time, so that nodes which lost their mapper in
/// the same instant do not stay in step.
async fn moment() {
    sleep(Duration::from_millis(rand::random_range(20..=50))).await;
}

#[cfg(test)]
mod tests {
    use super::super::names;
    use super::*;
    use tokio::time::timeout;

    const PATIENCE: Duration = Duration::from_secs(10);

    fn any_port() -> Server {
        Server::bind("127.0.0.1:0".parse().unwrap()).unwrap()
    }

    /// An address where nobody listens any more.
    async fn free_addr() -> SocketAddr {
        let server = any_port();
        let addr = server.local_addr();
        server.stop().await;
        addr
    }

    fn config(epmd: SocketAddr, alive: &str) -> PresenceConfig {
        PresenceConfig {
            epmd,
            alive: alive.to_owned(),
            port: 40000,
            hidden: false,
            loopback_only: true,
            host_if_none: true,
        }
    }

    async fn start(epmd: SocketAddr, alive: &str) -> Presence {
        let started = Presence::start(config(epmd, alive));
        timeout(PATIENCE, started).await.expect("start must end").unwrap()
    }

    /// Asks until just these are registered.
    async fn until_names(epmd: SocketAddr, expected: &[&str], limit: Duration) {
        let there = async {
            loop {
                if let Ok(found) = names(epmd).await
                    && found.iter().map(|(name, _)| name).eq(expected)
                {
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        timeout(limit, there).await.expect("the names must be there in time");
    }

    #[tokio::test]
    async fn the_first_node_hosts_the_mapper() {
        let addr = free_addr().await;
        let alex = start(addr, "alex").await;
        let kate = start(addr, "kate").await;
        assert!(alex.hosts_epmd());
        assert!(!kate.hosts_epmd());
        until_names(addr, &["alex", "kate"], PATIENCE).await;
        kate.stop().await;
        until_names(addr, &["alex"], PATIENCE).await;
        alex.stop().await;
        assert!(matches!(names(addr).await, Err(EpmdError::Nobody(_))));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn when_the_mapper_goes_all_nodes_are_back_within_a_second() {
        let mapper = any_port();
        let addr = mapper.local_addr();
        let mut nodes = Vec::new();
        for alive in ["alex", "kate", "moebi"] {
            nodes.push(start(addr, alive).await);
        }
        let creations: Vec<u32> = nodes.iter().map(Presence::creation).collect();
        drop(mapper);
        // The old mapper must be gone before its list can count as the new one's.
        until_hosted(&nodes).await;
        let second = Duration::from_secs(1);
        until_names(addr, &["alex", "kate", "moebi"], second).await;
        assert_eq!(nodes.iter().filter(|node| node.hosts_epmd()).count(), 1);
        let now: Vec<u32> = nodes.iter().map(Presence::creation).collect();
        assert_eq!(now, creations, "a node keeps its creation");

        let host = nodes.iter().position(Presence::hosts_epmd).unwrap();
        drop(nodes.remove(host));
        let mut left = vec!["alex", "kate", "moebi"];
        left.remove(host);
        until_names(addr, &left, second).await;
        assert_eq!(nodes.iter().filter(|node| node.hosts_epmd()).count(), 1);
    }

    async fn until_hosted(nodes: &[Presence]) {
        let hosted = async {
            while !nodes.iter().any(Presence::hosts_epmd) {
                tokio::task::yield_now().await;
            }
        };
        let second = Duration::from_secs(1);
        timeout(second, hosted).await.expect("one must take the mapper over");
    }

    #[tokio::test]
    async fn nodes_that_start_at_once_share_one_mapper() {
        let addr = free_addr().await;
        let names = ["alex", "kate", "moebi"];
        let [alex, kate, moebi] = names.map(|alive| start(addr, alive));
        let nodes: [Presence; 3] = tokio::join!(alex, kate, moebi).into();
        assert_eq!(nodes.iter().filter(|node| node.hosts_epmd()).count(), 1);
        until_names(addr, &names, PATIENCE).await;
    }

    #[tokio::test]
    async fn a_name_in_use_is_told_at_the_start() {
        let mapper = any_port();
        let addr = mapper.local_addr();
        let _kate = start(addr, "kate").await;
        let second = Presence::start(config(addr, "kate"));
        let error = timeout(PATIENCE, second).await.unwrap().unwrap_err();
        assert!(matches!(error, EpmdError::NameInUse(name) if name == "kate"));
    }

    #[tokio::test]
    async fn a_name_that_was_just_given_back_is_waited_for() {
        let mapper = any_port();
        let addr = mapper.local_addr();
        let kate = start(addr, "kate").await;
        let (again, ()) = tokio::join!(start(addr, "kate"), async {
            sleep(NAME_GRACE / 3).await;
            drop(kate);
        });
        drop(again);
    }

    #[tokio::test]
    async fn without_hosting_a_missing_mapper_is_an_error_at_once() {
        let addr = free_addr().await;
        let alone = PresenceConfig { host_if_none: false, ..config(addr, "kate") };
        let error = Presence::start(alone).await.unwrap_err();
        assert!(matches!(error, EpmdError::Nobody(_)), "{error}");
    }
}
