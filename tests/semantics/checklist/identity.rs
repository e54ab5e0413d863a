//! Pids, aliases and names: who is who after a restart.

use moebi::process::RegisterError;
use moebi::{Address, Config, Exit, Node, Reason, StartError};

use crate::cluster::{Cluster, Screen, actor, fresh_name, trapper, within};
use crate::functions::{Order, Report, Word};

#[tokio::test]
async fn c15_pids_of_two_incarnations_print_alike_and_differ() {
    let cluster = Cluster::start();
    let name = fresh_name("kate");
    let first = cluster.member(&name, |config| config).await;
    let before = actor(&first).await.pid();
    within(first.stop()).await;
    let second = cluster.member(&name, |config| config).await;
    let after = actor(&second).await.pid();
    assert_eq!(before.to_string(), after.to_string());
    assert_ne!(before, after);
    assert!(before.creation() >= 4 && after.creation() >= 4);
}

#[tokio::test]
async fn c16_what_is_meant_for_an_old_incarnation_reaches_nobody() {
    let cluster = Cluster::start();
    let alex = cluster.node("alex").await;
    let name = fresh_name("kate");
    let first = cluster.member(&name, |config| config).await;
    let mut me = trapper(&alex).await;
    let old = me.servant(&first).await;
    within(first.stop()).await;
    let second = cluster.member(&name, |config| config).await;
    second.meet(&alex).await;
    // Of the processes of the new incarnation one prints as the old one did.
    let mut namesake = actor(&second).await;
    while namesake.pid().to_string() != old.to_string() {
        namesake = actor(&second).await;
    }
    me.order(old, Order::Echo { to: me.pid(), word: 1 }).await;
    within(me.exit(old, Reason::Kill)).await;
    let monitor = within(me.monitor(old)).await;
    let down = me.down_of(monitor).await;
    assert_eq!((down.object, down.reason), (Address::Pid(old), Reason::NoProc));
    within(me.link(old)).await;
    assert_eq!(me.next::<Exit>().await, Exit { from: old, reason: Reason::NoProc });
    // On the same way, and it is the first that arrives.
    within(me.send(namesake.pid(), Word(2))).await;
    assert_eq!(namesake.next::<Word>().await, Word(2));
    namesake.has_nothing();
}

#[tokio::test]
async fn c17_an_answer_to_an_alias_that_was_taken_back_is_lost() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let (mut me, there) = (actor(&alex).await, actor(&kate).await);
    let (late, current) = (me.alias(), me.alias());
    within(there.send(late, Word(1))).await;
    assert_eq!(me.next::<Word>().await, Word(1));
    assert!(me.unalias(late));
    assert!(!me.unalias(late));
    within(there.send(late, Word(2))).await;
    within(there.send(current, Word(3))).await;
    assert_eq!(me.next::<Word>().await, Word(3));
    me.has_nothing();
}

#[tokio::test]
async fn c17_an_alias_of_an_old_incarnation_reaches_nobody() {
    let cluster = Cluster::start();
    let alex = cluster.node("alex").await;
    let name = fresh_name("kate");
    let first = cluster.member(&name, |config| config).await;
    let old = actor(&first).await.alias();
    within(first.stop()).await;
    let second = cluster.member(&name, |config| config).await;
    let mut namesake = actor(&second).await;
    while namesake.pid().to_string() != old.owner().to_string() {
        namesake = actor(&second).await;
    }
    // Many, so that one of them has the number of the old one.
    for _ in 0..100 {
        namesake.alias();
    }
    let me = actor(&alex).await;
    within(me.send(old, Word(1))).await;
    within(me.send(namesake.alias(), Word(2))).await;
    assert_eq!(namesake.next::<Word>().await, Word(2));
    namesake.has_nothing();
}

#[tokio::test]
async fn c18_a_name_means_whoever_has_it_when_the_signal_arrives() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let me = actor(&alex).await;
    let (mut first, mut second) = (actor(&kate).await, actor(&kate).await);
    first.register("server", first.pid()).expect("a free name");
    assert_eq!(
        second.register("server", second.pid()),
        Err(RegisterError::Taken("server".into()))
    );
    within(me.send(("server", kate.name()), Word(1))).await;
    assert_eq!(first.next::<Word>().await, Word(1));
    first.unregister("server").expect("a registered name");
    second.register("server", second.pid()).expect("a free name");
    within(me.send(("server", kate.name()), Word(2))).await;
    assert_eq!(second.next::<Word>().await, Word(2));
    // The other node has names of its own.
    me.register("server", me.pid()).expect("a free name");
    first.has_nothing();
}

#[tokio::test]
async fn c18_a_node_name_is_free_when_its_node_is_gone() {
    let cluster = Cluster::start();
    let name = fresh_name("kate");
    for _ in 0..5 {
        let kate = cluster.apart_named(&name).await;
        let second = Node::start(cluster.config(&name)).await;
        assert!(matches!(second.map(|_| ()), Err(StartError::NameInUse(_))));
        kate.crash();
    }
    // Short names have no dots.
    let dotted = Config::new().short_name("kate@a.host").output(Screen::default());
    assert!(matches!(
        Node::start(dotted).await.map(|_| ()),
        Err(StartError::Name(_))
    ));
}

/// In the reaction to the end of a process its name can be taken.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c26_a_name_is_free_before_anybody_learns_of_the_end() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut me = trapper(&alex).await;
    let mut server = me.linked_servant(&kate).await;
    for round in 0..100 {
        let register = Order::Register { name: "server".into(), report: me.pid() };
        me.order(server, register).await;
        assert_eq!(me.get::<Report>().await, Report(Ok(())), "in round {round}");
        let by_name = within(me.monitor(("server", kate.name()))).await;
        me.end(server, Reason::Shutdown).await;
        if round % 2 == 0 {
            assert_eq!(me.exit_of(server).await, Reason::Shutdown);
            server = me.linked_servant(&kate).await;
            me.down_of(by_name).await;
        } else {
            assert_eq!(me.down_of(by_name).await.reason, Reason::Shutdown);
            let next = me.linked_servant(&kate).await;
            me.exit_of(server).await;
            server = next;
        }
    }
}
