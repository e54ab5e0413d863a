//! Tasks on another node, under its task supervisor.

use std::time::Duration;

use moebi::{CallError, Config, Down, Exit, Function, Node, NodeName, Reason};

use super::cluster::{Cluster, Screen, actor, fresh_name, sees, trapper, within};
use super::supervised::{
    Free, Linked, TASKS, holding, start, supervised, supervisor,
};
use super::task::result;
use super::work::{
    self, DOUBLE, FAIL, HOLD, OTHER_ARGUMENT, OTHER_RESULT, PANIC, SAY, STUBBORN,
    UNKNOWN, only_has,
};

/// Shorter than any result here takes.
const SOON: Duration = Duration::from_millis(20);

#[tokio::test]
async fn a_task_under_a_supervisor_gives_its_result() {
    let cluster = Cluster::start();
    let (alex, kate, parent) = supervised(&cluster).await;
    let mut me = actor(&alex).await;
    let before = kate.processes();
    // Also where the supervisor and the owner are on one node.
    for owner in [&me, &parent] {
        for tied in [Linked, Free] {
            let task = start(owner, kate.name(), tied, DOUBLE, (21,)).await;
            let task = task.expect("a task");
            assert_eq!(task.pid().node(), kate.name());
            assert_eq!(result(task).await, Ok(42));
        }
    }
    only_has(&kate, &before).await;
    me.hear_all(&kate).await;
    me.has_nothing();
    assert_eq!(me.links(), []);
}

#[tokio::test]
async fn s56_what_a_task_prints_is_on_its_supervisors_terminal_only() {
    let cluster = Cluster::start();
    let (alex, kate, _parent) = supervised(&cluster).await;
    let me = actor(&alex).await;
    for tied in [Linked, Free] {
        let task = start(&me, kate.name(), tied, SAY, ("hi".into(),)).await;
        assert_eq!(result(task.expect("a task")).await, Ok(()));
    }
    assert_eq!(kate.terminal.lines(), ["hi", "hi"]);
    assert_eq!(alex.terminal.lines(), [""; 0]);
}

#[tokio::test]
async fn s57_the_code_is_that_of_the_supervisors_node() {
    let cluster = Cluster::start();
    let (alex, kate, _parent) = supervised(&cluster).await;
    let me = actor(&alex).await;
    let which = Function::<(), String>::new("Work", "which");
    alex.offer(which, |_, ()| async { Ok("alex's".to_owned()) });
    let which = || Function::<(), String>::new("Work", "which");
    let task = start(&me, kate.name(), Free, which(), ()).await;
    let undef = CallError::Exit(Reason::Undef("Work.which/0".into()));
    assert_eq!(result(task.expect("a task")).await, Err(undef));
    kate.offer(which(), |_, ()| async { Ok("kate's".to_owned()) });
    let task = start(&me, kate.name(), Free, which(), ()).await;
    assert_eq!(result(task.expect("a task")).await.as_deref(), Ok("kate's"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_linked_task_is_linked_when_its_pid_is_known() {
    let cluster = Cluster::start();
    let (alex, kate, _parent) = supervised(&cluster).await;
    let (mut me, mut boss) = (actor(&alex).await, actor(&alex).await);
    for _ in 0..200 {
        let task = start(&me, kate.name(), Linked, HOLD, (boss.pid(),)).await;
        let task = task.expect("a task");
        assert_eq!(me.links(), [task.pid()]);
        // It is unlinked first, or the owner would end of this.
        let ended = within(task.shutdown(Duration::MAX)).await;
        assert_eq!(ended, Err(CallError::Exit(Reason::Shutdown)));
        boss.flush();
    }
    me.hear_all(&kate).await;
    assert_eq!(me.is_alive(me.pid()), Ok(true));
    assert_eq!(me.links(), []);
    me.has_nothing();
}

#[tokio::test]
async fn an_owner_that_ends_takes_its_linked_tasks_with_it_and_no_others() {
    let cluster = Cluster::start();
    let (alex, kate, _parent) = supervised(&cluster).await;
    let before = kate.processes();
    let mut boss = actor(&alex).await;
    let owner = actor(&alex).await;
    let linked = holding(&owner, &mut boss, kate.name(), Linked).await.pid();
    let free = holding(&owner, &mut boss, kate.name(), Free).await.pid();
    let monitor = within(boss.monitor(linked)).await;
    within(boss.exit(owner.pid(), Reason::word("over"))).await;
    assert_eq!(boss.down_of(monitor).await.reason, Reason::word("over"));
    boss.finish(free).await;
    only_has(&kate, &before).await;
    boss.has_nothing();
}

#[tokio::test]
async fn s51_a_panic_in_a_linked_task_ends_its_owner() {
    let cluster = Cluster::start();
    let (alex, kate, _parent) = supervised(&cluster).await;
    let mut boss = actor(&alex).await;
    let owner = actor(&alex).await;
    let monitor = boss.watch(owner.pid()).await;
    let text = String::from("far away");
    let task = start(&owner, kate.name(), Linked, PANIC, (text.clone(),)).await;
    assert_eq!(boss.down_of(monitor).await.reason, Reason::Exception(text));
    drop(task);
}

#[tokio::test]
async fn s52_a_panic_in_a_linked_task_is_an_error_and_a_message_to_who_traps() {
    let cluster = Cluster::start();
    let (alex, kate, _parent) = supervised(&cluster).await;
    let mut me = trapper(&alex).await;
    let text = String::from("far away");
    let task = start(&me, kate.name(), Linked, PANIC, (text.clone(),)).await;
    let task = task.expect("a task");
    let (from, reason) = (task.pid(), Reason::Exception(text));
    assert_eq!(result(task).await, Err(CallError::Exit(reason.clone())));
    assert_eq!(me.next::<Exit>().await, Exit { from, reason });
    me.hear_all(&kate).await;
    me.has_nothing();
}

#[tokio::test]
async fn a_free_task_that_fails_is_an_error_where_it_is_awaited_and_no_more() {
    let cluster = Cluster::start();
    let (alex, kate, _parent) = supervised(&cluster).await;
    let mut me = actor(&alex).await;
    let text = String::from("nobody's end");
    let task = start(&me, kate.name(), Free, PANIC, (text.clone(),)).await;
    let raised = CallError::Exit(Reason::Exception(text));
    assert_eq!(result(task.expect("a task")).await, Err(raised));
    let reason = Reason::word("oops");
    let task = start(&me, kate.name(), Free, FAIL, (reason.clone(),)).await;
    let exit = CallError::Exit(reason);
    assert_eq!(result(task.expect("a task")).await, Err(exit));
    // Nobody waits for this one.
    let task = start(&me, kate.name(), Free, FAIL, (Reason::word("oops"),)).await;
    drop(task);
    me.hear_all(&kate).await;
    me.has_nothing();
    assert_eq!(me.is_alive(me.pid()), Ok(true));
}

#[tokio::test]
async fn s57_a_function_that_is_not_offered_is_undef() {
    let cluster = Cluster::start();
    let (alex, kate, _parent) = supervised(&cluster).await;
    let me = trapper(&alex).await;
    for tied in [Linked, Free] {
        let task = start(&me, kate.name(), tied, UNKNOWN, (1,)).await;
        let undef = CallError::Exit(Reason::Undef("Work.unknown/1".into()));
        assert_eq!(result(task.expect("a task")).await, Err(undef));
    }
}

#[tokio::test]
async fn other_types_than_the_functions_are_named() {
    let cluster = Cluster::start();
    let (alex, kate, _parent) = supervised(&cluster).await;
    let me = actor(&alex).await;
    let many = ("many".into(),);
    let task = start(&me, kate.name(), Free, OTHER_ARGUMENT, many).await;
    let error = result(task.expect("a task")).await.expect_err("a number");
    assert!(matches!(error, CallError::Exit(Reason::BadArgument(_))), "{error:?}");
    assert!(error.to_string().starts_with("Work.double/1 takes (u64,)"));

    let task = start(&me, kate.name(), Free, OTHER_RESULT, (1,)).await;
    let error = result(task.expect("a task")).await.expect_err("a number");
    assert!(matches!(error, CallError::BadReply(_)), "{error:?}");
    assert!(error.to_string().contains("answered with #Message<u64"), "{error}");
}

#[tokio::test]
async fn without_a_supervisor_or_its_node_there_is_no_task() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut me = actor(&alex).await;
    let ghost = NodeName::from(fresh_name("ghost").as_str());
    for tied in [Linked, Free] {
        let task = start(&me, kate.name(), tied, DOUBLE, (1,)).await;
        assert_eq!(task.map(drop), Err(CallError::NoProc));
        let task = start(&me, ghost, tied, DOUBLE, (1,)).await;
        assert_eq!(task.map(drop), Err(CallError::NodeDown(ghost)));
    }
    me.hear_all(&kate).await;
    me.has_nothing();
}

#[tokio::test]
async fn a_node_that_is_lost_ends_linked_owners_and_is_an_error_to_others() {
    let cluster = Cluster::start();
    let (alex, kate) = (cluster.node("alex").await, cluster.apart("kate").await);
    alex.meet(&kate).await;
    let _parent = supervisor(&kate).await;
    let (mut me, mut boss) = (trapper(&alex).await, actor(&alex).await);
    let (free, mortal) = (actor(&alex).await, actor(&alex).await);
    let name = kate.name();
    let linked = holding(&me, &mut boss, name, Linked).await;
    let loose = holding(&free, &mut boss, name, Free).await;
    let fatal = holding(&mortal, &mut boss, name, Linked).await;
    let monitor = boss.watch(mortal.pid()).await;
    let pid = linked.pid();
    kate.crash();
    assert_eq!(result(linked).await, Err(CallError::NodeDown(name)));
    assert_eq!(result(loose).await, Err(CallError::NodeDown(name)));
    assert_eq!(boss.down_of(monitor).await.reason, Reason::NoConnection);
    drop(fatal);
    assert_eq!(me.exit_of(pid).await, Reason::NoConnection);
    sees(&alex, &[]).await;
    for mut owner in [me, free, boss] {
        owner.has_nothing();
        assert_eq!(owner.links(), []);
    }
}

/// The owner's node dies: nobody will read the result.
#[tokio::test]
async fn a_linked_task_ends_when_its_owners_node_is_lost() {
    let cluster = Cluster::start();
    let (alex, kate) = (cluster.apart("alex").await, cluster.node("kate").await);
    alex.meet(&kate).await;
    let _parent = supervisor(&kate).await;
    let before = kate.processes();
    let (owner, mut boss) = (actor(&alex).await, actor(&kate).await);
    let linked = holding(&owner, &mut boss, kate.name(), Linked).await.pid();
    let free = holding(&owner, &mut boss, kate.name(), Free).await.pid();
    let monitor = boss.watch(linked).await;
    alex.crash();
    assert_eq!(boss.down_of(monitor).await.reason, Reason::NoConnection);
    boss.finish(free).await;
    let others: Vec<_> = before.into_iter().chain([boss.pid()]).collect();
    only_has(&kate, &others).await;
}

#[tokio::test]
async fn a_result_after_the_time_is_over_reaches_nobody() {
    let cluster = Cluster::start();
    let (alex, kate, _parent) = supervised(&cluster).await;
    let (mut me, mut boss) = (actor(&alex).await, actor(&alex).await);
    let before = kate.processes();
    for tied in [Linked, Free] {
        let task = holding(&me, &mut boss, kate.name(), tied).await.within(SOON);
        let pid = task.pid();
        assert_eq!(result(task).await, Err(CallError::Timeout(SOON)));
        boss.finish(pid).await;
        boss.hear_all(&kate).await;
        me.has_nothing();
        assert_eq!(me.links(), []);
    }
    only_has(&kate, &before).await;
}

#[tokio::test]
async fn a_supervisor_that_is_killed_takes_its_tasks_with_it() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let (pid, mut parent) = supervisor(&kate).await;
    let (mut me, mut boss) = (trapper(&alex).await, actor(&alex).await);
    let linked = holding(&me, &mut boss, kate.name(), Linked).await;
    let free = holding(&me, &mut boss, kate.name(), Free).await;
    let task = linked.pid();
    within(parent.exit(pid, Reason::Kill)).await;
    assert_eq!(parent.exit_of(pid).await, Reason::Killed);
    let killed = CallError::Exit(Reason::Killed);
    assert_eq!(result(linked).await, Err(killed.clone()));
    assert_eq!(result(free).await, Err(killed));
    assert_eq!(me.exit_of(task).await, Reason::Killed);
    me.has_nothing();
}

/// On a clock that goes on when all wait: five seconds take no time.
#[tokio::test(start_paused = true)]
async fn a_supervisor_that_ends_asks_its_tasks_to_end_and_kills_who_does_not() {
    let config = Config::new().output(Screen::default());
    let node = Node::start(config).await.expect("a node without a name");
    work::offer(&node);
    let before = node.processes();
    let (pid, mut parent) = supervisor(&node).await;
    let (me, mut boss) = (actor(&node).await, actor(&node).await);
    let begins = tokio::time::Instant::now();
    let obeys = holding(&me, &mut boss, node.name(), Free).await;
    let done = holding(&me, &mut boss, node.name(), Free).await;
    let task = start(&me, node.name(), Free, STUBBORN, (boss.pid(),)).await;
    let stubborn = task.expect("a task").within(Duration::MAX);
    boss.begun().await;
    boss.finish(done.pid()).await;
    within(parent.exit(pid, Reason::Shutdown)).await;
    let shutdown = CallError::Exit(Reason::Shutdown);
    assert_eq!(result(obeys).await, Err(shutdown));
    assert_eq!(begins.elapsed(), Duration::ZERO);
    assert_eq!(result(stubborn).await, Err(CallError::Exit(Reason::Killed)));
    assert_eq!(begins.elapsed().as_secs(), 5);
    assert_eq!(result(done).await, Ok(1));
    assert_eq!(parent.exit_of(pid).await, Reason::Shutdown);
    let others = [me.pid(), boss.pid(), parent.pid()];
    let others: Vec<_> = before.into_iter().chain(others).collect();
    only_has(&node, &others).await;
}

#[tokio::test]
async fn a_supervisor_ends_with_its_parent_and_not_of_its_tasks() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let (pid, mut parent) = supervisor(&kate).await;
    let (me, mut boss) = (actor(&alex).await, actor(&kate).await);
    for reason in [Reason::word("oops"), Reason::Exception("oops".into())] {
        let task = start(&me, kate.name(), Free, FAIL, (reason.clone(),)).await;
        let error = result(task.expect("a task")).await;
        assert_eq!(error, Err(CallError::Exit(reason)));
    }
    // Nor because a stranger asks it to.
    within(boss.exit(pid, Reason::Shutdown)).await;
    let task = holding(&me, &mut boss, kate.name(), Free).await;
    let monitor = boss.watch(pid).await;
    parent.stop(Ok(()));
    let Down { reason, .. } = boss.down_of(monitor).await;
    assert_eq!(reason, Reason::Normal);
    assert_eq!(result(task).await, Err(CallError::Exit(Reason::Shutdown)));
}

#[tokio::test]
async fn a_thousand_tasks_leave_no_process_on_either_node() {
    let cluster = Cluster::start();
    let (alex, kate, parent) = supervised(&cluster).await;
    let mut me = actor(&alex).await;
    let (here, there) = (alex.processes(), kate.processes());
    for number in 0..1000 {
        let tied = if number % 2 == 0 { Linked } else { Free };
        let task = start(&me, kate.name(), tied, DOUBLE, (number,)).await;
        assert_eq!(result(task.expect("a task")).await, Ok(2 * number));
    }
    only_has(&kate, &there).await;
    only_has(&alex, &here).await;
    me.hear_all(&kate).await;
    me.has_nothing();
    assert_eq!(me.links(), []);
    assert_eq!(parent.links().len(), 1);
}

#[tokio::test]
async fn waiting_for_a_task_to_start_can_be_given_up() {
    let cluster = Cluster::start();
    let (alex, kate, _parent) = supervised(&cluster).await;
    let mut me = actor(&alex).await;
    let before = kate.processes();
    for number in 0..100 {
        let under = (TASKS, kate.name());
        let mut task = Box::pin(me.task_under(under, DOUBLE, (number,)));
        assert!(super::cluster::is_pending(&mut task).await);
    }
    me.hear_all(&kate).await;
    only_has(&kate, &before).await;
    me.hear_all(&kate).await;
    me.has_nothing();
    assert_eq!(me.links(), []);
}
