//! Functions that run on another node, for who waits for their result.

use std::pin::pin;
use std::time::Duration;

use moebi::{Config, ErpcError, Node, NodeName, Pid, Process, Reason};
use tokio::sync::mpsc;

use super::cluster::{Actor, Cluster, Member, Screen, actor, fresh_name, within};
use super::functions::Word;
use super::log::log;
use super::work::{
    self, DOUBLE, FAIL, HOLD, OTHER_ARGUMENT, OTHER_RESULT, PANIC, REPEAT, SAY,
    UNKNOWN, UNSENDABLE, only_has,
};

/// Shorter than any answer here takes.
const SOON: Duration = Duration::from_millis(20);

/// Two nodes, a process that asks, and what the other node had before.
async fn asking(cluster: &Cluster) -> (Member, Member, Actor, Vec<Pid>) {
    let (alex, kate) = cluster.pair().await;
    let me = actor(&alex).await;
    let before = kate.processes();
    (alex, kate, me, before)
}

#[tokio::test]
async fn s42_a_function_gives_its_result() {
    let cluster = Cluster::start();
    let (_alex, kate, mut me, before) = asking(&cluster).await;
    assert_eq!(within(me.erpc(kate.name(), DOUBLE, (21,))).await, Ok(42));
    only_has(&kate, &before).await;
    me.hear_all(&kate).await;
    me.has_nothing();
}

#[tokio::test]
async fn s42_a_panic_is_the_callers_error_and_nobodys_crash() {
    let cluster = Cluster::start();
    let (_alex, kate, mut me, before) = asking(&cluster).await;
    let text = format!("s42 on {}", kate.name());
    let given = within(me.erpc(kate.name(), PANIC, (text.clone(),))).await;
    assert_eq!(given, Err(ErpcError::Exception(text.clone())));
    // By now it would have been logged, and its report would have come.
    only_has(&kate, &before).await;
    me.hear_all(&kate).await;
    assert_eq!(log().lines_with(&[&text]), [""; 0]);
    me.has_nothing();
    assert_eq!(me.is_alive(me.pid()), Ok(true));
}

#[tokio::test]
async fn s42_an_exit_of_its_own_is_told_apart_from_a_panic() {
    let cluster = Cluster::start();
    let (_alex, kate, mut me, _) = asking(&cluster).await;
    for reason in [Reason::word("oops"), Reason::Normal, Reason::of(&Word(7))] {
        let given = within(me.erpc(kate.name(), FAIL, (reason.clone(),))).await;
        assert_eq!(given, Err(ErpcError::Exit(reason)));
    }
    me.has_nothing();
}

#[tokio::test]
async fn s42_what_the_node_does_not_offer_is_undef() {
    let cluster = Cluster::start();
    let (_alex, kate, mut me, before) = asking(&cluster).await;
    let given = within(me.erpc(kate.name(), UNKNOWN, (1,))).await;
    assert_eq!(given, Err(ErpcError::Undef("Work.unknown/1".into())));
    only_has(&kate, &before).await;
    let words = ["Work.unknown/1", kate.name().as_str()];
    assert_eq!(log().lines_with(&words), [""; 0], "the caller's error, not a crash");
    me.has_nothing();
}

#[tokio::test]
async fn other_arguments_than_the_functions_are_named() {
    let cluster = Cluster::start();
    let (_alex, kate, me, _) = asking(&cluster).await;
    let asked = me.erpc(kate.name(), OTHER_ARGUMENT, ("many".into(),));
    let error = within(asked).await.expect_err("it takes a number");
    assert!(matches!(error, ErpcError::BadArgument(_)), "{error:?}");
    let sentence = error.to_string();
    assert!(sentence.starts_with("Work.double/1 takes (u64,) and was sent"));
    assert!(sentence.contains("String"), "{sentence}");
}

#[tokio::test]
async fn another_result_than_expected_is_named() {
    let cluster = Cluster::start();
    let (_alex, kate, mut me, _) = asking(&cluster).await;
    let error = within(me.erpc(kate.name(), OTHER_RESULT, (1,))).await;
    let error = error.expect_err("it gives a number");
    assert!(matches!(error, ErpcError::BadReply(_)), "{error:?}");
    let sentence = error.to_string();
    assert!(sentence.starts_with("Work.double/1 answered with #Message<u64"));
    assert!(sentence.contains("String was expected"), "{sentence}");
    me.has_nothing();
}

#[tokio::test]
async fn a_result_that_cannot_be_sent_is_an_exception_of_the_function() {
    let cluster = Cluster::start();
    let (_alex, kate, me, before) = asking(&cluster).await;
    let given = within(me.erpc(kate.name(), UNSENDABLE, ())).await;
    let error = given.map(drop).expect_err("a value that refuses to be written");
    let sentence = error.to_string();
    assert!(matches!(error, ErpcError::Exception(_)), "{error:?}");
    assert!(sentence.contains("this stays at home"), "{sentence}");
    only_has(&kate, &before).await;
    // The line is whole.
    assert_eq!(within(me.erpc(kate.name(), DOUBLE, (4,))).await, Ok(8));
}

#[tokio::test]
async fn s45_an_absent_node_is_no_connection() {
    let cluster = Cluster::start();
    let alex = cluster.node("alex").await;
    let mut me = actor(&alex).await;
    let ghost = fresh_name("ghost");
    let given = within(me.erpc(ghost.as_str(), DOUBLE, (1,))).await;
    let error = ErpcError::NoConnection(NodeName::from(ghost.as_str()));
    assert_eq!(error.to_string(), format!("no connection to {ghost}"));
    assert_eq!(given, Err(error));
    me.has_nothing();
}

#[tokio::test]
async fn s45_a_node_that_is_lost_meanwhile_is_no_connection() {
    let cluster = Cluster::start();
    let (alex, kate) = (cluster.node("alex").await, cluster.apart("kate").await);

    alex.meet(&kate).await;
    let (mut me, mut boss) = (actor(&alex).await, actor(&alex).await);
    let name = kate.name();
    let given = {
        let mut asked = pin!(me.erpc(name, HOLD, (boss.pid(),)));
        boss.begun_during(&mut asked).await;
        kate.crash();
        within(asked).await
    };
    assert_eq!(given, Err(ErpcError::NoConnection(name)));
    super::cluster::sees(&alex, &[]).await;
    me.has_nothing();
}

#[tokio::test]
async fn a_process_that_is_killed_meanwhile_is_a_signal() {
    let cluster = Cluster::start();
    let (alex, kate, mut me, _) = asking(&cluster).await;
    let mut boss = actor(&alex).await;
    for (sent, got) in [
        (Reason::Kill, Reason::Killed),
        (Reason::word("enough"), Reason::word("enough")),
    ] {
        let mut asked = pin!(me.erpc(kate.name(), HOLD, (boss.pid(),)));
        let pid = boss.begun_during(&mut asked).await;
        within(boss.exit(pid, sent)).await;
        assert_eq!(within(asked).await, Err(ErpcError::Signal(got)));
    }
    me.has_nothing();
}

#[tokio::test]
async fn s45_an_answer_after_the_time_is_over_reaches_nobody() {
    let cluster = Cluster::start();
    let (alex, kate, mut me, before) = asking(&cluster).await;
    let mut boss = actor(&alex).await;
    for _ in 0..10 {
        let asked = me.erpc_within(SOON, kate.name(), HOLD, (boss.pid(),));
        assert_eq!(within(asked).await, Err(ErpcError::Timeout(SOON)));
        let pid = boss.begun().await;
        boss.finish(pid).await;
    }
    boss.hear_all(&kate).await;
    me.has_nothing();
    boss.has_nothing();
    only_has(&kate, &before).await;
    assert_eq!(within(me.erpc(kate.name(), DOUBLE, (1,))).await, Ok(2));
}

#[tokio::test]
async fn a_question_that_is_dropped_leaves_nothing() {
    let cluster = Cluster::start();
    let (alex, kate, mut me, before) = asking(&cluster).await;
    let mut boss = actor(&alex).await;
    for _ in 0..10 {
        let pid = {
            let mut asked = pin!(me.erpc(kate.name(), HOLD, (boss.pid(),)));
            boss.begun_during(&mut asked).await
        };
        boss.finish(pid).await;
    }
    boss.hear_all(&kate).await;
    me.has_nothing();
    only_has(&kate, &before).await;
}

/// The request is on its way, and nothing of it has come back.
#[tokio::test]
async fn a_question_that_is_dropped_before_its_process_is_known_leaves_nothing() {
    let cluster = Cluster::start();
    let (_alex, kate, mut me, before) = asking(&cluster).await;
    for number in 0..200 {
        let mut asked = Box::pin(me.erpc(kate.name(), DOUBLE, (number,)));
        assert!(super::cluster::is_pending(&mut asked).await);
    }
    me.hear_all(&kate).await;
    me.has_nothing();
    only_has(&kate, &before).await;
}

#[tokio::test]
async fn a_caller_that_is_killed_leaves_nothing() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut boss = actor(&alex).await;
    let (here, there) = (alex.processes(), kate.processes());
    let (name, to) = (kate.name(), boss.pid());
    let caller = alex.spawn(move |me: Process| async move {
        me.erpc(name, HOLD, (to,)).await?;
        Ok(())
    });
    let pid = boss.begun().await;
    let monitor = boss.watch(caller).await;
    within(boss.exit(caller, Reason::Kill)).await;
    assert_eq!(boss.down_of(monitor).await.reason, Reason::Killed);
    boss.finish(pid).await;
    boss.hear_all(&kate).await;
    boss.has_nothing();
    only_has(&alex, &here).await;
    only_has(&kate, &there).await;
}

#[tokio::test]
async fn s44_what_it_prints_is_on_the_callers_terminal_only() {
    let cluster = Cluster::start();
    let (alex, kate, me, _) = asking(&cluster).await;
    assert_eq!(within(me.erpc(kate.name(), SAY, ("hi".into(),))).await, Ok(()));
    assert_eq!(alex.terminal.lines(), ["hi"]);
    assert_eq!(kate.terminal.lines(), [""; 0]);
}

#[tokio::test]
async fn a_node_may_ask_itself() {
    let cluster = Cluster::start();
    let alex = cluster.node("alex").await;
    asks_itself(&alex).await;
}

#[tokio::test]
async fn a_node_without_a_name_may_ask_itself_and_reaches_nobody_else() {
    let config = Config::new().output(Screen::default());
    let node = Node::start(config).await.expect("a node without a name");
    work::offer(&node);
    asks_itself(&node).await;
    let ghost = NodeName::from("ghost@localhost");
    let given = within(actor(&node).await.erpc(ghost, DOUBLE, (1,))).await;
    assert_eq!(given, Err(ErpcError::NoConnection(ghost)));
}

async fn asks_itself(node: &Node) {
    let (mut me, mut boss) = (actor(node).await, actor(node).await);
    let (before, name) = (node.processes(), node.name());
    assert_eq!(within(me.erpc(name, DOUBLE, (21,))).await, Ok(42));
    let undef = within(me.erpc(name, UNKNOWN, (1,))).await;
    assert_eq!(undef, Err(ErpcError::Undef("Work.unknown/1".into())));
    let text = "at home".to_owned();
    let raised = within(me.erpc(name, PANIC, (text.clone(),))).await;
    assert_eq!(raised, Err(ErpcError::Exception(text)));
    let late = me.erpc_within(SOON, name, HOLD, (boss.pid(),));
    assert_eq!(within(late).await, Err(ErpcError::Timeout(SOON)));
    let pid = boss.begun().await;
    boss.finish(pid).await;
    only_has(node, &before).await;
    me.has_nothing();
}

#[tokio::test]
async fn a_mebibyte_goes_there_and_comes_back() {
    let cluster = Cluster::start();
    let (_alex, kate, me, _) = asking(&cluster).await;
    let half = "0123456789abcdef".repeat(1 << 15);
    let asked = me.erpc(kate.name(), REPEAT, (half.clone(), 2));
    let given = within(asked).await.expect("a large text");
    assert_eq!(given.len(), 1 << 20);
    assert!(given == half.repeat(2), "the text is not what was sent");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_processes_ask_at_once_and_each_has_its_own_answer() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let (here, there) = (alex.processes(), kate.processes());
    let (give, mut given) = mpsc::unbounded_channel();
    for number in 0..500 {
        let (give, name) = (give.clone(), kate.name());
        alex.spawn(move |mut me: Process| async move {
            let double = me.erpc(name, DOUBLE, (number,)).await?;
            let _ = give.send((number, double, me.flush().len()));
            Ok(())
        });
    }
    drop(give);
    let mut answers = 0;
    while let Some((number, double, left)) = within(given.recv()).await {
        assert_eq!((double, left), (2 * number, 0));
        answers += 1;
    }
    assert_eq!(answers, 500);
    only_has(&alex, &here).await;
    only_has(&kate, &there).await;
}

#[tokio::test]
async fn one_process_may_wait_for_several_answers() {
    let cluster = Cluster::start();
    let (alex, kate, me, _) = asking(&cluster).await;
    let mut boss = actor(&alex).await;
    let mut held = pin!(me.erpc(kate.name(), HOLD, (boss.pid(),)));
    let pid = boss.begun_during(&mut held).await;
    assert_eq!(within(me.erpc(kate.name(), DOUBLE, (2,))).await, Ok(4));
    within(boss.send(pid, work::Go(9))).await;
    assert_eq!(within(held).await, Ok(9));
}

#[tokio::test]
async fn a_question_may_take_for_ever() {
    let cluster = Cluster::start();
    let (_alex, kate, me, _) = asking(&cluster).await;
    let asked = me.erpc_within(Duration::MAX, kate.name(), DOUBLE, (1,));
    assert_eq!(within(asked).await, Ok(2));
}

#[tokio::test]
async fn an_error_that_nobody_handles_is_the_reason_of_the_end() {
    let cluster = Cluster::start();
    let alex = cluster.node("alex").await;
    let mut boss = actor(&alex).await;
    let ghost = NodeName::from(fresh_name("ghost").as_str());
    for (node, function, reason) in [
        (ghost, DOUBLE, Reason::NodeDown(ghost)),
        (alex.name(), UNKNOWN, Reason::Undef("Work.unknown/1".into())),
    ] {
        let pid = alex.spawn(move |mut me: Process| async move {
            me.receive::<work::Go>().await;
            me.erpc(node, function, (1,)).await?;
            Ok(())
        });
        let monitor = boss.watch(pid).await;
        within(boss.send(pid, work::Go(0))).await;
        assert_eq!(boss.down_of(monitor).await.reason, reason);
    }
}
