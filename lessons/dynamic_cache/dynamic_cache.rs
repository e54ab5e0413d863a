//! A cache that is spread over a cluster, and follows it.
//!
//! Each node keeps a share of the keys, and each can be asked for all of them: it knows
//! who has which. What happens when a node goes? In the first half of this story, with
//! `members = "fixed"`, its share of the keys is gone, and nothing can be put there any
//! more. In the second half, `"dynamic"`, the others take over, and the question is how
//! many keys move when they do.
//!
//! On each node of the cache there are
//!
//! ```text
//!   topology  a process for each other node:      topology.rs
//!             stays connected
//!   farewell  says goodbye when the node stops    farewell.rs
//!   cluster   who is there?                       cluster.rs
//!      │ Members
//!   cache     what is kept, and who has what      cache.rs, copies.rs, entries.rs;
//!      │                                          changes.rs, view.rs, placement.rs
//!   a pass    hands over what belongs elsewhere   handover.rs
//!
//!   put, get, delete                              requests.rs, attempt.rs, whereabouts.rs
//! ```
//!
//! | | modulo | tokens, rendezvous | these, `replicas = 2` |
//! |---|---|---|---|
//! | a node stops | its share is lost, most others move | nothing is lost | nothing is lost |
//! | a node is killed | the same | its share is lost | nothing is lost |
//! | a node comes | most keys are not found | its share moves to it | the same |
//!
//! If two nodes are killed before the copies of the first have been restored, what only
//! those two had is lost all the same. With modulo, and with fixed members, a lost copy
//! would never be restored: there can be no copies.
//!
//! What is answered was put under that key, as a rule last. It may be an older value
//!
//! - with modulo, when the members are again as they were once: it has lain where it was
//!   put then, and nobody has tidied up;
//! - when a node is killed that alone had the newer one;
//! - as long as a network is in two parts, for each part goes on by itself;
//! - if two machines' clocks differ by more than the time between two writes
//!   (`entries.rs`).
//!
//! With two copies, and one kill at a time, only the last two are left, and `copies.rs`
//! says why. For some milliseconds when a node comes or goes, and for as long as nodes do
//! not agree on who is there, a request is not done; it waits until they do, or its time
//! is over.

use moebi::otp::{Application, ChildSpec, Settings, Strategy, Supervisor};
use moebi::shell::CommandError;
use moebi::{Node, NodeName};
use serde::Deserialize;

use crate::cache::{CACHE, Cache};
use crate::cluster::{CLUSTER, Cluster};
use crate::farewell::{FAREWELL, Farewell};
use crate::placement::Kind;
use crate::{fill, hits, requests, signals, topology};

/// What the cache is started with: `config/dev.toml`.
#[derive(Debug, Clone)]
pub struct Setup {
    pub topology: Vec<NodeName>,
    pub members: Members,
    pub placement: Kind,
    pub replicas: usize,
}

/// Over which nodes the keys are spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Members {
    /// All of the topology.
    Fixed,
    /// Those that are there.
    Dynamic,
}

impl Setup {
    pub fn new(settings: &Settings) -> Result<Self, CommandError> {
        let names: Vec<String> = match settings.find::<u32>("up")? {
            Some(count) => (1..=count).map(apothik).collect(),
            None => settings.get("topology")?,
        };
        let names: Result<Vec<NodeName>, _> =
            names.iter().map(|name| name.parse()).collect();
        let mut topology = names?;
        topology.sort_unstable();
        let replicas = settings.get("replicas")?;
        if replicas == 0 {
            return Err(CommandError::new("replicas = 0: nobody would keep a key"));
        }
        let (members, placement) =
            (settings.get("members")?, settings.get("placement")?);
        let restored = members == Members::Dynamic && placement != Kind::Modulo;
        if replicas > 1 && !restored {
            return Err(CommandError::new(format!(
                "replicas = {replicas}: a lost copy is restored only with \
                 members = \"dynamic\", and placement = \"tokens\" or \"rendezvous\""
            )));
        }
        Ok(Self { topology, members, placement, replicas })
    }

    /// As the options of a program that is to have the same.
    pub fn options(&self) -> [String; 8] {
        let members = match self.members {
            Members::Fixed => "fixed",
            Members::Dynamic => "dynamic",
        };
        [
            "--topology".into(),
            format!(
                "{:?}",
                self.topology.iter().map(|n| n.as_str()).collect::<Vec<_>>()
            ),
            "--members".into(),
            members.into(),
            "--placement".into(),
            self.placement.to_string(),
            "--replicas".into(),
            self.replicas.to_string(),
        ]
    }
}

/// What the nodes are called that are started together.
fn apothik(number: u32) -> String {
    format!("apothik_{number}@127.0.0.1")
}

/// Starts what a node of the cache needs. A node that is not in the topology is not one:
/// it is a master, and keeps nothing.
///
/// From below: the cache is there before anybody learns of it, and connections are made
/// last. When the node stops it goes the other way. If the cache crashes, all that is
/// built on it starts anew, and to the others it is a node that went and came.
///
/// Who is not part of the cache can ask this node for keys when it has met the others.
pub async fn start(node: Node, settings: Settings) -> Result<(), CommandError> {
    let setup = Setup::new(&settings)?;
    if !setup.topology.contains(&node.name()) {
        return Ok(());
    }
    signals::offer(&node);
    let mut tree =
        Supervisor::new(Strategy::RestForOne)
            .child(ChildSpec::server::<Cache>(CACHE, setup.clone()));
    if setup.members == Members::Dynamic {
        tree = tree
            .child(ChildSpec::server::<Cluster>(CLUSTER, node.clone()))
            .child(ChildSpec::server::<Farewell>(FAREWELL, ()));
    }
    let peers: Vec<NodeName> =
        setup.topology.into_iter().filter(|&peer| peer != node.name()).collect();
    for &peer in &peers {
        let here = node.clone();
        tree = tree.child(ChildSpec::process(peer.as_str(), move |me| {
            topology::stay_connected(me, here.clone(), peer)
        }));
    }
    Application::start_permanent(&node, "dynamic_cache", tree).await?;
    topology::meet(&node, &peers).await;
    requests::offer(&node);
    fill::offer(&node);
    hits::offer(&node);
    Ok(())
}
