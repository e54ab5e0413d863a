//! Output is a request to the group leader, and always gets an answer.

use std::pin::pin;

use moebi::{IoRequest, Reason};

use crate::cluster::{Cluster, actor, is_pending, sees, within};
use crate::functions::{OBEY, Order, Report};
use crate::relay::Relay;

#[tokio::test]
async fn c28_output_goes_to_the_group_leader_of_who_spawned() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let moebi = cluster.node("moebi").await;
    moebi.meet(&alex).await;
    let mut me = actor(&alex).await;
    let pid = me.servant(&kate).await;
    for number in 0..100 {
        let text = format!("line {number}");
        me.order(pid, Order::Print { text, report: me.pid() }).await;
        assert_eq!(me.get::<Report>().await, Report(Ok(())));
    }
    let lines = alex.terminal.lines();
    assert_eq!(lines.len(), 100);
    assert!(
        lines.iter().enumerate().all(|(at, line)| *line == format!("line {at}"))
    );
    assert!(kate.terminal.lines().is_empty());
    // A group leader can be given from elsewhere, too.
    let moebis = actor(&moebi).await.leader();
    me.set_leader(moebis);
    let pid = me.servant(&kate).await;
    let print = Order::Print { text: "for moebi".into(), report: me.pid() };
    me.order(pid, print).await;
    assert_eq!(me.get::<Report>().await, Report(Ok(())));
    assert_eq!(moebi.terminal.lines(), ["for moebi"]);
    within(me.puts("for moebi too")).await.expect("a terminal");
    assert_eq!(moebi.terminal.lines().len(), 2);
}

#[tokio::test]
async fn c28_output_for_a_node_that_is_gone_is_an_error() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let me = actor(&alex).await;
    let pid = within(me.spawn(kate.name(), OBEY, ())).await;
    let mut there = actor(&kate).await;
    within(alex.stop()).await;
    sees(&kate, &[]).await;
    for _ in 0..2 {
        let print = Order::Print { text: "anybody?".into(), report: there.pid() };
        there.order(pid, print).await;
        let Report(printed) = there.get().await;
        let why = printed.expect_err("nobody can have printed it");
        assert!(why.contains("is gone (noconnection)"), "{why}");
    }
    assert!(alex.terminal.lines().is_empty());
}

#[tokio::test]
async fn c28_output_under_way_when_the_node_goes_is_an_error() {
    let (alex, kate, relay) = Relay::pair().await;
    let pid = actor(&alex).await.servant(&kate).await;
    let mut there = actor(&kate).await;
    relay.hold();
    let print = Order::Print { text: "lost".into(), report: there.pid() };
    there.order(pid, print).await;
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    there.has_nothing();
    relay.cut();
    let Report(printed) = there.get().await;
    let why = printed.expect_err("it did not arrive");
    assert!(why.contains("noconnection"), "{why}");
    assert!(alex.terminal.lines().is_empty());
}

/// A leader that has ended on a node that lives.
#[tokio::test]
async fn c28_output_for_a_leader_that_has_ended_is_an_error() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let leader = actor(&alex).await;
    let mut me = actor(&alex).await;
    me.set_leader(leader.pid());
    let pid = me.servant(&kate).await;
    let monitor = me.watch(leader.pid()).await;
    within(me.exit(leader.pid(), Reason::Kill)).await;
    me.down_of(monitor).await;
    let print = Order::Print { text: "anybody?".into(), report: me.pid() };
    me.order(pid, print).await;
    let Report(printed) = me.get().await;
    let why = printed.expect_err("nobody can have printed it");
    assert!(why.contains("is gone (noproc)"), "{why}");
}

/// A leader that takes the request and dies without an answer.
#[tokio::test]
async fn c28_a_leader_that_ends_instead_of_answering_is_an_error() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut leader = actor(&alex).await;
    let mut me = actor(&alex).await;
    me.set_leader(leader.pid());
    let pid = me.servant(&kate).await;
    let print = Order::Print { text: "anybody?".into(), report: me.pid() };
    me.order(pid, print).await;
    leader.get::<IoRequest>().await;
    leader.stop(Err(Reason::word("tired")));
    let Report(printed) = me.get().await;
    let why = printed.expect_err("nobody has printed it");
    assert!(why.contains("is gone (tired)"), "{why}");
}

/// The monitor that tells of the leader's end belongs to the request.
#[tokio::test]
async fn c28_output_under_way_when_the_node_dies_leaves_nothing_in_the_mailbox() {
    let cluster = Cluster::start();
    let (alex, kate) = (cluster.node("alex").await, cluster.apart("kate").await);
    alex.meet(&kate).await;
    let (mut me, mut leader) = (actor(&alex).await, actor(&kate).await);
    me.set_leader(leader.pid());
    let printed = {
        let mut awaited = pin!(me.puts("anybody?"));
        let mut given_up = Box::pin(me.puts("nobody waits"));
        assert!(is_pending(&mut awaited).await && is_pending(&mut given_up).await);
        leader.get::<IoRequest>().await;
        leader.get::<IoRequest>().await;
        drop(given_up);
        kate.crash();
        within(awaited).await
    };
    let why = printed.expect_err("nobody printed it").to_string();
    assert!(why.contains("is gone (noconnection)"), "{why}");
    sees(&alex, &[]).await;
    me.has_nothing();
}
