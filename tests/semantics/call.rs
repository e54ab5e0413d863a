//! Calls and casts: asking a server, and telling it.

use std::pin::pin;
use std::time::Duration;

use moebi::otp::Server;
use moebi::{CallError, Config, Node, NodeName, Pid, Process, Reason};

use super::cluster::{
    Actor, Cluster, Member, Screen, actor, fresh_name, is_pending, sees, trapper,
    within,
};
use super::desk::{Ask, Desk, Heard, Opening, Tell, desk, desk_named};
use super::functions::Word;
use super::work::only_has;

/// Shorter than any answer here takes.
const SOON: Duration = Duration::from_millis(20);

/// Two nodes, a process that calls, a server, and the process that started it.
async fn calling(cluster: &Cluster) -> (Member, Member, Actor, Pid, Actor) {
    let (alex, kate) = cluster.pair().await;
    let me = actor(&alex).await;
    let (server, parent) = desk_named(&kate, "desk", &me).await;
    (alex, kate, me, server, parent)
}

#[tokio::test]
async fn a_server_is_called_by_pid_and_by_name() {
    let cluster = Cluster::start();
    let (_alex, kate, mut me, server, parent) = calling(&cluster).await;
    assert_eq!(within(me.call(server, Ask::Add(1))).await, Ok(1));
    assert_eq!(within(me.call(("desk", kate.name()), Ask::Add(1))).await, Ok(2));
    let name = (String::from("desk"), kate.name());
    assert_eq!(within(parent.call(name, Ask::Add(1))).await, Ok(3));
    assert_eq!(within(parent.call(server, Ask::Add(1))).await, Ok(4));
    me.has_nothing();
    assert_eq!((me.links(), parent.links()), (vec![], vec![server]));
}

#[tokio::test]
async fn s46_a_call_to_an_absent_node_is_nodedown() {
    let cluster = Cluster::start();
    let alex = cluster.node("alex").await;
    let (mut me, mut boss) = (actor(&alex).await, actor(&alex).await);
    let ghost = NodeName::from(fresh_name("ghost").as_str());
    let call = within(me.call(("desk", ghost), Ask::Add(1))).await;
    let error = CallError::NodeDown(ghost);
    assert_eq!(error.to_string(), format!("no connection to {ghost}"));
    assert_eq!(call, Err(error));
    me.has_nothing();
    // Where nobody handles it, it is the reason of the end.
    let pid = alex.spawn(move |mut me: Process| async move {
        let Word(_) = me.receive().await;
        me.call(("desk", ghost), Ask::Add(1)).await?;
        Ok(())
    });
    let monitor = boss.watch(pid).await;
    within(boss.send(pid, Word(0))).await;
    assert_eq!(boss.down_of(monitor).await.reason, Reason::NodeDown(ghost));
}

#[tokio::test]
async fn s47_a_name_that_nobody_has_is_noproc() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut me = actor(&alex).await;
    for node in [alex.name(), kate.name()] {
        let call = within(me.call(("nobody", node), Ask::Add(1))).await;
        assert_eq!(call, Err(CallError::NoProc));
    }
    let words = "no process: the process is not alive or there's no process \
                 currently associated with the given name, possibly because its \
                 application isn't started";
    assert_eq!(CallError::NoProc.to_string(), words);
    assert_eq!(CallError::NoProc.reason(), Reason::NoProc);
    me.has_nothing();
}

#[tokio::test]
async fn s47_a_process_that_has_ended_is_noproc() {
    let cluster = Cluster::start();
    let (_alex, kate, mut me, server, mut parent) = calling(&cluster).await;
    within(parent.exit(server, Reason::Kill)).await;
    assert_eq!(parent.exit_of(server).await, Reason::Killed);
    for caller in [&me, &parent] {
        let call = within(caller.call(server, Ask::Add(1))).await;
        assert_eq!(call, Err(CallError::NoProc));
    }
    // Nor does another process of its name answer for it, once the node is a new one.
    let name = kate.name();
    within(kate.stop()).await;
    let kate = cluster.member(name.as_str(), |config| config).await;
    let (_new, _parent) = desk_named(&kate, "desk", &me).await;
    let call = within(me.call(server, Ask::Add(1))).await;
    assert_eq!(call, Err(CallError::NoProc));
    assert_eq!(within(me.call(("desk", name), Ask::Add(1))).await, Ok(1));
    me.has_nothing();
}

#[tokio::test]
async fn s49_a_cast_to_anything_is_well() {
    let cluster = Cluster::start();
    let (alex, kate, mut me, server, mut parent) = calling(&cluster).await;
    within(parent.exit(server, Reason::Kill)).await;
    parent.exit_of(server).await;
    let ghost = fresh_name("ghost");
    within(me.cast(server, Tell::Add(1))).await;
    within(me.cast(("nobody", alex.name()), Tell::Add(1))).await;
    within(me.cast(("nobody", kate.name()), Tell::Add(1))).await;
    within(me.cast(("desk", ghost.as_str()), Tell::Add(1))).await;
    me.hear_all(&kate).await;
    me.has_nothing();
}

#[tokio::test]
async fn a_node_that_is_lost_during_the_call_is_nodedown() {
    let cluster = Cluster::start();
    let (alex, kate) = (cluster.node("alex").await, cluster.apart("kate").await);
    alex.meet(&kate).await;
    let (mut me, mut boss) = (actor(&alex).await, actor(&alex).await);
    let (server, _parent) = desk(&kate, &boss).await;
    let name = kate.name();
    let answer = {
        let mut call = pin!(me.call(server, Ask::Wait));
        boss.waiting_during(&mut call).await;
        kate.crash();
        within(call).await
    };
    assert_eq!(answer, Err(CallError::NodeDown(name)));
    sees(&alex, &[]).await;
    me.has_nothing();
    // And from now on at once.
    let call = within(me.call(server, Ask::Add(1))).await;
    assert_eq!(call, Err(CallError::NodeDown(name)));
}

#[tokio::test]
async fn a_server_that_ends_instead_of_answering_gives_its_reason() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut me = actor(&alex).await;
    let mut boss = actor(&alex).await;
    for reason in [Reason::word("tired"), Reason::Normal, Reason::Shutdown] {
        let (server, _parent) = desk(&kate, &boss).await;
        let call = within(me.call(server, Ask::End(reason.clone()))).await;
        assert_eq!(call, Err(CallError::Exit(reason.clone())));
        let last = Heard::Terminating(reason);
        assert_eq!(boss.next::<Heard>().await, last, "it tidies up first");
    }
    let (server, parent) = desk(&kate, &boss).await;
    {
        let mut call = pin!(me.call(server, Ask::Wait));
        boss.waiting_during(&mut call).await;
        within(parent.exit(server, Reason::Kill)).await;
        assert_eq!(within(call).await, Err(CallError::Exit(Reason::Killed)));
    }
    me.hear_all(&kate).await;
    me.has_nothing();
}

/// The answer and the end cross the wire together.
#[tokio::test]
async fn an_answer_comes_before_the_end_of_who_gave_it() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut me = actor(&alex).await;
    for number in 0..100 {
        let (server, _parent) = desk(&kate, &me).await;
        assert_eq!(within(me.call(server, Ask::Last(number))).await, Ok(number));
        assert_eq!(me.get::<Heard>().await, Heard::Terminating(Reason::Normal));
    }
    me.hear_all(&kate).await;
    me.has_nothing();
}

#[tokio::test]
async fn a_late_answer_is_lost_and_the_next_call_has_its_own() {
    let cluster = Cluster::start();
    let (_alex, kate, mut me, server, mut parent) = calling(&cluster).await;
    for round in 1..=20 {
        let late = within(me.call_within(SOON, server, Ask::Wait)).await;
        assert_eq!(late, Err(CallError::Timeout(SOON)));
        within(me.cast(server, Tell::Answer(999))).await;
        assert_eq!(within(me.call(server, Ask::Add(1))).await, Ok(round));
        assert_eq!(me.next::<Heard>().await, Heard::Waiting);
        me.has_nothing();
    }
    // No monitor of the twenty is left: nobody is told of the end.
    within(parent.exit(server, Reason::Kill)).await;
    parent.exit_of(server).await;
    me.hear_all(&kate).await;
    me.has_nothing();
}

#[tokio::test]
async fn a_call_that_is_dropped_leaves_nothing() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let (mut me, mut boss) = (actor(&alex).await, actor(&alex).await);
    let (server, mut parent) = desk(&kate, &boss).await;
    for _ in 0..20 {
        {
            let mut call = pin!(me.call(server, Ask::Wait));
            boss.waiting_during(&mut call).await;
        }
        within(boss.cast(server, Tell::Answer(1))).await;
        let mut unsent = Box::pin(me.call(server, Ask::Add(0)));
        assert!(is_pending(&mut unsent).await);
    }
    within(parent.exit(server, Reason::Kill)).await;
    parent.exit_of(server).await;
    me.hear_all(&kate).await;
    me.has_nothing();
}

#[tokio::test]
async fn a_caller_that_is_killed_leaves_nothing() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut boss = actor(&alex).await;
    let (server, parent) = desk(&kate, &boss).await;
    let before = alex.processes();
    let caller = alex.spawn(move |me: Process| async move {
        me.call(server, Ask::Wait).await?;
        Ok(())
    });
    let monitor = boss.watch(caller).await;
    assert_eq!(boss.get::<Heard>().await, Heard::Waiting);
    within(boss.exit(caller, Reason::Kill)).await;
    assert_eq!(boss.down_of(monitor).await.reason, Reason::Killed);
    within(boss.cast(server, Tell::Answer(1))).await;
    assert_eq!(within(boss.call(server, Ask::Add(1))).await, Ok(1));
    assert_eq!(parent.links(), [server]);
    only_has(&alex, &before).await;
    boss.has_nothing();
}

#[tokio::test]
async fn a_process_that_calls_itself_is_told_so() {
    let cluster = Cluster::start();
    let alex = cluster.node("alex").await;
    let mut me = actor(&alex).await;
    me.register("myself", me.pid()).expect("a free name");
    let itself = CallError::Exit(Reason::word("calling_self"));
    let call = within(me.call(me.pid(), Ask::Add(1))).await;
    assert_eq!(call, Err(itself.clone()));
    let call = within(me.call(("myself", me.node()), Ask::Add(1))).await;
    assert_eq!(call, Err(itself));
    me.has_nothing();
}

#[tokio::test]
async fn another_process_may_answer_for_the_server() {
    let cluster = Cluster::start();
    let (_alex, _kate, mut me, server, _parent) = calling(&cluster).await;
    for number in 0..50 {
        let call = within(me.call(server, Ask::Delegate(number))).await;
        assert_eq!(call, Ok(number));
    }
    me.has_nothing();
}

#[tokio::test]
async fn callers_that_wait_have_their_answers_in_any_order() {
    let cluster = Cluster::start();
    let (alex, _kate, mut boss, server, _parent) = calling(&cluster).await;
    let (first, second) = (actor(&alex).await, actor(&alex).await);
    let mut early = pin!(first.call(server, Ask::Wait));
    boss.waiting_during(&mut early).await;
    let mut late = pin!(second.call(server, Ask::Wait));
    boss.waiting_during(&mut late).await;
    // Others are served meanwhile.
    assert_eq!(within(boss.call(server, Ask::Add(1))).await, Ok(1));
    within(boss.cast(server, Tell::Answer(10))).await;
    within(boss.cast(server, Tell::Answer(20))).await;
    assert_eq!(within(late).await, Ok(20));
    assert_eq!(within(early).await, Ok(10));
}

#[tokio::test]
async fn a_server_may_call_another_before_it_answers() {
    let cluster = Cluster::start();
    let (alex, _kate, me, server, _parent) = calling(&cluster).await;
    let (near, mut parent) = desk(&alex, &me).await;
    assert_eq!(within(me.call(near, Ask::Through(server))).await, Ok(1));
    assert_eq!(within(me.call(near, Ask::Through(server))).await, Ok(2));
    // If that fails and it does not handle it, it ends of that.
    let call = within(me.call(near, Ask::Through(near))).await;
    let itself = Reason::word("calling_self");
    assert_eq!(call, Err(CallError::Exit(itself.clone())));
    assert_eq!(parent.exit_of(near).await, itself);
}

/// An answer does not come by the mailbox, so what is there is not even looked at.
#[tokio::test]
async fn ten_thousand_messages_in_the_mailbox_do_not_disturb_a_call() {
    let cluster = Cluster::start();
    let (_alex, kate, mut me, server, _parent) = calling(&cluster).await;
    for number in 1..=10_000 {
        within(me.send(me.pid(), Word(number))).await;
    }
    for count in 1..=1000 {
        assert_eq!(within(me.call(server, Ask::Add(1))).await, Ok(count));
    }
    me.hear_all(&kate).await;
    let words = me.all::<Word>();
    assert_eq!(words.len(), 10_000);
    assert!((1..).map(Word).zip(words).all(|(sent, kept)| sent == kept));
}

#[tokio::test]
async fn a_call_may_take_for_ever() {
    let cluster = Cluster::start();
    let (_alex, _kate, mut me, server, _parent) = calling(&cluster).await;
    let call = me.call_within(Duration::MAX, server, Ask::Add(1));
    assert_eq!(within(call).await, Ok(1));
    let call = within(me.call_within(Duration::ZERO, server, Ask::Wait)).await;
    assert_eq!(call, Err(CallError::Timeout(Duration::ZERO)));
    assert_eq!(me.next::<Heard>().await, Heard::Waiting, "it was sent");
    me.has_nothing();
}

#[tokio::test]
async fn a_node_without_a_name_has_servers_too() {
    let config = Config::new().output(Screen::default());
    let node = Node::start(config).await.expect("a node without a name");
    let mut parent = trapper(&node).await;
    let opening = Opening::of(&parent);
    let started = Desk::start_link_named(&mut parent, "desk", opening);
    let server = within(started).await.expect("a desk that begins well");
    assert_eq!(within(parent.call(server, Ask::Add(1))).await, Ok(1));
    let name = ("desk", "nonode@nohost");
    assert_eq!(within(parent.call(name, Ask::Add(1))).await, Ok(2));
    let ghost = NodeName::from("ghost@localhost");
    let call = within(parent.call(("desk", ghost), Ask::Add(1))).await;
    assert_eq!(call, Err(CallError::NodeDown(ghost)));
}

impl Actor {
    /// Waits until the desk keeps a caller waiting, while that one calls.
    async fn waiting_during<F>(&mut self, call: &mut F)
    where
        F: Future + Unpin,
    {
        tokio::select! {
            biased;
            heard = self.get::<Heard>() => assert_eq!(heard, Heard::Waiting),
            _ = call => panic!("an answer before there was to be one"),
        }
    }
}
