//! One connection after its handshake: a reader, a writer and a clock.
//!
//! The reader takes what is there, up to 64 KiB at a time, and gives it out: messages
//! that follow each other to one process as one piece, everything else frame by frame. It
//! never waits for a process, since mailboxes are unbounded, so a tick from the peer is
//! always seen.
//!
//! The clock ticks four times in a tick time. If nothing was sent since the last time, a
//! tick is sent; if nothing came in for four of them, the peer is given up (`net_ticktime`
//! in Erlang's kernel application; a peer is noticed after between 3/4 and 5/4 of it).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedReadHalf;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tracing::{debug, error};

use super::frame::{self, Frame, FrameError};
use super::line::Out;
use crate::signal::run::{self, HEADER, Run};
use crate::signal::{
    Deliver, Kind, Line, NodeDownReason, NodeName, Passed, Signal, Wire,
};

/// What is read at a time, in bytes.
const BLOCK: usize = 64 * 1024;

/// In how many parts the tick time is divided (`net_tickintensity`).
const INTENSITY: u32 = 4;

/// What a connection tells its node.
pub trait Events: Deliver + 'static {
    /// The peer knows these nodes.
    fn introduced(self: Arc<Self>, by: NodeName, nodes: Vec<NodeName>);
}

/// Who is at the other end.
#[derive(Debug, Clone, Copy)]
pub struct Peer {
    /// Its name.
    pub node: NodeName,
    /// Which incarnation of it.
    pub creation: u32,
}

/// Runs a connection until it ends; returns why it did. `up` is given the way out before
/// anything is read, and says whether the connection is wanted.
pub async fn run(
    stream: TcpStream,
    peer: Peer,
    tick_time: Duration,
    events: Arc<dyn Events>,
    up: impl FnOnce(Arc<Out>) -> bool,
) -> NodeDownReason {
    let (input, output) = stream.into_split();
    let out = Arc::new(Out::new(peer.node, peer.creation, output));
    if !up(out.clone()) {
        out.close(NodeDownReason::Disconnect);
        return NodeDownReason::Disconnect;
    }
    let heard = Arc::new(AtomicBool::new(true));
    // They end with this future, even if it is dropped.
    let mut helpers = JoinSet::new();
    let writer = out.clone();
    helpers.spawn(async move { writer.run_writer().await });
    helpers.spawn(run_clock(out.clone(), heard.clone(), tick_time));
    let reader =
        Reader { input, out: &out, heard: &heard, events, introduced: false };
    let reason = reader.run().await;
    out.close(reason);
    out.reason().unwrap_or(reason)
}

async fn run_clock(out: Arc<Out>, heard: Arc<AtomicBool>, tick_time: Duration) {
    let period = (tick_time / INTENSITY).max(Duration::from_millis(1));
    let mut clock = interval_at(Instant::now() + period, period);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut silent = 0;
    loop {
        // ANCHOR: clock
        clock.tick().await;
        out.tick();
        silent = if heard.swap(false, Ordering::Relaxed) { 0 } else { silent + 1 };
        if silent >= INTENSITY {
            let peer = out.peer();
            error!(
                target: "moebi::dist",
                "** Node {peer} not responding: connection removed (timedout) **"
            );
            out.close(NodeDownReason::NetTickTimeout);
            return;
        }
        // ANCHOR_END: clock
    }
}

struct Reader<'a> {
    input: OwnedReadHalf,
    out: &'a Out,
    heard: &'a AtomicBool,
    events: Arc<dyn Events>,
    /// Has the peer told which nodes it knows?
    introduced: bool,
}

impl Reader<'_> {
    async fn run(mut self) -> NodeDownReason {
        let mut block = BytesMut::with_capacity(BLOCK);
        loop {
            let size = match self.input.read_buf(&mut block).await {
                Ok(0) => return NodeDownReason::ConnectionClosed,
                Ok(size) => {
                    self.heard.store(true, Ordering::Relaxed);
                    size
                }
                Err(error) => {
                    debug!(target: "moebi::dist", peer = %self.out.peer(), %error, "read failed");
                    return NodeDownReason::ConnectionClosed;
                }
            };
            if let Err(error) = self.give_out(&mut block) {
                let peer = self.out.peer();
                error!(target: "moebi::dist", "** {peer} sent {error}: connection closed **");
                return NodeDownReason::MalformedFrame;
            }
            // A frame that is not whole: room for what is missing, but not on the peer's
            // word alone, only as much again as has come.
            let missing = frame::size(&block).ok().flatten().unwrap_or(0);
            let missing = missing.saturating_sub(block.len());
            if block.capacity() - block.len() < missing.clamp(BLOCK / 2, BLOCK) {
                block.reserve(missing.min(block.len()).max(BLOCK));
            }
            if size >= BLOCK / 4 {
                tokio::task::yield_now().await;
            }
        }
    }

    /// Gives out all whole frames of a block.
    fn give_out(&mut self, block: &mut BytesMut) -> Result<(), FrameError> {
        let mut last = None;
        let (mut woken, mut corked) = (0, false);
        // ANCHOR: give_out
        while let Some(size) = whole(block)? {
            let frame = frame::read(&block[..size])?;
            woken += usize::from(match frame.wakes() {
                Some(process) => last.replace(process) != Some(process),
                None => frame.is_request(),
            });
            if !corked && (woken > 1 || frame.is_request()) {
                corked = true;
                self.out.cork();
            }
            if let Frame::Send(target) = frame {
                let end = run_end(block, size)?;
                self.give_run(block, size, end, target);
            } else {
                self.give(frame);
                block.advance(size);
            }
        }
        // ANCHOR_END: give_out
        if woken > 1 {
            self.out.uncork_later();
        } else {
            self.out.uncork();
        }
        Ok(())
    }

    /// Messages to one process, of which the first is `size` long and all are `end`.
    fn give_run(
        &self,
        block: &mut BytesMut,
        size: usize,
        end: usize,
        to: (u32, u32),
    ) {
        let small = Run::is_small(&block[..end]);
        if small && size == end {
            if let Some(message) = Run::single(&block[..end]) {
                self.events.message(to, message);
            }
            block.advance(end);
        } else if small {
            self.events.run(to, Run::copy(&block[..end]));
            block.advance(end);
        } else {
            self.events.run(to, Run::share(block.split_to(end).freeze()));
        }
    }

    fn give(&mut self, frame: Frame<'_>) {
        match frame {
            Frame::Tick | Frame::Send(_) => {}
            Frame::SendTo { to, kind, message } => {
                let mut message = Passed(Some(Wire::copy(kind, message).into()));
                let message = &mut message;
                let to = &to;
                self.events.signal(Signal::Send { sender: None, to, message });
            }
            Frame::Signal(signal) => self.events.signal(signal),
            Frame::Kind(hash, name) => Kind::announced(self.out.peer(), hash, name),
            // A node tells this once, when it comes.
            Frame::Nodes(_) if self.introduced => {}
            Frame::Nodes(nodes) => {
                self.introduced = true;
                self.out.set_greeted();
                self.events.clone().introduced(self.out.peer(), nodes);
            }
        }
    }
}

/// The size of the first frame, if it is whole.
fn whole(block: &[u8]) -> Result<Option<usize>, FrameError> {
    Ok(frame::size(block)?.filter(|size| *size <= block.len()))
}

/// Where the messages to one process end that begin with a frame of this size.
fn run_end(block: &[u8], first: usize) -> Result<usize, FrameError> {
    let mut end = first;
    while let Some(size) = whole(&block[end..])? {
        if size < HEADER || run::address(&block[end..]) != run::address(block) {
            break;
        }
        end += size;
    }
    Ok(end)
}
