//! What each way promises, and the numbers of the rows.

use std::collections::BTreeMap;

use clap::ValueEnum;

use super::*;

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
        assert_eq!(owners(&*with(kind, &twice), &keys(1)), one);
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

#[test]
fn tokens_are_shared_out_evenly_whatever_happens() {
    let mut placement = placement(Kind::Tokens);
    let happens: [&[u32]; 7] = [
        &[1],
        &[1, 2, 3],
        &[2, 3],
        &[2, 3, 4, 5, 6, 7, 8],
        &[1, 3, 4, 6, 7, 8, 9],
        &[9],
        &[1, 2, 3, 9],
    ];
    for nodes in happens {
        placement.set_nodes(&named(nodes.iter().copied()));
        let tokens = held(&*placement);
        let (fewest, most) = (tokens.values().min(), tokens.values().max());
        assert_eq!(tokens.len(), nodes.len());
        assert_eq!(tokens.values().sum::<usize>(), 1000);
        let even = fewest.zip(most).is_some_and(|(fewest, most)| most - fewest <= 1);
        assert!(even, "{tokens:?}");
    }
}

/// How many tokens each node has.
fn held(placement: &dyn Placement) -> BTreeMap<NodeName, usize> {
    let table = placement.table().expect("tokens have a table");
    let mut held = BTreeMap::new();
    for keeper in (0..1000).filter_map(|token| table.keeper(token)) {
        *held.entry(keeper).or_default() += 1;
    }
    held
}

/// Sends each one's table to the others, in whatever order, as long as one changes.
fn exchange(nodes: &mut [Box<dyn Placement>]) {
    for _round in 0..10 {
        let tables: Vec<_> = nodes.iter().filter_map(|node| node.table()).collect();
        let mut changed = false;
        for (at, node) in nodes.iter_mut().enumerate() {
            let mut tables = tables.clone();
            tables.rotate_left(at);
            for table in tables {
                changed |= node.adopt(table);
            }
        }
        if !changed {
            return;
        }
    }
    panic!("the tables go on to change");
}

fn assert_alike(nodes: &[Box<dyn Placement>]) {
    for pair in nodes.windows(2) {
        assert_eq!(pair[0].table(), pair[1].table());
        assert_eq!(owners(&*pair[0], &keys(1)), owners(&*pair[1], &keys(1)));
    }
}

#[test]
fn nodes_that_start_alone_agree_once_their_tables_have_met() {
    let all = named(1..=5);
    let mut nodes: Vec<_> =
        all.iter().map(|&node| with(Kind::Tokens, &[node])).collect();
    for (at, node) in nodes.iter_mut().enumerate() {
        for met in 1..=5 {
            let seen = all.iter().cycle().skip(at).take(met);
            let seen: Vec<_> = seen.copied().collect();
            node.set_nodes(&seen);
        }
    }
    assert_ne!(nodes[0].table(), nodes[1].table(), "each has its own history");
    exchange(&mut nodes);
    assert_alike(&nodes);
    assert_eq!(held(&*nodes[0]).len(), 5);
}

/// It meets the others one by one. That it has not met somebody yet is no reason to
/// take the tokens away from him.
#[test]
fn who_joins_takes_the_table_over_that_is_there() {
    let mut there = with(Kind::Tokens, &named(1..=2));
    there.set_nodes(&named(1..=4));
    let before = owners(&*there, &keys(1));
    there.set_nodes(&named(1..=5));
    let mut joins = with(Kind::Tokens, &named([5]));
    assert!(joins.adopt(there.table().expect("tokens have a table")));
    for met in 0..5 {
        joins.set_nodes(&named((1..=met).chain([5])));
        assert_eq!(joins.table(), there.table(), "after it met {met}");
    }
    assert!(!there.adopt(joins.table().expect("tokens have a table")));
    let after = owners(&*joins, &keys(1));
    for (before, after) in before.into_iter().zip(after) {
        assert!(before == after || after == named([5])[0]);
    }
}

/// The second dies, and the third joins; one node hears it in this order, and
/// another in the other.
#[test]
fn nodes_agree_in_whatever_order_they_hear() {
    let mut nodes = [with(Kind::Tokens, &named([1, 2, 4])), placement(Kind::Tokens)];
    nodes[1].set_nodes(&named([1, 2, 4]));
    nodes[0].set_nodes(&named([1, 4]));
    nodes[1].set_nodes(&named([1, 2, 3, 4]));
    // The second has not heard of the death yet: nobody may think that it undid it.
    exchange_once(&mut nodes);
    nodes[0].set_nodes(&named([1, 3, 4]));
    nodes[1].set_nodes(&named([1, 3, 4]));
    exchange(&mut nodes);
    assert_alike(&nodes);
    let expected: Vec<_> = held(&*nodes[0]).into_keys().collect();
    assert_eq!(expected, named([1, 3, 4]));
}

fn exchange_once(nodes: &mut [Box<dyn Placement>; 2]) {
    let tables = nodes.each_ref().map(|node| node.table());
    for (node, table) in nodes.iter_mut().zip(tables.into_iter().rev()) {
        node.adopt(table.expect("tokens have a table"));
    }
}

/// The fewest that can: the leaving node's tokens, and what the joining one gets.
#[test]
fn no_token_moves_that_need_not() {
    let mut placement = with(Kind::Tokens, &named(1..=7));
    for nodes in [named(1..=6), named(1..=9), named(3..=9), named([5, 20])] {
        let (before, held_before) = (placement.table(), held(&*placement));
        placement.set_nodes(&nodes);
        let (after, held_after) = (placement.table(), held(&*placement));
        let (Some(before), Some(after)) = (before, after) else {
            panic!("tokens have a table");
        };
        let moved = (0..1000).filter(|&t| before.keeper(t) != after.keeper(t));
        let gains = held_after.iter().map(|(node, &tokens)| {
            tokens.saturating_sub(held_before.get(node).copied().unwrap_or(0))
        });
        assert_eq!(moved.count(), gains.sum::<usize>());
    }
}
