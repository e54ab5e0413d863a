//! How connections come about: this node dials, or lets others in.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::net::{TcpListener, TcpStream, lookup_host};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tracing::{debug, error, info};

use super::Inner;
use super::table::{Connection, Step};
use crate::dist::connection;
use crate::dist::epmd::{self, EpmdError};
use crate::dist::flags::Flags;
use crate::dist::handshake::{self, Decision, HandshakeError, StillAlive};
use crate::signal::NodeName;

/// So many strangers at a time may try to prove the cookie.
const STRANGERS: usize = 128;

/// Why a node could not be reached.
#[derive(Debug, thiserror::Error)]
pub(super) enum DialError {
    #[error(transparent)]
    Epmd(#[from] EpmdError),
    #[error("{0} is not known to the port mapper of its host")]
    Unknown(NodeName),
    #[error("the host {0} has no address")]
    Host(String),
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Handshake(#[from] HandshakeError),
    #[error("{0} did not answer in time")]
    Time(NodeName),
}

impl Inner {
    /// The connection to a node, made if there is none.
    pub(super) async fn connection(
        self: &Arc<Self>,
        node: NodeName,
    ) -> Option<Connection> {
        let alone = !self.alive || self.stopping.load(Ordering::Acquire);
        if alone || node == self.name || !self.may_name(node) {
            return None;
        }
        let mut own_failed = false;
        loop {
            let changed = self.table.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if self.stopping.load(Ordering::Acquire) {
                return None;
            }
            match self.table.step(node, !own_failed)? {
                Step::Take(connection) => return Some(connection),
                // Whoever waits for an attempt of this node's takes its outcome. A
                // call from the other side that comes to nothing proves nothing.
                Step::Wait(own) => own_failed = own,
                Step::Dial(attempt) => {
                    own_failed = true;
                    let inner = self.clone();
                    self.spawn(async move { inner.dial(node, attempt).await });
                }
            }
            changed.await;
        }
    }

    /// Can this node speak to one of that name? Short and long names do not mix.
    fn may_name(&self, node: NodeName) -> bool {
        if NodeName::check(node.as_str()).is_err() {
            return false;
        }
        if node.is_long() == self.long {
            return true;
        }
        let running = if self.long { "running" } else { "NOT running" };
        let host = node.host();
        error!(
            target: "moebi::dist",
            "** System {running} to use fully qualified hostnames **\n\
             ** Hostname {host} is illegal **"
        );
        false
    }

    async fn dial(self: &Arc<Self>, node: NodeName, attempt: u64) {
        let dialled = timeout(self.setup_time, self.try_dial(node, attempt));
        let dialled = dialled.await.unwrap_or(Err(DialError::Time(node)));
        match dialled {
            Ok((stream, peer)) => {
                if !self.run(stream, &peer, Some(attempt), None).await {
                    self.table.failed(node, attempt);
                }
            }
            Err(DialError::Handshake(HandshakeError::GaveWay { .. })) => {
                // The other node's attempt is under way; should it fail there, this
                // node does not wait for it for ever.
                if self.table.expect(node, attempt) {
                    tokio::time::sleep(self.setup_time).await;
                    self.table.failed(node, attempt);
                }
            }
            Err(why) => {
                debug!(target: "moebi::dist", %node, %why, "not connected");
                self.table.failed(node, attempt);
            }
        }
    }

    async fn try_dial(
        &self,
        node: NodeName,
        attempt: u64,
    ) -> Result<(TcpStream, handshake::Peer), DialError> {
        let ip = resolve(node.host()).await?;
        let mapper = SocketAddr::new(ip, self.epmd_port);
        let port = epmd::lookup(mapper, node.alive()).await?;
        let port = port.ok_or(DialError::Unknown(node))?;
        let mut stream = TcpStream::connect((ip, port)).await?;
        stream.set_nodelay(true)?;
        let within = self.setup_time;
        // If the other's own call has come through meanwhile, that is the connection it
        // means, and this attempt is the superfluous one.
        let stay = || match self.table.is_dialing(node, attempt) {
            true => StillAlive::Replace,
            false => StillAlive::Keep,
        };
        let name = node.as_str();
        let (hello, cookie) = (&self.hello, &self.cookie);
        let peer =
            handshake::dial(&mut stream, hello, name, cookie, stay, within).await?;
        self.check(&mut stream, &peer).await?;
        Ok((stream, peer))
    }

    /// Lets others in, until the node stops.
    pub(super) async fn listen(self: Arc<Self>, listener: TcpListener) {
        let strangers = Arc::new(Semaphore::new(STRANGERS));
        loop {
            // A flood waits in the kernel's own queue, which is bounded.
            let Ok(permit) = strangers.clone().acquire_owned().await else {
                return;
            };
            let (stream, from) = match listener.accept().await {
                Ok(accepted) => accepted,
                Err(why) => {
                    // Out of file descriptors, most likely: others must close some.
                    error!(target: "moebi::dist", "** cannot accept connections: {why} **");
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                    continue;
                }
            };
            let inner = self.clone();
            self.spawn(async move {
                let mut arrival = None;
                let welcomed = inner.welcome(stream, from, &mut arrival).await;
                drop(permit);
                if let Some((stream, peer)) = welcomed {
                    inner.run(stream, &peer, None, arrival).await;
                }
            });
        }
    }

    async fn welcome(
        self: &Arc<Self>,
        mut stream: TcpStream,
        from: SocketAddr,
        arrival: &mut Option<Arrival>,
    ) -> Option<(TcpStream, handshake::Peer)> {
        stream.set_nodelay(true).ok()?;
        let decide = async |peer: &str| {
            let decision = self.table.arrives(peer, self.name);
            if decision != Decision::Nok {
                *arrival =
                    Some(Arrival { inner: self.clone(), name: peer.to_owned() });
            }
            decision
        };
        let (hello, within) = (&self.hello, self.setup_time);
        let proved = async {
            let peer =
                handshake::accept(&mut stream, hello, &self.cookie, decide, within)
                    .await?;
            self.check(&mut stream, &peer).await?;
            Ok::<_, HandshakeError>(peer)
        };
        match proved.await {
            Ok(peer) => return Some((stream, peer)),
            Err(HandshakeError::GaveWay { .. }) => {}
            // Two that connect at once: it has found out that they are connected.
            Err(why @ HandshakeError::StillAlive { .. }) => {
                info!(target: "moebi::dist", "connection attempt from {from}: {why}");
            }
            // A node that ends in the middle is nobody to warn of.
            Err(why @ HandshakeError::Closed { .. }) => {
                info!(target: "moebi::dist", "connection attempt from {from}: {why}");
            }
            Err(why @ HandshakeError::InvalidChallengeReply { .. }) => {
                error!(target: "moebi::dist", "{why}");
            }
            Err(why) => error!(
                target: "moebi::dist",
                "** Connection attempt from {from} rejected: {why} **"
            ),
        }
        None
    }

    /// Makes sure that the peer speaks this node's wire.
    async fn check(
        &self,
        stream: &mut TcpStream,
        peer: &handshake::Peer,
    ) -> Result<(), HandshakeError> {
        if !peer.flags.has(Flags::RUST) {
            return Err(HandshakeError::NotRust { node: peer.name.clone() });
        }
        handshake::check(stream, &self.hello, peer, self.setup_time).await
    }

    /// Runs a connection until it ends; `false` if there was one already.
    async fn run(
        self: &Arc<Self>,
        stream: TcpStream,
        peer: &handshake::Peer,
        attempt: Option<u64>,
        arrival: Option<Arrival>,
    ) -> bool {
        let node = NodeName::from(&peer.name);
        if peer.replaces
            && let Some(old) = self.table.up(node)
        {
            old.out.close(crate::signal::NodeDownReason::ConnectionClosed);
        }
        // The old connection's exits and downs go out before the new one comes up.
        while attempt.is_none() && self.table.is_occupied(node) {
            let changed = self.table.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            match self.table.up(node) {
                Some(_) if !peer.replaces => return false,
                _ if self.table.is_occupied(node) => changed.await,
                _ => {}
            }
        }
        // To a hidden node, everybody is.
        let hidden = self.hidden || !peer.flags.has(Flags::PUBLISHED);
        let who = connection::Peer { node, creation: peer.creation };
        let mut entered = false;
        let ended =
            connection::run(stream, who, self.tick_time, self.clone(), |out| {
                entered = self.came_up(node, attempt, Connection { out, hidden });
                drop(arrival);
                entered
            });
        let reason = ended.await;
        if entered {
            self.went_down(node, hidden, reason);
        }
        entered
    }
}

/// A node that is being let in: until its connection is in the table, or has failed,
/// nobody here dials it.
struct Arrival {
    inner: Arc<Inner>,
    name: String,
}

impl Drop for Arrival {
    fn drop(&mut self) {
        self.inner.table.arrived(&self.name);
    }
}

/// The address of a host. Nodes listen on IPv4, as Erlang's do by default.
async fn resolve(host: &str) -> Result<IpAddr, DialError> {
    if host == "localhost" {
        return Ok(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    if let Ok(ip) = host.parse() {
        return Ok(ip);
    }
    let found =
        lookup_host((host, 0)).await.map(|mut all| all.find(SocketAddr::is_ipv4));
    let none = || DialError::Host(host.to_owned());
    found.ok().flatten().map(|address| address.ip()).ok_or_else(none)
}
