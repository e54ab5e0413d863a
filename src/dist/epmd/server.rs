//! A port mapper of our own, for hosts where none runs.
//!
//! It answers as Erlang's does, because real Erlang nodes may come to rely on it. What
//! could hurt others is refused: `kill` (Erlang's refuses too while a node is
//! registered), `stop` and `dump`. As there, only nodes of its own host can register.
//!
//! Everything from outside has a bound: the length of a request, the time to send one,
//! the number of connections. A registered connection may be silent for ever; that is
//! what it is for.

use std::collections::BTreeMap;
use std::io;
use std::net::{SocketAddr, TcpListener as StdListener};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};
use tracing::{debug, warn};

use super::fresh_creation;
use super::protocol::{self, Entry, MAX_REQUEST, Request};

/// So many connections wait to be accepted.
const BACKLOG: i32 = 1024;

/// For a whole request and its answer.
const DEADLINE: Duration = Duration::from_secs(5);
/// Registered nodes and questions together.
const MAX_CONNECTIONS: usize = 1024;
/// If the operating system has no socket left, it may have one after this.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A running port mapper. It ends, and forgets everyone, when this is dropped.
#[derive(Debug)]
pub struct Server {
    local_addr: SocketAddr,
    /// Dropping it ends the task.
    running: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

/// Who is registered, by name.
#[derive(Debug, Default)]
struct Nodes(Mutex<BTreeMap<String, Entry>>);

/// One registration; the name is free again when this is dropped.
struct Registered<'a> {
    nodes: &'a Nodes,
    alive: String,
}

impl Server {
    /// Starts a mapper at `addr`. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// If the port is taken, or may not be used.
    pub fn bind(addr: SocketAddr) -> io::Result<Self> {
        Self::bind_with(addr, DEADLINE, MAX_CONNECTIONS)
    }

    fn bind_with(
        addr: SocketAddr,
        deadline: Duration,
        max: usize,
    ) -> io::Result<Self> {
        let listener = StdListener::bind(addr)?;
        // A cluster that starts at once asks at once; by default the queue holds 128, and
        // who does not fit in tries again a second later.
        SockRef::from(&listener).listen(BACKLOG)?;
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        let local_addr = listener.local_addr()?;
        let (running, ended) = oneshot::channel();
        let task = tokio::spawn(run(listener, ended, deadline, max));
        Ok(Self { local_addr, running, task })
    }

    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// Ends it, and waits until its port is free and all connections are closed.
    pub async fn stop(self) {
        drop(self.running);
        // It would be an error only if the task had panicked; it has ended either way.
        let _ = self.task.await;
    }
}

async fn run(
    listener: TcpListener,
    mut ended: oneshot::Receiver<()>,
    deadline: Duration,
    max: usize,
) {
    let nodes = Arc::new(Nodes::default());
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            _ = &mut ended => break,
            accepted = listener.accept() => accepted,
        };
        while connections.try_join_next().is_some() {}
        match accepted {
            Ok((stream, peer)) if connections.len() < max => {
                let nodes = Arc::clone(&nodes);
                connections.spawn(async move {
                    if let Err(error) = serve(stream, &nodes, deadline).await {
                        debug!(target: "moebi::epmd", %peer, %error, "connection ended");
                    }
                });
            }
            Ok((_, peer)) => {
                warn!(target: "moebi::epmd", %peer, "refused: too many connections");
            }
            Err(error) => {
                warn!(target: "moebi::epmd", %error, "cannot accept");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    // First the port, so that another mapper can take it before the nodes come back.
    drop(listener);
    connections.shutdown().await;
}

/// One connection: one request, one answer. A registration stays.
async fn serve(
    mut stream: TcpStream,
    nodes: &Nodes,
    deadline: Duration,
) -> io::Result<()> {
    let registered = timeout(deadline, answer(&mut stream, nodes)).await??;
    if let Some(registered) = registered {
        debug!(target: "moebi::epmd", alive = registered.alive, "registered");
        // Whatever comes ends it: the end of the connection, or what nobody asked for.
        let _ = stream.read_u8().await;
        debug!(target: "moebi::epmd", alive = registered.alive, "unregistered");
    }
    Ok(())
}

async fn answer<'a>(
    stream: &mut TcpStream,
    nodes: &'a Nodes,
) -> io::Result<Option<Registered<'a>>> {
    let bytes = read_request(stream).await?;
    let mut registered = None;
    let answer = match Request::decode(&bytes) {
        Some(Request::Register(entry)) if is_local(stream)? => {
            let highest = entry.highest;
            registered = nodes.register(entry);
            let creation = registered.is_some().then(fresh_creation);
            protocol::registered(highest, creation)
        }
        Some(Request::Lookup(alive)) => protocol::found(nodes.0.lock().get(&alive)),
        Some(Request::Names) => {
            let port = stream.local_addr()?.port();
            let nodes = nodes.0.lock();
            let nodes = nodes.values().map(|node| (node.alive.as_str(), node.port));
            protocol::listing(port, nodes)
        }
        Some(Request::Kill) => b"NO".to_vec(),
        // Erlang's mapper, too, says nothing and hangs up.
        Some(Request::Register(_) | Request::Dump | Request::Stop) | None => {
            Vec::new()
        }
    };
    stream.write_all(&answer).await?;
    Ok(registered)
}

async fn read_request(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let length = stream.read_u16().await?;
    if length > MAX_REQUEST {
        return Err(io::Error::other("the request is too long"));
    }
    let mut request = vec![0; usize::from(length)];
    stream.read_exact(&mut request).await?;
    Ok(request)
}

/// Does the other end run on this host?
fn is_local(stream: &TcpStream) -> io::Result<bool> {
    let peer = stream.peer_addr()?.ip();
    Ok(peer.is_loopback() || peer == stream.local_addr()?.ip())
}

impl Nodes {
    /// `None` if the name is in use.
    fn register(&self, entry: Entry) -> Option<Registered<'_>> {
        let mut nodes = self.0.lock();
        if nodes.contains_key(&entry.alive) {
            return None;
        }
        let alive = entry.alive.clone();
        nodes.insert(alive.clone(), entry);
        Some(Registered { nodes: self, alive })
    }
}

impl Drop for Registered<'_> {
    fn drop(&mut self) {
        self.nodes.0.lock().remove(&self.alive);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{EpmdError, lookup, names, register};
    use super::*;

    const LOOPBACK: &str = "127.0.0.1:0";
    const PATIENCE: Duration = Duration::from_secs(10);

    fn server() -> Server {
        Server::bind(LOOPBACK.parse().unwrap()).unwrap()
    }

    /// Everything that comes back after these bytes, until the mapper hangs up.
    async fn ask(addr: SocketAddr, bytes: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(addr).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        hear(&mut stream).await
    }

    async fn hear(stream: &mut TcpStream) -> Vec<u8> {
        let mut answer = Vec::new();
        let read = stream.read_to_end(&mut answer);
        // A reset is a way to hang up, too.
        let _ = timeout(PATIENCE, read).await.expect("the mapper must hang up");
        answer
    }

    /// Asks until the mapper has noticed that a connection has closed.
    async fn until_gone(addr: SocketAddr, alive: &str) {
        let gone = async { while lookup(addr, alive).await.unwrap().is_some() {} };
        timeout(PATIENCE, gone).await.expect("the name must be free");
    }

    #[tokio::test]
    async fn who_registers_is_found_until_the_connection_ends() {
        let server = server();
        let addr = server.local_addr();
        assert_eq!(names(addr).await.unwrap(), []);
        let kate = register(addr, "kate", 40001, false).await.unwrap();
        let _alex = register(addr, "alex", 40002, true).await.unwrap();
        assert!(kate.creation() >= 4);
        assert_eq!(lookup(addr, "kate").await.unwrap(), Some(40001));
        assert_eq!(lookup(addr, "moebi").await.unwrap(), None);
        let both = [("alex".to_owned(), 40002), ("kate".to_owned(), 40001)];
        assert_eq!(names(addr).await.unwrap(), both);
        drop(kate);
        until_gone(addr, "kate").await;
        assert_eq!(names(addr).await.unwrap(), both[..1]);
    }

    #[tokio::test]
    async fn a_name_in_use_is_refused_and_stays_with_its_node() {
        let server = server();
        let addr = server.local_addr();
        let kate = register(addr, "kate", 40001, false).await.unwrap();
        let error = register(addr, "kate", 40002, false).await.unwrap_err();
        assert!(matches!(&error, EpmdError::NameInUse(name) if name == "kate"));
        assert_eq!(lookup(addr, "kate").await.unwrap(), Some(40001));
        drop(kate);
        until_gone(addr, "kate").await;
        register(addr, "kate", 40002, false).await.unwrap();
    }

    #[tokio::test]
    async fn kill_dump_and_stop_are_refused() {
        let server = server();
        let addr = server.local_addr();
        let _kate = register(addr, "kate", 40001, false).await.unwrap();
        assert_eq!(ask(addr, b"\0\x01k").await, b"NO");
        assert_eq!(ask(addr, b"\0\x01d").await, b"");
        assert_eq!(ask(addr, b"\0\x05skate").await, b"");
        assert_eq!(lookup(addr, "kate").await.unwrap(), Some(40001));
    }

    #[tokio::test]
    async fn a_malformed_or_oversized_request_is_dropped() {
        let server = server();
        let addr = server.local_addr();
        for request in
            [&b"\0\0"[..], b"\0\x01z", b"\0\x01?", b"\xff\xff", b"\0\x02x\0"]
        {
            assert_eq!(ask(addr, request).await, b"", "{request:?}");
        }
        assert_eq!(names(addr).await.unwrap(), [], "and the mapper lives");
    }

    #[tokio::test]
    async fn a_slow_request_is_dropped_but_an_idle_registration_is_not() {
        let moment = Duration::from_millis(100);
        let server =
            Server::bind_with(LOOPBACK.parse().unwrap(), moment, 10).unwrap();
        let addr = server.local_addr();
        let mut kate = register(addr, "kate", 40001, false).await.unwrap();
        // This one takes longer than the deadline, so kate is idle for longer, too.
        assert_eq!(ask(addr, b"\0\x05zka").await, b"");
        assert_eq!(lookup(addr, "kate").await.unwrap(), Some(40001));
        assert!(timeout(moment, kate.lost()).await.is_err());
    }

    #[tokio::test]
    async fn connections_are_bounded() {
        let server =
            Server::bind_with(LOOPBACK.parse().unwrap(), PATIENCE, 2).unwrap();
        let addr = server.local_addr();
        let _one = register(addr, "one", 1, false).await.unwrap();
        let two = register(addr, "two", 2, false).await.unwrap();
        let error = register(addr, "three", 3, false).await.unwrap_err();
        assert!(matches!(error, EpmdError::Closed(_)), "{error}");
        drop(two);
        let room = async { while lookup(addr, "one").await.is_err() {} };
        timeout(PATIENCE, room).await.expect("there must be room again");
    }

    #[tokio::test]
    async fn a_registered_node_that_talks_is_forgotten() {
        let server = server();
        let addr = server.local_addr();
        let request = Request::Register(Entry::new("kate", 40001, false)).encode();
        let mut kate = TcpStream::connect(addr).await.unwrap();
        kate.write_all(&request).await.unwrap();
        let mut answer = [0; 6];
        kate.read_exact(&mut answer).await.unwrap();
        kate.write_all(b"\0\x01n").await.unwrap();
        assert_eq!(hear(&mut kate).await, b"");
        until_gone(addr, "kate").await;
    }

    #[tokio::test]
    async fn a_stopped_mapper_frees_its_port_and_lets_everyone_go() {
        let server = server();
        let addr = server.local_addr();
        let mut kate = register(addr, "kate", 40001, false).await.unwrap();
        server.stop().await;
        timeout(PATIENCE, kate.lost()).await.expect("kate must notice");
        let error = lookup(addr, "kate").await.unwrap_err();
        assert!(matches!(error, EpmdError::Nobody(_)), "{error}");
        Server::bind(addr).unwrap();
    }

    #[tokio::test]
    async fn a_dropped_mapper_lets_everyone_go() {
        let server = server();
        let mut kate =
            register(server.local_addr(), "kate", 40001, false).await.unwrap();
        drop(server);
        timeout(PATIENCE, kate.lost()).await.expect("kate must notice");
    }
}
