//! Frames: what follows the handshake on a connection between Rust nodes.
//!
//! A frame is a length of four bytes, little endian, and as many bytes. Length 0 is a
//! tick. The first byte says what the rest is:
//!
//! | operation | rest |
//! |---|---|
//! | 1 send | id, serial, kind, message: [`crate::signal::run`] has the layout |
//! | 2 send to | kind (8), length of the address (2), address, message: to a name or an alias |
//! | 3 signal | any other [`Signal`] |
//! | 4 kind | hash (8), name: from here on this hash may occur |
//! | 5 nodes | the first frame of each side: the visible nodes it is connected to |
//!
//! Everything after the fixed parts is bincode. All of it comes from a peer that has
//! proved the cookie, and still nothing here may panic or reserve memory on its word.

#[cfg(test)]
mod tests;

use crate::signal::codec::{self, CodecError};
use crate::signal::run::{self, HEADER, SEND, long, word};
use crate::signal::{Address, NodeName, Parcel, Pid, Signal};

/// No frame is longer, in bytes.
pub const MAX_FRAME: usize = 128 * 1024 * 1024;

const SEND_TO: u8 = 2;
const SIGNAL: u8 = 3;
const KIND: u8 = 4;
const NODES: u8 = 5;

/// A frame that cannot be.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// Longer than [`MAX_FRAME`].
    #[error("a frame of {0} bytes, where {MAX_FRAME} are allowed")]
    Long(usize),
    /// Shorter than its operation needs.
    #[error("a frame that ends too early")]
    Short,
    /// An operation nobody knows.
    #[error("a frame with the unknown operation {0}")]
    Operation(u8),
    /// Its contents are not what they should be.
    #[error("a frame whose contents are {0}")]
    Contents(#[from] CodecError),
    /// A text that is not UTF-8.
    #[error("a name that is not UTF-8")]
    Text(#[from] std::str::Utf8Error),
}

/// What a frame says.
pub enum Frame<'a> {
    /// I am here.
    Tick,
    /// A message to a process (id, serial).
    Send((u32, u32)),
    /// A message to a name or an alias.
    SendTo {
        /// Who is to have it.
        to: Address,
        /// The hash of its type.
        kind: u64,
        /// Its encoding.
        message: &'a [u8],
    },
    /// Any other signal.
    Signal(Signal<'static>),
    /// A type's hash and name.
    Kind(u64, &'a str),
    /// The visible nodes the peer is connected to.
    Nodes(Vec<NodeName>),
}

impl Frame<'_> {
    /// The process that it wakes, by id and serial, which others may not have woken yet,
    /// and which will have something to say. A name does not count: whoever has one
    /// answers everybody who asks, all in one go.
    pub(super) fn wakes(&self) -> Option<(u32, u32)> {
        match self {
            Self::Send(to) => Some(*to),
            Self::SendTo { to: Address::Alias(alias), .. } => {
                let owner = alias.owner();
                Some((owner.id, owner.serial))
            }
            _ => None,
        }
    }

    /// Asks it for a process?
    pub(super) fn is_request(&self) -> bool {
        matches!(self, Self::Signal(Signal::SpawnRequest { .. }))
    }
}

/// The size of the frame at the start of `block`, once its length is there.
///
/// # Errors
/// [`FrameError::Long`].
pub fn size(block: &[u8]) -> Result<Option<usize>, FrameError> {
    let Some(length) = block.get(..4) else {
        return Ok(None);
    };
    match word(length) as usize {
        length if length > MAX_FRAME => Err(FrameError::Long(length)),
        length => Ok(Some(4 + length)),
    }
}

/// Reads one whole frame, length included.
///
/// # Errors
/// See [`FrameError`].
pub fn read(frame: &[u8]) -> Result<Frame<'_>, FrameError> {
    let Some((operation, rest)) = frame.get(4..).and_then(<[u8]>::split_first)
    else {
        return Ok(Frame::Tick);
    };
    match *operation {
        SEND if frame.len() >= HEADER => Ok(Frame::Send(run::target(frame))),
        SEND => Err(FrameError::Short),
        SEND_TO => read_send_to(rest),
        SIGNAL => Ok(Frame::Signal(codec::decode(rest)?)),
        KIND => {
            let (kind, name) = rest.split_at_checked(8).ok_or(FrameError::Short)?;
            Ok(Frame::Kind(long(kind), std::str::from_utf8(name)?))
        }
        NODES => Ok(Frame::Nodes(codec::decode(rest)?)),
        other => Err(FrameError::Operation(other)),
    }
}

fn read_send_to(rest: &[u8]) -> Result<Frame<'_>, FrameError> {
    let (fixed, rest) = rest.split_at_checked(10).ok_or(FrameError::Short)?;
    let length = usize::from(fixed[8]) | usize::from(fixed[9]) << 8;
    let (to, message) = rest.split_at_checked(length).ok_or(FrameError::Short)?;
    Ok(Frame::SendTo { to: codec::decode(to)?, kind: long(&fixed[..8]), message })
}

/// Writes a frame whose contents `write` appends; cuts it off again if that fails.
fn frame(
    out: &mut Vec<u8>,
    write: impl FnOnce(&mut Vec<u8>) -> Result<(), WriteError>,
) -> Result<(), WriteError> {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    let written = write(out).and_then(|()| fill_in_length(out, start));
    if written.is_err() {
        out.truncate(start);
    }
    written
}

// ANCHOR: length
fn fill_in_length(out: &mut [u8], start: usize) -> Result<(), WriteError> {
    let length = out.len() - start - 4;
    match u32::try_from(length) {
        Ok(word) if length <= MAX_FRAME => {
            out[start..start + 4].copy_from_slice(&word.to_le_bytes());
            Ok(())
        }
        _ => Err(WriteError::Long(length)),
    }
}
// ANCHOR_END: length

/// A signal that cannot be written: the sender's mistake.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// See [`CodecError::Encode`].
    #[error(transparent)]
    Codec(#[from] CodecError),
    /// Longer than [`MAX_FRAME`].
    #[error("has {0} bytes, and a frame has at most {MAX_FRAME}")]
    Long(usize),
}

/// Writes a message to a process: the usual frame, made to be fast.
///
/// # Errors
/// [`WriteError`]; `out` is as it was.
// ANCHOR: write_send
pub fn write_send(
    out: &mut Vec<u8>,
    to: Pid,
    kind: u64,
    message: &dyn Parcel,
) -> Result<(), WriteError> {
    let start = out.len();
    out.extend_from_slice(&run::header(to, kind));
    let written = message.encode(out).map_err(WriteError::from);
    let written = written.and_then(|()| fill_in_length(out, start));
    if written.is_err() {
        out.truncate(start);
    }
    written
}
// ANCHOR_END: write_send

/// Writes a message to a name or an alias.
///
/// # Errors
/// [`WriteError`]; `out` is as it was.
pub fn write_send_to(
    out: &mut Vec<u8>,
    to: &Address,
    kind: u64,
    message: &dyn Parcel,
) -> Result<(), WriteError> {
    frame(out, |out| {
        out.push(SEND_TO);
        out.extend_from_slice(&kind.to_le_bytes());
        let place = out.len();
        out.extend_from_slice(&[0; 2]);
        codec::encode(to, out)?;
        let length = out.len() - place - 2;
        let word = u16::try_from(length).map_err(|_| WriteError::Long(length))?;
        out[place..place + 2].copy_from_slice(&word.to_le_bytes());
        Ok(message.encode(out)?)
    })
}

/// Writes any signal but a message.
///
/// # Errors
/// [`WriteError`]; `out` is as it was.
pub fn write_signal(
    out: &mut Vec<u8>,
    signal: &Signal<'_>,
) -> Result<(), WriteError> {
    frame(out, |out| {
        out.push(SIGNAL);
        Ok(codec::encode(signal, out)?)
    })
}

/// Writes a type's hash and name.
pub fn write_kind(out: &mut Vec<u8>, kind: u64, name: &str) {
    let written = frame(out, |out| {
        out.push(KIND);
        out.extend_from_slice(&kind.to_le_bytes());
        out.extend_from_slice(name.as_bytes());
        Ok(())
    });
    debug_assert!(written.is_ok(), "a type's name is shorter than a frame");
}

/// Writes the nodes a peer may want to know.
///
/// # Errors
/// [`WriteError`]; `out` is as it was.
pub fn write_nodes(out: &mut Vec<u8>, nodes: &[NodeName]) -> Result<(), WriteError> {
    frame(out, |out| {
        out.push(NODES);
        Ok(codec::encode(nodes, out)?)
    })
}

/// Writes a tick.
pub fn write_tick(out: &mut Vec<u8>) {
    out.extend_from_slice(&[0; 4]);
}
