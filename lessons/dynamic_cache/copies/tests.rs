//! What a reader may rely on while not all nodes see the same.
//!
//! Nobody here finds out who is there: a test tells each cache, and so nodes have different
//! opinions for as long as the test wants. It can also play a cache itself.

use std::fmt::Debug;
use std::future::{Future, pending};
use std::net::{Ipv4Addr, SocketAddr};

use moebi::dist::cookie::Cookie;
use moebi::dist::epmd;
use moebi::otp::Server;
use moebi::{Config, Node};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::*;
use crate::dynamic_cache::{Members, Setup};
use crate::placement::Kind;
use crate::requests::{get, put};
use crate::whereabouts::Whereabouts;

/// No test waits longer for anything.
const DEADLINE: Duration = Duration::from_secs(10);

async fn within<T>(future: impl Future<Output = T>) -> T {
    timeout(DEADLINE, future).await.expect("it comes in time")
}

/// Nodes that can find each other.
struct Machines(epmd::Server);

impl Machines {
    fn start() -> Self {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self(epmd::Server::bind(any).expect("a port for the port mapper"))
    }

    /// A node, and a process there, which stands for its cluster and is the test's.
    async fn node(&self, name: &str) -> Process {
        let config = Config::new().long_name(format!("{name}@127.0.0.1"));
        let config = config.cookie(Cookie::new("copies"));
        let config = config.epmd_port(self.0.local_addr().port());
        let node = Node::start(config).await.expect("a node");
        let (give, given) = oneshot::channel();
        node.spawn(|me| async move {
            let _ = give.send(me);
            pending().await
        });
        given.await.expect("a process")
    }

    /// A node with a cache, which sees nobody yet.
    async fn cache(&self, name: &str, replicas: usize) -> Process {
        let mut me = self.node(name).await;
        start_cache(&mut me, replicas).await;
        me
    }

    /// A node whose cache the test plays.
    async fn played(&self, name: &str) -> (Process, UnboundedReceiver<Heard>) {
        let mut me = self.node(name).await;
        let (told, heard) = unbounded_channel();
        let started = Played::start_link_named(&mut me, CACHE, told).await;
        started.expect("the name is free");
        (me, heard)
    }
}

async fn start_cache(me: &mut Process, replicas: usize) {
    let (members, placement) = (Members::Dynamic, Kind::Rendezvous);
    let setup = Setup { topology: Vec::new(), members, placement, replicas };
    Cache::start_link_named(me, CACHE, setup).await.expect("the name is free");
}

/// What comes to a cache that the test plays.
#[derive(Debug)]
enum Heard {
    Asked(Ask, Caller<Ask>),
    Told(Tell),
}

struct Played(UnboundedSender<Heard>);

impl Server for Played {
    type Args = UnboundedSender<Heard>;
    type Call = Ask;
    type Cast = Tell;

    async fn init(
        _me: &mut Process,
        heard: UnboundedSender<Heard>,
    ) -> Result<Self, moebi::Reason> {
        Ok(Self(heard))
    }

    async fn handle_call(
        &mut self,
        _me: &mut Process,
        ask: Ask,
        caller: Caller<Ask>,
    ) -> Result<Answer<Reply>, moebi::Reason> {
        self.0.send(Heard::Asked(ask, caller)).expect("the test listens");
        Ok(Answer::Later)
    }

    async fn handle_cast(
        &mut self,
        _me: &mut Process,
        told: Tell,
    ) -> Result<(), moebi::Reason> {
        self.0.send(Heard::Told(told)).expect("the test listens");
        Ok(())
    }
}

/// What is asked next, and by whom. What is told before is of no interest.
async fn asked(heard: &mut UnboundedReceiver<Heard>) -> (Ask, Caller<Ask>) {
    loop {
        if let Heard::Asked(ask, caller) = within(heard.recv()).await.expect("it") {
            return (ask, caller);
        }
    }
}

/// From now on the cache of this node sees these.
async fn see(at: &Process, members: &[&Process]) {
    let members = members.iter().map(|member| member.pid()).collect();
    let told = Tell::Members { members, leaving: Vec::new() };
    at.cast((CACHE, at.node()), told).await;
}

/// Waits until a cache knows that all see these, and have handed over.
async fn settled(at: &Process, members: &[&Process]) {
    let nodes = members.iter().map(|member| member.node()).collect();
    let reply = ask(at, at, Ask::Await { nodes, there: true }).await;
    assert!(matches!(reply, Reply::Done), "{reply:?}");
}

/// Asks the cache of another node.
async fn ask(me: &Process, at: &Process, ask: Ask) -> Reply {
    within(me.call((CACHE, at.node()), ask)).await.expect("a cache")
}

/// Where a key is, as a node sees it.
async fn whereabouts(at: &Process, key: &str) -> Whereabouts {
    match ask(at, at, Ask::Places(key.into())).await {
        Reply::Places(whereabouts) => whereabouts,
        other => panic!("it says {other:?}"),
    }
}

/// A key that these have and no others, in this order.
async fn key_of(at: &Process, owners: &[&Process]) -> String {
    let owners: Vec<NodeName> = owners.iter().map(|owner| owner.node()).collect();
    for number in 0.. {
        let key = format!("key_{number}");
        if whereabouts(at, &key).await.owners == owners {
            return key;
        }
    }
    unreachable!("there are many keys")
}

/// A node says that it has the same view, and whether it has handed over in it.
async fn agree(played: &Process, at: &Process, handed_over: bool) {
    let (node, view) = (played.node(), whereabouts(at, "key").await.view);
    let told = Tell::Sees { node, view, handed_over };
    at.cast((CACHE, at.node()), told).await;
}

fn is_not_now(reply: impl Debug) {
    assert_eq!(format!("{reply:?}"), "NotNow");
}

/// What is put under a key now.
fn entry(at: &Process, key: &str, value: &str) -> Entry {
    let mut entries = crate::entries::Entries::default();
    entries.write(at.node(), key, Some(value.into()))
}

/// Two nodes have come, who know it of each other; the third has not heard of it, and
/// still answers what it has. So nothing else may be put as long as that is so.
#[tokio::test]
async fn nothing_is_written_behind_the_back_of_a_node() {
    let machines = Machines::start();
    let (a, b) = (machines.cache("a", 2).await, machines.cache("b", 2).await);
    let last = machines.cache("last", 2).await;
    let all = [&a, &b, &last];
    see(&last, &[&last]).await;
    see(&a, &all).await;
    see(&b, &all).await;
    let key = key_of(&a, &[&a, &b]).await;
    within(put(&last, key.clone(), "old".into())).await.expect("it is alone");

    let view = whereabouts(&a, &key).await.view;
    let write = Ask::Write(view, key.clone(), Some("new".into()));
    is_not_now(ask(&b, &a, write).await);
    assert_eq!(within(get(&last, key.clone())).await, Ok(Some("old".into())));

    see(&last, &all).await;
    within(put(&b, key.clone(), "new".into())).await.expect("all see the same");
    for node in all {
        assert_eq!(within(get(node, key.clone())).await, Ok(Some("new".into())));
    }
}

/// A node that is back and has met nobody is the only one in its view, and would take
/// every key for its own.
#[tokio::test]
async fn what_is_asked_in_another_view_is_not_done() {
    let machines = Machines::start();
    let (a, back) = (machines.cache("a", 2).await, machines.cache("back", 2).await);
    see(&a, &[&a, &back]).await;
    see(&back, &[&back]).await;
    let (key, entry) = ("key".to_owned(), entry(&a, "key", "value"));
    let view = || async { whereabouts(&a, "key").await.view };
    let offered = vec![(key.clone(), entry.version)];
    for asked in [
        Ask::Get(view().await, key.clone()),
        Ask::Write(view().await, key.clone(), None),
        Ask::Lacks(view().await, offered),
        Ask::Keep(view().await, vec![(key.clone(), entry)]),
    ] {
        is_not_now(ask(&a, &back, asked).await);
    }
    assert!(matches!(ask(&a, &back, Ask::Count).await, Reply::Count(0)));
}

/// The second owner runs no cache. Once it does, the write is done, and both have it.
#[tokio::test]
async fn a_write_without_its_copy_is_not_done() {
    let machines = Machines::start();
    let (a, mut b) = (machines.cache("a", 2).await, machines.node("b").await);
    see(&a, &[&a, &b]).await;
    agree(&b, &a, true).await;
    let key = key_of(&a, &[&a, &b]).await;
    let view = whereabouts(&a, &key).await.view;
    let write = Ask::Write(view.clone(), key.clone(), Some("value".into()));
    is_not_now(ask(&a, &a, write.clone()).await);

    start_cache(&mut b, 2).await;
    see(&b, &[&a, &b]).await;
    assert_eq!(whereabouts(&b, &key).await.view, view);
    assert!(matches!(ask(&a, &a, write).await, Reply::Done));
    let copy = ask(&a, &b, Ask::Get(view, key)).await;
    let Reply::Entry(Some(copy)) = copy else { panic!("{copy:?}") };
    assert_eq!(copy.value.as_deref(), Some("value"));
}

/// As long as not all have handed over, any of them may have the newest.
#[tokio::test]
async fn while_keys_are_on_their_way_the_newest_of_all_counts() {
    let machines = Machines::start();
    let owner = machines.cache("owner", 1).await;
    let (other, mut heard) = machines.played("other").await;
    see(&owner, &[&owner, &other]).await;
    agree(&other, &owner, false).await;
    let key = key_of(&owner, &[&owner]).await;
    let older = entry(&other, &key, "older");
    within(put(&owner, key.clone(), "value".into())).await.expect("all agree");
    let newer = entry(&other, &key, "newer");

    for (there, newest) in [(older, "value"), (newer, "newer")] {
        let answering = async {
            let (asked, caller) = asked(&mut heard).await;
            assert!(matches!(asked, Ask::Get(..)), "{asked:?}");
            caller.reply(&other, Reply::Entry(Some(there))).await;
        };
        let (found, ()) = tokio::join!(within(get(&owner, key.clone())), answering);
        assert_eq!(found, Ok(Some(newest.into())));
    }
}

/// One gives an entry to its owner, forgets it, and only then is asked for it.
#[tokio::test]
async fn a_key_that_is_given_away_meanwhile_is_found() {
    let machines = Machines::start();
    let owner = machines.cache("owner", 1).await;
    let (other, mut heard) = machines.played("other").await;
    see(&owner, &[&owner, &other]).await;
    agree(&other, &owner, false).await;
    let key = key_of(&owner, &[&owner]).await;

    let giving = async {
        let (Ask::Get(view, key), caller) = asked(&mut heard).await else {
            panic!("it is asked for something else");
        };
        let given = vec![(key.clone(), entry(&other, &key, "value"))];
        let kept = ask(&other, &owner, Ask::Keep(view, given)).await;
        assert!(matches!(kept, Reply::Done), "{kept:?}");
        caller.reply(&other, Reply::Entry(None)).await;
    };
    let (found, ()) = tokio::join!(within(get(&owner, key.clone())), giving);
    assert_eq!(found, Ok(Some("value".into())));
}

/// Who comes learns last of those who are about to leave. They wait for it all the same.
#[tokio::test]
async fn who_leaves_is_told_by_those_whom_it_does_not_concern() {
    let machines = Machines::start();
    let stays = machines.cache("stays", 1).await;
    let (leaves, mut heard) = machines.played("leaves").await;
    see(&stays, &[&stays]).await;
    settled(&stays, &[&stays]).await;
    let view = whereabouts(&stays, "key").await.view;
    let members =
        Tell::Members { members: vec![stays.pid()], leaving: vec![leaves.node()] };
    stays.cast((CACHE, stays.node()), members).await;
    let told = loop {
        let told = within(heard.recv()).await.expect("it is told");
        if let Heard::Told(Tell::Sees { view, .. }) = told {
            break view;
        }
    };
    assert_eq!(told, view);
}

/// Who has another view does not take what is handed over, and then it is not gone.
#[tokio::test]
async fn what_is_not_taken_is_kept_and_offered_again() {
    let machines = Machines::start();
    let giver = machines.cache("giver", 1).await;
    let (owner, mut heard) = machines.played("owner").await;
    see(&giver, &[&giver]).await;
    settled(&giver, &[&giver]).await;
    let mut keys = (0..100).map(|number| format!("key_{number}"));
    for key in keys.clone() {
        within(put(&giver, key, "value".into())).await.expect("it is alone");
    }
    see(&giver, &[&giver, &owner]).await;
    agree(&owner, &giver, true).await;

    let (offered, caller) = asked(&mut heard).await;
    assert!(matches!(offered, Ask::Lacks(..)), "{offered:?}");
    caller.reply(&owner, Reply::NotNow).await;
    let (Ask::Lacks(view, offered), caller) = asked_first(&mut heard).await else {
        panic!("it is not offered again");
    };
    let lacks: Vec<String> = offered.into_iter().map(|(key, _)| key).collect();
    assert!(keys.any(|key| lacks.contains(&key)), "nothing is offered");
    caller.reply(&owner, Reply::Keys(lacks.clone())).await;
    let (Ask::Keep(_, kept), caller) = asked_first(&mut heard).await else {
        panic!("it is not given");
    };
    assert_eq!(kept.len(), lacks.len());
    let still = ask(&owner, &giver, Ask::Get(view, lacks[0].clone())).await;
    assert!(matches!(still, Reply::Entry(Some(_))), "{still:?}");
    caller.reply(&owner, Reply::Done).await;
    settled(&giver, &[&giver, &owner]).await;
    let left = 100 - lacks.len() as u64;
    let counted = ask(&owner, &giver, Ask::Count).await;
    assert!(matches!(counted, Reply::Count(count) if count == left), "{counted:?}");
}

/// What is asked next; before that nobody says that all is handed over.
async fn asked_first(heard: &mut UnboundedReceiver<Heard>) -> (Ask, Caller<Ask>) {
    loop {
        match within(heard.recv()).await.expect("it") {
            Heard::Asked(ask, caller) => return (ask, caller),
            Heard::Told(told) => {
                let handed_over =
                    matches!(told, Tell::Sees { handed_over: true, .. });
                assert!(!handed_over, "{told:?}");
            }
        }
    }
}
