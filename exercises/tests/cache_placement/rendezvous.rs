//! Does little move, has everybody a share, and has the heir the key already?

use std::collections::HashMap;
use std::panic::catch_unwind;

use checker::{desk, says};

use super::*;

const NODES: usize = 5;
const KEYS: usize = 1000;

#[test]
fn little_moves() {
    desk::run(async |desk| {
        let node = |_| NodeName::from(&format!("{}@localhost", desk.word()));
        let nodes: Vec<NodeName> = (0..NODES).map(node).collect();
        let keys: Vec<String> = (0..KEYS).map(|_| desk.word()).collect();
        shares(&keys, &nodes);
        everywhere(&keys, &nodes);
        leaving(&keys, &nodes, nodes[desk.number(NODES as u64) as usize]);
        copies(&keys, &nodes);
    });
}

fn kept(key: &str, nodes: &[NodeName], copies: usize) -> Vec<NodeName> {
    let kept = catch_unwind(|| owners(key, nodes, copies));
    kept.unwrap_or_else(|_| says("panics"))
}

fn owner(key: &str, nodes: &[NodeName]) -> NodeName {
    match kept(key, nodes, 1)[..] {
        [owner] => owner,
        _ => says("how_many"),
    }
}

/// A fifth each; with a thousand keys chance makes it a quarter at the most.
fn shares(keys: &[String], nodes: &[NodeName]) {
    let mut shares: HashMap<NodeName, usize> = HashMap::new();
    for key in keys {
        *shares.entry(owner(key, nodes)).or_default() += 1;
    }
    if shares.len() == 1 {
        says("one_wins_all");
    }
    let fair = KEYS / NODES;
    if shares.len() < NODES || shares.values().any(|&share| share > fair * 3 / 2) {
        says("unfair");
    }
}

fn everywhere(keys: &[String], nodes: &[NodeName]) {
    let mut met = nodes.to_vec();
    met.reverse();
    for key in keys {
        if owner(key, nodes) != owner(key, nodes) {
            says("not_the_same_twice");
        }
        if owner(key, nodes) != owner(key, &met) {
            says("order");
        }
    }
}

fn leaving(keys: &[String], nodes: &[NodeName], gone: NodeName) {
    let left = without(nodes, gone);
    for key in keys {
        let before = owner(key, nodes);
        if before != gone && owner(key, &left) != before {
            says("others_move");
        }
    }
}

fn copies(keys: &[String], nodes: &[NodeName]) {
    for key in keys {
        let both = kept(key, nodes, 2);
        let [owner, copy] = both[..] else { says("how_many") };
        if owner == copy {
            says("how_many");
        }
        if kept(key, &without(nodes, owner), 1) != [copy] {
            says("heir");
        }
    }
    for (nodes, copies, count) in [(&nodes[..2], 3, 2), (&[], 1, 0), (nodes, 0, 0)] {
        if kept(&keys[0], nodes, copies).len() != count {
            says("how_many");
        }
    }
}

fn without(nodes: &[NodeName], gone: NodeName) -> Vec<NodeName> {
    nodes.iter().copied().filter(|&node| node != gone).collect()
}
