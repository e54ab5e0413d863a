//! How a tree ends.

use std::time::Duration;

use moebi::otp::{ChildSpec, Shutdown, Strategy, Supervisor};
use moebi::{Exit, Process, Reason, receive};
use tokio::time::Instant;

use super::{Manner, Stage};
use crate::cluster::{actor, trapper, within};

const SHORT: Shutdown = Shutdown::After(Duration::from_millis(50));

#[tokio::test]
async fn a_supervisor_ends_its_children_in_reverse_order() {
    let mut stage = Stage::new().await;
    let tree = stage.tree(Strategy::OneForOne, &["a", "b", "c"]);
    let top = stage.start(&tree).await;
    for id in ["a", "b", "c"] {
        stage.started(id).await;
    }
    assert_eq!(stage.end(top).await, Reason::Shutdown);
    stage.ended(&["c", "b", "a"]).await;
    assert_eq!(stage.node.processes().len(), 2);
    stage.me.has_nothing();
}

#[tokio::test]
async fn when_its_parent_ends_the_supervisor_ends_for_the_same_reason() {
    for reason in [Reason::word("oops"), Reason::Normal] {
        let mut stage = Stage::new().await;
        let mut parent = trapper(&stage.node).await;
        let tree = stage.tree(Strategy::OneForOne, &["a", "b"]);
        let top = within(tree.start_link(&mut parent)).await;
        let top = top.expect("a supervisor that starts");
        let a = stage.started("a").await;
        stage.started("b").await;
        let (top, child) = (stage.me.watch(top).await, stage.me.watch(a).await);
        parent.stop(Err(reason.clone()));
        stage.ended(&["b", "a"]).await;
        assert_eq!(stage.me.down_of(child).await.reason, Reason::Shutdown);
        assert_eq!(stage.me.down_of(top).await.reason, reason);
    }
}

#[tokio::test]
async fn a_child_that_does_not_end_in_its_time_is_killed() {
    let mut stage = Stage::new().await;
    let tree = Supervisor::new(Strategy::OneForOne)
        .child(stage.child("a", Manner::Polite))
        .child(stage.child("b", Manner::Stubborn).shutdown(SHORT))
        .child(stage.child("c", Manner::Polite));
    let top = stage.start(&tree).await;
    stage.started("a").await;
    let b = stage.started("b").await;
    stage.started("c").await;
    let monitor = stage.me.watch(b).await;
    stage.me.exit(top, Reason::Shutdown).await;
    stage.ended(&["c"]).await;
    assert_eq!(stage.me.down_of(monitor).await.reason, Reason::Killed);
    stage.ended(&["a"]).await;
    assert_eq!(stage.me.exit_of(top).await, Reason::Shutdown);
}

#[tokio::test(start_paused = true)]
async fn a_worker_has_five_seconds_and_a_supervisor_all_the_time_it_needs() {
    let mut stage = Stage::new().await;
    let slow = |id| stage.child(id, Manner::Stubborn);
    let below =
        Supervisor::new(Strategy::OneForOne).child(slow("b")).child(slow("c"));
    let tree = Supervisor::new(Strategy::OneForOne)
        .child(slow("a"))
        .child(ChildSpec::supervisor("below", below));
    let top = stage.start(&tree).await;
    let before = Instant::now();
    stage.me.exit(top, Reason::Shutdown).await;
    // Longer than a test waits otherwise, but this clock is turned forward.
    let ended = tokio::time::timeout(Duration::from_secs(60), async {
        stage.me.receive::<Exit>().await
    });
    assert_eq!(ended.await.expect("an end").reason, Reason::Shutdown);
    let took = before.elapsed().as_secs_f64();
    assert!((15.0..15.1).contains(&took), "it took {took} s");
}

#[tokio::test]
async fn brutal_kill_does_not_ask() {
    let mut stage = Stage::new().await;
    let child = stage.child("a", Manner::Polite).shutdown(Shutdown::BrutalKill);
    let tree = Supervisor::new(Strategy::OneForOne).child(child);
    let top = stage.start(&tree).await;
    let a = stage.started("a").await;
    let monitor = stage.me.watch(a).await;
    assert_eq!(stage.end(top).await, Reason::Shutdown);
    assert_eq!(stage.me.down_of(monitor).await.reason, Reason::Killed);
    stage.no_more_events();
}

#[tokio::test]
async fn a_child_may_end_for_a_reason_of_its_own_meanwhile() {
    let mut stage = Stage::new().await;
    let contrary = Manner::Contrary(Reason::word("had enough"));
    let tree = Supervisor::new(Strategy::OneForOne)
        .child(stage.child("a", Manner::Polite))
        .child(stage.child("b", contrary))
        // It does not even wait to be asked, but ends when c is.
        .child(ChildSpec::process("c", |mut me: Process| async move {
            me.trap_exit(true);
            let partner = me.spawn_link_here(super::idle);
            receive! { me,
                Exit { reason, .. } => {
                    me.exit(partner, Reason::Kill).await;
                    Err(reason)
                }
            }
        }));
    let top = stage.start(&tree).await;
    stage.started("a").await;
    let b = stage.started("b").await;
    let monitor = stage.me.watch(b).await;
    assert_eq!(stage.end(top).await, Reason::Shutdown);
    assert_eq!(stage.me.down_of(monitor).await.reason, Reason::word("had enough"));
    stage.ended(&["a"]).await;
    stage.no_more_events();
}

/// A supervisor that is killed cannot end anybody: the links do.
#[tokio::test]
async fn the_children_of_a_supervisor_that_is_killed_end_with_it() {
    let mut stage = Stage::new().await;
    let below =
        Supervisor::new(Strategy::OneForOne).child(stage.child("b", Manner::Plain));
    let tree = Supervisor::new(Strategy::OneForOne)
        .child(stage.child("a", Manner::Plain))
        .child(ChildSpec::supervisor("below", below));
    let top = stage.start(&tree).await;
    let a = stage.started("a").await;
    let b = stage.started("b").await;
    let below = stage.children(top).await[1].state.pid().expect("it runs");
    let mut downs = Vec::new();
    for pid in [a, b, below] {
        downs.push(stage.me.watch(pid).await);
    }
    stage.me.exit(top, Reason::Kill).await;
    assert_eq!(stage.me.exit_of(top).await, Reason::Killed);
    let mut reasons = Vec::new();
    for _ in 0..3 {
        let down: moebi::Down = stage.me.get().await;
        let which = downs.iter().position(|monitor| *monitor == down.reference);
        reasons.push((which, down.reason));
    }
    reasons.sort_by_key(|(which, _)| *which);
    // The supervisor below hears that its parent was killed, and ends its child.
    let expected = [Reason::Killed, Reason::Shutdown, Reason::Killed];
    let expected = expected.into_iter().enumerate();
    let expected: Vec<_> = expected.map(|(n, reason)| (Some(n), reason)).collect();
    assert_eq!(reasons, expected);
    assert_eq!(stage.node.processes().len(), 2);
}

#[tokio::test]
async fn a_tree_ends_from_its_last_leaf_to_its_first() {
    let mut stage = Stage::new().await;
    let tree = Supervisor::new(Strategy::OneForOne)
        .child(stage.child("a", Manner::Polite))
        .child(ChildSpec::supervisor(
            "below",
            stage.tree(Strategy::RestForOne, &["b", "c"]),
        ))
        .child(stage.child("d", Manner::Polite));
    let top = stage.start(&tree).await;
    for id in ["a", "b", "c", "d"] {
        stage.started(id).await;
    }
    assert_eq!(stage.end(top).await, Reason::Shutdown);
    stage.ended(&["d", "c", "b", "a"]).await;
}

#[tokio::test]
async fn a_supervisor_that_gives_up_is_restarted_by_its_own() {
    let mut stage = Stage::new().await;
    let below = stage.tree(Strategy::OneForOne, &["b", "c"]);
    let below = below.intensity(0, Duration::from_secs(5));
    let tree = stage
        .tree(Strategy::OneForOne, &["a"])
        .child(ChildSpec::supervisor("below", below));
    let top = stage.start(&tree).await;
    stage.started("a").await;
    let b = stage.started("b").await;
    stage.started("c").await;
    let before = stage.children(top).await;
    stage.die(b, Reason::word("oops")).await;
    stage.ended(&["c"]).await;
    stage.started("b").await;
    stage.started("c").await;
    let after = stage.children(top).await;
    assert_eq!(before[0], after[0]);
    assert_ne!(before[1].state, after[1].state);
    stage.no_more_events();
}

/// Another's end while the supervisor waits for one to end does not count as that one's.
#[tokio::test]
async fn ends_that_come_out_of_order_are_not_confused() {
    let mut stage = Stage::new().await;
    let tree = Supervisor::new(Strategy::OneForOne)
        .child(stage.child("a", Manner::Plain))
        .child(stage.child("b", Manner::Stubborn).shutdown(SHORT));
    let top = stage.start(&tree).await;
    let a = stage.started("a").await;
    let b = stage.started("b").await;
    let mut watcher = actor(&stage.node).await;
    let (first, second) = (watcher.watch(a).await, watcher.watch(b).await);
    stage.me.exit(top, Reason::Shutdown).await;
    stage.die(a, Reason::word("oops")).await;
    assert_eq!(watcher.down_of(first).await.reason, Reason::word("oops"));
    assert_eq!(watcher.down_of(second).await.reason, Reason::Killed);
    assert_eq!(stage.me.exit_of(top).await, Reason::Shutdown);
    stage.no_more_events();
}
