//! A run: the consecutive messages to one process, as they came off the wire.
//!
//! The reader of a connection does not take the frames apart. It finds out whom they are
//! for, and puts all that follow each other for one process into its mailbox as one
//! piece, under one lock and with one wake-up. The receiver walks it.
//!
//! ```text
//!      4        1     4      4       8
//!  +--------+----+------+--------+--------+- - - - -+
//!  | length | 1  |  id  | serial |  kind  | message |    little endian; the length
//!  +--------+----+------+--------+--------+- - - - -+    is that of all after it
//! ```

use bytes::Bytes;

use super::{Pid, Wire};

/// The bytes of a frame before the message.
pub const HEADER: usize = 21;

/// The operation of a frame that carries a message to a pid.
pub const SEND: u8 = 1;

/// Below this a run is copied out of its read block. A slow receiver keeps what is in
/// its mailbox; it should not keep 64 KiB for the sake of 100 bytes.
const COPY: usize = 8 * 1024;

/// The consecutive messages to one process. Well-formed: the reader has checked it.
pub struct Run(Bytes);

/// The start of a frame: its length is written when the message is.
pub fn header(to: Pid, kind: u64) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[4] = SEND;
    header[5..9].copy_from_slice(&to.id.to_le_bytes());
    header[9..13].copy_from_slice(&to.serial.to_le_bytes());
    header[13..].copy_from_slice(&kind.to_le_bytes());
    header
}

/// Operation, id and serial: frames that agree in these belong to one run.
pub fn address(frame: &[u8]) -> &[u8] {
    &frame[4..13]
}

/// Id and serial of the process that a frame with this header is for.
pub fn target(frame: &[u8]) -> (u32, u32) {
    (word(&frame[5..9]), word(&frame[9..13]))
}

/// A little-endian number of four bytes.
pub fn word(bytes: &[u8]) -> u32 {
    let mut word = [0; 4];
    word.copy_from_slice(bytes);
    u32::from_le_bytes(word)
}

/// A little-endian number of eight bytes.
pub fn long(bytes: &[u8]) -> u64 {
    let mut long = [0; 8];
    long.copy_from_slice(bytes);
    u64::from_le_bytes(long)
}

impl Run {
    /// Whole frames with a [`HEADER`] each.
    pub fn copy(frames: &[u8]) -> Self {
        Self(Bytes::copy_from_slice(frames))
    }

    /// Should these frames be copied, or may they keep their read block?
    pub fn is_small(frames: &[u8]) -> bool {
        frames.len() < COPY
    }

    /// The same, without copying.
    pub fn share(frames: Bytes) -> Self {
        Self(frames)
    }

    /// One message, if that is all there is, so that its mailbox entry needs no block.
    pub fn single(frames: &[u8]) -> Option<Wire> {
        let size = frame_size(frames);
        (size == frames.len())
            .then(|| Wire::copy(long(&frames[13..HEADER]), &frames[HEADER..]))
    }
}

fn frame_size(frame: &[u8]) -> usize {
    4 + word(&frame[..4]) as usize
}

impl Run {
    /// The next message: the hash of its type, and its encoding.
    pub fn front(&self) -> Option<(u64, &[u8])> {
        if self.0.is_empty() {
            return None;
        }
        let size = frame_size(&self.0);
        Some((long(&self.0[13..HEADER]), &self.0[HEADER..size]))
    }

    /// How many messages are left in it.
    pub fn len(&self) -> usize {
        let (mut rest, mut count) = (&self.0[..], 0);
        while !rest.is_empty() {
            rest = &rest[frame_size(rest)..];
            count += 1;
        }
        count
    }

    /// Is none left?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Goes on to the message after the next.
    pub fn skip(&mut self) {
        let size = frame_size(&self.0);
        bytes::Buf::advance(&mut self.0, size);
    }
}

impl Iterator for Run {
    type Item = Wire;

    fn next(&mut self) -> Option<Wire> {
        let (kind, message) = self.front()?;
        let body = HEADER..HEADER + message.len();
        let message = Wire::slice(kind, &self.0, body);
        self.skip();
        Some(message)
    }
}
