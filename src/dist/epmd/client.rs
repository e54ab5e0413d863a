//! What a node asks its port mapper.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::EpmdError;
use super::protocol::{
    ALIVE2_REQ, ALIVE2_RESP, ALIVE2_X_RESP, NAMES_REQ, NodeEntry, PORT_PLEASE2_REQ,
    PORT2_RESP, number, request,
};

/// A port mapper is on this network or none: it answers at once.
const DEADLINE: Duration = Duration::from_secs(5);

/// A list of names is not longer, in bytes.
const MAX_NAMES: u64 = 1024 * 1024;

/// A node's place in the port mapper, for as long as this value lives.
#[derive(Debug)]
pub struct Registration {
    socket: TcpStream,
    /// What the port mapper gave this registration to tell it from earlier ones.
    pub creation: u32,
}

impl Registration {
    /// Returns when the port mapper has gone.
    pub async fn lost(&mut self) {
        let mut ignored = [0; 64];
        while self
            .socket
            .read(&mut ignored)
            .await
            .is_ok_and(|read| read > 0)
        {}
    }
}

async fn in_time<T>(
    at: SocketAddr,
    work: impl Future<Output = io::Result<T>>,
) -> Result<T, EpmdError> {
    match timeout(DEADLINE, work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) if error.kind() == io::ErrorKind::InvalidData => {
            Err(EpmdError::Malformed(at))
        }
        Ok(Err(error)) => Err(EpmdError::Unreachable(at, error)),
        Err(_) => Err(EpmdError::Slow(at)),
    }
}

fn malformed() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

/// Registers a node.
///
/// # Errors
/// [`EpmdError::NameInUse`], or another if there is no port mapper.
pub async fn register(
    at: SocketAddr,
    alive: &str,
    port: u16,
    hidden: bool,
) -> Result<Registration, EpmdError> {
    let node = NodeEntry::new(alive, port, hidden);
    let (socket, result, creation) = in_time(at, async {
        let mut socket = TcpStream::connect(at).await?;
        socket
            .write_all(&request(ALIVE2_REQ, |out| node.write(out)))
            .await?;
        let operation = socket.read_u8().await?;
        let result = socket.read_u8().await?;
        let creation = match operation {
            ALIVE2_X_RESP => socket.read_u32().await?,
            ALIVE2_RESP => u32::from(socket.read_u16().await?),
            _ => return Err(malformed()),
        };
        Ok((socket, result, creation))
    })
    .await?;
    if result != 0 {
        return Err(EpmdError::NameInUse(alive.to_owned()));
    }
    Ok(Registration { socket, creation })
}

/// The port of a node, if it is registered.
///
/// # Errors
/// [`EpmdError`] if there is no port mapper.
pub async fn lookup(at: SocketAddr, alive: &str) -> Result<Option<u16>, EpmdError> {
    in_time(at, async {
        let mut socket = TcpStream::connect(at).await?;
        let ask = request(PORT_PLEASE2_REQ, |out| {
            out.extend_from_slice(alive.as_bytes())
        });
        socket.write_all(&ask).await?;
        if socket.read_u8().await? != PORT2_RESP {
            return Err(malformed());
        }
        if socket.read_u8().await? != 0 {
            return Ok(None);
        }
        let mut port = [0; 2];
        socket.read_exact(&mut port).await?;
        Ok(Some(number(&port)))
    })
    .await
}

/// All registered nodes, with their ports.
///
/// # Errors
/// [`EpmdError`] if there is no port mapper.
pub async fn names(at: SocketAddr) -> Result<Vec<(String, u16)>, EpmdError> {
    in_time(at, async {
        let mut socket = TcpStream::connect(at).await?;
        socket.write_all(&request(NAMES_REQ, |_| {})).await?;
        let _port = socket.read_u32().await?;
        let mut text = String::new();
        socket.take(MAX_NAMES).read_to_string(&mut text).await?;
        text.lines()
            .map(|line| entry(line).ok_or_else(malformed))
            .collect()
    })
    .await
}

/// `name kate at port 12345`
fn entry(line: &str) -> Option<(String, u16)> {
    let (name, port) = line.strip_prefix("name ")?.split_once(" at port ")?;
    Some((name.to_owned(), port.parse().ok()?))
}
