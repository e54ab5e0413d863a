//! Asking a supervisor that runs.

use moebi::otp::{
    ChildCount, ChildInfo, ChildKind, ChildSpec, ChildState, ControlError, Restart,
    Strategy, Supervisor,
};
use moebi::{CallError, Exit, Process, Reason};
use tokio::sync::oneshot;

use super::{Event, Manner, Stage, idle};
use crate::cluster::{Cluster, actor, within};

#[tokio::test]
async fn a_supervisor_describes_and_counts_its_children() {
    let mut stage = Stage::new().await;
    let tree = Supervisor::new(Strategy::OneForOne)
        .child(ChildSpec::process("a", idle))
        .child(ChildSpec::process("b", |_| async { Ok(()) }).transient())
        .child(ChildSpec::supervisor("c", Supervisor::new(Strategy::OneForAll)))
        .child(ChildSpec::process("d", idle).temporary());
    let top = stage.start(&tree).await;
    // Its end has been dealt with when b does not run any more.
    within(async { while stage.states(top).await[1].1 != ChildState::Stopped {} })
        .await;
    let children = stage.children(top).await;
    let described = |info: &ChildInfo| (info.restart, info.kind);
    let expected = [
        (Restart::Permanent, ChildKind::Worker),
        (Restart::Transient, ChildKind::Worker),
        (Restart::Permanent, ChildKind::Supervisor),
        (Restart::Temporary, ChildKind::Worker),
    ];
    assert_eq!(children.iter().map(described).collect::<Vec<_>>(), expected);
    let shown = children[1].state.to_string();
    assert_eq!(shown, "undefined");
    let count = within(Supervisor::count_children(&stage.me, top)).await;
    let expected = ChildCount { specs: 4, active: 3, supervisors: 1, workers: 3 };
    assert_eq!(count, Ok(expected));
}

#[tokio::test]
async fn a_child_can_be_ended_restarted_and_deleted() {
    let mut stage = Stage::new().await;
    let top = stage.start(&stage.tree(Strategy::OneForAll, &["a", "b"])).await;
    stage.started("a").await;
    let b = stage.started("b").await;
    let me = &mut stage.me;
    let running = ControlError::Running { child: "b".into(), pid: b };
    let deleted = within(Supervisor::delete_child(me, top, "b")).await;
    assert_eq!(deleted, Err(running.clone()));
    let restarted = within(Supervisor::restart_child(me, top, "b")).await;
    assert_eq!(restarted, Err(running));
    // Neither the end nor the restart touches the other one.
    assert_eq!(within(Supervisor::terminate_child(me, top, "b")).await, Ok(()));
    assert_eq!(within(Supervisor::terminate_child(me, top, "b")).await, Ok(()));
    let again = within(Supervisor::restart_child(me, top, "b")).await;
    assert_eq!(within(Supervisor::terminate_child(me, top, "b")).await, Ok(()));
    assert_eq!(within(Supervisor::delete_child(me, top, "b")).await, Ok(()));
    let gone = Err(ControlError::NotFound("b".into()));
    assert_eq!(within(Supervisor::delete_child(me, top, "b")).await, gone);
    assert_eq!(within(Supervisor::terminate_child(me, top, "b")).await, gone);
    stage.ended(&["b"]).await;
    assert_eq!(Ok(stage.started("b").await), again);
    stage.ended(&["b"]).await;
    assert_eq!(stage.states(top).await.len(), 1);
    stage.no_more_events();
    stage.me.has_nothing();
}

#[tokio::test]
async fn a_temporary_child_that_is_ended_is_forgotten() {
    let mut stage = Stage::new().await;
    let child = stage.child("a", Manner::Polite).temporary();
    let top = stage.start(&Supervisor::new(Strategy::OneForOne).child(child)).await;
    let ended = Supervisor::terminate_child(&stage.me, top, "a");
    assert_eq!(within(ended).await, Ok(()));
    assert_eq!(stage.states(top).await, []);
}

#[tokio::test]
async fn a_child_can_be_added_and_is_the_last() {
    let mut stage = Stage::new().await;
    let top = stage.start(&stage.tree(Strategy::OneForOne, &["a"])).await;
    stage.started("a").await;
    let b = stage.child("b", Manner::Polite);
    let added = Supervisor::start_child(&stage.me, top, b.clone());
    let added = within(added).await.expect("a child that starts");
    assert_eq!(stage.started("b").await, added);
    // One that runs or is there cannot be added.
    let twice = within(Supervisor::start_child(&stage.me, top, b.clone())).await;
    let running = ControlError::Running { child: "b".into(), pid: added };
    assert_eq!(twice, Err(running));
    let ended = Supervisor::terminate_child(&stage.me, top, "b");
    assert_eq!(within(ended).await, Ok(()));
    stage.ended(&["b"]).await;
    let twice = within(Supervisor::start_child(&stage.me, top, b)).await;
    assert_eq!(twice, Err(ControlError::AlreadyPresent("b".into())));
    // One that does not start is forgotten.
    let c = stage.failing_child("c", Manner::Polite, |_| true);
    let failed = within(Supervisor::start_child(&stage.me, top, c)).await;
    let reason = Reason::word("no luck");
    assert_eq!(failed, Err(ControlError::Start { child: "c".into(), reason }));
    assert_eq!(stage.event().await, Event::Failed("c"));
    assert_eq!(stage.states(top).await.len(), 2);
    // It is restarted, and ended before those that were there before.
    let d = stage.child("d", Manner::Polite);
    let d = within(Supervisor::start_child(&stage.me, top, d)).await;
    stage.started("d").await;
    stage.die(d.expect("a child that starts"), Reason::word("oops")).await;
    stage.started("d").await;
    assert_eq!(stage.end(top).await, Reason::Shutdown);
    stage.ended(&["d", "a"]).await;
}

#[tokio::test]
async fn a_supervisor_of_another_node_answers_but_takes_no_code() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut parent = crate::cluster::trapper(&kate).await;
    let tree = Supervisor::new(Strategy::OneForOne)
        .name("Remote.Tree")
        .child(ChildSpec::process("a", idle));
    let top = within(tree.start_link(&mut parent)).await.expect("it starts");
    let mut me = actor(&alex).await;
    let named = ("Remote.Tree", kate.name());
    let children = within(Supervisor::which_children(&me, named)).await;
    let pid = children.expect("an answer")[0].state.pid().expect("it runs");
    assert_eq!(pid.node(), kate.name());
    assert_eq!(within(Supervisor::terminate_child(&me, top, "a")).await, Ok(()));
    let again = within(Supervisor::restart_child(&me, top, "a")).await;
    assert_ne!(again.expect("it starts"), pid);
    let child = ChildSpec::process("b", idle);
    let added = within(Supervisor::start_child(&me, named, child)).await;
    assert_eq!(added, Err(ControlError::Elsewhere(kate.name())));
    me.has_nothing();
}

#[tokio::test]
async fn a_supervisor_that_is_gone_is_an_error() {
    let mut stage = Stage::new().await;
    let top = stage.start(&Supervisor::new(Strategy::OneForOne)).await;
    assert_eq!(stage.end(top).await, Reason::Shutdown);
    let asked = within(Supervisor::which_children(&stage.me, top)).await;
    assert_eq!(asked, Err(CallError::NoProc.into()));
    // Also if it ends while it is asked: here it starts a child that never is ready.
    let (begun, has_begun) = oneshot::channel();
    let begun = parking_lot::Mutex::new(Some(begun));
    let child = ChildSpec::new("a", move |_: &mut Process| {
        let _ = begun.lock().take().expect("it starts once").send(());
        std::future::pending()
    });
    let top = stage.start(&Supervisor::new(Strategy::OneForOne)).await;
    let killer = actor(&stage.node).await;
    let kill = async {
        has_begun.await.expect("a start");
        killer.exit(top, Reason::Kill).await;
    };
    let asked = Supervisor::start_child(&stage.me, top, child);
    let (asked, ()) = within(async { tokio::join!(asked, kill) }).await;
    assert_eq!(asked, Err(CallError::Exit(Reason::Killed).into()));
    assert_eq!(stage.me.get::<Exit>().await.from, top);
    stage.me.has_nothing();
}

#[tokio::test]
async fn what_a_supervisor_does_not_understand_is_logged_and_forgotten() {
    let mut stage = Stage::new().await;
    let name = crate::cluster::fresh_name("Tree");
    let tree = Supervisor::new(Strategy::OneForOne).name(&name);
    let top = stage.start(&tree).await;
    stage.me.send(top, "hello".to_owned()).await;
    assert_eq!(stage.states(top).await, []);
    crate::log::log().shows(&["WARN", &name, "unexpected message"]).await;
}
