//! Monitors: one DOWN each, whatever happens.

use moebi::{Address, Down, Reason};

use crate::cluster::{Cluster, actor, sees, within};
use crate::relay::Relay;

#[tokio::test]
async fn c23_each_monitor_fires_once_with_the_true_reason() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut me = actor(&alex).await;
    let there = actor(&kate).await;
    there.register("server", there.pid()).expect("a free name");
    let by_pid = within(me.monitor(there.pid())).await;
    let again = within(me.monitor(there.pid())).await;
    let name = Address::from(("server", kate.name()));
    let by_name = within(me.monitor(name.clone())).await;
    within(me.exit(there.pid(), Reason::word("why"))).await;
    let mut downs = Vec::new();
    for _ in 0..3 {
        downs.push(me.get::<Down>().await);
    }
    assert!(downs.iter().all(|down| down.reason == Reason::word("why")));
    for (reference, object) in
        [(by_pid, there.pid().into()), (again, there.pid().into()), (by_name, name)]
    {
        let mine: Vec<_> =
            downs.iter().filter(|down| down.reference == reference).collect();
        assert_eq!(mine.len(), 1);
        assert_eq!(mine[0].object, object);
    }
    let other = me.servant(&kate).await;
    me.ask(other, 1).await;
    me.has_nothing();
}

/// The process dies and the connection goes, at about the same time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c23_a_death_and_a_lost_connection_make_one_down() {
    let (home, abroad) = (Cluster::start(), Cluster::start());
    let (alex, kate) = (home.node("alex").await, abroad.node("kate").await);
    let relay = Relay::new(&home, &kate, &abroad).await;
    let mut me = actor(&alex).await;
    for round in 0..30 {
        let pid = me.servant(&kate).await;
        let monitor = me.watch(pid).await;
        me.end(pid, Reason::word("dead")).await;
        for _ in 0..round {
            tokio::task::yield_now().await;
        }
        relay.cut();
        let Down { reason, .. } = me.down_of(monitor).await;
        let possible = [Reason::word("dead"), Reason::NoConnection];
        assert!(possible.contains(&reason), "{reason}");
        sees(&alex, &[]).await;
        sees(&kate, &[]).await;
        relay.open();
        let other = me.servant(&kate).await;
        me.ask(other, round).await;
        me.has_nothing();
    }
}

#[tokio::test]
async fn c23_after_demonitor_with_flush_no_down_is_left_or_comes() {
    let (alex, kate, relay) = Relay::pair().await;
    let (mut me, mut there) = (actor(&alex).await, actor(&kate).await);
    let other = me.servant(&kate).await;

    // In flight.
    let pid = me.servant(&kate).await;
    let monitor = me.watch(pid).await;
    let ended = there.watch(pid).await;
    relay.hold_replies();
    me.end(pid, Reason::Shutdown).await;
    there.down_of(ended).await;
    assert!(me.demonitor(monitor));
    assert!(!me.demonitor(monitor));
    relay.open();
    me.ask(other, 1).await;
    me.has_nothing();

    // In the mailbox already, and looked at before.
    let pid = me.servant(&kate).await;
    let (kept, flushed) = (me.watch(pid).await, me.watch(pid).await);
    me.end(pid, Reason::Shutdown).await;
    me.ask(other, 2).await;
    assert!(!me.demonitor_flush(flushed));
    assert_eq!(me.next::<Down>().await.reference, kept);
    me.has_nothing();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c23_whatever_the_race_demonitor_with_flush_leaves_nothing() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut me = actor(&alex).await;
    let other = me.servant(&kate).await;
    for round in 0..300 {
        let pid = me.servant(&kate).await;
        let monitor = within(me.monitor(pid)).await;
        me.end(pid, Reason::Shutdown).await;
        for _ in 0..round % 30 {
            tokio::task::yield_now().await;
        }
        me.demonitor_flush(monitor);
        me.has_nothing();
        me.ask(other, round).await;
        me.has_nothing();
    }
}
