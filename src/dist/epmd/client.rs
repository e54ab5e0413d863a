//! What a node asks a port mapper.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::protocol::{
    ALIVE2_RESP, ALIVE2_X_RESP, Entry, PORT2_RESP, Request, is_alive, parse_listing,
};
use super::{EpmdError, fresh_creation};

/// A mapper answers at once or is in trouble: this is for a whole question and answer.
const DEADLINE: Duration = Duration::from_secs(5);
/// More than four thousand nodes with the longest names.
const MAX_LISTING: u64 = 1 << 20;

/// A name kept by a port mapper. It is given back when this is dropped.
#[derive(Debug)]
pub struct Registration {
    stream: TcpStream,
    creation: u32,
}

impl Registration {
    /// Which run of a node of this name this is, as the mapper counts.
    pub fn creation(&self) -> u32 {
        self.creation
    }

    /// Waits until the mapper has gone, and the registration with it.
    pub async fn lost(&mut self) {
        // The mapper has nothing more to say; what it says nevertheless means nothing.
        let mut ignored = [0; 64];
        while self.stream.read(&mut ignored).await.is_ok_and(|read| read > 0) {}
    }
}

/// Registers the node `alive` at the mapper at `addr`: it listens on `port`.
///
/// # Errors
/// [`EpmdError::NameInUse`] if there is one of that name, [`EpmdError::Nobody`] if no
/// mapper listens there.
pub async fn register(
    addr: SocketAddr,
    alive: &str,
    port: u16,
    hidden: bool,
) -> Result<Registration, EpmdError> {
    if !is_alive(alive) {
        return Err(EpmdError::BadName(alive.to_owned()));
    }
    let request = Request::Register(Entry::new(alive, port, hidden));
    in_time(addr, async {
        let mut stream = ask(addr, &request).await?;
        let tag = stream.read_u8().await?;
        if tag != ALIVE2_RESP && tag != ALIVE2_X_RESP {
            return Ok(Err(not_epmd(addr)));
        }
        if stream.read_u8().await? != 0 {
            return Ok(Err(EpmdError::NameInUse(alive.to_owned())));
        }
        let creation = match tag {
            ALIVE2_X_RESP => stream.read_u32().await?,
            _ => u32::from(stream.read_u16().await?),
        };
        // An old mapper counts from 1 to 3 only, which soon comes round again.
        let creation = if creation < 4 { fresh_creation() } else { creation };
        Ok(Ok(Registration { stream, creation }))
    })
    .await
}

/// The port of the node `alive`, if the mapper at `addr` knows it.
///
/// # Errors
/// [`EpmdError::Nobody`] if no mapper listens there.
pub async fn lookup(
    addr: SocketAddr,
    alive: &str,
) -> Result<Option<u16>, EpmdError> {
    if !is_alive(alive) {
        return Err(EpmdError::BadName(alive.to_owned()));
    }
    in_time(addr, async {
        let mut stream = ask(addr, &Request::Lookup(alive.to_owned())).await?;
        if stream.read_u8().await? != PORT2_RESP {
            return Ok(Err(not_epmd(addr)));
        }
        if stream.read_u8().await? != 0 {
            return Ok(Ok(None));
        }
        Ok(Ok(Some(stream.read_u16().await?)))
    })
    .await
}

/// The names and ports of all nodes that the mapper at `addr` knows.
///
/// # Errors
/// [`EpmdError::Nobody`] if no mapper listens there.
pub async fn names(addr: SocketAddr) -> Result<Vec<(String, u16)>, EpmdError> {
    in_time(addr, async {
        let stream = ask(addr, &Request::Names).await?;
        let mut answer = Vec::new();
        // One byte more than allowed, to see that there is more.
        stream.take(MAX_LISTING + 1).read_to_end(&mut answer).await?;
        if answer.is_empty() {
            return Ok(Err(EpmdError::Closed(addr)));
        }
        if answer.len() as u64 > MAX_LISTING {
            return Ok(Err(EpmdError::NotEpmd(
                addr,
                "its list of names has no end",
            )));
        }
        Ok(parse_listing(&answer).ok_or_else(|| not_epmd(addr)))
    })
    .await
}

async fn ask(addr: SocketAddr, request: &Request) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(addr).await?;
    // If nobody listens, TCP may by chance choose the very port as our own and connect
    // us to ourselves.
    if stream.local_addr()? == stream.peer_addr()? {
        return Err(ErrorKind::ConnectionRefused.into());
    }
    stream.write_all(&request.encode()).await?;
    Ok(stream)
}

async fn in_time<T>(
    addr: SocketAddr,
    question: impl Future<Output = io::Result<Result<T, EpmdError>>>,
) -> Result<T, EpmdError> {
    match timeout(DEADLINE, question).await {
        Err(_) => Err(EpmdError::Timeout(addr)),
        Ok(Ok(result)) => result,
        Ok(Err(error)) => Err(match error.kind() {
            ErrorKind::ConnectionRefused => EpmdError::Nobody(addr),
            ErrorKind::UnexpectedEof
            | ErrorKind::ConnectionReset
            | ErrorKind::BrokenPipe => EpmdError::Closed(addr),
            _ => EpmdError::Io(addr, error),
        }),
    }
}

fn not_epmd(addr: SocketAddr) -> EpmdError {
    EpmdError::NotEpmd(addr, "its answer is of another protocol")
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    /// A listener that answers every request with the same bytes.
    async fn answering(answer: &'static [u8]) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let length = stream.read_u16().await.unwrap();
                let mut request = vec![0; usize::from(length)];
                stream.read_exact(&mut request).await.unwrap();
                stream.write_all(answer).await.unwrap();
            }
        });
        addr
    }

    #[tokio::test]
    async fn an_answer_of_another_protocol_is_an_error() {
        let addr = answering(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        let results = [
            register(addr, "kate", 1, false).await.err(),
            lookup(addr, "kate").await.err(),
            names(addr).await.err(),
        ];
        for error in results {
            assert!(matches!(error, Some(EpmdError::NotEpmd(..))), "{error:?}");
        }
    }

    #[tokio::test]
    async fn a_cut_answer_is_an_error() {
        for answer in [&b""[..], b"v", b"v\0\0\0", b"y\0\0"] {
            let addr = answering(answer).await;
            let error = register(addr, "kate", 1, false).await.err();
            assert!(matches!(error, Some(EpmdError::Closed(_))), "{error:?}");
        }
        for answer in [&b""[..], b"w", b"w\0", b"w\0\x11"] {
            let addr = answering(answer).await;
            let error = lookup(addr, "kate").await.err();
            assert!(matches!(error, Some(EpmdError::Closed(_))), "{error:?}");
        }
        let error = names(answering(b"").await).await.err();
        assert!(matches!(error, Some(EpmdError::Closed(_))), "{error:?}");
    }

    #[tokio::test]
    async fn an_old_mapper_is_understood() {
        let addr = answering(b"y\0\0\x02").await;
        let mut registration = register(addr, "kate", 1, false).await.unwrap();
        assert!(registration.creation() >= 4);
        timeout(DEADLINE, registration.lost()).await.unwrap();
    }

    #[tokio::test]
    async fn a_mapper_that_says_nothing_is_not_waited_for() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let asked = tokio::spawn(async move { lookup(addr, "kate").await });
        let (_silent, _) = listener.accept().await.unwrap();
        tokio::time::pause();
        let error = asked.await.unwrap().err();
        assert!(matches!(error, Some(EpmdError::Timeout(_))), "{error:?}");
    }

    #[tokio::test]
    async fn names_that_no_node_can_have_are_not_asked_for() {
        let addr = "127.0.0.1:1".parse().unwrap();
        let long = "x".repeat(256);
        for name in ["", "ka te", "kate\n", long.as_str()] {
            let error = register(addr, name, 1, false).await.err();
            assert!(matches!(error, Some(EpmdError::BadName(_))), "{error:?}");
            let error = lookup(addr, name).await.err();
            assert!(matches!(error, Some(EpmdError::BadName(_))), "{error:?}");
        }
    }
}
