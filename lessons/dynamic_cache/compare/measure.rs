//! The measurements themselves.

use std::collections::HashMap;

use moebi::NodeName;

use crate::placement::{Kind, Placement, placement};

/// So many keys.
pub const KEYS: u32 = 5000;

/// From two nodes to so many.
pub const MOST: u32 = 100;

/// A placement, with a row for each number of nodes.
pub struct Measured {
    pub kind: Kind,
    pub rows: Vec<Row>,
}

/// What was found with this many nodes.
pub struct Row {
    pub nodes: u32,
    /// The share of all keys that move if one of the nodes leaves.
    pub leave: f64,
    /// The share of all keys that move if one more joins.
    pub join: f64,
    /// The keys of the fullest node, divided by what a node has on average.
    pub spread: f64,
}

impl Measured {
    /// Lets a cluster grow from two nodes to one more than `most`.
    pub fn new(kind: Kind, most: u32) -> Self {
        let keys: Vec<_> = (1..=KEYS).map(|j| format!("k_1_{j}")).collect();
        let mut cluster = placement(kind);
        let mut before = owners(&mut *cluster, &named(2), &keys);
        let row = |nodes| {
            let left = without_second(kind, &*cluster, nodes, &keys);
            let joined = owners(&mut *cluster, &named(nodes + 1), &keys);
            let row = Row {
                nodes,
                leave: moved(&before, &left),
                join: moved(&before, &joined),
                spread: spread(&before, nodes),
            };
            before = joined;
            row
        };
        Self { kind, rows: (2..=most).map(row).collect() }
    }
}

/// Who would own each key if the second node left this cluster.
fn without_second(
    kind: Kind,
    cluster: &dyn Placement,
    nodes: u32,
    keys: &[String],
) -> Vec<NodeName> {
    let mut nodes = named(nodes);
    let mut like_it = placement(kind);
    like_it.set_nodes(&nodes);
    if let Some(table) = cluster.table() {
        like_it.adopt(table);
    }
    nodes.remove(1);
    owners(&mut *like_it, &nodes, keys)
}

fn named(nodes: u32) -> Vec<NodeName> {
    let name = |number| NodeName::from(&format!("apothik_{number}@127.0.0.1"));
    (1..=nodes).map(name).collect()
}

/// Who owns each key once the nodes are these.
fn owners(
    placement: &mut dyn Placement,
    nodes: &[NodeName],
    keys: &[String],
) -> Vec<NodeName> {
    placement.set_nodes(nodes);
    keys.iter().flat_map(|key| placement.owners(key, 1)).collect()
}

/// The share that is elsewhere now.
fn moved(before: &[NodeName], after: &[NodeName]) -> f64 {
    let pairs = before.iter().zip(after);
    share(pairs.filter(|(before, after)| before != after).count(), before.len())
}

fn spread(owners: &[NodeName], nodes: u32) -> f64 {
    let mut counts: HashMap<_, usize> = HashMap::new();
    for owner in owners {
        *counts.entry(owner).or_default() += 1;
    }
    let fullest = counts.into_values().max().unwrap_or(0);
    share(fullest, owners.len()) * f64::from(nodes)
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}
