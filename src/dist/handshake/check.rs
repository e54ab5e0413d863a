//! Are both ends really Rust nodes, of releases that understand each other?
//!
//! The flag that says so uses a bit that belongs to OTP, and a future OTP may give it
//! another meaning. So both ends send one more frame, in the shape that all frames have
//! from here on:
//!
//! ```text
//! 4 bytes   length of the rest
//! 5 bytes   "moebi"
//! 2 bytes   version of the wire
//! 4 bytes   creation
//! ```

use std::time::Duration;

use bytes::{Buf, BufMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use super::{HandshakeError, Hello, Peer};

/// The version of the wire between Rust nodes. It changes whenever a frame does.
pub const WIRE_VERSION: u16 = 1;

const MAGIC: &[u8; 5] = b"moebi";
/// Magic and version, which every release can read.
const SHORTEST: u32 = 7;
/// Room for what later releases add.
const LONGEST: u32 = 64;

/// Confirms that `peer` is a Rust node of our version; for both ends, right after the
/// handshake, if both have [`Flags::RUST`](crate::dist::flags::Flags::RUST).
///
/// # Errors
/// What the difference is; the stream must then be closed.
pub async fn check<S>(
    stream: &mut S,
    ours: &Hello,
    peer: &Peer,
    within: Duration,
) -> Result<(), HandshakeError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let node = || peer.name.clone();
    let exchange = async {
        stream.write_all(&frame(WIRE_VERSION, ours.creation)).await?;
        stream.flush().await?;
        let length = stream.read_u32().await?;
        if !(SHORTEST..=LONGEST).contains(&length) {
            return Ok(None);
        }
        let mut bytes = vec![0; length as usize];
        stream.read_exact(&mut bytes).await?;
        Ok(Some(bytes))
    };
    match timeout(within, exchange).await {
        Err(_) => Err(HandshakeError::Timeout { node: node() }),
        Ok(Err(error)) => Err(HandshakeError::io(node(), error)),
        Ok(Ok(None)) => Err(HandshakeError::NotRust { node: node() }),
        Ok(Ok(Some(bytes))) => compare(&bytes, peer),
    }
}

pub(super) fn frame(version: u16, creation: u32) -> Vec<u8> {
    let mut frame = Vec::with_capacity(15);
    frame.put_u32(11);
    frame.put_slice(MAGIC);
    frame.put_u16(version);
    frame.put_u32(creation);
    frame
}

fn compare(bytes: &[u8], peer: &Peer) -> Result<(), HandshakeError> {
    let node = || peer.name.clone();
    let not_rust = || HandshakeError::NotRust { node: node() };
    let mut rest = bytes.strip_prefix(MAGIC).ok_or_else(not_rust)?;
    let theirs = rest.try_get_u16().map_err(|_| not_rust())?;
    if theirs != WIRE_VERSION {
        let ours = WIRE_VERSION;
        return Err(HandshakeError::WireVersion { node: node(), theirs, ours });
    }
    let second = rest.try_get_u32().map_err(|_| not_rust())?;
    if second != peer.creation {
        let first = peer.creation;
        return Err(HandshakeError::Creation { node: node(), first, second });
    }
    Ok(())
}
