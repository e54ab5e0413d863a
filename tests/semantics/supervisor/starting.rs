//! How a supervisor starts, or does not.

use moebi::otp::{ChildSpec, StartLinkError, Strategy, Supervisor};
use moebi::{Pid, Process, Reason};
use tokio::sync::oneshot;

use super::{Event, Manner, Stage, idle};
use crate::cluster::{actor, fresh_name, within};

fn failure(child: &str) -> StartLinkError {
    StartLinkError::Child { child: child.into(), reason: Reason::word("no luck") }
}

#[tokio::test]
async fn all_children_run_when_the_start_returns() {
    let mut stage = Stage::new().await;
    let (first, second) = (fresh_name("First"), fresh_name("Second"));
    let tree = Supervisor::new(Strategy::OneForOne)
        .child(ChildSpec::registered(&first, idle))
        .child(ChildSpec::registered(&second, idle));
    let top = stage.start(&tree).await;
    let pids = [&first, &second].map(|name| stage.me.whereis(name));
    let children = stage.children(top).await;
    assert_eq!(pids, [children[0].state.pid(), children[1].state.pid()]);
    assert_eq!([&first, &second], [&children[0].id, &children[1].id]);
}

/// What a start function may be: an `async fn`, or an async closure that captures nothing.
#[tokio::test]
async fn a_start_function_may_wait_in_the_supervisors_process() {
    async fn start(me: &mut Process) -> Result<Pid, Reason> {
        let (ready, is_ready) = oneshot::channel();
        let pid = me.spawn_link_here(|me| async {
            let _ = ready.send(());
            idle(me).await
        });
        is_ready.await?;
        Ok(pid)
    }
    let mut stage = Stage::new().await;
    let tree = Supervisor::new(Strategy::OneForOne)
        .child(ChildSpec::new("function", start))
        .child(ChildSpec::new("closure", async |me: &mut Process| start(me).await));
    let top = stage.start(&tree).await;
    let children = stage.children(top).await;
    assert!(children.iter().all(|child| child.state.pid().is_some()));
}

/// It should have; but nobody would hear of its end, nor would it end with the tree.
#[tokio::test]
async fn a_child_that_its_start_function_did_not_link_is_linked() {
    let mut stage = Stage::new().await;
    let child = ChildSpec::new("a", |me: &mut Process| {
        std::future::ready(Ok(me.spawn_here(idle)))
    });
    let tree = Supervisor::new(Strategy::OneForOne).child(child);
    let top = stage.start(&tree).await;
    let before = stage.children(top).await[0].state.pid().expect("it runs");
    stage.me.exit(before, Reason::Kill).await;
    let after = stage.children(top).await[0].state.pid().expect("it runs");
    assert_ne!(before, after);
    let monitor = stage.me.watch(after).await;
    stage.me.exit(top, Reason::Kill).await;
    assert_eq!(stage.me.down_of(monitor).await.reason, Reason::Killed);
}

#[tokio::test]
async fn if_a_child_does_not_start_those_before_it_are_ended_in_reverse() {
    let mut stage = Stage::new().await;
    let tree = stage
        .tree(Strategy::OneForOne, &["a", "b"])
        .child(stage.failing_child("c", Manner::Polite, |_| true))
        .child(stage.child("d", Manner::Polite));
    assert_eq!(stage.try_start(&tree).await, Err(failure("c")));
    stage.started("a").await;
    stage.started("b").await;
    assert_eq!(stage.event().await, Event::Failed("c"));
    stage.ended(&["b", "a"]).await;
    stage.no_more_events();
    // The exit signal over the link has been taken out.
    stage.me.has_nothing();
    assert_eq!(stage.me.links(), []);
    assert_eq!(stage.node.processes().len(), 2);
    let says = "child \"c\" does not start: no luck";
    assert_eq!(failure("c").to_string(), says);
}

#[tokio::test]
async fn a_parent_that_does_not_trap_exits_ends_if_a_child_does_not_start() {
    let mut stage = Stage::new().await;
    let child = stage.failing_child("a", Manner::Polite, |_| true);
    let tree = Supervisor::new(Strategy::OneForOne).child(child);
    let (pid, monitor) =
        stage.me.spawn_monitor_here(async move |mut me: Process| {
            let _ = tree.start_link(&mut me).await;
            Ok(())
        });
    let down = stage.me.down_of(monitor).await;
    let Reason::ShutdownWith(term) = down.reason else {
        panic!("{pid} ended with {}", down.reason)
    };
    assert_eq!(term.get(), Some(failure("a")));
}

#[tokio::test]
async fn what_fails_below_is_told_at_the_top() {
    let mut stage = Stage::new().await;
    let child = stage.failing_child("leaf", Manner::Polite, |_| true);
    let below = Supervisor::new(Strategy::OneForOne).child(child);
    let tree = stage
        .tree(Strategy::OneForOne, &["a"])
        .child(ChildSpec::supervisor("below", below));
    let error = stage.try_start(&tree).await.expect_err("the leaf does not start");
    let says =
        "child \"below\" does not start: child \"leaf\" does not start: no luck";
    assert_eq!(error.to_string(), says);
    stage.started("a").await;
    assert_eq!(stage.event().await, Event::Failed("leaf"));
    stage.ended(&["a"]).await;
}

#[tokio::test]
async fn a_supervisor_has_its_name_before_its_children_start() {
    let mut stage = Stage::new().await;
    let name = fresh_name("Tree");
    let expected = name.clone();
    let child = ChildSpec::new("a", move |me: &mut Process| {
        let named = me.whereis(&expected) == Some(me.pid());
        let pid = me.spawn_link_here(idle);
        async move { if named { Ok(pid) } else { Err(Reason::NoProc) } }
    });
    let tree = Supervisor::new(Strategy::OneForOne).name(&name).child(child);
    let top = stage.start(&tree).await;
    assert_eq!(stage.me.whereis(&name), Some(top));
    let children = Supervisor::which_children(&stage.me, (name, top.node()));
    assert_eq!(within(children).await.map(|children| children.len()), Ok(1));
}

/// And whoever wanted to start it lives on, even without trapping exits.
#[tokio::test]
async fn a_name_that_is_taken_or_an_id_that_comes_twice_is_an_error() {
    let mut stage = Stage::new().await;
    let mut me = actor(&stage.node).await;
    let name = fresh_name("Tree");
    let tree = stage.tree(Strategy::OneForOne, &["a"]).name(&name);
    let top = stage.start(&tree).await;
    stage.started("a").await;
    let twice = within(tree.start_link(&mut me)).await;
    assert_eq!(twice, Err(StartLinkError::AlreadyStarted(top)));
    let tree = stage.tree(Strategy::OneForOne, &["a", "b", "a"]);
    let twice = within(tree.start_link(&mut me)).await;
    assert_eq!(twice, Err(StartLinkError::DuplicateId("a".into())));
    stage.no_more_events();
    assert_eq!(me.is_alive(me.pid()), Ok(true));
    assert_eq!(me.links(), []);
    me.has_nothing();
}

#[tokio::test]
async fn a_child_whose_name_is_taken_does_not_start() {
    let mut stage = Stage::new().await;
    let name = fresh_name("Worker");
    stage.me.register(&name, stage.me.pid()).expect("a fresh name");
    let tree = Supervisor::new(Strategy::OneForOne)
        .child(ChildSpec::registered(&name, idle));
    let error = stage.try_start(&tree).await.expect_err("the name is taken");
    let reason = StartLinkError::AlreadyStarted(stage.me.pid()).reason();
    assert_eq!(error, StartLinkError::Child { child: name, reason });
    stage.me.has_nothing();
}

#[tokio::test]
async fn a_supervisor_that_is_killed_while_it_starts_is_an_error() {
    let mut stage = Stage::new().await;
    let (begun, has_begun) = oneshot::channel();
    let begun = parking_lot::Mutex::new(Some(begun));
    let child = ChildSpec::new("a", move |me: &mut Process| {
        let begun = begun.lock().take().expect("it starts once");
        let _ = begun.send(me.pid());
        std::future::pending()
    });
    let tree = Supervisor::new(Strategy::OneForOne).child(child);
    let killer = actor(&stage.node).await;
    let kill = async {
        killer.exit(has_begun.await.expect("a start"), Reason::Kill).await;
    };
    let (started, ()) = tokio::join!(stage.try_start(&tree), kill);
    assert_eq!(started, Err(StartLinkError::Failed(Reason::Killed)));
    stage.me.has_nothing();
}
