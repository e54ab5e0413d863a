//! Links and exit signals.

use moebi::{Exit, NodeDown, Reason};

use crate::cluster::{Cluster, actor, trapper, within};
use crate::functions::{Order, Report};
use crate::relay::Relay;

#[tokio::test]
async fn c21_a_link_is_one_however_often_and_from_whichever_side_it_is_made() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut me = trapper(&alex).await;
    let pid = me.servant(&kate).await;
    within(me.link(pid)).await;
    within(me.link(pid)).await;
    me.order(pid, Order::Link { pid: me.pid(), report: me.pid() }).await;
    assert_eq!(me.get::<Report>().await, Report(Ok(())));
    assert_eq!(me.links(), [pid]);
    me.end(pid, Reason::Shutdown).await;
    assert_eq!(me.exit_of(pid).await, Reason::Shutdown);
    let other = me.servant(&kate).await;
    me.ask(other, 1).await;
    me.has_nothing();
    assert_eq!(me.links(), []);
}

#[tokio::test]
async fn c21_a_link_works_in_both_directions() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let (mut me, mut there) = (actor(&alex).await, trapper(&kate).await);
    within(me.link(there.pid())).await;
    me.stop(Err(Reason::word("over")));
    assert_eq!(there.exit_of(me.pid()).await, Reason::word("over"));
}

/// A process that is ended runs on until its next await, and may do this meanwhile.
#[tokio::test]
async fn c21_a_link_of_a_process_that_has_been_ended_breaks_at_once() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let (me, mut boss) = (actor(&alex).await, actor(&alex).await);
    let (mut near, mut far) = (trapper(&alex).await, trapper(&kate).await);
    let monitor = boss.watch(me.pid()).await;
    within(boss.exit(me.pid(), Reason::Kill)).await;
    assert_eq!(boss.down_of(monitor).await.reason, Reason::Killed);
    let before = alex.processes();
    me.spawn_link_here(|mut me| async move {
        me.receive::<Report>().await;
        Ok(())
    });
    assert_eq!(alex.processes(), before, "nobody would ever end it");
    for other in [&mut near, &mut far] {
        within(me.link(other.pid())).await;
        assert_eq!(other.exit_of(me.pid()).await, Reason::NoProc);
        assert_eq!(other.links(), []);
    }
}

#[tokio::test]
async fn c21_a_link_to_where_nobody_is_breaks_at_once() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut me = trapper(&alex).await;
    let pid = me.servant(&kate).await;
    within(kate.stop()).await;
    within(me.link(pid)).await;
    assert_eq!(me.exit_of(pid).await, Reason::NoConnection);
}

/// The exit signal is on its way when `unlink` returns.
#[tokio::test]
async fn c22_an_exit_in_flight_is_not_delivered_after_unlink() {
    let (alex, kate, relay) = Relay::pair().await;
    let (mut me, mut there) = (trapper(&alex).await, actor(&kate).await);
    let other = me.servant(&kate).await;
    let pid = me.linked_servant(&kate).await;
    let monitor = me.watch(pid).await;
    let ended = there.watch(pid).await;
    relay.hold_replies();
    me.end(pid, Reason::word("in flight")).await;
    there.down_of(ended).await;
    me.unlink(pid);
    relay.open();
    // Everything from there has come when the monitor has fired and another answered.
    assert_eq!(me.down_of(monitor).await.reason, Reason::word("in flight"));
    me.ask(other, 1).await;
    me.has_nothing();
    assert_eq!(me.links(), []);
}

/// The same with a connection that is lost meanwhile.
#[tokio::test]
async fn c22_a_lost_connection_says_nothing_of_a_link_that_was_ended() {
    let (alex, kate, relay) = Relay::pair().await;
    let mut me = trapper(&alex).await;
    let pid = me.linked_servant(&kate).await;
    relay.hold();
    me.unlink(pid);
    me.monitor_nodes(Some(true));
    relay.cut();
    assert_eq!(me.next::<NodeDown>().await.node, kate.name());
    me.has_nothing();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c22_whatever_the_race_no_exit_comes_after_unlink_has_returned() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut me = trapper(&alex).await;
    let other = me.servant(&kate).await;
    for round in 0..300 {
        let pid = me.linked_servant(&kate).await;
        me.end(pid, Reason::word("race")).await;
        for _ in 0..round % 30 {
            tokio::task::yield_now().await;
        }
        me.unlink(pid);
        // It may have come before.
        let before = me.all::<Exit>().len();
        assert!(before <= 1);
        me.ask(other, round).await;
        me.has_nothing();
    }
}

/// unlink and link again while the first acknowledgement is on its way.
#[tokio::test]
async fn c22_a_link_made_again_holds() {
    let (alex, kate, relay) = Relay::pair().await;
    let mut me = trapper(&alex).await;
    let pid = me.linked_servant(&kate).await;
    relay.hold_replies();
    me.unlink(pid);
    within(me.link(pid)).await;
    me.unlink(pid);
    within(me.link(pid)).await;
    relay.open();
    me.ask(pid, 1).await;
    assert_eq!(me.links(), [pid]);
    me.end(pid, Reason::word("again")).await;
    assert_eq!(me.exit_of(pid).await, Reason::word("again"));
}

/// Both sides unlink at once, then one links again.
#[tokio::test]
async fn c22_both_sides_may_end_a_link_at_once() {
    let (alex, kate, relay) = Relay::pair().await;
    let (mut here, mut there) = (trapper(&alex).await, trapper(&kate).await);
    within(here.link(there.pid())).await;
    within(here.send(there.pid(), 1_u8)).await;
    there.get::<u8>().await;
    relay.hold();
    here.unlink(there.pid());
    there.unlink(here.pid());
    relay.open();
    // Two round trips: both acknowledgements have come.
    for _ in 0..2 {
        within(here.send(there.pid(), 1_u8)).await;
        there.get::<u8>().await;
        within(there.send(here.pid(), 1_u8)).await;
        here.get::<u8>().await;
    }
    assert_eq!((here.links(), there.links()), (vec![], vec![]));
    within(there.link(here.pid())).await;
    here.stop(Err(Reason::word("over")));
    // Either the link was there in time or the process was gone.
    let reason = there.exit_of(here.pid()).await;
    assert!([Reason::word("over"), Reason::NoProc].contains(&reason), "{reason}");
}

#[tokio::test]
async fn c25_kill_cannot_be_trapped_and_becomes_killed() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut me = trapper(&alex).await;
    let mut there = trapper(&kate).await;
    within(me.link(there.pid())).await;
    within(me.exit(there.pid(), Reason::word("please"))).await;
    let asked = Exit { from: me.pid(), reason: Reason::word("please") };
    assert_eq!(there.next::<Exit>().await, asked);
    within(me.exit(there.pid(), Reason::Kill)).await;
    assert_eq!(me.exit_of(there.pid()).await, Reason::Killed);
    there.has_nothing();
}

#[tokio::test]
async fn c25_kill_over_a_link_is_a_word_like_any_other() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut me = trapper(&alex).await;
    let pid = me.linked_servant(&kate).await;
    me.end(pid, Reason::Kill).await;
    assert_eq!(me.exit_of(pid).await, Reason::Kill);
    // Who does not trap it dies of it, under the same name.
    let plain = actor(&alex).await;
    let monitor = me.watch(plain.pid()).await;
    let pid = plain.linked_servant(&kate).await;
    me.end(pid, Reason::Kill).await;
    assert_eq!(me.down_of(monitor).await.reason, Reason::Kill);
}

#[tokio::test]
async fn c25_normal_from_another_is_ignored_unless_trapped() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut me = actor(&alex).await;
    let pid = me.servant(&kate).await;
    within(me.exit(pid, Reason::Normal)).await;
    me.ask(pid, 1).await;
    let mut there = trapper(&kate).await;
    within(me.exit(there.pid(), Reason::Normal)).await;
    let asked = Exit { from: me.pid(), reason: Reason::Normal };
    assert_eq!(there.next::<Exit>().await, asked);
    // From itself it is none from another.
    let mut watcher = actor(&kate).await;
    let monitor = watcher.watch(there.pid()).await;
    there.trap_exit(false);
    within(there.exit(there.pid(), Reason::Normal)).await;
    assert_eq!(watcher.down_of(monitor).await.reason, Reason::Normal);
}
