//! What each way promises, and the numbers of the rows.

use std::collections::BTreeMap;

use clap::ValueEnum;

use super::*;

mod tokens;

fn named(numbers: impl IntoIterator<Item = u32>) -> Vec<NodeName> {
    let name = |number| NodeName::from(&format!("apothik_{number}@127.0.0.1"));
    numbers.into_iter().map(name).collect()
}

fn keys(of: u32) -> Vec<String> {
    (1..=5000).map(|j| format!("k_{of}_{j}")).collect()
}

fn owner(placement: &dyn Placement, key: &str) -> NodeName {
    match placement.owners(key, 1)[..] {
        [owner] => owner,
        ref other => panic!("{key} has the owners {other:?}"),
    }
}

fn owners(placement: &dyn Placement, keys: &[String]) -> Vec<NodeName> {
    keys.iter().map(|key| owner(placement, key)).collect()
}

fn with(kind: Kind, nodes: &[NodeName]) -> Box<dyn Placement> {
    let mut placement = placement(kind);
    placement.set_nodes(nodes);
    placement
}

/// How many keys each node has, in the order of the names.
fn counts(owners: &[NodeName]) -> Vec<u32> {
    let mut counts = BTreeMap::new();
    for owner in owners {
        *counts.entry(owner).or_default() += 1;
    }
    counts.into_values().collect()
}

fn each_kind(check: impl Fn(Kind)) {
    for kind in Kind::value_variants() {
        check(*kind);
    }
}

#[test]
fn s81_five_thousand_keys_on_five_nodes() {
    let placement = with(Kind::Modulo, &named([3, 1, 5, 2, 4]));
    let counts = counts(&owners(&*placement, &keys(1)));
    assert_eq!(counts, [1026, 996, 1012, 1021, 945]);
}

#[test]
fn s82_other_keys_on_five_nodes() {
    let placement = with(Kind::Modulo, &named(1..=5));
    let counts = counts(&owners(&*placement, &keys(2)));
    assert_eq!(counts, [1023, 987, 1050, 993, 947]);
}

/// What lies where after the second node was killed and all was put once more.
#[test]
fn s83_four_of_five_thousand_keys_move_when_a_node_leaves() {
    let (nodes, keys) = (named(1..=5), keys(1));
    let mut placement = with(Kind::Modulo, &nodes);
    let before = owners(&*placement, &keys);
    placement.set_nodes(&named([1, 3, 4, 5]));
    let after = owners(&*placement, &keys);
    let moved = before.iter().zip(&after).filter(|(one, other)| one != other);
    assert_eq!(moved.count(), 4052);
    let mut lying: Vec<_> = keys.iter().zip(&before).collect();
    lying.retain(|(_, owner)| **owner != nodes[1]);
    assert_eq!(lying.len(), 4004);
    lying.extend(keys.iter().zip(&after));
    lying.sort_unstable();
    let hits = lying.windows(2).filter(|pair| pair[0] == pair[1]).count();
    assert_eq!((lying.len(), hits), (4004 + 5000, 948));
    lying.dedup();
    let owners: Vec<_> = lying.into_iter().map(|(_, owner)| *owner).collect();
    assert_eq!(owners.len(), 8056);
    assert_eq!(counts(&owners), [2032, 2027, 2027, 1970]);
}

#[test]
fn a_kind_is_read_by_its_name() {
    each_kind(|kind| assert_eq!(kind.to_string().parse(), Ok(kind)));
    let says = "ring".parse::<Kind>().map_err(|error| error.to_string());
    let expected = "\"ring\" is no placement: it is modulo, tokens or rendezvous";
    assert_eq!(says, Err(expected.to_owned()));
}

#[test]
fn without_nodes_nobody_keeps_a_key() {
    each_kind(|kind| {
        let mut placement = placement(kind);
        assert_eq!(placement.owners("k", 2), []);
        placement.set_nodes(&named([1]));
        assert_eq!(placement.owners("k", 2), named([1]));
        assert_eq!(placement.owners("k", 0), []);
        placement.set_nodes(&[]);
        assert_eq!(placement.owners("k", 2), []);
    });
}

#[test]
fn copies_are_on_different_nodes() {
    each_kind(|kind| {
        let placement = with(kind, &named(1..=5));
        for key in keys(1) {
            for copies in 1..=7 {
                let owners = placement.owners(&key, copies);
                assert_eq!(
                    sorted(&owners).len(),
                    copies.min(5),
                    "{key}: {owners:?}"
                );
                assert_eq!(owners[0], owner(&*placement, &key));
            }
        }
    });
}

#[test]
fn copies_are_spread_as_well_as_keys() {
    each_kind(|kind| {
        let placement = with(kind, &named(1..=5));
        let copies: Vec<_> =
            keys(1).iter().map(|key| placement.owners(key, 2)[1]).collect();
        let counts = counts(&copies);
        assert!(counts.iter().all(|n| (900..1100).contains(n)), "{counts:?}");
    });
}

#[test]
fn the_order_of_the_nodes_makes_no_difference() {
    each_kind(|kind| {
        let one = owners(&*with(kind, &named(1..=20)), &keys(1));
        let twice = named((1..=20).rev().chain(1..=20));
        let other = owners(&*with(kind, &twice), &keys(1));
        assert!(other == one, "{kind}: in another order, keys have other owners");
    });
}

/// With tokens and rendezvous a key moves only from a node that leaves, or to one
/// that joins.
#[test]
fn only_keys_move_that_must() {
    for kind in [Kind::Tokens, Kind::Rendezvous] {
        let (eight, seven) = (named(1..=8), named([1, 2, 4, 5, 6, 7, 8]));
        let mut placement = with(kind, &eight);
        let keys = keys(1);
        let before = owners(&*placement, &keys);
        placement.set_nodes(&seven);
        let between = owners(&*placement, &keys);
        placement.set_nodes(&eight);
        let after = owners(&*placement, &keys);
        for ((one, two), three) in before.iter().zip(&between).zip(&after) {
            assert!(one == two || *one == eight[2], "{kind}: {one} to {two}");
            assert!(two == three || *three == eight[2], "{kind}: {two} to {three}");
        }
        assert!(!between.contains(&eight[2]) && after.contains(&eight[2]));
    }
}

/// A second copy becomes the first, and where it is there it stays.
#[test]
fn with_rendezvous_the_heir_has_the_key() {
    let mut placement = with(Kind::Rendezvous, &named(1..=5));
    let before: Vec<_> =
        keys(1).iter().map(|key| placement.owners(key, 2)).collect();
    placement.set_nodes(&named([1, 3, 4, 5]));
    for (key, before) in keys(1).iter().zip(before) {
        let left: Vec<_> =
            before.into_iter().filter(|node| *node != named([2])[0]).collect();
        assert_eq!(placement.owners(key, 2)[..left.len()], left);
    }
}
