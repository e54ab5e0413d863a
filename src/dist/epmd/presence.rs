//! A node's place in the port mapper, kept for as long as the node lives.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tracing::{debug, warn};

use super::client::{Registration, register};
use super::{EpmdError, Server};

/// How a node wants to be found.
#[derive(Debug, Clone)]
pub struct PresenceConfig {
    /// The port mapper's port on this host.
    pub epmd_port: u16,
    /// The name before the `@`.
    pub alive: String,
    /// Where the node listens.
    pub port: u16,
    /// Is it a hidden node?
    pub hidden: bool,
    /// Is a hosted port mapper for this machine alone?
    pub loopback_only: bool,
}

/// A node that can be found.
#[derive(Debug)]
pub struct Presence {
    task: JoinHandle<()>,
}

/// At the start a name in use is an error, but not at once: its node may just have
/// stopped, and the port mapper be about to notice.
const GRACE_AT_START: Duration = Duration::from_millis(200);

/// Between two attempts to be registered again.
const RETRY: Duration = Duration::from_millis(20);

/// After so many attempts it is said aloud that the node cannot be found.
const PATIENCE: u32 = 100;

struct Place {
    registration: Registration,
    /// The port mapper, if it is hosted here.
    server: Option<Server>,
}

impl Presence {
    /// Registers a node, and hosts the port mapper if there is none.
    ///
    /// # Errors
    /// [`EpmdError::NameInUse`], or another if neither works.
    pub async fn start(config: PresenceConfig) -> Result<Self, EpmdError> {
        let until = Instant::now() + GRACE_AT_START;
        let place = loop {
            match config.take_place(None).await {
                // Or the port mapper is going, with the node that hosts it.
                Err(EpmdError::NameInUse(_) | EpmdError::Unreachable(..))
                    if Instant::now() < until =>
                {
                    sleep(RETRY).await;
                }
                placed => break placed?,
            }
        };
        let task = tokio::spawn(config.keep(place));
        Ok(Self { task })
    }

    /// Ends the registration, and the port mapper if it is hosted here.
    pub async fn stop(mut self) {
        self.task.abort();
        // Its end is all that is waited for.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl PresenceConfig {
    /// Registers with the port mapper that is there, or hosts one and registers there.
    async fn take_place(&self, server: Option<Server>) -> Result<Place, EpmdError> {
        let at = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), self.epmd_port);
        match self.register(at).await {
            Ok(registration) => Ok(Place {
                registration,
                server,
            }),
            Err(EpmdError::Unreachable(_, why))
                if server.is_none()
                    && why.kind() == io::ErrorKind::ConnectionRefused =>
            {
                let server = match Server::bind(self.host_address()).await {
                    Ok(server) => {
                        debug!(target: "moebi::epmd", node = self.alive, "hosts the port mapper");
                        Some(server)
                    }
                    // Another node was faster: register there.
                    Err(why) if why.kind() == io::ErrorKind::AddrInUse => None,
                    Err(why) => return Err(EpmdError::Unreachable(at, why)),
                };
                let registration = self.register(at).await?;
                Ok(Place {
                    registration,
                    server,
                })
            }
            Err(why) => Err(why),
        }
    }

    async fn register(&self, at: SocketAddr) -> Result<Registration, EpmdError> {
        register(at, &self.alive, self.port, self.hidden).await
    }

    fn host_address(&self) -> SocketAddr {
        let ip = if self.loopback_only {
            Ipv4Addr::LOCALHOST
        } else {
            Ipv4Addr::UNSPECIFIED
        };
        SocketAddr::new(IpAddr::V4(ip), self.epmd_port)
    }

    /// Registers again whenever the registration is lost, because the node that hosted
    /// the port mapper has gone.
    async fn keep(self, mut place: Place) {
        loop {
            place.registration.lost().await;
            debug!(target: "moebi::epmd", node = self.alive, "lost the port mapper");
            let mut server = place.server;
            let mut attempts = 0;
            place = loop {
                match self.take_place(server.take()).await {
                    Ok(place) => break place,
                    Err(why) => {
                        attempts += 1;
                        if attempts == PATIENCE {
                            let node = &self.alive;
                            warn!(target: "moebi::epmd", "** {node} cannot be found by others: {why} **");
                        }
                    }
                }
                // Not all at the same moment: who is second finds the first one there.
                sleep(RETRY.mul_f64(rand::random_range(0.5..1.5))).await;
            };
        }
    }
}
