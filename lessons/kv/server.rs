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
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;
use tracing::warn;

use super::command;
use super::lines::Lines;
use super::router::Router;

/// The server of a node, if it has one.
pub const SERVER: &str = "KV.Server";

/// If no client can be accepted, because there are too many open files, it is no use to
/// try again at once: the next client is still there, and so is the error.
const PAUSE: Duration = Duration::from_millis(100);

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
    pub async fn on(port: u16, router: Router) -> Result<Self, PortError> {
        // Each client is an open file, and the usual limit is meant for programs of which
        // each has a few. Where we may not have more, we have as many as we had.
        let _ = rlimit::increase_nofile_limit(u64::MAX);
        let refused = |why| PortError { port, why };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
        let listener = Arc::new(listener.map_err(refused)?);
        let port = listener.local_addr().map_err(refused)?.port();
        Ok(Self { listener, port, router })
    }

    /// As a child of a supervisor.
    pub fn child(self) -> ChildSpec {
        ChildSpec::server::<Self>(SERVER, self)
    }

    /// The body of the acceptor.
    async fn accept(self, me: Process) -> Result<(), Reason> {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    let router = self.router.clone();
                    me.spawn_here(async move |me| {
                        // An error of the socket is a client who has gone.
                        let _ = converse(&me, stream, &router).await;
                        Ok(())
                    });
                }
                Err(error) => {
                    warn!(target: "moebi::kv", "no client was accepted: {error}");
                    sleep(PAUSE).await;
                }
            }
        }
    }
}

impl Server for Listening {
    type Args = Self;
    type Call = WhichPort;
    type Cast = ();

    /// The acceptor is linked: neither is of use without the other.
    async fn init(me: &mut Process, listening: Self) -> Result<Self, Reason> {
        me.puts(format!("accepting connections on port {}", listening.port)).await?;
        let acceptor = listening.clone();
        me.spawn_link_here(|me| acceptor.accept(me));
        Ok(listening)
    }

    async fn handle_call(
        &mut self,
        _me: &mut Process,
        WhichPort: WhichPort,
        _caller: Caller<WhichPort>,
    ) -> Result<Answer<u16>, Reason> {
        Ok(Answer::Now(self.port))
    }
}

/// The body of a client's process. Who sends many commands without waiting for answers
/// gets them in order, and as many at once as were asked for at once. Who does not read
/// the answers is not read from either: then we wait, for them alone.
async fn converse(
    me: &Process,
    mut stream: TcpStream,
    router: &Router,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut lines = Lines::default();
    while lines.fill(&stream).await? {
        let mut answers = String::new();
        while let Some(line) = lines.next() {
            match line {
                Ok(line) => answers += &command::run(me, router, &line).await,
                Err(error) => answers += &format!("{error}\r\n"),
            }
        }
        stream.write_all(answers.as_bytes()).await?;
    }
    Ok(())
}
