//! Is a key where Erlang would look for it, whomever one asks?

use std::collections::HashSet;
use std::num::NonZeroU32;
use std::panic::catch_unwind;

use checker::desk::Desk;
use checker::{desk, says};
use moebi::otp::phash2::{hash32, phash2};

use super::*;

const KEYS: usize = 200;

#[test]
fn a_key_is_where_everybody_looks_for_it() {
    desk::run(async |desk| {
        let keys: Vec<String> = (0..KEYS).map(|_| desk.word()).collect();
        let nodes = cluster(desk);
        if keys.iter().map(|key| at(key, &nodes)).collect::<HashSet<_>>().len() == 1
        {
            says("one_has_all");
        }
        if keys.iter().any(|key| at(key, &nodes) != at(key, &nodes)) {
            says("not_the_same_twice");
        }
        let mut met: Vec<NodeName> = nodes.clone();
        met.reverse();
        if keys.iter().any(|key| at(key, &nodes) != at(key, &met)) {
            says("order");
        }
        places(&keys, &nodes);
        let nobody = catch_unwind(|| owner(&keys[0], &[]));
        if !matches!(nobody, Ok(None)) {
            says("no_nodes");
        }
    });
}

/// Seven nodes, not sorted.
fn cluster(desk: &Desk) -> Vec<NodeName> {
    let mut names: Vec<String> = (0..7).map(|_| desk.word()).collect();
    names.sort();
    names.rotate_left(3);
    names.iter().map(|name| NodeName::from(&format!("{name}@localhost"))).collect()
}

fn at(key: &str, nodes: &[NodeName]) -> NodeName {
    let found =
        catch_unwind(|| owner(key, nodes)).unwrap_or_else(|_| says("panics"));
    found.unwrap_or_else(|| says("nobody"))
}

fn places(keys: &[String], nodes: &[NodeName]) {
    let mut sorted = nodes.to_vec();
    sorted.sort_unstable();
    let count = NonZeroU32::new(sorted.len() as u32).expect("seven nodes");
    let all = |hash: fn(&str) -> u32| {
        let place = |key: &String| sorted[(hash(key) % count) as usize];
        keys.iter().all(|key| at(key, nodes) == place(key))
    };
    if all(|key| hash32(key)) {
        return;
    }
    if all(|key| phash2(key)) {
        says("remainder_of_phash2");
    }
    says("other_hash");
}
