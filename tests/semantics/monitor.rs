//! Monitors of processes and of nodes.

use moebi::{Address, NodeDown, Reason};

use super::cluster::{Cluster, actor, fresh_name, within};

#[tokio::test]
async fn s37_a_monitor_of_nobody_fires_at_once() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut me = actor(&alex).await;

    let object = Address::from(("nobody", kate.name()));
    let monitor = within(me.monitor(object.clone())).await;
    let down = me.down_of(monitor).await;
    assert_eq!((down.object, down.reason), (object, Reason::NoProc));

    let pid = me.servant(&kate).await;
    let monitor = me.watch(pid).await;
    me.end(pid, Reason::Shutdown).await;
    assert_eq!(me.down_of(monitor).await.reason, Reason::Shutdown);
    let monitor = within(me.monitor(pid)).await;
    let down = me.down_of(monitor).await;
    assert_eq!((down.object, down.reason), (Address::Pid(pid), Reason::NoProc));

    let object = Address::from(("nobody", fresh_name("ghost").as_str()));
    let monitor = within(me.monitor(object.clone())).await;
    let down = me.down_of(monitor).await;
    assert_eq!((down.object, down.reason), (object, Reason::NoConnection));

    within(kate.stop()).await;
    let monitor = within(me.monitor(pid)).await;
    assert_eq!(me.down_of(monitor).await.reason, Reason::NoConnection);
    me.has_nothing();
}

#[tokio::test]
async fn s38_a_monitor_of_an_absent_node_fires_at_once() {
    let cluster = Cluster::start();
    let alex = cluster.node("alex").await;
    let ghost = fresh_name("ghost");
    let mut me = actor(&alex).await;
    within(me.monitor_node(ghost.as_str())).await;
    let NodeDown { node, .. } = me.get().await;
    assert_eq!(node.as_str(), ghost);
    me.has_nothing();
}
