//! Who is restarted when a child ends.

use moebi::Reason;
use moebi::otp::{ChildState, Strategy, Supervisor};

use super::{Event, Manner, OFTEN, Stage};
use crate::cluster::within;

fn oops() -> Reason {
    Reason::word("oops")
}

#[tokio::test]
async fn one_for_one_restarts_only_who_ended() {
    let mut stage = Stage::new().await;
    let tree = stage.tree(Strategy::OneForOne, &["a", "b", "c"]);
    let top = stage.start(&tree).await;
    let a = stage.started("a").await;
    let b = stage.started("b").await;
    let c = stage.started("c").await;
    stage.die(b, oops()).await;
    let again = stage.started("b").await;
    assert_ne!(b, again);
    let pids = [("a", a), ("b", again), ("c", c)];
    let states = pids.map(|(id, pid)| (id.to_owned(), ChildState::Running(pid)));
    assert_eq!(stage.states(top).await, states);
    stage.no_more_events();
}

#[tokio::test]
async fn one_for_all_ends_the_others_in_reverse_and_starts_all_in_order() {
    let mut stage = Stage::new().await;
    let tree = stage.tree(Strategy::OneForAll, &["a", "b", "c"]);
    let top = stage.start(&tree).await;
    stage.started("a").await;
    let b = stage.started("b").await;
    stage.started("c").await;
    stage.die(b, oops()).await;
    stage.ended(&["c", "a"]).await;
    for id in ["a", "b", "c"] {
        stage.started(id).await;
    }
    stage.states(top).await;
    stage.no_more_events();
}

#[tokio::test]
async fn rest_for_one_ends_those_after_it_in_reverse_and_starts_them_in_order() {
    let mut stage = Stage::new().await;
    let tree = stage.tree(Strategy::RestForOne, &["a", "b", "c", "d"]);
    let top = stage.start(&tree).await;
    stage.started("a").await;
    let b = stage.started("b").await;
    stage.started("c").await;
    stage.started("d").await;
    stage.die(b, oops()).await;
    stage.ended(&["d", "c"]).await;
    for id in ["b", "c", "d"] {
        stage.started(id).await;
    }
    stage.states(top).await;
    stage.no_more_events();
}

#[tokio::test]
async fn a_temporary_child_that_is_ended_with_the_others_is_forgotten() {
    for strategy in [Strategy::OneForAll, Strategy::RestForOne] {
        let mut stage = Stage::new().await;
        let tree = Supervisor::new(strategy)
            .child(stage.child("a", Manner::Polite))
            .child(stage.child("b", Manner::Polite).temporary())
            .child(stage.child("c", Manner::Polite));
        let top = stage.start(&tree).await;
        let a = stage.started("a").await;
        stage.started("b").await;
        stage.started("c").await;
        stage.die(a, oops()).await;
        stage.ended(&["c", "b"]).await;
        let a = stage.started("a").await;
        let c = stage.started("c").await;
        let states = [("a", a), ("c", c)]
            .map(|(id, pid)| (id.to_owned(), ChildState::Running(pid)));
        assert_eq!(stage.states(top).await, states);
    }
}

#[tokio::test]
async fn one_for_all_starts_those_too_that_had_ended_before() {
    let mut stage = Stage::new().await;
    let tree = Supervisor::new(Strategy::OneForAll)
        .child(stage.child("a", Manner::Polite))
        .child(stage.child("b", Manner::Polite).transient());
    let top = stage.start(&tree).await;
    let a = stage.started("a").await;
    let b = stage.started("b").await;
    let monitor = stage.me.watch(b).await;
    stage.die(b, Reason::Normal).await;
    stage.me.down_of(monitor).await;
    assert_eq!(stage.states(top).await[1].1, ChildState::Stopped);
    stage.die(a, oops()).await;
    stage.started("a").await;
    stage.started("b").await;
}

/// The exit signal of the one is in the mailbox when the other's is dealt with, or comes
/// just then; the process it is about has been replaced by the time it is read.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn children_that_end_together_are_replaced_once() {
    let mut stage = Stage::new().await;
    let tree = stage.tree(Strategy::OneForAll, &["a", "b"]);
    let top = stage.start(&tree.intensity(OFTEN.0, OFTEN.1)).await;
    let mut a = stage.started("a").await;
    let mut b = stage.started("b").await;
    for _ in 0..100 {
        let (first, second) = (stage.me.watch(a).await, stage.me.watch(b).await);
        stage.die(a, oops()).await;
        stage.die(b, oops()).await;
        // Whether they end by themselves or are ended depends on who is faster.
        for _ in 0..2 {
            let down: moebi::Down = stage.me.get().await;
            assert!([first, second].contains(&down.reference));
        }
        let mut ended = 0;
        a = loop {
            match stage.event().await {
                Event::Started("a", pid) => break pid,
                Event::Ended("a" | "b") => ended += 1,
                other => panic!("{other:?}"),
            }
        };
        assert!(ended <= 1);
        b = stage.started("b").await;
        let running = [a, b].map(ChildState::Running);
        let states = within(async { stage.states(top).await }).await;
        assert_eq!(states.iter().map(|child| child.1).collect::<Vec<_>>(), running);
        stage.no_more_events();
    }
}
