//! Servers: how they start, what they hear, how they end.

use moebi::otp::{Answer, Caller, Request, Server, StartLinkError};
use moebi::{CallError, Exit, Process, Reason};
use serde::{Deserialize, Serialize};

use super::cluster::{Actor, Cluster, Member, actor, trapper, within};
use super::desk::{Ask, Desk, Heard, Init, Opening, Tell, desk, desk_named};
use super::functions::Word;
use super::log::log;
use super::work::only_has;

/// A node without others, and a process on it that is told.
async fn alone(cluster: &Cluster) -> (Member, Actor) {
    let kate = cluster.node("kate").await;
    let boss = actor(&kate).await;
    (kate, boss)
}

#[tokio::test]
async fn a_server_keeps_its_state_from_one_call_to_the_next() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let me = actor(&alex).await;
    let (server, _parent) = desk(&kate, &me).await;
    for (more, count) in [(1, 1), (10, 11), (0, 11)] {
        assert_eq!(within(me.call(server, Ask::Add(more))).await, Ok(count));
    }
    within(me.cast(server, Tell::Add(100))).await;
    assert_eq!(within(me.call(server, Ask::Add(0))).await, Ok(111));
}

#[tokio::test]
async fn what_is_no_call_and_no_cast_is_information() {
    let cluster = Cluster::start();
    let (kate, mut boss) = alone(&cluster).await;
    let mut parent = trapper(&kate).await;
    let started = Desk::start_link(&mut parent, Opening::trapping(&boss));
    let server = within(started).await.expect("a desk that begins well");
    within(boss.send(server, Word(7))).await;
    assert_eq!(boss.next::<Heard>().await, Heard::Word(7));

    let mut watched = actor(&kate).await;
    within(boss.cast(server, Tell::Watch(watched.pid()))).await;
    // Once this is answered it is watched.
    assert_eq!(within(boss.call(server, Ask::Add(0))).await, Ok(0));
    watched.stop(Err(Reason::word("tired")));
    let down = Heard::Down(watched.pid(), Reason::word("tired"));
    assert_eq!(boss.next::<Heard>().await, down);

    let linked = actor(&kate).await;
    within(linked.link(server)).await;
    within(linked.exit(linked.pid(), Reason::word("gone"))).await;
    let exit = Heard::Exit(linked.pid(), Reason::word("gone"));
    assert_eq!(boss.next::<Heard>().await, exit);
    assert_eq!(within(boss.call(server, Ask::Add(1))).await, Ok(1), "it lives");
}

/// A server that does not care for other messages.
struct Deaf;

#[derive(Debug, Serialize, Deserialize)]
struct Hello;

impl Request for Hello {
    type Reply = String;
}

impl Server for Deaf {
    type Args = ();
    type Call = Hello;
    type Cast = ();

    async fn init(_: &mut Process, (): ()) -> Result<Self, Reason> {
        Ok(Self)
    }

    async fn handle_call(
        &mut self,
        _: &mut Process,
        Hello: Hello,
        _: Caller<Hello>,
    ) -> Result<Answer<String>, Reason> {
        Ok(Answer::Now("hello".into()))
    }
}

#[tokio::test]
async fn a_server_that_expects_no_other_messages_logs_them_and_goes_on() {
    let cluster = Cluster::start();
    let (kate, me) = alone(&cluster).await;
    let mut parent = trapper(&kate).await;
    let server = within(Deaf::start_link(&mut parent, ())).await.expect("a server");
    within(me.send(server, Word(7))).await;
    within(me.cast(server, ())).await;
    let answer = within(me.call(server, Hello)).await;
    assert_eq!(answer.as_deref(), Ok("hello"));
    let id = server.to_string();
    let said = log().lines_with(&[&id, "received unexpected message"]);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("#Message<Word"), "{said:?}");
}

/// A node tells its neighbour the types of what it sends, and says so if they differ.
#[tokio::test]
async fn calls_of_two_servers_are_not_two_definitions_of_one_message() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let me = actor(&alex).await;
    let (first, _parent) = desk(&kate, &me).await;
    let mut parent = trapper(&kate).await;
    let second = within(Deaf::start_link(&mut parent, ())).await.expect("a server");
    assert_eq!(within(me.call(first, Ask::Add(1))).await, Ok(1));
    assert_eq!(within(me.call(second, Hello)).await.as_deref(), Ok("hello"));
    within(me.cast(first, Tell::Add(1))).await;
    within(me.cast(second, ())).await;
    assert_eq!(within(me.call(second, Hello)).await.as_deref(), Ok("hello"));
    let peer = alex.name();
    let said = log().lines_with(&[peer.as_str(), "another definition"]);
    assert_eq!(said, [""; 0]);
}

/// In Erlang the server would crash, and the caller hear of that.
#[tokio::test]
async fn a_call_that_the_server_does_not_take_is_refused_at_once() {
    #[derive(Serialize, Deserialize)]
    struct Riddle(String);
    impl Request for Riddle {
        type Reply = u64;
    }
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let (mut near, far) = (actor(&alex).await, actor(&kate).await);
    let (server, _parent) = desk(&alex, &near).await;
    for caller in [&near, &far] {
        let asked = caller.call(server, Riddle("what walks on four legs?".into()));
        let sentence =
            within(asked).await.expect_err("no such question").to_string();
        let words = format!(
            "{server} takes $gen_call<Ask> and was sent #Message<$gen_call<Riddle>, "
        );
        assert!(sentence.starts_with(&words), "{sentence}");
        assert_eq!(within(caller.call(server, Ask::Add(0))).await, Ok(0));
    }
    near.has_nothing();
}

#[tokio::test]
async fn an_error_ends_a_server_after_it_has_tidied_up() {
    let cluster = Cluster::start();
    let (kate, mut boss) = alone(&cluster).await;
    for reason in [Reason::word("full"), Reason::Normal, Reason::Shutdown] {
        let (server, mut parent) = desk(&kate, &boss).await;
        within(boss.cast(server, Tell::End(reason.clone()))).await;
        let last = Heard::Terminating(reason.clone());
        assert_eq!(boss.next::<Heard>().await, last);
        assert_eq!(parent.exit_of(server).await, reason);
        let call = within(boss.call(server, Ask::Add(1))).await;
        assert_eq!(call, Err(CallError::NoProc));
        assert_eq!(log().lines_with(&[&server.to_string()]), [""; 0]);
    }
    boss.has_nothing();
}

#[tokio::test]
async fn a_server_that_traps_exits_tidies_up_when_its_parent_ends() {
    let cluster = Cluster::start();
    let (kate, mut boss) = alone(&cluster).await;
    let mut parent = actor(&kate).await;
    let started = Desk::start_link(&mut parent, Opening::trapping(&boss));
    let server = within(started).await.expect("a desk that begins well");
    let monitor = boss.watch(server).await;
    parent.stop(Err(Reason::word("over")));
    let last = Heard::Terminating(Reason::word("over"));
    assert_eq!(boss.get::<Heard>().await, last);
    assert_eq!(boss.down_of(monitor).await.reason, Reason::word("over"));
    boss.has_nothing();
}

#[tokio::test]
async fn a_server_that_does_not_trap_exits_is_ended_with_its_parent() {
    let cluster = Cluster::start();
    let (kate, mut boss) = alone(&cluster).await;
    let (server, mut parent) = desk(&kate, &boss).await;
    let monitor = boss.watch(server).await;
    parent.stop(Err(Reason::word("over")));
    assert_eq!(boss.down_of(monitor).await.reason, Reason::word("over"));
    boss.has_nothing();
}

#[tokio::test]
async fn a_panic_ends_a_server_at_once() {
    let cluster = Cluster::start();
    let (kate, mut boss) = alone(&cluster).await;
    let (server, mut parent) = desk(&kate, &boss).await;
    let raised = Reason::Exception("no more forms".into());
    let call = boss.call(server, Ask::Panic("no more forms".into()));
    assert_eq!(within(call).await, Err(CallError::Exit(raised.clone())));
    assert_eq!(parent.exit_of(server).await, raised);
    let id = server.to_string();
    log().shows(&[&id, "raised an exception", "no more forms"]).await;
    // What panicked is not asked to tidy up.
    boss.has_nothing();
}

#[tokio::test]
async fn a_start_that_fails_is_an_error_to_a_parent_that_traps() {
    let cluster = Cluster::start();
    let (kate, boss) = alone(&cluster).await;
    let mut parent = trapper(&kate).await;
    let before = kate.processes();
    for (init, reason) in [
        (Init::Fail(Reason::word("no desk")), Reason::word("no desk")),
        (Init::Fail(Reason::Normal), Reason::Normal),
        (Init::Panic("no room".into()), Reason::Exception("no room".into())),
    ] {
        let opening = Opening::failing(&boss, init);
        let started = within(Desk::start_link(&mut parent, opening)).await;
        assert_eq!(started, Err(StartLinkError::Failed(reason)));
        // It has been told once, by the error.
        parent.has_nothing();
        assert_eq!(parent.links(), []);
    }
    only_has(&kate, &before).await;
}

#[tokio::test]
async fn a_start_that_fails_ends_a_parent_that_does_not_trap() {
    let cluster = Cluster::start();
    let (kate, mut boss) = alone(&cluster).await;
    let to = boss.pid();
    for (reason, survives) in
        [(Reason::word("no desk"), false), (Reason::Normal, true)]
    {
        let failing = reason.clone();
        let parent = kate.spawn(move |mut me: Process| async move {
            let Word(_) = me.receive().await;
            let init = Init::Fail(failing);
            let opening = Opening { boss: to, trap: false, init };
            let started = Desk::start_link(&mut me, opening).await;
            assert!(started.is_err());
            Err(Reason::word("survived"))
        });
        let monitor = boss.watch(parent).await;
        within(boss.send(parent, Word(0))).await;
        let survived = Reason::word("survived");
        let expected = if survives { survived } else { reason };
        assert_eq!(boss.down_of(monitor).await.reason, expected);
    }
}

#[tokio::test]
async fn a_name_that_is_taken_leads_to_who_has_it() {
    let cluster = Cluster::start();
    let (kate, boss) = alone(&cluster).await;
    let (first, _parent) = desk_named(&kate, "desk", &boss).await;
    let before = kate.processes();
    let mut other = trapper(&kate).await;
    for _ in 0..20 {
        let opening = Opening::of(&boss);
        let started = Desk::start_link_named(&mut other, "desk", opening);
        let taken = StartLinkError::AlreadyStarted(first);
        assert_eq!(within(started).await, Err(taken));
    }
    let others: Vec<_> = before.into_iter().chain([other.pid()]).collect();
    only_has(&kate, &others).await;
    assert_eq!(other.links(), []);
    other.has_nothing();
}

#[tokio::test]
async fn a_name_is_free_when_its_server_has_ended() {
    let cluster = Cluster::start();
    let (kate, boss) = alone(&cluster).await;
    let mut parent = trapper(&kate).await;
    for round in 0..50 {
        let opening = Opening::of(&boss);
        let started = Desk::start_link_named(&mut parent, "desk", opening);
        let server = within(started).await.expect("a free name");
        within(boss.cast(server, Tell::End(Reason::Shutdown))).await;
        let Exit { from, .. } = parent.next().await;
        assert_eq!(from, server, "in round {round}");
    }
}
