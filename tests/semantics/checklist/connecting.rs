//! How connections come about, and what a second attempt does.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use moebi::dist::cookie::Cookie;
use moebi::dist::epmd;
use moebi::{Connected, Exit, NodeDown, NodeDownReason, NodeUp, Ping, Reason};
use tokio::net::{TcpListener, TcpStream};

use crate::cluster::{Cluster, actor, fresh_name, sees, trapper, within};
use crate::functions::{OBEY, Order, Word};
use crate::relay::Relay;

#[tokio::test]
async fn c01_the_first_send_connects_and_no_send_fails() {
    let cluster = Cluster::start();
    let (alex, kate) = (cluster.node("alex").await, cluster.node("kate").await);
    let (mut kates, mut me) = (actor(&kate).await, actor(&alex).await);
    me.register("alex", me.pid()).expect("a free name");
    assert_eq!((alex.list(), kate.list()), (vec![], vec![]));
    within(kates.send(("alex", alex.name()), Word(1))).await;
    assert_eq!(me.next::<Word>().await, Word(1));
    assert_eq!((alex.list(), kate.list()), (vec![kate.name()], vec![alex.name()]));
    // The same connection serves the other direction.
    kates.monitor_nodes(Some(true));
    within(me.send(kates.pid(), Word(2))).await;
    assert_eq!(kates.next::<Word>().await, Word(2));
    // A node that is not there is no error either.
    within(me.send(("nobody", fresh_name("ghost").as_str()), Word(3))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c02_two_nodes_that_dial_each_other_at_once_get_one_connection() {
    let cluster = Cluster::start();
    for _ in 0..40 {
        let (alex, kate) = (cluster.node("alex").await, cluster.node("kate").await);
        let (mut alexs, mut kates) = (actor(&alex).await, actor(&kate).await);
        alexs.monitor_nodes(Some(true));
        kates.monitor_nodes(Some(true));
        let (one, other) = (alex.node.clone(), kate.node.clone());
        let one = tokio::spawn(async move { one.connect(other.name()).await });
        let (other, first) = (kate.node.clone(), alex.name());
        let other = tokio::spawn(async move { other.connect(first).await });
        assert_eq!(within(one).await.expect("no panic"), Connected::True);
        assert_eq!(within(other).await.expect("no panic"), Connected::True);
        sees(&alex, &[kate.name()]).await;
        sees(&kate, &[alex.name()]).await;
        // Both directions work, and nothing but one nodeup came on either side.
        within(alexs.send(kates.pid(), Word(1))).await;
        within(kates.send(alexs.pid(), Word(2))).await;
        assert_eq!(alexs.next::<NodeUp>().await.node, kate.name());
        assert_eq!(alexs.next::<Word>().await, Word(2));
        assert_eq!(kates.next::<NodeUp>().await.node, alex.name());
        assert_eq!(kates.next::<Word>().await, Word(1));
        alexs.has_nothing();
        kates.has_nothing();
        within(alex.stop()).await;
        within(kate.stop()).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c02_two_nodes_that_lost_each_other_meet_again_at_once() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    for round in 0..40 {
        let breaker = if round % 2 == 0 { &alex } else { &kate };
        let other = if round % 2 == 0 { kate.name() } else { alex.name() };
        assert!(breaker.disconnect(other));
        let (one, other) = (alex.node.clone(), kate.node.clone());
        let one = tokio::spawn(async move { one.ping(other.name()).await });
        let (other, first) = (kate.node.clone(), alex.name());
        let other = tokio::spawn(async move { other.ping(first).await });
        assert_eq!(within(one).await.expect("no panic"), Ping::Pong);
        assert_eq!(within(other).await.expect("no panic"), Ping::Pong);
        sees(&alex, &[kate.name()]).await;
        sees(&kate, &[alex.name()]).await;
        let mut me = trapper(&alex).await;
        let pid = me.linked_servant(&kate).await;
        me.ask(pid, round).await;
        me.end(pid, Reason::Normal).await;
        assert_eq!(me.exit_of(pid).await, Reason::Normal);
    }
}

/// The old incarnation is behind a relay that lets nobody know that it is dead.
#[tokio::test]
async fn c03_a_restarted_node_replaces_the_connection_of_its_old_self() {
    let (home, abroad) = (Cluster::start(), Cluster::start());
    let alex = home.node("alex").await;
    let relay = Relay::new(&abroad, &alex, &home).await;
    let name = fresh_name("kate");
    let old = abroad.apart_named(&name).await;
    old.meet(&alex).await;
    let mut me = trapper(&alex).await;
    let pid = me.linked_servant(&old).await;
    let monitor = me.watch(pid).await;
    let mut watcher = actor(&alex).await;
    watcher.monitor_nodes(Some(true));
    relay.hold();
    old.crash();

    let new = home.member(&name, |config| config).await;
    assert_eq!(within(new.ping(alex.name())).await, Ping::Pong);
    // What the old connection held together is told before the new one comes up.
    assert_eq!(me.exit_of(pid).await, Reason::NoConnection);
    assert_eq!(me.down_of(monitor).await.reason, Reason::NoConnection);
    let NodeDown { node, reason, .. } = watcher.next().await;
    assert_eq!((node, reason), (new.name(), NodeDownReason::ConnectionClosed));
    assert_eq!(watcher.next::<NodeUp>().await.node, new.name());
    sees(&alex, &[new.name()]).await;
    me.linked_servant(&new).await;
    me.has_nothing();
}

#[tokio::test]
async fn c04_a_node_does_not_dial_itself() {
    let cluster = Cluster::start();
    let alex = cluster.node("alex").await;
    assert_eq!(within(alex.connect(alex.name())).await, Connected::True);
    assert_eq!((alex.list(), alex.list_hidden()), (vec![], vec![]));
}

/// Somebody accepts the connection and says nothing.
#[tokio::test]
async fn c04_a_dial_has_a_time_limit() {
    let cluster = Cluster::start();
    let mute = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let port = mute.local_addr().expect("an address").port();
    let name = fresh_name("mute");
    let alive = name.strip_suffix("@localhost").expect("a host");
    let registered = epmd::register(cluster.mapper(), alive, port, false);
    let _registered = within(registered).await.expect("a free name");
    let quick =
        |config: moebi::Config| config.setup_time(Duration::from_millis(100));
    let alex = cluster.node_with("alex", quick).await;
    assert_eq!(within(alex.ping(name.as_str())).await, Ping::Pang);
    // A spawn there does not hang either.
    let mut me = trapper(&alex).await;
    let pid = within(me.spawn_link(name.as_str(), OBEY, ())).await;
    assert_eq!(
        me.get::<Exit>().await,
        Exit { from: pid, reason: Reason::NoConnection }
    );
}

/// The network takes everything and delivers nothing.
#[tokio::test]
async fn c04_a_dial_into_silence_ends() {
    let (home, abroad) = (Cluster::start(), Cluster::start());
    let quick =
        |config: moebi::Config| config.setup_time(Duration::from_millis(300));
    let alex = home.node_with("alex", quick).await;
    let kate = abroad.node_with("kate", quick).await;
    let relay = Relay::new(&home, &kate, &abroad).await;
    relay.hold();
    assert_eq!(within(alex.ping(kate.name())).await, Ping::Pang);
    relay.cut();
    relay.open();
    assert_eq!(within(alex.ping(kate.name())).await, Ping::Pong);
    let mut me = actor(&alex).await;
    let pid = me.servant(&kate).await;
    me.order(pid, Order::Echo { to: me.pid(), word: 1 }).await;
    assert_eq!(me.get::<Word>().await, Word(1));
}

#[tokio::test]
async fn c07_a_hidden_node_connects_to_whom_it_names_and_to_nobody_else() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let ghost = cluster.node_with("ghost", |config| config.hidden(true)).await;
    assert_eq!(within(ghost.ping(alex.name())).await, Ping::Pong);
    // The introductions would have come before this answer.
    let mut me = actor(&ghost).await;
    let pid = me.servant(&alex).await;
    me.ask(pid, 1).await;
    assert_eq!(ghost.list_hidden(), [alex.name()]);
    assert_eq!(kate.list_hidden(), []);
    // It can be talked to, if one knows its name.
    let kates = actor(&kate).await;
    kates.servant(&ghost).await;
    assert_eq!(kate.list(), [alex.name()]);
    assert_eq!(kate.list_hidden(), [ghost.name()]);
}

#[test]
fn c09_a_cookie_file_is_made_and_only_its_owner_may_read_it() {
    let folder = std::env::temp_dir().join(fresh_name("cookie"));
    std::fs::create_dir(&folder).expect("a folder");
    let file = folder.join(".erlang.cookie");
    let made = Cookie::load_from(&file).expect("a new cookie");
    let read = Cookie::load_from(&file).expect("the same cookie");
    assert!(made.verify(1, &read.digest(1)));
    let mode = std::fs::metadata(&file).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o400);
    let open = std::fs::Permissions::from_mode(0o440);
    std::fs::set_permissions(&file, open).expect("our own file");
    let refused = Cookie::load_from(&file).expect_err("a cookie others can read");
    assert!(refused.to_string().contains("must be accessible by owner only"));
    std::fs::remove_dir_all(&folder).expect("our own folder");
}

#[tokio::test]
async fn c29_a_node_of_this_machine_is_reached_at_its_loopback_address_only() {
    let cluster = Cluster::start();
    let kate = cluster.node("kate").await;
    let found = within(epmd::lookup(cluster.mapper(), kate.name().alive())).await;
    let port = found.expect("a port mapper").expect("kate's port");
    within(TcpStream::connect(("127.0.0.1", port))).await.expect("kate listens");
    // Another address of the same machine, which a listener on all of them has too.
    assert!(within(TcpStream::connect(("127.0.0.2", port))).await.is_err());
}
