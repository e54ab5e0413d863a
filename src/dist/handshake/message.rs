//! The messages of the handshake as bytes, and the frames around them.
//!
//! A frame is a length of two bytes and a message; the first byte of a message is its
//! kind. What follows a complete message in its frame is ignored, where the protocol
//! wants it so: later versions may add something there.

use bytes::{Buf, BufMut, TryGetError};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::{HandshakeError, Hello, Peer};
use crate::dist::flags::Flags;
use crate::signal::{NameError, NodeName};

/// The longest frame in bytes before a peer is known: the longest message has a name of
/// 255 bytes, and some room is left for what later versions may add.
pub const MAX_FRAME: usize = 512;

/// Something that can be sent in a frame of the handshake.
pub(super) trait Message: Sized {
    /// What should have come if it is not this.
    const WHAT: &'static str;
    fn encode(&self, out: &mut Vec<u8>);
    fn decode(bytes: &[u8]) -> Result<Self, Fault>;
}

/// Why bytes are not a message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Another message, or none.
    Malformed,
    /// A name message of version 5.
    OldVersion,
    /// A name against the rules.
    BadName(NameError),
}

impl From<TryGetError> for Fault {
    fn from(_: TryGetError) -> Self {
        Self::Malformed
    }
}

/// The two ends' frames on the stream. Reads exactly the frames it is asked for.
pub(super) struct Frames<'a, S> {
    stream: &'a mut S,
    node: String,
}

impl<'a, S: AsyncRead + AsyncWrite + Unpin> Frames<'a, S> {
    /// `node`: how errors call the other end.
    pub(super) fn new(stream: &'a mut S, node: &str) -> Self {
        Self { stream, node: node.to_owned() }
    }

    /// The other end has told its name.
    pub(super) fn call(&mut self, name: &str) {
        name.clone_into(&mut self.node);
    }

    pub(super) fn node(&self) -> String {
        self.node.clone()
    }

    pub(super) async fn send<M: Message>(
        &mut self,
        message: &M,
    ) -> Result<(), HandshakeError> {
        let mut frame = vec![0, 0];
        message.encode(&mut frame);
        // No message of ours is longer than a name and a few numbers.
        let length = u16::try_from(frame.len() - 2).unwrap_or(u16::MAX);
        frame[..2].copy_from_slice(&length.to_be_bytes());
        let sent = async {
            self.stream.write_all(&frame).await?;
            self.stream.flush().await
        };
        sent.await.map_err(|error| HandshakeError::io(self.node(), error))
    }

    pub(super) async fn receive<M: Message>(&mut self) -> Result<M, HandshakeError> {
        let length = self.stream.read_u16().await;
        let length =
            length.map_err(|error| HandshakeError::io(self.node(), error))?;
        let length = usize::from(length);
        if length > MAX_FRAME {
            return Err(HandshakeError::TooLong { node: self.node(), length });
        }
        let mut message = vec![0; length];
        let read = self.stream.read_exact(&mut message).await;
        read.map_err(|error| HandshakeError::io(self.node(), error))?;
        M::decode(&message).map_err(|fault| self.fault(fault, M::WHAT))
    }

    fn fault(&self, fault: Fault, expected: &'static str) -> HandshakeError {
        let node = self.node();
        match fault {
            Fault::Malformed => HandshakeError::Malformed { node, expected },
            Fault::OldVersion => HandshakeError::OldVersion { node },
            Fault::BadName(source) => HandshakeError::BadName { node, source },
        }
    }
}

/// `N`: who dials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Introduction {
    pub flags: Flags,
    pub creation: u32,
    pub name: String,
}

impl Introduction {
    pub(super) fn of(ours: &Hello) -> Self {
        let name = ours.name.as_str().to_owned();
        Self { flags: ours.flags, creation: ours.creation, name }
    }

    pub(super) fn proved(self, replaces: bool) -> Peer {
        let flags = self.flags.expanded();
        Peer { name: self.name, flags, creation: self.creation, replaces }
    }
}

impl Message for Introduction {
    const WHAT: &'static str = "its name";

    fn encode(&self, out: &mut Vec<u8>) {
        out.put_u8(b'N');
        out.put_u64(self.flags.0);
        out.put_u32(self.creation);
        put_name(out, &self.name);
    }

    fn decode(mut bytes: &[u8]) -> Result<Self, Fault> {
        match bytes.try_get_u8()? {
            b'N' => {}
            b'n' => return Err(Fault::OldVersion),
            _ => return Err(Fault::Malformed),
        }
        let flags = Flags(bytes.try_get_u64()?);
        let creation = bytes.try_get_u32()?;
        Ok(Self { flags, creation, name: get_node(&mut bytes)? })
    }
}

/// `N` in the other direction: who accepts, and what shall be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Challenge {
    pub challenge: u32,
    pub from: Introduction,
}

impl Message for Challenge {
    const WHAT: &'static str = "its challenge";

    fn encode(&self, out: &mut Vec<u8>) {
        out.put_u8(b'N');
        out.put_u64(self.from.flags.0);
        out.put_u32(self.challenge);
        out.put_u32(self.from.creation);
        put_name(out, &self.from.name);
    }

    fn decode(mut bytes: &[u8]) -> Result<Self, Fault> {
        match bytes.try_get_u8()? {
            b'N' => {}
            b'n' => return Err(Fault::OldVersion),
            _ => return Err(Fault::Malformed),
        }
        let flags = Flags(bytes.try_get_u64()?);
        let challenge = bytes.try_get_u32()?;
        let creation = bytes.try_get_u32()?;
        let name = get_node(&mut bytes)?;
        Ok(Self { challenge, from: Introduction { flags, creation, name } })
    }
}

/// `s`: what is to become of the attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Status {
    Ok,
    OkSimultaneous,
    Nok,
    NotAllowed,
    Alive,
    True,
    False,
    /// For nodes that ask their peer for a name.
    Named(String),
}

impl Message for Status {
    const WHAT: &'static str = "a status";

    fn encode(&self, out: &mut Vec<u8>) {
        out.put_u8(b's');
        out.put_slice(match self {
            Self::Ok => b"ok",
            Self::OkSimultaneous => b"ok_simultaneous",
            Self::Nok => b"nok",
            Self::NotAllowed => b"not_allowed",
            Self::Alive => b"alive",
            Self::True => b"true",
            Self::False => b"false",
            Self::Named(_) => b"named:",
        });
        if let Self::Named(name) = self {
            put_name(out, name);
            out.put_u32(0);
        }
    }

    fn decode(mut bytes: &[u8]) -> Result<Self, Fault> {
        if bytes.try_get_u8()? != b's' {
            return Err(Fault::Malformed);
        }
        // A status is the whole rest of its frame, so nothing can follow it.
        Ok(match bytes {
            b"ok" => Self::Ok,
            b"ok_simultaneous" => Self::OkSimultaneous,
            b"nok" => Self::Nok,
            b"not_allowed" => Self::NotAllowed,
            b"alive" => Self::Alive,
            b"true" => Self::True,
            b"false" => Self::False,
            _ => {
                let named = bytes.strip_prefix(b"named:");
                let mut rest = named.ok_or(Fault::Malformed)?;
                Self::Named(get_node(&mut rest)?)
            }
        })
    }
}

/// `r`: the dialling side proves itself, and asks the same of the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    pub challenge: u32,
    pub digest: [u8; 16],
}

impl Message for Reply {
    const WHAT: &'static str = "the answer to our challenge";

    fn encode(&self, out: &mut Vec<u8>) {
        out.put_u8(b'r');
        out.put_u32(self.challenge);
        out.put_slice(&self.digest);
    }

    fn decode(mut bytes: &[u8]) -> Result<Self, Fault> {
        if bytes.try_get_u8()? != b'r' {
            return Err(Fault::Malformed);
        }
        let challenge = bytes.try_get_u32()?;
        Ok(Self { challenge, digest: get_digest(bytes)? })
    }
}

/// `a`: the accepting side proves itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ack {
    pub digest: [u8; 16],
}

impl Message for Ack {
    const WHAT: &'static str = "the answer to our challenge";

    fn encode(&self, out: &mut Vec<u8>) {
        out.put_u8(b'a');
        out.put_slice(&self.digest);
    }

    fn decode(mut bytes: &[u8]) -> Result<Self, Fault> {
        if bytes.try_get_u8()? != b'a' {
            return Err(Fault::Malformed);
        }
        Ok(Self { digest: get_digest(bytes)? })
    }
}

fn put_name(out: &mut Vec<u8>, name: &str) {
    // Our own name is one that the rules allow, so it is short.
    out.put_u16(u16::try_from(name.len()).unwrap_or(u16::MAX));
    out.put_slice(name.as_bytes());
}

fn get_node(bytes: &mut &[u8]) -> Result<String, Fault> {
    let length = usize::from(bytes.try_get_u16()?);
    let name = bytes.split_off(..length).ok_or(Fault::Malformed)?;
    let name = str::from_utf8(name).map_err(|_| Fault::Malformed)?;
    NodeName::check(name).map_err(Fault::BadName)?;
    Ok(name.to_owned())
}

fn get_digest(bytes: &[u8]) -> Result<[u8; 16], Fault> {
    bytes.first_chunk().copied().ok_or(Fault::Malformed)
}
