//! Tasks on this node: started, awaited, given up, ended.

use std::future::IntoFuture;
use std::pin::pin;
use std::time::Duration;

use moebi::otp::{Task, Tasks, await_many};
use moebi::{CallError, Config, Exit, Message, Node, Pid, Process, Reason};

use super::cluster::{Actor, Cluster, Member, Screen, actor, trapper, within};
use super::functions::Word;
use super::log::log;
use super::work::{Go, hold, only_has};

/// Shorter than any result here takes.
const SOON: Duration = Duration::from_millis(20);

/// A task of the owner's that holds.
async fn holding<'a>(owner: &'a Actor, boss: &mut Actor) -> Task<'a, u64> {
    let to = boss.pid();
    let task = owner.task(move |me| hold(me, (to,)));
    assert_eq!(boss.begun().await, task.pid());
    task
}

/// Waits for the result.
#[track_caller]
pub fn result<'a, M: Message>(
    task: Task<'a, M>,
) -> impl Future<Output = Result<M, CallError>> + 'a {
    within(task.into_future())
}

/// A node with an owner of tasks that traps exits, and a process that is told.
async fn owning(cluster: &Cluster) -> (Member, Actor, Actor) {
    let alex = cluster.node("alex").await;
    let (me, boss) = (trapper(&alex).await, actor(&alex).await);
    (alex, me, boss)
}

#[tokio::test]
async fn a_task_gives_its_result() {
    let config = Config::new().output(Screen::default());
    let node = Node::start(config).await.expect("a node without a name");
    let mut me = actor(&node).await;
    let before = node.processes();
    let task = me.task(async |_| Ok(6_u64 * 7));
    assert_eq!(result(task).await, Ok(42));
    only_has(&node, &before).await;
    me.has_nothing();
    assert_eq!(me.links(), []);
}

/// Each needs a word of the other's before it can give its result.
#[tokio::test]
async fn tasks_run_while_others_run() {
    let cluster = Cluster::start();
    let (_alex, me, _boss) = owning(&cluster).await;
    let first = me.task(async |mut me: Process| {
        let other: Pid = me.receive().await;
        me.send(other, Word(1)).await;
        let Word(word) = me.receive().await;
        Ok(word)
    });
    let early = first.pid();
    let second = me.task(async move |mut me: Process| {
        me.send(early, me.pid()).await;
        let Word(word) = me.receive().await;
        me.send(early, Word(word + 1)).await;
        Ok(word)
    });
    assert_eq!(result(first).await, Ok(2));
    assert_eq!(result(second).await, Ok(1));
}

#[tokio::test]
async fn a_task_prints_where_its_owner_prints() {
    let cluster = Cluster::start();
    let (alex, me, _boss) = owning(&cluster).await;
    let task = me.task(async |me| Ok(me.puts("from the task").await?));
    assert_eq!(result(task).await, Ok(()));
    assert_eq!(alex.terminal.lines(), ["from the task"]);
}

#[tokio::test]
async fn s50_after_a_time_out_the_task_goes_on_and_its_result_is_lost() {
    let cluster = Cluster::start();
    let (alex, mut me, mut boss) = owning(&cluster).await;
    me.trap_exit(false);
    let before = alex.processes();
    let task = holding(&me, &mut boss).await.within(SOON);
    let pid = task.pid();
    assert_eq!(result(task).await, Err(CallError::Timeout(SOON)));
    assert_eq!(me.links(), [pid]);
    boss.finish(pid).await;
    me.has_nothing();
    only_has(&alex, &before).await;
}

#[tokio::test]
async fn s50_after_a_time_out_the_task_ends_with_its_owner() {
    let cluster = Cluster::start();
    let (_alex, mut me, mut boss) = owning(&cluster).await;
    let task = holding(&me, &mut boss).await.within(SOON);
    let pid = task.pid();
    assert_eq!(result(task).await, Err(CallError::Timeout(SOON)));
    let monitor = boss.watch(pid).await;
    me.stop(Err(Reason::word("time out")));
    assert_eq!(boss.down_of(monitor).await.reason, Reason::word("time out"));
}

#[tokio::test]
async fn s50_a_time_out_that_nobody_handles_is_the_reason_of_the_end() {
    let cluster = Cluster::start();
    let (alex, _me, mut boss) = owning(&cluster).await;
    let to = boss.pid();
    let owner = alex.spawn(move |mut me: Process| async move {
        let Word(_) = me.receive().await;
        me.task(move |me| hold(me, (to,))).within(SOON).await?;
        Ok(())
    });
    let monitor = boss.watch(owner).await;
    within(boss.send(owner, Word(0))).await;
    let task = boss.begun().await;
    assert_eq!(boss.down_of(monitor).await.reason, Reason::Timeout);
    // Who is linked is told before who watches.
    assert_eq!(boss.is_alive(task), Ok(false));
}

#[tokio::test]
async fn an_owner_that_ends_takes_its_tasks_with_it() {
    let cluster = Cluster::start();
    let (alex, mut me, mut boss) = owning(&cluster).await;
    let before = alex.processes();
    let mut monitors = Vec::new();
    for _ in 0..3 {
        let task = holding(&me, &mut boss).await;
        monitors.push(within(boss.monitor(task.pid())).await);
        // Given up, and still linked.
        drop(task);
    }
    me.stop(Err(Reason::word("over")));
    for _ in &monitors {
        let moebi::Down { reference, reason, .. } = boss.get().await;
        assert!(monitors.contains(&reference));
        assert_eq!(reason, Reason::word("over"));
    }
    only_has(&alex, &before).await;
}

#[tokio::test]
async fn s51_a_panic_in_a_task_ends_its_owner() {
    let cluster = Cluster::start();
    let (alex, _me, mut boss) = owning(&cluster).await;
    let owner = alex.spawn(async |mut me: Process| {
        let Word(_) = me.receive().await;
        let task = me.task::<u64, _, _>(async |_| panic!("this is s51"));
        let result = task.await;
        unreachable!("ended by the link, and this came: {result:?}");
    });
    let monitor = boss.watch(owner).await;
    within(boss.send(owner, Word(0))).await;
    let down = boss.down_of(monitor).await;
    assert_eq!(down.reason, Reason::Exception("this is s51".into()));
    let words = ["raised an exception: this is s51", alex.name().as_str()];
    log().shows(&words).await;
    // The task crashed; its owner was ended, of which nothing is said.
    assert_eq!(log().lines_with(&[&owner.to_string()]), [""; 0]);
}

#[tokio::test]
async fn s52_a_panic_in_a_task_is_an_error_and_a_message_to_an_owner_that_traps() {
    let cluster = Cluster::start();
    let (_alex, mut me, _boss) = owning(&cluster).await;
    let task = me.task::<u64, _, _>(async |_| panic!("this is s52"));
    let pid = task.pid();
    let raised = Reason::Exception("this is s52".into());
    let error = CallError::Exit(raised.clone());
    assert_eq!(error.to_string(), "an exception was raised: this is s52");
    assert_eq!(result(task).await, Err(error));
    assert_eq!(me.next::<Exit>().await, Exit { from: pid, reason: raised });
    me.has_nothing();
}

#[tokio::test]
async fn a_task_that_exits_gives_its_reason() {
    let cluster = Cluster::start();
    let (_alex, mut me, _boss) = owning(&cluster).await;
    for reason in [Reason::word("oops"), Reason::Shutdown, Reason::Normal] {
        let ends = reason.clone();
        let task = me.task::<u64, _, _>(async move |_| Err(ends));
        assert_eq!(result(task).await, Err(CallError::Exit(reason.clone())));
        assert_eq!(me.next::<Exit>().await.reason, reason);
    }
}

#[tokio::test]
async fn a_task_that_is_dropped_leaves_nothing_in_the_mailbox() {
    let cluster = Cluster::start();
    let (alex, mut me, mut boss) = owning(&cluster).await;
    me.trap_exit(false);
    let before = alex.processes();
    let task = holding(&me, &mut boss).await;
    let pid = task.pid();
    drop(task);
    boss.finish(pid).await;
    let done = me.task(async |_| Ok(Word(1)));
    let monitor = within(boss.monitor(done.pid())).await;
    boss.down_of(monitor).await;
    // Its result is there, and nobody takes it.
    drop(done);
    me.has_nothing();
    only_has(&alex, &before).await;
    assert_eq!(me.links(), []);
}

#[tokio::test]
async fn waiting_can_be_given_up_and_the_rest_goes_on() {
    let cluster = Cluster::start();
    let (alex, mut me, mut boss) = owning(&cluster).await;
    me.trap_exit(false);
    let before = alex.processes();
    for _ in 0..10 {
        let pid = {
            let task = holding(&me, &mut boss).await;
            let pid = task.pid();
            let mut waiting = pin!(task.into_future());
            assert!(super::cluster::is_pending(&mut waiting).await);
            pid
        };
        boss.finish(pid).await;
    }
    me.has_nothing();
    only_has(&alex, &before).await;
}

#[tokio::test]
async fn a_thousand_tasks_one_after_the_other_leave_no_process() {
    let cluster = Cluster::start();
    let (alex, mut me, _boss) = owning(&cluster).await;
    me.trap_exit(false);
    let before = alex.processes();
    for number in 0..1000_u64 {
        let task = me.task(async move |_| Ok(number));
        assert_eq!(result(task).await, Ok(number));
    }
    only_has(&alex, &before).await;
    assert_eq!(me.links(), []);
    me.has_nothing();
}

#[tokio::test]
async fn results_of_many_tasks_come_in_the_order_of_the_tasks() {
    let cluster = Cluster::start();
    let (_alex, me, mut boss) = owning(&cluster).await;
    let mut tasks = Vec::new();
    for _ in 0..10 {
        tasks.push(holding(&me, &mut boss).await);
    }
    // The last ends first.
    for (number, task) in tasks.iter().enumerate().rev() {
        within(boss.send(task.pid(), Go(number as u64))).await;
    }
    let all = within(await_many(tasks, Duration::MAX)).await;
    assert_eq!(all, Ok((0..10).collect()));
    let none: Vec<Task<'_, u64>> = Vec::new();
    assert_eq!(within(await_many(none, SOON)).await, Ok(vec![]));
}

#[tokio::test]
async fn the_first_of_many_tasks_that_fails_is_told_at_once() {
    let cluster = Cluster::start();
    let (_alex, mut me, mut boss) = owning(&cluster).await;
    let held = holding(&me, &mut boss).await;
    let pid = held.pid();
    let fails = me.task::<u64, _, _>(async |_| Err(Reason::word("oops")));
    let all = within(await_many([held, fails], Duration::MAX)).await;
    assert_eq!(all, Err(CallError::Exit(Reason::word("oops"))));
    // The other goes on, and its result is lost.
    boss.finish(pid).await;
    assert_eq!(me.all::<Word>(), []);
}

#[tokio::test]
async fn many_tasks_have_one_time_together() {
    let cluster = Cluster::start();
    let (_alex, mut me, mut boss) = owning(&cluster).await;
    me.trap_exit(false);
    let held = holding(&me, &mut boss).await;
    let pid = held.pid();
    let done = me.task(async |_| Ok(1));
    let all = within(await_many([done, held], SOON)).await;
    assert_eq!(all, Err(CallError::Timeout(SOON)));
    boss.finish(pid).await;
    me.has_nothing();
}

#[tokio::test]
async fn results_can_be_taken_as_they_come() {
    let cluster = Cluster::start();
    let (_alex, me, mut boss) = owning(&cluster).await;
    let mut pids = Vec::new();
    let mut tasks = Vec::new();
    for _ in 0..4 {
        let task = holding(&me, &mut boss).await;
        pids.push(task.pid());
        tasks.push(task);
    }
    tasks.push(me.task(async |_| Err(Reason::word("oops"))));
    let mut tasks = Tasks::from_iter(tasks);
    let (which, failed) = within(tasks.next()).await.expect("a result");
    assert_eq!((which, failed), (4, Err(CallError::Exit(Reason::word("oops")))));
    for which in [2, 0, 3, 1] {
        {
            let mut next = Box::pin(tasks.next());
            assert!(super::cluster::is_pending(&mut next).await);
        }
        within(boss.send(pids[which], Go(10 + which as u64))).await;
        let next = within(tasks.next()).await;
        assert_eq!(next, Some((which, Ok(10 + which as u64))));
    }
    assert_eq!(within(tasks.next()).await, None);
}

#[tokio::test]
async fn a_task_can_be_asked_to_end() {
    let cluster = Cluster::start();
    let (alex, mut me, mut boss) = owning(&cluster).await;
    let before = alex.processes();
    let task = holding(&me, &mut boss).await;
    let ended = within(task.shutdown(Duration::MAX)).await;
    assert_eq!(ended, Err(CallError::Exit(Reason::Shutdown)));
    assert_eq!(alex.processes(), before);

    let task = me.task(async |_| Ok(7_u64));
    let monitor = within(boss.monitor(task.pid())).await;
    boss.down_of(monitor).await;
    let ended = within(task.shutdown(Duration::MAX)).await;
    assert_eq!(ended, Ok(7), "the result was there before");
    // The link was cut, so only the one that had ended before is heard of.
    assert_eq!(me.next::<Exit>().await.reason, Reason::Normal);
    me.has_nothing();
}

#[tokio::test]
async fn a_task_that_does_not_end_when_asked_is_killed() {
    let cluster = Cluster::start();
    let (alex, mut me, mut boss) = owning(&cluster).await;
    let before = alex.processes();
    let to = boss.pid();
    let task = me.task(move |me| {
        me.trap_exit(true);
        hold(me, (to,))
    });
    boss.begun().await;
    let ended = within(task.shutdown(SOON)).await;
    assert_eq!(ended, Err(CallError::Exit(Reason::Killed)));
    assert_eq!(alex.processes(), before);
    me.has_nothing();
}
