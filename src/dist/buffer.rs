//! What waits on a line, and who is writing it.

use std::collections::HashSet;

use super::frame::{self, WriteError};
use crate::signal::{Address, Signal};

/// What is behind the lock of a line.
#[derive(Default)]
pub(super) struct Buffer {
    pub(super) bytes: Vec<u8>,
    /// An empty vector to swap in: its memory is used again.
    pub(super) spare: Vec<u8>,
    /// As many of `bytes` came beyond the bound.
    pub(super) beyond: usize,
    /// Bytes somebody is writing just now.
    pub(super) in_flight: usize,
    /// Is somebody writing?
    pub(super) writing: bool,
    /// What the socket did not take, and from where on; the writer task's.
    pub(super) rest: Option<(Vec<u8>, usize)>,
    pub(super) corked: bool,
    pub(super) closed: bool,
    /// Who flushed last, since one alone was spoken to: is it many, by turns?
    pub(super) flushed_by: Option<u32>,
    /// The types whose names the peer has been told.
    pub(super) announced: HashSet<u64>,
    pub(super) last_kind: u64,
}

impl Buffer {
    /// Puts a signal at the end; before the first message of a type, the type's name.
    pub(super) fn write(&mut self, signal: &Signal<'_>) -> Result<(), WriteError> {
        let Signal::Send { to, message, .. } = signal else {
            return frame::write_signal(&mut self.bytes, signal);
        };
        let kind = message.kind();
        if self.last_kind != kind {
            self.last_kind = kind;
            if self.announced.insert(kind) {
                frame::write_kind(&mut self.bytes, kind, message.name());
            }
        }
        match to {
            Address::Pid(pid) => {
                frame::write_send(&mut self.bytes, *pid, kind, *message)
            }
            _ => frame::write_send_to(&mut self.bytes, to, kind, *message),
        }
    }

    /// Takes what waits, to be written; an empty vector comes in its place.
    pub(super) fn take_chunk(&mut self) -> Vec<u8> {
        let spare = std::mem::take(&mut self.spare);
        let chunk = std::mem::replace(&mut self.bytes, spare);
        self.in_flight = chunk.len();
        self.beyond = 0;
        chunk
    }
}
