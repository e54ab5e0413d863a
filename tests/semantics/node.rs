//! Nodes: names, connecting, lists, going down.

use moebi::dist::cookie::Cookie;
use moebi::{
    Config, Connected, Node, NodeDown, NodeDownReason, NodeName, NodeUp, Ping,
    StartError,
};

use super::cluster::{Cluster, Screen, actor, fresh_name, sees, within};
use super::log::log;

#[tokio::test]
async fn s01_a_node_without_a_name_is_alone() {
    let cluster = Cluster::start();
    let kate = cluster.node("kate").await;
    let nobody = Node::start(Config::new().output(Screen::default())).await;
    let nobody = nobody.expect("a node without a name");
    assert!(!nobody.is_alive());
    assert_eq!(nobody.name().as_str(), "nonode@nohost");
    assert_eq!(nobody.list(), []);
    assert_eq!(within(nobody.connect(kate.name())).await, Connected::Ignored);
    assert_eq!(within(nobody.ping(kate.name())).await, Ping::Pang);
}

#[tokio::test]
async fn s02_a_name_without_a_host_gets_this_machines() {
    let cluster = Cluster::start();
    let name = fresh_name("plain");
    let (alive, _) = name.split_once('@').expect("a host");
    let plain = cluster.member(alive, |config| config).await;
    assert_eq!(plain.name().alive(), alive);
    let host = gethostname::gethostname().to_string_lossy().into_owned();
    assert_eq!(plain.name().host(), host.split('.').next().expect("a part"));
}

#[tokio::test]
async fn s03_a_second_node_of_a_name_does_not_start() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let second = Node::start(cluster.config(kate.name().as_str())).await;
    let Err(refused) = second.map(|_| ()) else { panic!("two nodes of one name") };
    assert!(matches!(refused, StartError::NameInUse(_)));
    assert_eq!(
        refused.to_string(),
        format!(
            "Protocol 'inet_tcp': the name {} seems to be in use by another Erlang node",
            kate.name()
        )
    );
    // The first one is undisturbed.
    assert_eq!(alex.list(), [kate.name()]);
    let moebi = cluster.node("moebi").await;
    assert_eq!(within(moebi.ping(kate.name())).await, Ping::Pong);
}

#[tokio::test]
async fn s04_short_and_long_names_do_not_mix() {
    let cluster = Cluster::start();
    let short = cluster.node("short").await;
    let name = fresh_name("long").replace("localhost", "127.0.0.1");
    let long = Config::new()
        .long_name(&name)
        .cookie(Cookie::new("semantics"))
        .epmd_port(cluster.mapper().port())
        .output(Screen::default());
    let long = Node::start(long).await.expect("a node with a long name");
    assert_eq!(within(short.ping(long.name())).await, Ping::Pang);
    log()
        .shows(&["** System NOT running to use fully qualified hostnames **"])
        .await;
    assert_eq!(within(long.ping(short.name())).await, Ping::Pang);
    log().shows(&["** System running to use fully qualified hostnames **"]).await;
    assert_eq!((short.list(), long.list()), (vec![], vec![]));
}

#[tokio::test]
async fn s05_ping_says_pong_or_pang() {
    let cluster = Cluster::start();
    let (alex, kate) = (cluster.node("alex").await, cluster.node("kate").await);
    assert_eq!(within(alex.ping(kate.name())).await, Ping::Pong);
    assert_eq!(within(alex.ping(fresh_name("ghost").as_str())).await, Ping::Pang);
    assert_eq!(within(alex.ping(alex.name())).await, Ping::Pong);
    assert_eq!(within(alex.ping("kate")).await, Ping::Pang);
}

#[tokio::test]
async fn s06_connect_says_true_or_false() {
    let cluster = Cluster::start();
    let (alex, kate) = (cluster.node("alex").await, cluster.node("kate").await);
    assert_eq!(within(alex.connect(kate.name())).await, Connected::True);
    assert_eq!(within(alex.connect(kate.name())).await, Connected::True);
    let ghost = fresh_name("ghost");
    assert_eq!(within(alex.connect(ghost.as_str())).await, Connected::False);
    assert_eq!(within(alex.connect(alex.name())).await, Connected::True);
    // Without a name: s01.
}

#[tokio::test]
async fn s07_the_list_is_symmetric_and_without_oneself_and_hidden_nodes() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let ghost = cluster.node_with("ghost", |config| config.hidden(true)).await;
    assert_eq!(within(ghost.connect(alex.name())).await, Connected::True);
    let mut watcher = actor(&alex).await;
    watcher.monitor_nodes(Some(true));
    while alex.list_hidden() != [ghost.name()] {
        watcher.get::<NodeUp>().await;
    }
    assert_eq!(alex.list(), [kate.name()]);
    assert_eq!(kate.list(), [alex.name()]);
    assert_eq!(kate.list_hidden(), []);
}

#[tokio::test]
async fn s08_who_connects_to_one_meets_all() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let moebi = cluster.node("moebi").await;
    assert_eq!(within(alex.connect(moebi.name())).await, Connected::True);
    sees(&alex, &[kate.name(), moebi.name()]).await;
    sees(&kate, &[alex.name(), moebi.name()]).await;
    sees(&moebi, &[alex.name(), kate.name()]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s08_a_mesh_closes_even_if_all_connect_at_once() {
    for _ in 0..10 {
        let cluster = Cluster::start();
        let hub = cluster.node("hub").await;
        let mut all = vec![hub];
        for _ in 0..4 {
            all.push(cluster.node("spoke").await);
        }
        let hub = all[0].name();
        let dials: Vec<_> = all[1..]
            .iter()
            .map(|spoke| {
                let spoke = spoke.node.clone();
                tokio::spawn(async move { spoke.connect(hub).await })
            })
            .collect();
        for dial in dials {
            assert_eq!(within(dial).await.expect("no panic"), Connected::True);
        }
        for one in &all {
            let others = all.iter().map(|other| other.name());
            let others: Vec<NodeName> =
                others.filter(|other| *other != one.name()).collect();
            sees(one, &others).await;
        }
    }
}

#[tokio::test]
async fn s09_a_hidden_node_is_not_passed_on() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut plain = actor(&alex).await;
    plain.monitor_nodes(Some(false));
    let mut all = actor(&alex).await;
    all.monitor_nodes(Some(true));
    let ghost = cluster.node_with("ghost", |config| config.hidden(true)).await;
    assert_eq!(within(ghost.connect(alex.name())).await, Connected::True);
    assert_eq!(
        all.get::<NodeUp>().await,
        NodeUp { node: ghost.name(), hidden: true }
    );
    // A visible node comes after it, and is the first that the plain subscriber and
    // kate hear of.
    let mut kates = actor(&kate).await;
    kates.monitor_nodes(Some(true));
    let moebi = cluster.node("moebi").await;
    moebi.meet(&alex).await;
    assert_eq!(plain.get::<NodeUp>().await.node, moebi.name());
    assert_eq!(kates.get::<NodeUp>().await.node, moebi.name());
    // A hidden node sees all its connections as hidden.
    assert_eq!((ghost.list(), ghost.list_hidden()), (vec![], vec![alex.name()]));
    assert_eq!(kate.list_hidden(), []);
}

#[tokio::test]
async fn s11_disconnect_cuts_the_pair_and_nothing_else() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let moebi = cluster.node("moebi").await;
    moebi.meet(&alex).await;
    sees(&kate, &[alex.name(), moebi.name()]).await;
    assert!(alex.disconnect(kate.name()));
    sees(&alex, &[moebi.name()]).await;
    sees(&kate, &[moebi.name()]).await;
    sees(&moebi, &[alex.name(), kate.name()]).await;
    // The two can be reached from each other as soon as somebody wants to.
    assert_eq!(within(kate.ping(alex.name())).await, Ping::Pong);
}

#[tokio::test]
async fn s12_disconnect_of_a_stranger_says_false() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    assert!(!alex.disconnect(fresh_name("ghost").as_str()));
    assert!(alex.disconnect(kate.name()));
    sees(&alex, &[]).await;
    assert!(!alex.disconnect(kate.name()));
}

#[tokio::test]
async fn s15_a_node_that_stops_is_down_with_connection_closed() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut watcher = actor(&alex).await;
    watcher.monitor_nodes(Some(false));
    within(kate.stop()).await;
    let down = watcher.get::<NodeDown>().await;
    assert_eq!(down.node, kate.name());
    assert_eq!(down.reason, NodeDownReason::ConnectionClosed);
    // The name is free.
    cluster.member(kate.name().as_str(), |config| config).await;
}

#[tokio::test]
async fn s16_disconnect_is_down_with_disconnect_here_and_closed_there() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let (mut here, mut there) = (actor(&alex).await, actor(&kate).await);
    here.monitor_nodes(Some(false));
    there.monitor_nodes(Some(false));
    assert!(alex.disconnect(kate.name()));
    assert_eq!(here.get::<NodeDown>().await.reason, NodeDownReason::Disconnect);
    let there = there.get::<NodeDown>().await;
    assert_eq!(there.node, alex.name());
    assert_eq!(there.reason, NodeDownReason::ConnectionClosed);
}

#[tokio::test]
async fn s18_a_node_that_crashes_is_down_at_once() {
    let cluster = Cluster::start();
    let (alex, kate) = (cluster.node("alex").await, cluster.apart("kate").await);
    alex.meet(&kate).await;
    let mut watcher = actor(&alex).await;
    within(watcher.monitor_node(kate.name())).await;
    let name = kate.name();
    kate.crash();
    let down = watcher.get::<NodeDown>().await;
    assert_eq!(down.node, name);
    assert_eq!(down.reason, NodeDownReason::ConnectionClosed);
}
