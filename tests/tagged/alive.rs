//! Is the node there that a test needs?
//!
//! ```text
//! suite                      port mapper                moebi
//!   | is moebi registered?        |                       |
//!   |---------------------------->|                       |
//!   | no: nobody is disturbed     |                       |
//!   |                                                     |
//!   | yes: sophie@localhost starts, and proves our cookie |
//!   |---------------------------------------------------->|
//!   |                                                pong |
//! ```
//!
//! A name at the port mapper is not enough: its node may have another cookie.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use moebi::dist::epmd::{self, EpmdError};
use moebi::{Config, Node, NodeName, Ping, StartError};
use tokio::runtime::Builder;
use tokio::time::timeout;

use super::tags::Test;

/// The suite's own node. It lives for as long as it asks.
pub const SOPHIE: &str = "sophie@localhost";
/// A node that is there answers at once; this is for one that hangs.
const DEADLINE: Duration = Duration::from_secs(10);

/// Why a test cannot have its node: what the output says beside the test's name.
#[derive(Debug, thiserror::Error)]
pub enum Missing {
    /// The port mapper does not know it, or there is none.
    #[error("no node {0}: cargo run --bin chat -- --sname {0}")]
    NoNode(String),
    /// It is registered, and the answer is pang.
    #[error(
        "node {0} does not answer with our cookie: end it, and start it with ours: \
         cargo run --bin chat -- --sname {0}"
    )]
    OtherCookie(String),
    /// Another node has the name of ours.
    #[error(
        "cannot ask for node {0}: our own node's name {SOPHIE} is in use, by a node \
         of yours or another run of these tests; end that, and test again"
    )]
    SophieTaken(String),
    /// The port mapper does not answer as one does.
    #[error("cannot ask for node {0}: {1}")]
    Epmd(String, #[source] EpmdError),
    /// Our own node did not start.
    #[error("cannot ask for node {0}, because {SOPHIE} does not start: {1}")]
    Start(String, #[source] StartError),
}

/// The nodes that the tests name and that are not there, with the reasons.
pub fn missing(tests: &[Test]) -> BTreeMap<String, Missing> {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime without threads needs almost nothing");
    let mut looked = BTreeMap::new();
    for node in tests.iter().flat_map(Test::nodes) {
        let look = || runtime.block_on(look(node)).err();
        looked.entry(node.to_owned()).or_insert_with(look);
    }
    looked.into_iter().filter_map(|(node, why)| Some((node, why?))).collect()
}

async fn look(node: &str) -> Result<(), Missing> {
    let unknown = |why| Missing::Epmd(node.to_owned(), why);
    let mapper = (Ipv4Addr::LOCALHOST, epmd::port_from_env().map_err(unknown)?);
    let alive = NodeName::from(node).alive().to_owned();
    match epmd::lookup(SocketAddr::from(mapper), &alive).await {
        Ok(Some(_)) => ping(node).await,
        Ok(None) | Err(EpmdError::Nobody(_)) => {
            Err(Missing::NoNode(node.to_owned()))
        }
        Err(why) => Err(unknown(why)),
    }
}

async fn ping(node: &str) -> Result<(), Missing> {
    // Hidden, because the other nodes of that cluster need not learn of her.
    let config = Config::new().short_name(SOPHIE).hidden(true);
    let sophie = Node::start(config).await.map_err(|why| match why {
        StartError::NameInUse(_) => Missing::SophieTaken(node.to_owned()),
        why => Missing::Start(node.to_owned(), why),
    })?;
    let answer = timeout(DEADLINE, sophie.ping(node)).await;
    sophie.stop().await;
    match answer {
        Ok(Ping::Pong) => Ok(()),
        Ok(Ping::Pang) | Err(_) => Err(Missing::OtherCookie(node.to_owned())),
    }
}
