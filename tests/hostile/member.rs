//! Somebody who has the cookie and comes in by the front door.

use std::time::Duration;

use moebi::dist::flags::Flags;
use moebi::dist::frame::{self, Frame};
use moebi::dist::handshake::{self, Hello, StillAlive};
use moebi::signal::codec;
use moebi::{NodeName, Pid, Reason, Reference, Signal};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::stranger::hung_up;
use crate::world::{DEADLINE, World, fresh};

pub struct Member {
    pub stream: TcpStream,
    pub name: NodeName,
}

const CREATION: u32 = 7;

impl Member {
    /// A visible one: its word on other nodes is heard.
    pub async fn join(world: &World) -> Self {
        Self::join_as(world, &fresh("member")).await
    }

    pub async fn join_as(world: &World, name: &str) -> Self {
        let name = NodeName::from(name);
        let joined = timeout(DEADLINE, shake_hands(world, name)).await;
        let stream = joined.expect("a handshake in time");
        let member = Self { stream, name };
        let listed = async {
            while !world.target.list().contains(&name) {
                // The last step is the node's own, and says nothing.
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        timeout(DEADLINE, listed).await.expect("in the list in time");
        member
    }

    /// Whole frames, or what looks like some.
    pub async fn says(&mut self, bytes: &[u8]) {
        let said = timeout(DEADLINE, self.stream.write_all(bytes)).await;
        let _ = said.expect("a node reads or hangs up");
    }

    /// Waits until the node has hung up.
    pub async fn is_dropped(mut self) -> NodeName {
        hung_up(&mut self.stream).await;
        self.name
    }

    /// The connection is still good: a question is answered.
    pub async fn is_heard(&mut self, world: &World) {
        let reference = self.reference(u64::MAX);
        let to = ("nobody", world.target.name()).into();
        let monitor = Signal::Monitor { from: self.pid(1), to, reference };
        self.says(&signal(&monitor)).await;
        assert_eq!(self.down_of(reference).await, Reason::NoProc);
    }

    /// Waits for the down of a monitor.
    pub async fn down_of(&mut self, wanted: Reference) -> Reason {
        let down = async {
            loop {
                let frame = self.hears().await;
                if let Frame::Signal(Signal::Down { reference, reason, .. }) =
                    frame::read(&frame).unwrap()
                    && reference == wanted
                {
                    return reason;
                }
            }
        };
        timeout(DEADLINE, down).await.expect("a down in time")
    }

    async fn hears(&mut self) -> Vec<u8> {
        let length = self.stream.read_u32_le().await.unwrap();
        let mut frame = length.to_le_bytes().to_vec();
        frame.resize(4 + length as usize, 0);
        self.stream.read_exact(&mut frame[4..]).await.unwrap();
        frame
    }

    /// A process of this member's.
    pub fn pid(&self, id: u32) -> Pid {
        made_of(&(self.name, id, 0_u32, CREATION))
    }

    pub fn reference(&self, id: u64) -> Reference {
        made_of(&(self.name, CREATION, id))
    }
}

async fn shake_hands(world: &World, name: NodeName) -> TcpStream {
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    let hello = Hello::new(name, Flags::ours(false), CREATION);
    let (target, cookie) = (world.target.name(), &world.cookie);
    let replace = StillAlive::Replace;
    let (stream_, target) = (&mut stream, target.as_str());
    let peer =
        handshake::dial(stream_, &hello, target, cookie, || replace, DEADLINE).await;
    let peer = peer.unwrap();
    handshake::check(&mut stream, &hello, &peer, DEADLINE).await.unwrap();
    stream
}

/// A signal's frame.
pub fn signal(signal: &Signal<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    frame::write_signal(&mut bytes, signal).unwrap();
    bytes
}

/// Values that only a node can make, made of their parts.
pub fn made_of<T: serde::de::DeserializeOwned>(parts: &impl serde::Serialize) -> T {
    let mut bytes = Vec::new();
    codec::encode(parts, &mut bytes).unwrap();
    codec::decode(&bytes).unwrap()
}
