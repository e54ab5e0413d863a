//! The way out of a connection: one buffer that all senders share.
//!
//! A frame is encoded straight into the buffer, under its lock. Nothing is written until
//! the sending process's poll ends, or 64 KiB have gathered; then whoever is there takes
//! the whole buffer over and writes it, outside the lock, while others go on filling
//! another. One party writes at a time. What the socket does not take is left to the
//! writer task, which alone waits for it: a sender that is cancelled can leave no half
//! frame behind.
//!
//! ```text
//!   processes --append--> [ buf ] --swap--> [ chunk ] --try_write--> socket
//!                                              |
//!                                              +-- the rest --> writer task
//! ```
//!
//! When one read brings messages for several processes, their answers are worth waiting
//! for: the reader corks the line, and the writer, which runs after them, uncorks it.

use std::io::ErrorKind;
use std::net::Shutdown;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::{Mutex, MutexGuard};
use socket2::SockRef;
use tokio::net::tcp::OwnedWriteHalf;
use tokio::sync::Notify;
use tracing::error;

use super::buffer::Buffer;
use super::frame::{self, WriteError};
use crate::signal::{
    BoxFuture, Flush, Line, NodeDownReason, NodeName, Refused, Room, Sender, Signal,
};

// ANCHOR: bounds
/// More bytes than this are not kept waiting for a peer: its senders are.
pub const BOUND: usize = 1024 * 1024;

/// Links, exits and downs do not wait, and so are not bounded by that. But a peer whose
/// every question is answered, and who reads no answer, is given up at this many bytes.
const LIMIT: usize = 64 * BOUND;

/// So many bytes are written without waiting for the end of a poll.
const FLUSH_AT: usize = 64 * 1024;

/// After so many rounds a process that writes for all goes back to its own work.
const ROUNDS: usize = 8;
// ANCHOR_END: bounds

/// One connection's way out.
pub struct Out {
    peer: NodeName,
    creation: u32,
    socket: OwnedWriteHalf,
    buffer: Mutex<Buffer>,
    /// There is room again, or the line is closed.
    room: Notify,
    /// There is something for the writer task to do.
    work: Notify,
    reason: OnceLock<NodeDownReason>,
    /// Since the last tick.
    sent: AtomicBool,
    /// The peer has said that the connection is up on its side, too.
    greeted: AtomicBool,
}

impl Out {
    pub(super) fn new(
        peer: NodeName,
        creation: u32,
        socket: OwnedWriteHalf,
    ) -> Self {
        Self {
            peer,
            creation,
            socket,
            buffer: Mutex::default(),
            room: Notify::new(),
            work: Notify::new(),
            reason: OnceLock::new(),
            sent: AtomicBool::new(false),
            greeted: AtomicBool::new(false),
        }
    }

    /// Closes the line. The reason given first counts.
    pub fn close(&self, reason: NodeDownReason) {
        let _ = self.reason.set(reason);
        {
            let mut buffer = self.buffer.lock();
            buffer.closed = true;
            buffer.bytes = Vec::new();
        }
        // The reader sees the end of its input, and ends the connection.
        let _ = SockRef::from(self.socket.as_ref()).shutdown(Shutdown::Both);
        self.room.notify_waiters();
        self.work.notify_one();
    }

    /// The peer does not read what it asked for.
    fn give_up(&self) {
        let peer = self.peer;
        error!(target: "moebi::dist", "** {peer} does not read: connection closed **");
        self.close(NodeDownReason::Disconnect);
    }

    /// Why it was closed, if this side did it.
    pub fn reason(&self) -> Option<NodeDownReason> {
        self.reason.get().copied()
    }

    /// Waits until everything has been written, or the line is closed.
    pub async fn drained(&self) {
        self.work.notify_one();
        self.wait_for(|buffer| buffer.bytes.is_empty() && !buffer.writing).await;
    }

    async fn wait_for(&self, reached: impl Fn(&Buffer) -> bool) {
        loop {
            let changed = self.room.notified();
            tokio::pin!(changed);
            // Registered before the look, so that no change is missed.
            changed.as_mut().enable();
            {
                let buffer = self.buffer.lock();
                if buffer.closed || reached(&buffer) {
                    return;
                }
            }
            changed.await;
        }
    }

    /// The peer's greeting has come.
    pub(super) fn set_greeted(&self) {
        self.greeted.store(true, Ordering::Release);
        self.room.notify_waiters();
    }

    /// Waits until the connection is up on both sides; `false` if it is closed.
    pub async fn greeted(&self) -> bool {
        let greeted = || self.greeted.load(Ordering::Acquire);
        self.wait_for(|_| greeted()).await;
        greeted() && self.reason().is_none()
    }

    /// Greets the peer, with the nodes that it may want to know.
    pub fn introduce(&self, nodes: &[NodeName]) {
        let mut buffer = self.buffer.lock();
        // More names than fit in a frame there cannot be.
        if frame::write_nodes(&mut buffer.bytes, nodes).is_ok() {
            drop(buffer);
            self.write_out();
        }
    }

    /// Sends a tick if nothing was sent since the last.
    pub(super) fn tick(&self) {
        if !self.sent.swap(false, Ordering::Relaxed) {
            frame::write_tick(&mut self.buffer.lock().bytes);
        }
        self.write_out();
        self.sent.store(false, Ordering::Relaxed);
    }

    /// Several processes are about to be woken: wait for what they will say.
    pub(super) fn cork(&self) {
        self.buffer.lock().corked = true;
    }

    /// One was, or none: nobody else needs to be waited for.
    pub(super) fn uncork(&self) {
        let mut buffer = self.buffer.lock();
        buffer.corked = false;
        buffer.flushed_by = None;
        if !buffer.bytes.is_empty() {
            drop(buffer);
            self.write_out();
        }
    }

    /// They have been: the writer will have its turn after them.
    pub(super) fn uncork_later(&self) {
        self.work.notify_one();
    }

    /// Writes what there is, unless somebody is doing so.
    fn write_out(&self) {
        let mut buffer = self.buffer.lock();
        if buffer.writing || buffer.closed || buffer.bytes.is_empty() {
            return;
        }
        buffer.writing = true;
        for _ in 0..ROUNDS {
            let chunk = buffer.take_chunk();
            drop(buffer);
            let written = self.try_write(&chunk);
            buffer = self.buffer.lock();
            match written {
                Some(all) if all == chunk.len() => self.put_back(&mut buffer, chunk),
                Some(some) => {
                    buffer.in_flight = chunk.len() - some;
                    buffer.rest = Some((chunk, some));
                    self.work.notify_one();
                    return;
                }
                None => {
                    buffer.writing = false;
                    drop(buffer);
                    self.close(NodeDownReason::ConnectionClosed);
                    return;
                }
            }
            if buffer.bytes.is_empty() {
                buffer.writing = false;
                return;
            }
        }
        // Others fill it as fast as it is written: that is the writer task's work.
        buffer.rest = Some((Vec::new(), 0));
        self.work.notify_one();
    }

    /// A chunk has been written.
    fn put_back(&self, buffer: &mut MutexGuard<'_, Buffer>, mut chunk: Vec<u8>) {
        chunk.clear();
        // One huge message does not keep its memory for good.
        if chunk.capacity() <= 2 * BOUND {
            buffer.spare = chunk;
        }
        buffer.in_flight = 0;
        self.room.notify_waiters();
    }

    /// How much the socket took; `None` if it is broken.
    fn try_write(&self, chunk: &[u8]) -> Option<usize> {
        self.sent.store(true, Ordering::Relaxed);
        let mut written = 0;
        while written < chunk.len() {
            match self.socket.try_write(&chunk[written..]) {
                Ok(0) => return None,
                Ok(some) => written += some,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return None,
            }
        }
        Some(written)
    }

    /// The writer task: writes what the socket did not take at once.
    pub(super) async fn run_writer(&self) {
        loop {
            self.work.notified().await;
            // The processes that were woken before have their turn first.
            tokio::task::yield_now().await;
            let rest = {
                let mut buffer = self.buffer.lock();
                if buffer.closed {
                    return;
                }
                buffer.corked = false;
                buffer.rest.take()
            };
            if let Some((chunk, from)) = rest
                && self.write_rest(chunk, from).await.is_none()
            {
                self.close(NodeDownReason::ConnectionClosed);
                return;
            }
            self.write_out();
            self.room.notify_waiters();
        }
    }

    /// Writes a rest, and all that gathers meanwhile; `None` if the socket is broken.
    async fn write_rest(&self, mut chunk: Vec<u8>, mut from: usize) -> Option<()> {
        loop {
            while from < chunk.len() {
                self.socket.writable().await.ok()?;
                from += self.try_write(&chunk[from..])?;
            }
            let mut buffer = self.buffer.lock();
            self.put_back(&mut buffer, chunk);
            if buffer.closed || buffer.bytes.is_empty() {
                buffer.writing = false;
                return Some(());
            }
            chunk = buffer.take_chunk();
            from = 0;
        }
    }
}

impl Line for Out {
    fn peer(&self) -> NodeName {
        self.peer
    }

    fn creation(&self) -> u32 {
        self.creation
    }

    fn append(&self, signal: &mut Signal<'_>, room: Room) -> Result<(), Refused> {
        let mut buffer = self.buffer.lock();
        // ANCHOR: append
        if buffer.closed {
            return Err(Refused::Closed);
        }
        if room == Room::Needed && buffer.bytes.len() + buffer.in_flight >= BOUND {
            return Err(Refused::Full);
        }
        if let Signal::Send { sender, .. } = signal
            && sender.is_some_and(Sender::ended)
        {
            return Ok(());
        }
        let before = buffer.bytes.len();
        let written = buffer.write(signal);
        // ANCHOR_END: append
        if room == Room::Ignored {
            buffer.beyond += buffer.bytes.len() - before;
        }
        if buffer.beyond > LIMIT {
            drop(buffer);
            self.give_up();
            return Err(Refused::Closed);
        }
        let full = buffer.bytes.len() >= FLUSH_AT && !buffer.writing;
        drop(buffer);
        if let Err(error) = written {
            refuse(signal, &error);
        }
        if full {
            self.write_out();
        }
        Ok(())
    }

    fn flush(&self, when: Flush) {
        let mut buffer = self.buffer.lock();
        if buffer.corked || buffer.writing || buffer.bytes.is_empty() {
            return;
        }
        // ANCHOR: flush
        // One process that talks alone is written for at once. Many that take turns
        // are worth waiting for: the writer's turn comes after theirs.
        let alone = match when {
            Flush::Now => true,
            Flush::After(id) => {
                buffer.flushed_by.replace(id).is_none_or(|last| last == id)
            }
            Flush::WithOthers => false,
        };
        drop(buffer);
        if alone {
            self.write_out();
        } else {
            self.work.notify_one();
        }
        // ANCHOR_END: flush
    }

    fn room(&self) -> BoxFuture<'_, ()> {
        Box::pin(
            self.wait_for(|buffer| buffer.bytes.len() + buffer.in_flight < BOUND),
        )
    }
}

/// A message that cannot be sent is a mistake in the sender's program.
fn refuse(signal: &Signal<'_>, error: &WriteError) {
    match signal {
        Signal::Send { message, .. } => {
            panic!("the message {} {error}", message.name())
        }
        other => panic!("the signal {} {error}", other.operation()),
    }
}
