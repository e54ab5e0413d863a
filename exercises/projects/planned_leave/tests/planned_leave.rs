//! Is every key found after a planned leave, once, and with its newest value?

use std::collections::BTreeMap;
use std::time::Duration;

use checker::desk::{Actor, Desk, Member, within};
use checker::{desk, says};
use moebi::otp::{
    Answer, Application, Caller, ChildSpec, Server, Strategy, Supervisor,
};
use moebi::{Connected, NodeName, Process, Reason};
use planned_leave::{Ask, CACHE, Told, count, get, leave, open, put};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::time::timeout;

const KEYS: usize = 60;

/// So long is waited for an answer that should not come.
const MOMENT: Duration = Duration::from_millis(300);

#[test]
fn nothing_is_lost_on_a_planned_leave() {
    desk::run(async |desk| {
        all_is_found(desk).await;
        the_answer_waits(desk).await;
        the_newer_value_stays(desk).await;
        a_failure_loses_nothing(desk).await;
    });
}

/// Two nodes that are connected, with a cache on the first, and a process of the test.
async fn pair(desk: &Desk) -> (Member, Member, Actor) {
    let (alex, kate) = desk.pair().await;
    within(open(&alex)).await.expect("a cache opens");
    let me = alex.actor().await;
    (alex, kate, me)
}

async fn puts(me: &Actor, members: &[NodeName], key: &str, value: &str) {
    within(put(me, members, key, value)).await.expect("the cache is there");
}

/// Tells the cache of a node who shares the keys from now on.
async fn members(me: &Process, node: NodeName, nodes: Vec<NodeName>) -> Told {
    let told = within(me.call((CACHE, node), Ask::Members { nodes })).await;
    told.unwrap_or_else(|_| says("ended"))
}

async fn all_is_found(desk: &Desk) {
    let (alex, kate, me) = pair(desk).await;
    let moebi = desk.node("moebi").await;
    for node in [&alex, &kate] {
        assert_eq!(within(moebi.connect(node.name())).await, Connected::True);
    }
    for node in [&kate, &moebi] {
        within(open(node)).await.expect("a cache opens");
    }
    let all = [alex.name(), kate.name(), moebi.name()];
    let entry = |_| (desk.word(), desk.word());
    let entries: BTreeMap<String, String> = (0..KEYS).map(entry).collect();
    for (key, value) in &entries {
        puts(&me, &all, key, value).await;
    }
    if within(leave(&me, kate.name(), &all)).await.is_err() {
        says("ended");
    }
    let left = within(count(&me, kate.name())).await.unwrap_or(0);
    within(kate.node.stop()).await;
    let stay = [alex.name(), moebi.name()];
    let mut kept = 0;
    for node in stay {
        kept += within(count(&me, node)).await.unwrap_or(0);
    }
    if kept < entries.len() {
        says("lost");
    }
    for (key, value) in &entries {
        if within(get(&me, &stay, key)).await != Ok(Some(value.clone())) {
            says("not_found");
        }
    }
    if kept > entries.len() || left > 0 {
        says("garbage");
    }
}

/// A cache that answers when the test wants it to.
struct Slow(UnboundedSender<Caller<Ask>>);

impl Server for Slow {
    type Args = UnboundedSender<Caller<Ask>>;
    type Call = Ask;
    type Cast = ();

    async fn init(_me: &mut Process, asked: Self::Args) -> Result<Self, Reason> {
        Ok(Self(asked))
    }

    async fn handle_call(
        &mut self,
        _me: &mut Process,
        _question: Ask,
        caller: Caller<Ask>,
    ) -> Result<Answer<Told>, Reason> {
        let _ = self.0.send(caller);
        Ok(Answer::Later)
    }
}

async fn the_answer_waits(desk: &Desk) {
    let (alex, kate, me) = pair(desk).await;
    let (asked, mut callers) = unbounded_channel();
    let slow = ChildSpec::server::<Slow>(CACHE, asked);
    let supervisor = Supervisor::new(Strategy::OneForOne).child(slow);
    let started = within(Application::start(&kate, "slow", supervisor)).await;
    started.expect("the test's cache opens");
    puts(&me, &[alex.name()], &desk.word(), &desk.word()).await;
    let mut told = Box::pin(members(&me, alex.name(), vec![kate.name()]));
    let caller = tokio::select! {
        _ = &mut told => says("too_early"),
        caller = within(callers.recv()) => caller.expect("the test's cache runs"),
    };
    if timeout(MOMENT, &mut told).await.is_ok() {
        says("too_early");
    }
    let other = kate.actor().await;
    caller.reply(&other, Told::Done).await;
    if !matches!(told.await, Told::Done) {
        says("not_done");
    }
}

async fn the_newer_value_stays(desk: &Desk) {
    let (alex, kate, me) = pair(desk).await;
    within(open(&kate)).await.expect("a cache opens");
    let (key, old, new) = (desk.word(), desk.word(), desk.word());
    puts(&me, &[alex.name()], &key, &old).await;
    // Somebody who knows already that alex leaves.
    let stay = [kate.name()];
    puts(&me, &stay, &key, &new).await;
    members(&me, alex.name(), stay.to_vec()).await;
    if within(get(&me, &stay, &key)).await != Ok(Some(new)) {
        says("old_value");
    }
}

async fn a_failure_loses_nothing(desk: &Desk) {
    let (alex, _kate, me) = pair(desk).await;
    for _ in 0..KEYS {
        puts(&me, &[alex.name()], &desk.word(), &desk.word()).await;
    }
    // Nobody has this name.
    let nobody = NodeName::from(&format!("{}@localhost", desk.word()));
    let told = members(&me, alex.name(), vec![nobody]).await;
    if within(count(&me, alex.name())).await != Ok(KEYS) {
        says("forgot_first");
    }
    if !matches!(told, Told::Failed(_)) {
        says("not_failed");
    }
}
