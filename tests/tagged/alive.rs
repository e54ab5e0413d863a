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
use std::fmt;
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
    #[error("no node {0}: {0:#}")]
    NoNode(Wanted),
    /// It is registered, and the answer is pang.
    #[error(
        "node {0} does not answer with our cookie: end it, and start it with ours: {0:#}"
    )]
    OtherCookie(Wanted),
    /// Another node has the name of ours.
    #[error(
        "cannot ask for node {0}: our own node's name {SOPHIE} is in use, by a node \
         of yours or another run of these tests; end that, and test again"
    )]
    SophieTaken(Wanted),
    /// The port mapper does not answer as one does.
    #[error("cannot ask for node {0}: {1}")]
    Epmd(Wanted, #[source] EpmdError),
    /// Our own node did not start.
    #[error("cannot ask for node {0}, because {SOPHIE} does not start: {1}")]
    Start(Wanted, #[source] StartError),
}

/// A node that a test wants.
#[derive(Debug, Clone)]
pub struct Wanted {
    node: String,
    lesson: String,
}

/// Its name; with `#` the command that starts it.
impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { node, lesson } = self;
        if f.alternate() {
            write!(f, "cargo run --bin {lesson} -- --sname {node}")
        } else {
            f.write_str(node)
        }
    }
}

/// What the tests name: the nodes that are not there, with the reasons.
pub struct Roll {
    pub missing: BTreeMap<String, Missing>,
    /// Is any of them there?
    pub somebody: bool,
}

/// Looks for each node that a test names.
pub fn call_the_roll(tests: &[Test]) -> Roll {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime without threads needs almost nothing");
    let mut looked = BTreeMap::new();
    for test in tests {
        for node in test.nodes() {
            let lesson = test.lesson().to_owned();
            let wanted = Wanted { node: node.to_owned(), lesson };
            let look = || runtime.block_on(look(wanted)).err();
            looked.entry(node.to_owned()).or_insert_with(look);
        }
    }
    let somebody = looked.values().any(Option::is_none);
    let missing = looked.into_iter().filter_map(|(node, why)| Some((node, why?)));
    Roll { missing: missing.collect(), somebody }
}

// ANCHOR: look
async fn look(node: Wanted) -> Result<(), Missing> {
    let port = epmd::port_from_env();
    let port = port.map_err(|why| Missing::Epmd(node.clone(), why))?;
    let alive = NodeName::from(node.node.as_str()).alive();
    let mapper = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    match epmd::lookup(mapper, alive).await {
        Ok(Some(_)) => ping(node).await,
        Ok(None) | Err(EpmdError::Nobody(_)) => Err(Missing::NoNode(node)),
        Err(why) => Err(Missing::Epmd(node, why)),
    }
}
// ANCHOR_END: look

async fn ping(node: Wanted) -> Result<(), Missing> {
    // Hidden, because the other nodes of that cluster need not learn of her.
    let config = Config::new().short_name(SOPHIE).hidden(true);
    let sophie = Node::start(config).await.map_err(|why| match why {
        StartError::NameInUse(_) => Missing::SophieTaken(node.clone()),
        why => Missing::Start(node.clone(), why),
    })?;
    let answer = timeout(DEADLINE, sophie.ping(node.node.as_str())).await;
    sophie.stop().await;
    match answer {
        Ok(Ping::Pong) => Ok(()),
        Ok(Ping::Pang) | Err(_) => Err(Missing::OtherCookie(node)),
    }
}
