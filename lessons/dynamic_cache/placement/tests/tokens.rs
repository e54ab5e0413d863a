//! What only tokens promise: the fewest moves, and tables that come to be alike.

use super::*;

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
