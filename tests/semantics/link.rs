//! Links across nodes.

use moebi::{Down, Exit, Reason};
use serde::{Deserialize, Serialize};

use super::cluster::{Cluster, Member, actor, fresh_name, trapper, within};
use super::functions::{END, OBEY, Order};
use super::log::log;

#[tokio::test]
async fn s29_a_remote_panic_ends_the_linker_and_is_logged_on_both_sides() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let me = actor(&alex).await;
    let mut watcher = actor(&alex).await;
    let monitor = watcher.watch(me.pid()).await;
    let pid = me.linked_servant(&kate).await;
    me.order(pid, Order::Panic("this is s29".into())).await;
    let Down { reason, .. } = watcher.down_of(monitor).await;
    assert_eq!(reason, Reason::Exception("this is s29".into()));
    let id = pid.to_string();
    log()
        .shows(&[&format!("Process {id} raised an exception"), "this is s29"])
        .await;
    let there = format!("Process {id} on node {} raised an exception", kate.name());
    log().shows(&[&there, "this is s29"]).await;
    // The linker did not crash, it was ended: nothing is said of it.
    assert_eq!(log().lines_with(&[&id]).len(), 2);
    assert!(log().lines_with(&[&me.pid().to_string()]).is_empty());
}

#[tokio::test]
async fn s30_a_remote_panic_is_a_message_to_a_linker_that_traps() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut me = trapper(&alex).await;
    let pid = me.linked_servant(&kate).await;
    me.order(pid, Order::Panic("this is s30".into())).await;
    let exit = me.get::<Exit>().await;
    let reason = Reason::Exception("this is s30".into());
    assert_eq!(exit, Exit { from: pid, reason });
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Ball(u32);

async fn exits_with(alex: &Member, kate: &Member, reason: Reason) {
    let mut me = trapper(alex).await;
    let pid = within(me.spawn_link(kate.name(), END, (reason.clone(),))).await;
    assert_eq!(me.exit_of(pid).await, reason);
    assert!(log().lines_with(&[&pid.to_string()]).is_empty());
}

#[tokio::test]
async fn s31_the_reason_of_an_exit_arrives_as_it_was_given_and_is_not_logged() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    for reason in [
        Reason::word("oops"),
        Reason::Shutdown,
        Reason::ShutdownWith(moebi::Term::of(&1_u8)),
        Reason::of(&Ball(7)),
        Reason::Normal,
    ] {
        exits_with(&alex, &kate, reason).await;
    }
    let Reason::Term(ball) = Reason::of(&Ball(7)) else { panic!("a term") };
    assert_eq!(ball.get::<Ball>(), Some(Ball(7)));
}

#[tokio::test]
async fn s32_a_normal_end_does_not_touch_the_linker() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut me = actor(&alex).await;
    let pid = me.linked_servant(&kate).await;
    let monitor = me.watch(pid).await;
    me.end(pid, Reason::Normal).await;
    assert_eq!(me.down_of(monitor).await.reason, Reason::Normal);
    // The exit signal has come too by the time of another answer from there.
    let other = me.servant(&kate).await;
    me.ask(other, 1).await;
    assert_eq!(me.is_alive(me.pid()), Ok(true));
    assert_eq!(me.links(), []);
    me.has_nothing();
}

#[tokio::test]
async fn s34_the_linkers_reason_ends_the_remote_process() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut me = actor(&alex).await;
    let pid = me.linked_servant(&kate).await;
    let mut watcher = actor(&kate).await;
    let monitor = watcher.watch(pid).await;
    me.stop(Err(Reason::word("local_crash")));
    assert_eq!(watcher.down_of(monitor).await.reason, Reason::word("local_crash"));
}

#[tokio::test]
async fn s35_the_death_of_a_node_is_noconnection_to_its_linkers() {
    let cluster = Cluster::start();
    let (alex, kate) = (cluster.node("alex").await, cluster.apart("kate").await);
    alex.meet(&kate).await;
    let mut traps = trapper(&alex).await;
    let trapped = traps.linked_servant(&kate).await;
    let dies = actor(&alex).await;
    dies.linked_servant(&kate).await;
    let monitor = traps.watch(dies.pid()).await;
    kate.crash();
    assert_eq!(traps.exit_of(trapped).await, Reason::NoConnection);
    assert_eq!(traps.down_of(monitor).await.reason, Reason::NoConnection);
}

#[tokio::test]
async fn s36_spawn_link_on_an_absent_node_gives_a_local_pid_and_an_exit() {
    let cluster = Cluster::start();
    let alex = cluster.node("alex").await;
    let ghost = fresh_name("ghost");
    let mut me = trapper(&alex).await;
    let pid = within(me.spawn_link(ghost.as_str(), OBEY, ())).await;
    assert_eq!(pid.node(), alex.name());
    assert_eq!(me.exit_of(pid).await, Reason::NoConnection);
    let words = ["WARN", "** Can not start Semantics.obey/0", "[link]", &ghost];
    assert_eq!(log().lines_with(&words).len(), 1);
    // Who does not trap dies of it.
    let dies = actor(&alex).await;
    let monitor = me.watch(dies.pid()).await;
    within(dies.spawn_link(ghost.as_str(), OBEY, ())).await;
    assert_eq!(me.down_of(monitor).await.reason, Reason::NoConnection);
}

#[tokio::test]
async fn s39_a_link_to_a_dead_process_is_noproc() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut me = trapper(&alex).await;
    let pid = me.servant(&kate).await;
    let monitor = me.watch(pid).await;
    me.end(pid, Reason::Normal).await;
    me.down_of(monitor).await;
    within(me.link(pid)).await;
    assert_eq!(me.exit_of(pid).await, Reason::NoProc);
}
