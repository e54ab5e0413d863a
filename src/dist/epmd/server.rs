//! A port mapper of our own, for hosts that have none.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::timeout;

use super::protocol::{
    ALIVE2_REQ, ALIVE2_X_RESP, DUMP_REQ, KILL_REQ, MAX_REQUEST, NAMES_REQ,
    NodeEntry, PORT_PLEASE2_REQ, PORT2_RESP, STOP_REQ,
};

/// How long a client may take over its request.
const DEADLINE: Duration = Duration::from_secs(5);

/// So many clients at a time, registered nodes among them.
const CLIENTS: usize = 1024;

/// A port mapper, until it is dropped: then all registrations end.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    task: AbortHandle,
}

type Nodes = Arc<Mutex<BTreeMap<String, NodeEntry>>>;

impl Server {
    /// Hosts a port mapper. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// If the port is taken.
    pub async fn bind(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(serve(listener, address.port())).abort_handle();
        Ok(Self { address, task })
    }

    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, port: u16) {
    let nodes = Nodes::default();
    let free = Arc::new(Semaphore::new(CLIENTS));
    // They end with this task.
    let mut clients = JoinSet::new();
    loop {
        let Ok(place) = free.clone().acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((socket, _)) => {
                let nodes = nodes.clone();
                clients.spawn(async move {
                    // A client that breaks off is none that needs an answer.
                    let _ = attend(socket, &nodes, port).await;
                    drop(place);
                });
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
        while clients.try_join_next().is_some() {}
    }
}

async fn attend(mut socket: TcpStream, nodes: &Nodes, port: u16) -> io::Result<()> {
    let asked = timeout(DEADLINE, read_request(&mut socket)).await??;
    let Some((operation, rest)) = asked.split_first() else {
        return Ok(());
    };
    let answer = match *operation {
        ALIVE2_REQ => return keep_registered(socket, nodes, rest).await,
        PORT_PLEASE2_REQ => look_up(nodes, rest),
        NAMES_REQ => list(nodes, port, |out, name, port| {
            writeln!(out, "name {name} at port {port}")
        }),
        DUMP_REQ => list(nodes, port, |out, name, port| {
            writeln!(out, "active name     <{name}> at port {port}, fd = 0 ")
        }),
        // Nodes rely on it: it ends when its host ends, and nobody else's name goes.
        KILL_REQ => b"NO".to_vec(),
        STOP_REQ => b"NOEXIST".to_vec(),
        _ => return Ok(()),
    };
    timeout(DEADLINE, socket.write_all(&answer)).await??;
    socket.shutdown().await
}

async fn read_request(socket: &mut TcpStream) -> io::Result<Vec<u8>> {
    let length = usize::from(socket.read_u16().await?);
    if length > MAX_REQUEST {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut asked = vec![0; length];
    socket.read_exact(&mut asked).await?;
    Ok(asked)
}

/// A node stays registered for as long as its socket is open.
async fn keep_registered(
    mut socket: TcpStream,
    nodes: &Nodes,
    rest: &[u8],
) -> io::Result<()> {
    let node = NodeEntry::read(rest).ok_or(io::ErrorKind::InvalidData)?;
    let name = node.alive.clone();
    let free = {
        let mut nodes = nodes.lock();
        let free = !nodes.contains_key(&name);
        if free {
            nodes.insert(name.clone(), node);
        }
        free
    };
    let registered = free.then(|| Registered { nodes, name });
    let creation: u32 = rand::random_range(4..=u32::MAX);
    let mut answer = vec![ALIVE2_X_RESP, u8::from(!free)];
    answer.extend_from_slice(&creation.to_be_bytes());
    socket.write_all(&answer).await?;
    if registered.is_some() {
        let mut ignored = [0; 64];
        while socket.read(&mut ignored).await? > 0 {}
    }
    Ok(())
}

/// A name that is free again when this is dropped, however its client ends.
struct Registered<'a> {
    nodes: &'a Nodes,
    name: String,
}

impl Drop for Registered<'_> {
    fn drop(&mut self) {
        self.nodes.lock().remove(&self.name);
    }
}

fn look_up(nodes: &Nodes, name: &[u8]) -> Vec<u8> {
    let nodes = nodes.lock();
    let found = std::str::from_utf8(name)
        .ok()
        .and_then(|name| nodes.get(name));
    let Some(node) = found else {
        return vec![PORT2_RESP, 1];
    };
    let mut answer = vec![PORT2_RESP, 0];
    node.write(&mut answer);
    answer
}

fn list(
    nodes: &Nodes,
    port: u16,
    line: impl Fn(&mut String, &str, u16) -> std::fmt::Result,
) -> Vec<u8> {
    let mut text = String::new();
    for (name, node) in &*nodes.lock() {
        // Writing to a String cannot fail.
        let _ = line(&mut text, name, node.port);
    }
    let mut answer = u32::from(port).to_be_bytes().to_vec();
    answer.extend_from_slice(text.as_bytes());
    answer
}
