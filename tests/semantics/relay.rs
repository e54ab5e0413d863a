//! A relay between two nodes: what is sent through it can be held back, or cut off.
//!
//! Signals in flight are what races are made of. With a relay a test says when they
//! arrive.

use std::net::SocketAddr;

use moebi::dist::epmd;
use moebi::{Config, Node};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::cluster::{Cluster, Member, within};

/// What happens to the bytes of one direction.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Flow {
    Open,
    /// Nothing is read, so the sender's own buffers fill.
    Held,
    /// The connection was closed; what was held is lost.
    Cut(u64),
}

/// Stands in for a node in a cluster other than its own.
pub struct Relay {
    requests: watch::Sender<Flow>,
    replies: watch::Sender<Flow>,
    _registered: epmd::Registration,
    /// Where the two nodes of a pair are known.
    _mappers: Option<[Cluster; 2]>,
}

impl Relay {
    /// Alex and kate, connected by way of a relay.
    pub async fn pair() -> (Member, Member, Self) {
        Self::pair_with(|config| config).await
    }

    /// The same, with more to say about both.
    pub async fn pair_with(
        more: impl Fn(Config) -> Config + Copy,
    ) -> (Member, Member, Self) {
        let (home, abroad) = (Cluster::start(), Cluster::start());
        let alex = home.node_with("alex", more).await;
        let kate = abroad.node_with("kate", more).await;
        let mut relay = Self::new(&home, &kate, &abroad).await;
        relay._mappers = Some([home, abroad]);
        alex.meet(&kate).await;
        (alex, kate, relay)
    }

    /// The nodes of `cluster` reach `node`, which another port mapper knows, through
    /// this relay, under its own name.
    pub async fn new(cluster: &Cluster, node: &Node, home: &Cluster) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let alive = node.name().alive();
        let target = within(epmd::lookup(home.mapper(), alive)).await;
        let target = target.expect("a mapper").expect("a registered node");
        let registered = epmd::register(cluster.mapper(), alive, port, false);
        let _registered = within(registered).await.expect("a free name");
        let (requests, replies) =
            (watch::Sender::new(Flow::Open), watch::Sender::new(Flow::Open));
        let ways = (requests.subscribe(), replies.subscribe());
        tokio::spawn(serve(
            listener,
            SocketAddr::from(([127, 0, 0, 1], target)),
            ways,
        ));
        Self { requests, replies, _registered, _mappers: None }
    }

    /// Holds back what the nodes of the cluster send.
    pub fn hold_requests(&self) {
        self.requests.send_replace(Flow::Held);
    }

    /// Holds back what the node behind the relay sends.
    pub fn hold_replies(&self) {
        self.replies.send_replace(Flow::Held);
    }

    /// Holds back everything.
    pub fn hold(&self) {
        self.hold_requests();
        self.hold_replies();
    }

    /// Lets everything go, and new connections come.
    pub fn open(&self) {
        self.requests.send_replace(Flow::Open);
        self.replies.send_replace(Flow::Open);
    }

    /// Closes all connections; what is held is lost.
    pub fn cut(&self) {
        let number = rand::random();
        self.requests.send_replace(Flow::Cut(number));
        self.replies.send_replace(Flow::Cut(number));
    }
}

type Ways = (watch::Receiver<Flow>, watch::Receiver<Flow>);

async fn serve(listener: TcpListener, target: SocketAddr, ways: Ways) {
    while let Ok((dialer, _)) = listener.accept().await {
        let Ok(there) = TcpStream::connect(target).await else { continue };
        let (from_dialer, to_dialer) = dialer.into_split();
        let (from_there, to_there) = there.into_split();
        let (requests, replies) = ways.clone();
        tokio::spawn(async move {
            // Whichever ends first ends the other: both sockets are closed.
            tokio::select! {
                () = pass(from_dialer, to_there, requests) => {},
                () = pass(from_there, to_dialer, replies) => {},
            }
        });
    }
}

/// Passes bytes on while the way is open; returns when it is cut or somebody hangs up.
async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut way: watch::Receiver<Flow>,
) {
    let mut block = vec![0; 64 * 1024];
    loop {
        let flow = *way.borrow_and_update();
        match flow {
            Flow::Cut(_) => return,
            Flow::Held if way.changed().await.is_err() => return,
            Flow::Held => {}
            Flow::Open => tokio::select! {
                biased;
                changed = way.changed() => if changed.is_err() { return },
                read = from.read(&mut block) => match read {
                    Ok(0) | Err(_) => return,
                    Ok(some) => if to.write_all(&block[..some]).await.is_err() { return },
                },
            },
        }
    }
}
