//! Ticks, closed sockets, and links that are lost.

use std::time::Duration;

use moebi::{Config, Down, Exit, NodeDown, NodeDownReason, NodeUp, Ping, Reason};
use tokio::time::sleep;

use crate::cluster::{Actor, Cluster, actor, sees, trapper, within};
use crate::functions::Word;
use crate::relay::Relay;

const TICK: Duration = Duration::from_millis(400);

fn ticking(config: Config) -> Config {
    config.tick_time(TICK)
}

#[tokio::test]
async fn c10_ticks_keep_an_idle_link_alive() {
    let cluster = Cluster::start();
    let alex = cluster.node_with("alex", ticking).await;
    let kate = cluster.node_with("kate", ticking).await;
    alex.meet(&kate).await;
    let mut watcher = actor(&alex).await;
    watcher.monitor_nodes(Some(true));
    // There is no event to wait for: that there is none is the point.
    sleep(3 * TICK).await;
    assert_eq!((alex.list(), kate.list()), (vec![kate.name()], vec![alex.name()]));
    watcher.has_nothing();
}

#[tokio::test]
async fn c10_a_silent_peer_is_down_with_net_tick_timeout() {
    let (alex, kate, relay) = Relay::pair_with(ticking).await;
    let (mut here, mut there) = (trapper(&alex).await, actor(&kate).await);
    let pid = here.linked_servant(&kate).await;
    here.monitor_nodes(Some(false));
    there.monitor_nodes(Some(false));
    relay.hold();
    assert_eq!(here.exit_of(pid).await, Reason::NoConnection);
    let NodeDown { node, reason, .. } = here.next().await;
    assert_eq!((node, reason), (kate.name(), NodeDownReason::NetTickTimeout));
    let NodeDown { node, reason, .. } = there.next().await;
    assert_eq!((node, reason), (alex.name(), NodeDownReason::NetTickTimeout));
}

/// What alex says reaches kate, so only alex hears nothing.
#[tokio::test]
async fn c10_a_peer_that_cannot_be_heard_is_down_though_it_hears() {
    let (alex, kate, relay) = Relay::pair_with(ticking).await;
    let (mut here, mut there) = (actor(&alex).await, actor(&kate).await);
    here.monitor_nodes(Some(false));
    there.monitor_nodes(Some(false));
    relay.hold_replies();
    assert_eq!(here.get::<NodeDown>().await.reason, NodeDownReason::NetTickTimeout);
    let there = there.get::<NodeDown>().await;
    assert_eq!(there.reason, NodeDownReason::ConnectionClosed);
}

#[tokio::test]
async fn c11_a_closed_socket_is_nodedown_at_once() {
    let (alex, kate, relay) = Relay::pair().await;
    let (mut here, mut there) = (actor(&alex).await, actor(&kate).await);
    here.monitor_nodes(Some(false));
    there.monitor_nodes(Some(false));
    relay.cut();
    // The tick time is a minute: it was not needed.
    for (watcher, lost) in [(&mut here, kate.name()), (&mut there, alex.name())] {
        let NodeDown { node, reason, .. } = watcher.get().await;
        assert_eq!((node, reason), (lost, NodeDownReason::ConnectionClosed));
    }
}

#[tokio::test]
async fn c12_what_was_lost_with_a_link_is_not_sent_again() {
    let (alex, kate, relay) = Relay::pair().await;
    let (mut here, mut there) = (actor(&alex).await, actor(&kate).await);
    here.monitor_nodes(Some(true));
    within(here.send(there.pid(), Word(1))).await;
    assert_eq!(there.next::<Word>().await, Word(1));
    relay.hold();
    for lost in 2..10 {
        within(here.send(there.pid(), Word(lost))).await;
    }
    relay.cut();
    assert_eq!(here.get::<NodeDown>().await.node, kate.name());
    sees(&kate, &[]).await;
    relay.open();
    assert_eq!(within(alex.ping(kate.name())).await, Ping::Pong);
    assert_eq!(here.get::<NodeUp>().await.node, kate.name());
    within(here.send(there.pid(), Word(10))).await;
    assert_eq!(there.next::<Word>().await, Word(10));
    there.has_nothing();
}

/// A gap is only ever the end of what one connection brought.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c20_signals_are_lost_only_from_the_end_of_a_connection() {
    let (alex, kate, relay) = Relay::pair().await;
    let mut there = actor(&kate).await;
    let mut sent = 0;
    for _ in 0..20 {
        let me = actor(&alex).await;
        let first = sent;
        for _ in 0..200 {
            within(me.send(there.pid(), Word(sent))).await;
            sent += 1;
        }
        relay.cut();
        sees(&alex, &[]).await;
        sees(&kate, &[]).await;
        // What came is the beginning of what was sent, without a gap.
        let came = there.all::<Word>();
        let beginning = (first..sent).map(Word).take(came.len());
        assert!(came.iter().eq(beginning.collect::<Vec<_>>().iter()), "{came:?}");
        relay.open();
        assert_eq!(within(alex.ping(kate.name())).await, Ping::Pong);
    }
}

/// On both sides: links, monitors, and only then the news of the node.
#[tokio::test]
async fn c24_a_lost_link_breaks_links_and_monitors_on_both_sides_before_nodedown() {
    let (alex, kate, relay) = Relay::pair().await;
    let (mut here, mut there) = (trapper(&alex).await, trapper(&kate).await);
    within(here.link(there.pid())).await;
    within(here.monitor(there.pid())).await;
    within(there.monitor(here.pid())).await;
    // A linked process that does not trap, and one that is only monitored.
    let linked = here.linked_servant(&kate).await;
    let free = here.servant(&kate).await;
    within(here.monitor(free)).await;
    let mut observer = actor(&kate).await;
    let ended = observer.watch(linked).await;
    // Everything is in place when both have heard from each other.
    within(here.send(there.pid(), Word(1))).await;
    assert_eq!(there.get::<Word>().await, Word(1));
    within(there.send(here.pid(), Word(2))).await;
    assert_eq!(here.get::<Word>().await, Word(2));
    here.monitor_nodes(Some(true));
    there.monitor_nodes(Some(true));
    relay.cut();

    let signals = until_nodedown(&mut here).await;
    assert_eq!(signals, ["down", "down", "exit", "exit"]);
    let signals = until_nodedown(&mut there).await;
    assert_eq!(signals, ["down", "exit"]);
    assert_eq!(observer.down_of(ended).await.reason, Reason::NoConnection);
    // It may still live, and does: it was neither linked nor told anything.
    assert_eq!(there.is_alive(free), Ok(true));
}

/// What a lost connection does to a process, sorted; all of it before `nodedown`.
async fn until_nodedown(me: &mut Actor) -> Vec<&'static str> {
    let mut signals = Vec::new();
    loop {
        let next = within(me.receive_any()).await;
        let next = match next.open::<Exit>() {
            Ok(exit) => {
                assert_eq!(exit.reason, Reason::NoConnection);
                signals.push("exit");
                continue;
            }
            Err(other) => other,
        };
        match next.open::<Down>() {
            Ok(down) => {
                assert_eq!(down.reason, Reason::NoConnection);
                signals.push("down");
            }
            Err(other) => {
                assert!(other.open::<NodeDown>().is_ok());
                signals.sort_unstable();
                return signals;
            }
        }
    }
}
