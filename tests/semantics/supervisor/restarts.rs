//! When a child is restarted, how often, and what if it cannot be.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use moebi::otp::{ChildSpec, ChildState, ControlError, Strategy, Supervisor};
use moebi::{Pid, Process, Reason};

use super::{Event, Manner, OFTEN, Stage, idle};
use crate::cluster::{fresh_name, trapper, within};
use crate::functions::Word;
use crate::log::log;

fn orderly() -> [Reason; 3] {
    let Reason::Term(more) = Reason::of(&7_u8) else { panic!("a term") };
    [Reason::Normal, Reason::Shutdown, Reason::ShutdownWith(more)]
}

fn disorderly() -> [Reason; 3] {
    let crash = Reason::Exception("boom".into());
    [Reason::word("oops"), Reason::Killed, crash]
}

#[tokio::test]
async fn a_permanent_child_is_always_restarted() {
    let mut stage = Stage::new().await;
    let tree = stage.tree(Strategy::OneForOne, &["a"]);
    stage.start(&tree.intensity(OFTEN.0, OFTEN.1)).await;
    for reason in orderly().into_iter().chain(disorderly()) {
        let pid = stage.started("a").await;
        stage.die(pid, reason).await;
    }
    let pid = stage.started("a").await;
    stage.me.exit(pid, Reason::Kill).await;
    stage.started("a").await;
}

#[tokio::test]
async fn a_transient_child_is_restarted_unless_it_ended_in_good_order() {
    for reason in orderly() {
        let mut stage = Stage::new().await;
        let child = stage.child("a", Manner::Plain).transient();
        let tree = Supervisor::new(Strategy::OneForOne).child(child);
        let top = stage.start(&tree).await;
        let mut pid = stage.started("a").await;
        for reason in disorderly() {
            stage.die(pid, reason).await;
            pid = stage.started("a").await;
        }
        let monitor = stage.me.watch(pid).await;
        stage.die(pid, reason).await;
        stage.me.down_of(monitor).await;
        let stopped = ("a".to_owned(), ChildState::Stopped);
        assert_eq!(stage.states(top).await, [stopped]);
        stage.no_more_events();
    }
}

#[tokio::test]
async fn a_temporary_child_is_never_restarted_and_is_forgotten() {
    for reason in orderly().into_iter().chain(disorderly()) {
        let mut stage = Stage::new().await;
        let child = stage.child("a", Manner::Plain).temporary();
        let tree = Supervisor::new(Strategy::OneForOne).child(child);
        let top = stage.start(&tree).await;
        let pid = stage.started("a").await;
        let monitor = stage.me.watch(pid).await;
        stage.die(pid, reason).await;
        stage.me.down_of(monitor).await;
        assert_eq!(stage.states(top).await, []);
        stage.no_more_events();
    }
}

#[tokio::test]
async fn after_too_many_restarts_the_supervisor_ends_its_children_and_itself() {
    let mut stage = Stage::new().await;
    let name = fresh_name("Tree");
    let tree = stage.tree(Strategy::OneForOne, &["a", "b", "c"]).name(&name);
    let top = stage.start(&tree).await;
    stage.started("a").await;
    let mut b = stage.started("b").await;
    stage.started("c").await;
    for _ in 0..3 {
        stage.die(b, Reason::word("oops")).await;
        b = stage.started("b").await;
    }
    stage.die(b, Reason::word("oops")).await;
    stage.ended(&["c", "a"]).await;
    assert_eq!(stage.me.exit_of(top).await, Reason::Shutdown);
    stage.no_more_events();
    log().shows(&["ERROR", &name, "child b", "more than 3 restarts in 5s"]).await;
}

#[tokio::test(start_paused = true)]
async fn restarts_that_are_far_enough_apart_are_never_too_many() {
    let mut stage = Stage::new().await;
    let tree = stage.tree(Strategy::OneForOne, &["a"]);
    let top = stage.start(&tree.intensity(1, Duration::from_secs(2))).await;
    for _ in 0..10 {
        let pid = stage.started("a").await;
        tokio::time::advance(Duration::from_millis(2001)).await;
        stage.die(pid, Reason::word("oops")).await;
    }
    let pid = stage.started("a").await;
    // This one is close to the last.
    tokio::time::advance(Duration::from_millis(1999)).await;
    stage.die(pid, Reason::word("oops")).await;
    assert_eq!(stage.me.exit_of(top).await, Reason::Shutdown);
}

#[tokio::test]
async fn a_restart_that_fails_is_tried_again_and_counts() {
    let mut stage = Stage::new().await;
    // The first start works, and of the restarts none.
    let child = stage.failing_child("b", Manner::Polite, |start| start > 0);
    let tree = stage.tree(Strategy::OneForOne, &["a"]).child(child);
    let top = stage.start(&tree).await;
    stage.started("a").await;
    let b = stage.started("b").await;
    stage.die(b, Reason::word("oops")).await;
    for _ in 0..3 {
        assert_eq!(stage.event().await, Event::Failed("b"));
    }
    stage.ended(&["a"]).await;
    assert_eq!(stage.me.exit_of(top).await, Reason::Shutdown);
    stage.no_more_events();
}

#[tokio::test]
async fn a_restart_that_works_in_the_end_starts_all_that_were_to_be() {
    let mut stage = Stage::new().await;
    let unlucky =
        stage.failing_child("b", Manner::Polite, |start| [1, 2].contains(&start));
    let tree = stage.tree(Strategy::OneForAll, &["a"]).child(unlucky);
    let tree = tree.child(stage.child("c", Manner::Polite));
    let top = stage.start(&tree).await;
    let a = stage.started("a").await;
    stage.started("b").await;
    stage.started("c").await;
    stage.die(a, Reason::word("oops")).await;
    stage.ended(&["c", "b"]).await;
    for _ in 0..2 {
        stage.started("a").await;
        assert_eq!(stage.event().await, Event::Failed("b"));
        stage.ended(&["a"]).await;
    }
    for id in ["a", "b", "c"] {
        stage.started(id).await;
    }
    stage.states(top).await;
    stage.no_more_events();
}

#[tokio::test]
async fn a_supervisor_that_tries_again_and_again_still_hears_that_it_is_to_end() {
    let mut stage = Stage::new().await;
    let child = stage.failing_child("b", Manner::Polite, |start| start > 0);
    let tree = stage.tree(Strategy::OneForOne, &["a"]).child(child);
    let top = stage.start(&tree.intensity(OFTEN.0, OFTEN.1)).await;
    stage.started("a").await;
    let b = stage.started("b").await;
    stage.die(b, Reason::word("oops")).await;
    for _ in 0..10 {
        assert_eq!(stage.event().await, Event::Failed("b"));
    }
    let states = stage.states(top).await;
    assert_eq!(states[1], ("b".to_owned(), ChildState::Restarting));
    assert_eq!(stage.end(top).await, Reason::Shutdown);
}

#[tokio::test]
async fn a_child_that_is_ended_is_not_tried_again() {
    let mut stage = Stage::new().await;
    let child = stage.failing_child("a", Manner::Polite, |start| start > 0);
    let tree = Supervisor::new(Strategy::OneForOne).child(child);
    let top = stage.start(&tree.intensity(OFTEN.0, OFTEN.1)).await;
    let a = stage.started("a").await;
    stage.die(a, Reason::word("oops")).await;
    assert_eq!(stage.event().await, Event::Failed("a"));
    let me = &mut stage.me;
    let restarting = ControlError::Restarting("a".into());
    let deleted = within(Supervisor::delete_child(me, top, "a")).await;
    assert_eq!(deleted, Err(restarting.clone()));
    let restarted = within(Supervisor::restart_child(me, top, "a")).await;
    assert_eq!(restarted, Err(restarting));
    assert_eq!(within(Supervisor::terminate_child(me, top, "a")).await, Ok(()));
    let stopped = ("a".to_owned(), ChildState::Stopped);
    while stage.events.try_recv().is_ok() {}
    // The attempt that had been announced before has been dropped by the second answer.
    for _ in 0..2 {
        assert_eq!(stage.states(top).await, std::slice::from_ref(&stopped));
    }
    stage.no_more_events();
}

#[tokio::test]
async fn a_start_function_that_panics_has_failed_and_the_supervisor_lives() {
    let mut stage = Stage::new().await;
    let luck = Arc::new(AtomicBool::new(true));
    let lucky = Arc::clone(&luck);
    let child = ChildSpec::new("a", move |me: &mut Process| {
        assert!(lucky.swap(true, Ordering::Relaxed), "out of luck");
        let pid = me.spawn_link_here(super::idle);
        async move { Ok(pid) }
    });
    let tree = Supervisor::new(Strategy::OneForOne).child(child);
    let name = fresh_name("Tree");
    let top = stage.start(&tree.name(&name)).await;
    let before = stage.children(top).await[0].state.pid().expect("a child");
    luck.store(false, Ordering::Relaxed);
    stage.me.exit(before, Reason::Kill).await;
    log().shows(&["WARN", &name, "failed to restart", "out of luck"]).await;
    let again = within(async {
        loop {
            if let ChildState::Running(pid) = stage.children(top).await[0].state {
                return pid;
            }
        }
    });
    assert_ne!(before, again.await);
}

#[tokio::test]
async fn exit_signals_of_strangers_and_wishes_of_children_change_nothing() {
    let mut stage = Stage::new().await;
    let to = stage.me.pid();
    let child = ChildSpec::process("a", move |me: Process| async move {
        let parent = me.links()[0];
        me.exit(parent, Reason::Shutdown).await;
        me.send(to, Word(1)).await;
        idle(me).await
    });
    let tree = Supervisor::new(Strategy::OneForOne).child(child);
    let top = stage.start(&tree).await;
    let before = stage.states(top).await;
    assert_eq!(stage.me.get::<Word>().await, Word(1));
    assert_eq!(stage.states(top).await, before);
    let mut stranger = trapper(&stage.node).await;
    stranger.exit(top, Reason::Shutdown).await;
    stranger.exit(top, Reason::Normal).await;
    assert_eq!(stage.states(top).await, before);
    // One that was linked for a while, too.
    stranger.link(top).await;
    stranger.stop(Err(Reason::word("gone")));
    let monitor = stage.me.watch(stranger.pid()).await;
    stage.me.down_of(monitor).await;
    assert_eq!(stage.states(top).await, before);
}

#[tokio::test]
async fn a_hundred_restarts_leave_nothing_behind() {
    let mut stage = Stage::new().await;
    let named = fresh_name("Worker");
    let tree = stage
        .tree(Strategy::OneForAll, &["a", "b"])
        .child(ChildSpec::registered(&named, idle))
        .child(ChildSpec::supervisor("sub", stage.tree(Strategy::OneForOne, &["c"])))
        .intensity(OFTEN.0, OFTEN.1);
    let top = stage.start(&tree).await;
    let (before, names) = (stage.node.processes().len(), stage.me.registered());
    for round in 0..100 {
        let a = stage.started("a").await;
        for id in ["b", "c"] {
            stage.started(id).await;
        }
        // Half of the time it is the last one that ends.
        let dies = match round % 2 {
            0 => a,
            _ => stage.children(top).await[2].state.pid().expect("it runs"),
        };
        stage.me.exit(dies, Reason::Kill).await;
        let ended: &[_] =
            if round % 2 == 0 { &["c", "b"] } else { &["c", "b", "a"] };
        stage.ended(ended).await;
    }
    for id in ["a", "b", "c"] {
        stage.started(id).await;
    }
    let children: Vec<Pid> = {
        let children = stage.children(top).await.into_iter();
        children.filter_map(|child| child.state.pid()).collect()
    };
    assert_eq!(stage.node.processes().len(), before);
    assert_eq!(stage.me.registered(), names);
    assert_eq!(stage.me.whereis(&named), Some(children[2]));
    assert_eq!(stage.me.links(), [top]);
    assert_eq!(stage.end(top).await, Reason::Shutdown);
    assert_eq!(stage.me.links(), []);
    assert_eq!(stage.me.registered(), [""; 0]);
    assert_eq!(stage.node.processes().len(), before - 6);
    stage.me.has_nothing();
}
