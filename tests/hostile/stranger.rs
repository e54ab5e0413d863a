//! Somebody who connects and says what he likes.

use std::io::ErrorKind;
use std::net::SocketAddr;

use moebi::dist::flags::Flags;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::world::{DEADLINE, World};

pub struct Stranger {
    pub stream: TcpStream,
    /// What the log calls him.
    pub from: SocketAddr,
}

impl Stranger {
    pub async fn connect(world: &World) -> Self {
        let connected = timeout(DEADLINE, TcpStream::connect(world.address)).await;
        let stream = connected.expect("connected in time").unwrap();
        let from = stream.local_addr().unwrap();
        Self { stream, from }
    }

    /// The node may have hung up before this is all written.
    pub async fn says(&mut self, bytes: &[u8]) {
        let said = timeout(DEADLINE, self.stream.write_all(bytes)).await;
        let _ = said.expect("a node reads or hangs up");
    }

    /// A frame of the handshake.
    pub async fn says_frame(&mut self, message: &[u8]) {
        self.says(&framed(message)).await;
    }

    /// Nothing more comes from him; he still listens.
    pub async fn falls_silent(&mut self) {
        let _ = self.stream.shutdown().await;
    }

    /// What the node says next, in one frame of the handshake.
    pub async fn hears(&mut self) -> Vec<u8> {
        let frame = async {
            let length = self.stream.read_u16().await.unwrap();
            let mut message = vec![0; usize::from(length)];
            self.stream.read_exact(&mut message).await.unwrap();
            message
        };
        timeout(DEADLINE, frame).await.expect("a frame in time")
    }

    /// Waits until the node has hung up.
    pub async fn is_dropped(mut self) {
        hung_up(&mut self.stream).await;
    }
}

/// Reads what there is until the other side closes the connection.
pub async fn hung_up(stream: &mut TcpStream) {
    let end = async {
        let mut heard = [0; 4096];
        loop {
            match stream.read(&mut heard).await {
                Ok(0) => return,
                Ok(_) => {}
                Err(error) => {
                    let reset = [ErrorKind::ConnectionReset, ErrorKind::BrokenPipe];
                    assert!(reset.contains(&error.kind()), "{error}");
                    return;
                }
            }
        }
    };
    let end = timeout(DEADLINE, end).await;
    assert!(end.is_ok(), "{:?} was not dropped", stream.local_addr());
}

/// A message with its length before it.
pub fn framed(message: &[u8]) -> Vec<u8> {
    let length = u16::try_from(message.len()).unwrap();
    [&length.to_be_bytes(), message].concat()
}

/// The first message of the handshake.
pub fn introduction(name: &[u8], flags: Flags) -> Vec<u8> {
    let length = u16::try_from(name.len()).unwrap();
    let mut message = vec![b'N'];
    message.extend_from_slice(&flags.0.to_be_bytes());
    message.extend_from_slice(&7_u32.to_be_bytes());
    message.extend_from_slice(&length.to_be_bytes());
    message.extend_from_slice(name);
    message
}

/// The answer to a challenge.
pub fn reply(challenge: u32, digest: [u8; 16]) -> Vec<u8> {
    [&b"r"[..], &challenge.to_be_bytes(), &digest].concat()
}

/// The challenge in the message that brings one.
pub fn challenge(message: &[u8]) -> u32 {
    assert_eq!(message.first(), Some(&b'N'));
    u32::from_be_bytes(message[9..13].try_into().unwrap())
}
