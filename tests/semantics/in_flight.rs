//! Questions under way: held on the wire, cut off, given up.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use moebi::{CallError, ErpcError, Pid};
use tokio::time::timeout;

use super::cluster::{Actor, Cluster, Member, actor, is_pending, sees, within};
use super::desk::{Ask, desk_named};
use super::relay::Relay;
use super::supervised::{TASKS, supervisor};
use super::work::{DOUBLE, only_has};

/// Longer than a question takes to be sent, shorter than an answer is held.
const SOON: Duration = Duration::from_millis(20);

/// No answer that must come takes longer.
const DEADLINE: Duration = Duration::from_secs(10);

/// A node that asks and one that answers, with a relay between.
struct World {
    alex: Member,
    kate: Member,
    relay: Relay,
    me: Actor,
    /// Nobody on kate's side is to be left but these.
    before: Vec<Pid>,
    _kept: (Cluster, Cluster, Actor, Actor),
}

impl World {
    async fn new() -> Self {
        let (home, abroad) = (Cluster::start(), Cluster::start());
        let (alex, kate) = (home.node("alex").await, abroad.node("kate").await);
        let relay = Relay::new(&home, &kate, &abroad).await;
        alex.meet(&kate).await;
        let me = actor(&alex).await;
        let (_, tasks) = supervisor(&kate).await;
        let (_, desks) = desk_named(&kate, "desk", &me).await;
        let before = kate.processes();
        let _kept = (home, abroad, tasks, desks);
        Self { alex, kate, relay, me, before, _kept }
    }

    /// Asks a question of each kind, and then waits for the answers, so long for each.
    async fn all_wait<T>(
        &self,
        patience: Duration,
        then: impl AsyncFnOnce() -> T,
    ) -> Answers {
        let Self { me, kate, .. } = self;
        let mut erpc = pin!(me.erpc(kate.name(), DOUBLE, (1,)));
        let mut call = pin!(me.call(("desk", kate.name()), Ask::Add(1)));
        let under = (TASKS, kate.name());
        let mut linked = pin!(me.task_under(under, DOUBLE, (1,)));
        let mut free = pin!(me.task_under_nolink(under, DOUBLE, (1,)));
        assert!(is_pending(&mut erpc).await && is_pending(&mut call).await);
        assert!(is_pending(&mut linked).await && is_pending(&mut free).await);
        then().await;
        Answers {
            erpc: answer(erpc, patience).await,
            call: answer(call, patience).await,
            linked: answer(linked, patience).await.map(|task| task.map(drop)),
            free: answer(free, patience).await.map(|task| task.map(drop)),
        }
    }

    /// Whatever was on its way has come: nothing of it is in the mailbox, and the nodes
    /// do as before.
    async fn ends_clean(mut self) {
        let Self { me, kate, before, .. } = &mut self;
        me.hear_all(kate).await;
        only_has(kate, before).await;
        me.hear_all(kate).await;
        me.has_nothing();
        assert_eq!(me.links(), []);
        assert_eq!(within(me.erpc(kate.name(), DOUBLE, (3,))).await, Ok(6));
    }
}

/// What came of them; `None` if nothing has yet.
#[derive(Debug, PartialEq)]
struct Answers {
    erpc: Option<Result<u64, ErpcError>>,
    call: Option<Result<u64, CallError>>,
    linked: Option<Result<(), CallError>>,
    free: Option<Result<(), CallError>>,
}

async fn answer<T>(
    answer: impl Future<Output = T>,
    patience: Duration,
) -> Option<T> {
    timeout(patience, answer).await.ok()
}

const NONE: Answers = Answers { erpc: None, call: None, linked: None, free: None };

#[tokio::test]
async fn answers_that_come_after_their_questions_were_given_up_reach_nobody() {
    let world = World::new().await;
    world.relay.hold_replies();
    assert_eq!(world.all_wait(SOON, async || ()).await, NONE);
    world.relay.open();
    // Only the call was answered twice: this one and the one that nobody waits for.
    let name = ("desk", world.kate.name());
    assert_eq!(within(world.me.call(name, Ask::Add(1))).await, Ok(2));
    world.ends_clean().await;
}

#[tokio::test]
async fn questions_that_are_held_until_nobody_waits_are_answered_to_nobody() {
    let world = World::new().await;
    world.relay.hold_requests();
    assert_eq!(world.all_wait(SOON, async || ()).await, NONE);
    world.relay.open();
    world.ends_clean().await;
}

#[tokio::test]
async fn a_connection_that_is_lost_is_the_answer_to_all_that_wait() {
    for hold in [Relay::hold_replies, Relay::hold_requests] {
        let world = World::new().await;
        hold(&world.relay);
        let (node, alex) = (world.kate.name(), &world.alex);
        let answers = world.all_wait(DEADLINE, async || {
            world.relay.cut();
            sees(alex, &[]).await;
        });
        let lost = || Some(Err(CallError::NodeDown(node)));
        let expected = Answers {
            erpc: Some(Err(ErpcError::NoConnection(node))),
            call: Some(Err(CallError::NodeDown(node))),
            linked: lost(),
            free: lost(),
        };
        assert_eq!(answers.await, expected);
        sees(&world.kate, &[]).await;
        world.relay.open();
        world.ends_clean().await;
    }
}

/// Fills the line to a node, as a peer does that does not read.
fn fill(me: &Actor, to: Pid) {
    let text = "x".repeat(1 << 16);
    while me.try_send(to, text.clone()).is_ok() {}
}

#[tokio::test]
async fn questions_for_which_there_was_no_room_were_not_asked() {
    let world = World::new().await;
    let servant = world.me.servant(&world.kate).await;
    world.relay.hold_requests();
    fill(&world.me, servant);
    assert_eq!(world.all_wait(SOON, async || ()).await, NONE);
    world.relay.open();
    within(world.me.exit(servant, moebi::Reason::Kill)).await;
    let name = ("desk", world.kate.name());
    assert_eq!(within(world.me.call(name, Ask::Add(1))).await, Ok(1));
    world.ends_clean().await;
}

#[tokio::test]
async fn a_connection_that_is_lost_is_the_answer_to_who_waits_for_room() {
    let world = World::new().await;
    let servant = world.me.servant(&world.kate).await;
    world.relay.hold_requests();
    fill(&world.me, servant);
    let (node, alex) = (world.kate.name(), &world.alex);
    let answers = world.all_wait(DEADLINE, async || {
        world.relay.cut();
        sees(alex, &[]).await;
    });
    let answers = answers.await;
    assert_eq!(answers.erpc, Some(Err(ErpcError::NoConnection(node))));
    assert_eq!(answers.call, Some(Err(CallError::NodeDown(node))));
    assert_eq!(answers.linked, Some(Err(CallError::NodeDown(node))));
    assert_eq!(answers.free, Some(Err(CallError::NodeDown(node))));
    sees(&world.kate, &[]).await;
    world.relay.open();
    within(world.me.exit(servant, moebi::Reason::Kill)).await;
    world.ends_clean().await;
}
