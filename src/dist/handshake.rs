//! The handshake: two nodes recognise each other. Erlang's, version 6 ("Distribution
//! Handshake" in the ERTS user's guide).
//!
//! ```text
//!      alex dials                              kate accepts
//!          |  name      flags, creation, name       |
//!          | -------------------------------------> |
//!          |  status    ok | ok_simultaneous | alive|  nok | not_allowed: she closes
//!          | <------------------------------------- |
//!          |  (status   true, only after alive)     |
//!          | -------------------------------------> |
//!          |  challenge flags, number, creation, name
//!          | <------------------------------------- |
//!          |  reply     number, MD5(cookie, hers)   |
//!          | -------------------------------------> |  here alex has proved himself
//!          |  ack       MD5(cookie, his)            |
//!          | <------------------------------------- |  and here kate
//!          |  check     wire version  (both ways, between Rust nodes)
//!          | <------------------------------------> |
//! ```
//!
//! Every message has a length of two bytes in front, big endian, and is read by hand
//! with a limit: until the peer has proved the cookie, nothing it says is believed,
//! kept, or decoded by anything clever. The caller puts a deadline around the whole.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::cookie::Cookie;
use super::flags::Flags;
use crate::signal::{MAX_NAME, NodeName};

/// How long a handshake may take (`net_setuptime` in Erlang's kernel application).
pub const SETUP_TIME: Duration = Duration::from_secs(7);

/// What Rust nodes say to each other after the handshake. Frames that an older program
/// would misread need another number.
pub const WIRE_VERSION: u16 = 1;

/// The longest message: a name with its fixed parts, and room for what later versions
/// may add behind it.
const MAX_MESSAGE: usize = 1024;

const MAGIC: &[u8; 5] = b"moebi";

/// What a node says of itself.
#[derive(Debug, Clone)]
pub struct Hello {
    /// Its name.
    pub name: String,
    /// What it is capable of.
    pub flags: Flags,
    /// Which incarnation it is.
    pub creation: u32,
}

/// Who has proved the cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Its name.
    pub name: String,
    /// What it is capable of.
    pub flags: Flags,
    /// Which incarnation it is.
    pub creation: u32,
    /// It was told that a connection to it is up, and knows nothing of that one: the old
    /// one is to be closed before this one comes up.
    pub replaces: bool,
}

/// What a node says to one that wants in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Come in.
    Ok,
    /// Come in; my own attempt to reach you is given up.
    OkSimultaneous,
    /// My own attempt to reach you is under way and counts.
    Nok,
    /// There is a connection to you already. Is it dead?
    Alive,
}

/// How a handshake failed.
#[derive(Debug, thiserror::Error)]
pub enum HandshakeError {
    /// The connection broke; a peer with another cookie ends it so.
    #[error("the connection was closed during the handshake: {0}")]
    Io(#[from] std::io::Error),
    /// It proved another cookie. In Erlang's words, and at the node that was asked.
    #[error(
        "** Connection attempt from node {0} rejected. Invalid challenge reply. **"
    )]
    InvalidChallengeReply(String),
    /// The node that was dialled has another cookie.
    #[error("{0} has not proved the cookie")]
    InvalidChallengeAck(String),
    /// Both dialled at once, and the other attempt counts.
    #[error("{0} is connecting to this node itself")]
    Nok(String),
    /// The peer does not want this node.
    #[error("{0} does not allow this node to connect")]
    NotAllowed(String),
    /// The peer has a connection to this node and thinks that it is alive.
    #[error("{0} has a connection to this node already")]
    StillAlive(String),
    /// Not the message that was due.
    #[error("Not a handshake: {0}")]
    Malformed(&'static str),
    /// A name message of before OTP 23.
    #[error("Version 5 of the handshake is not spoken, version 6 (OTP 23) is")]
    OldVersion,
    /// Longer than any message of a handshake.
    #[error("A message of {0} bytes in a handshake")]
    Long(usize),
    /// Not a node's name, or this node's own.
    #[error("Invalid node name {0:?}")]
    Name(String),
    /// Somebody else answers than was dialled.
    #[error("{dialled} was dialled, and {answered} answers")]
    OtherName {
        /// Who was dialled.
        dialled: String,
        /// Who answers.
        answered: String,
    },
    /// The peer lacks capabilities.
    #[error("Node {name} lacks {}", flags.join(", "))]
    MissingFlags {
        /// Who.
        name: String,
        /// OTP's names of what it lacks.
        flags: Vec<&'static str>,
    },
    /// It sent back the number it was sent, to have the digest computed for it.
    #[error("Node {0} sent this node's own challenge back")]
    Reflection(String),
    /// A Rust node that speaks another wire.
    #[error("Node {name} speaks wire version {theirs}, this node {WIRE_VERSION}")]
    WireVersion {
        /// Who.
        name: String,
        /// Its version.
        theirs: u16,
    },
    /// A node of another kind. Its wire is not spoken here yet.
    #[error("Node {0} is not a Rust node of this kind")]
    OtherKind(String),
}

type Result<T> = std::result::Result<T, HandshakeError>;

/// Connects as the one who dialled.
///
/// # Errors
/// [`HandshakeError`]; the connection is of no use then.
pub async fn dial<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    ours: &Hello,
    dialled: &str,
    cookie: &Cookie,
) -> Result<Peer> {
    dial_with(stream, ours, dialled, cookie, rand::random()).await
}

/// The same with a given challenge.
#[doc(hidden)]
pub async fn dial_with<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    ours: &Hello,
    dialled: &str,
    cookie: &Cookie,
    challenge: u32,
) -> Result<Peer> {
    let mut name = vec![b'N'];
    name.extend_from_slice(&ours.flags.0.to_be_bytes());
    name.extend_from_slice(&ours.creation.to_be_bytes());
    put_name(&mut name, &ours.name);
    send(stream, &name).await?;
    match status(&read(stream).await?)? {
        b"ok" | b"ok_simultaneous" => {}
        b"nok" => return Err(HandshakeError::Nok(dialled.to_owned())),
        b"not_allowed" => {
            return Err(HandshakeError::NotAllowed(dialled.to_owned()));
        }
        // Who dials has no connection: what the peer takes for one is dead.
        b"alive" => send(stream, b"strue").await?,
        _ => return Err(HandshakeError::Malformed("an unknown status")),
    }
    let message = read(stream).await?;
    let mut rest = expect(&message, b'N')?;
    let flags = Flags(rest.u64()?);
    let theirs = rest.u32()?;
    let creation = rest.u32()?;
    let name = rest.name()?;
    if name != dialled {
        let (dialled, answered) = (dialled.to_owned(), name);
        return Err(HandshakeError::OtherName { dialled, answered });
    }
    let peer = Peer {
        name,
        flags,
        creation,
        replaces: false,
    };
    require_flags(&peer)?;
    // Were the two the same, the answer to one would do for the other.
    let challenge = if challenge == theirs {
        !challenge
    } else {
        challenge
    };
    let mut reply = vec![b'r'];
    reply.extend_from_slice(&challenge.to_be_bytes());
    reply.extend_from_slice(&cookie.digest(theirs));
    send(stream, &reply).await?;
    let message = read(stream).await?;
    let digest = expect(&message, b'a')?.digest()?;
    if !cookie.verify(challenge, &digest) {
        return Err(HandshakeError::InvalidChallengeAck(peer.name));
    }
    Ok(peer)
}

/// Connects as the one who was dialled. `decide` is asked once, with a name that is not
/// proved yet.
///
/// # Errors
/// [`HandshakeError`]; the connection is of no use then.
pub async fn accept<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    ours: &Hello,
    cookie: &Cookie,
    decide: impl FnOnce(&str) -> Decision,
) -> Result<Peer> {
    accept_with(stream, ours, cookie, decide, rand::random()).await
}

/// The same with a given challenge.
#[doc(hidden)]
pub async fn accept_with<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    ours: &Hello,
    cookie: &Cookie,
    decide: impl FnOnce(&str) -> Decision,
    challenge: u32,
) -> Result<Peer> {
    let mut peer = read_name(stream).await?;
    if peer.name == ours.name {
        return Err(HandshakeError::Name(peer.name));
    }
    if let Err(why) = require_flags(&peer) {
        send(stream, b"snot_allowed").await?;
        return Err(why);
    }
    match decide(&peer.name) {
        Decision::Ok => send(stream, b"sok").await?,
        Decision::OkSimultaneous => send(stream, b"sok_simultaneous").await?,
        Decision::Nok => {
            send(stream, b"snok").await?;
            return Err(HandshakeError::Nok(peer.name));
        }
        Decision::Alive => {
            send(stream, b"salive").await?;
            match status(&read(stream).await?)? {
                b"true" => peer.replaces = true,
                _ => return Err(HandshakeError::StillAlive(peer.name)),
            }
        }
    }
    let mut message = vec![b'N'];
    message.extend_from_slice(&ours.flags.0.to_be_bytes());
    message.extend_from_slice(&challenge.to_be_bytes());
    message.extend_from_slice(&ours.creation.to_be_bytes());
    put_name(&mut message, &ours.name);
    send(stream, &message).await?;
    let message = read(stream).await?;
    let mut rest = expect(&message, b'r')?;
    let theirs = rest.u32()?;
    let digest = rest.digest()?;
    if theirs == challenge {
        return Err(HandshakeError::Reflection(peer.name));
    }
    if !cookie.verify(challenge, &digest) {
        return Err(HandshakeError::InvalidChallengeReply(peer.name));
    }
    let mut ack = vec![b'a'];
    ack.extend_from_slice(&cookie.digest(theirs));
    send(stream, &ack).await?;
    Ok(peer)
}

/// Makes sure that both ends are Rust nodes that speak the same wire. The flag alone
/// does not say so, for its bit is OTP's to give.
///
/// # Errors
/// [`HandshakeError::WireVersion`], [`HandshakeError::OtherKind`].
pub async fn check<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    ours: &Hello,
    peer: &Peer,
) -> Result<()> {
    let other_kind = || HandshakeError::OtherKind(peer.name.clone());
    if !peer.flags.has(Flags::RUST) {
        return Err(other_kind());
    }
    let mut frame = [0; 4 + MAGIC.len() + 6];
    frame[3] = 11;
    frame[4..9].copy_from_slice(MAGIC);
    frame[9..11].copy_from_slice(&WIRE_VERSION.to_be_bytes());
    frame[11..].copy_from_slice(&ours.creation.to_be_bytes());
    stream.write_all(&frame).await?;
    let mut theirs = frame;
    stream.read_exact(&mut theirs).await?;
    let version = u16::from_be_bytes([theirs[9], theirs[10]]);
    if theirs[..9] != frame[..9] || theirs[11..] != peer.creation.to_be_bytes() {
        return Err(other_kind());
    }
    if version != WIRE_VERSION {
        let name = peer.name.clone();
        return Err(HandshakeError::WireVersion {
            name,
            theirs: version,
        });
    }
    Ok(())
}

async fn read_name<S: AsyncRead + Unpin>(stream: &mut S) -> Result<Peer> {
    let message = read(stream).await?;
    if message.first() == Some(&b'n') {
        return Err(HandshakeError::OldVersion);
    }
    let mut rest = expect(&message, b'N')?;
    let flags = Flags(rest.u64()?);
    let creation = rest.u32()?;
    let name = rest.name()?;
    Ok(Peer {
        name,
        flags,
        creation,
        replaces: false,
    })
}

fn require_flags(peer: &Peer) -> Result<()> {
    match Flags::missing(peer.flags) {
        flags if flags.is_empty() => Ok(()),
        flags => Err(HandshakeError::MissingFlags {
            name: peer.name.clone(),
            flags,
        }),
    }
}

fn put_name(out: &mut Vec<u8>, name: &str) {
    // A node's name has at most 255 bytes.
    let length = u16::try_from(name.len()).unwrap_or(u16::MAX);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(name.as_bytes());
}

async fn send<S: AsyncWrite + Unpin>(stream: &mut S, message: &[u8]) -> Result<()> {
    let length = u16::try_from(message.len());
    let length = length.map_err(|_| HandshakeError::Long(message.len()))?;
    let mut framed = length.to_be_bytes().to_vec();
    framed.extend_from_slice(message);
    Ok(stream.write_all(&framed).await?)
}

async fn read<S: AsyncRead + Unpin>(stream: &mut S) -> Result<Vec<u8>> {
    let length = usize::from(stream.read_u16().await?);
    if length > MAX_MESSAGE {
        return Err(HandshakeError::Long(length));
    }
    let mut message = vec![0; length];
    stream.read_exact(&mut message).await?;
    Ok(message)
}

fn status(message: &[u8]) -> Result<&[u8]> {
    match message.split_first() {
        Some((b's', status)) => Ok(status),
        _ => Err(HandshakeError::Malformed("a status was due")),
    }
}

fn expect(message: &[u8], tag: u8) -> Result<Parts<'_>> {
    match message.split_first() {
        Some((first, rest)) if *first == tag => Ok(Parts(rest)),
        _ => Err(HandshakeError::Malformed("another message was due")),
    }
}

/// What is still to be read of a message. What follows the known parts is ignored: later
/// versions may add something.
struct Parts<'a>(&'a [u8]);

impl Parts<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N]> {
        let too_short = HandshakeError::Malformed("a message that ends too early");
        let (part, rest) = self.0.split_first_chunk().ok_or(too_short)?;
        self.0 = rest;
        Ok(*part)
    }

    fn u32(&mut self) -> Result<u32> {
        self.take().map(u32::from_be_bytes)
    }

    fn u64(&mut self) -> Result<u64> {
        self.take().map(u64::from_be_bytes)
    }

    fn digest(&mut self) -> Result<[u8; 16]> {
        self.take()
    }

    fn name(&mut self) -> Result<String> {
        let length = usize::from(u16::from_be_bytes(self.take()?));
        let too_short = HandshakeError::Malformed("a message that ends too early");
        let name = self.0.get(..length).ok_or(too_short)?;
        let shown =
            || String::from_utf8_lossy(&name[..length.min(MAX_NAME)]).into_owned();
        let name =
            std::str::from_utf8(name).map_err(|_| HandshakeError::Name(shown()))?;
        NodeName::check(name).map_err(|_| HandshakeError::Name(shown()))?;
        Ok(name.to_owned())
    }
}
