//! The server: clients come by TCP, and each has a process.
//!
//! ```text
//!   KV.Server ── linked ── acceptor ── starts ──> a process for each client
//!   (has the socket)
//! ```
//!
//! The socket belongs to none of them. It is there before the first and stays if the
//! acceptor has to be started anew, so that nobody finds the port taken, by us. A client's
//! process is linked to nobody: what one client does is no other's business.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use moebi::otp::{Answer, Caller, ChildSpec, Request, Server};
use moebi::{Process, Reason};
use serde::{Deserialize, Serialize};
use tokio::net::{TcpListener, TcpSocket};
use tokio::time::sleep;
use tracing::warn;

use super::client;
use super::router::Router;

/// The server of a node, if it has one.
pub const SERVER: &str = "KV.Server";

/// If no client can be accepted, because there are too many open files, it is no use to
/// try again at once: the next client is still there, and so is the error.
const PAUSE: Duration = Duration::from_millis(100);

/// So many may wait to be accepted. Who finds more there tries again after a second.
const BACKLOG: u32 = 1024;

/// The port is taken, or not for us.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on port {port}: {why}")]
pub struct PortError {
    port: u16,
    why: io::Error,
}

/// Asks a server for its port.
#[derive(Debug, Serialize, Deserialize)]
pub struct WhichPort;

impl Request for WhichPort {
    type Reply = u16;
}

/// A socket that clients can connect to, and the way to the buckets.
#[derive(Clone)]
pub struct Listening {
    listener: Arc<TcpListener>,
    port: u16,
    router: Router,
}

impl Listening {
    /// Takes the port; 0 is any that is free. Only this machine's programs can connect:
    /// the protocol asks nobody who they are.
    pub fn on(port: u16, router: Router) -> Result<Self, PortError> {
        // Each client is an open file, and the usual limit is meant for programs of which
        // each has a few. Where we may not have more, we have as many as we had.
        let _ = rlimit::increase_nofile_limit(u64::MAX);
        let refused = |why| PortError { port, why };
        let listener = Arc::new(listen(port).map_err(refused)?);
        let port = listener.local_addr().map_err(refused)?.port();
        Ok(Self { listener, port, router })
    }

    /// As a child of a supervisor.
    pub fn child(self) -> ChildSpec {
        ChildSpec::server::<Self>(SERVER, self)
    }

    // ANCHOR: accept
    /// The body of the acceptor.
    async fn accept(self, me: Process) -> Result<(), Reason> {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    let router = self.router.clone();
                    me.spawn_here(|me| client::serve(me, stream, router));
                }
                Err(error) => {
                    warn!(target: "moebi::kv", "no client was accepted: {error}");
                    sleep(PAUSE).await;
                }
            }
        }
    }
    // ANCHOR_END: accept
}

impl Server for Listening {
    type Args = Self;
    type Call = WhichPort;
    type Cast = ();

    // ANCHOR: init
    /// The acceptor is linked: neither is of use without the other.
    async fn init(me: &mut Process, listening: Self) -> Result<Self, Reason> {
        me.puts(format!("accepting connections on port {}", listening.port)).await?;
        let acceptor = listening.clone();
        me.spawn_link_here(|me| acceptor.accept(me));
        Ok(listening)
    }
    // ANCHOR_END: init

    async fn handle_call(
        &mut self,
        _me: &mut Process,
        WhichPort: WhichPort,
        _caller: Caller<WhichPort>,
    ) -> Result<Answer<u16>, Reason> {
        Ok(Answer::Now(self.port))
    }
}

fn listen(port: u16) -> io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    // A server that has just ended is no reason to wait.
    socket.set_reuseaddr(true)?;
    socket.bind((Ipv4Addr::LOCALHOST, port).into())?;
    socket.listen(BACKLOG)
}
