//! Remote spawn: one atomic request that always ends in a pid.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use moebi::{Config, Down, Exit, Function, Node, Process, Reason};
use tokio::runtime::Builder;

use crate::cluster::{Cluster, Screen, fresh_name, trapper, within};
use crate::functions::{END, OBEY, UNKNOWN, Word};
use crate::log::log;
use crate::relay::Relay;

#[tokio::test]
async fn c27_a_function_that_is_not_offered_ends_with_undef() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut me = trapper(&alex).await;
    let pid = within(me.spawn_link(kate.name(), UNKNOWN, ())).await;
    assert_eq!(pid.node(), kate.name());
    let undef = Reason::Undef("Semantics.unknown/0".into());
    assert_eq!(me.exit_of(pid).await, undef);
    let (pid, monitor) = within(me.spawn_monitor(kate.name(), UNKNOWN, ())).await;
    assert_eq!(pid.node(), kate.name());
    assert_eq!(me.down_of(monitor).await.reason, undef);
    log().shows(&[&pid.to_string(), "Semantics.unknown/0 is not offered"]).await;
}

/// The same name and number of arguments, but other types.
const OTHER_END: Function<(u8,), ()> = Function::new("Semantics", "end");

#[tokio::test]
async fn c27_arguments_the_function_cannot_read_end_with_a_clear_reason() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut me = trapper(&alex).await;
    let pid = within(me.spawn_link(kate.name(), OTHER_END, (1,))).await;
    let reason = me.exit_of(pid).await;
    let Reason::BadArgument(words) = &reason else { panic!("{reason}") };
    assert!(words.starts_with("Semantics.end/1 takes"), "{words}");
}

#[tokio::test]
async fn c27_an_absent_node_is_noconnection_and_never_a_wait() {
    let cluster = Cluster::start();
    let alex = cluster.node("alex").await;
    let ghost = fresh_name("ghost");
    let mut me = trapper(&alex).await;
    let (pid, monitor) = within(me.spawn_monitor(ghost.as_str(), OBEY, ())).await;
    let Down { object, reason, .. } = me.down_of(monitor).await;
    assert_eq!((object, reason), (pid.into(), Reason::NoConnection));
    let pid = within(me.spawn(ghost.as_str(), OBEY, ())).await;
    assert_eq!((pid.node(), me.is_alive(pid)), (alex.name(), Ok(false)));
    me.has_nothing();
}

#[tokio::test]
async fn c27_a_node_that_goes_while_the_request_is_under_way_is_noconnection() {
    let (home, abroad) = (Cluster::start(), Cluster::start());
    let (alex, kate) = (home.node("alex").await, abroad.node("kate").await);
    let relay = Relay::new(&home, &kate, &abroad).await;
    for held in [Relay::hold_requests, Relay::hold_replies] {
        relay.open();
        alex.meet(&kate).await;
        held(&relay);
        let (done, mut linked) = tokio::sync::oneshot::channel();
        let me = trapper(&alex).await;
        let kates = kate.name();
        let asking = tokio::spawn(async move {
            let pid = me.spawn_link(kates, OBEY, ()).await;
            let (other, monitor) =
                me.spawn_monitor(kates, END, (Reason::Normal,)).await;
            let _ = done.send((pid, other, monitor));
            me
        });
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert!(linked.try_recv().is_err());
        relay.cut();
        crate::cluster::sees(&alex, &[]).await;
        // The second request finds the relay closed for good.
        let mut me = within(asking).await.expect("no panic");
        let (pid, other, monitor) = linked.await.expect("an answer");
        assert_eq!(pid.node(), alex.name());
        let exit = Exit { from: pid, reason: Reason::NoConnection };
        assert_eq!(me.get::<Exit>().await, exit);
        let down = me.down_of(monitor).await;
        assert_eq!((down.object, down.reason), (other.into(), Reason::NoConnection));
        me.has_nothing();
    }
}

/// The answer to the request always comes before anything the process does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c27_the_pid_is_known_before_the_exit_comes() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut me = trapper(&alex).await;
    for round in 0..300 {
        let reason = Reason::word(&format!("round {round}"));
        let arguments = (reason.clone(),);
        if round % 2 == 0 {
            let pid = within(me.spawn_link(kate.name(), END, arguments)).await;
            assert_eq!(me.next::<Exit>().await, Exit { from: pid, reason });
        } else {
            let (pid, monitor) =
                within(me.spawn_monitor(kate.name(), END, arguments)).await;
            let down = me.next::<Down>().await;
            assert_eq!(
                down,
                Down { reference: monitor, object: pid.into(), reason }
            );
        }
    }
    assert_eq!(me.links(), []);
    me.has_nothing();
}

/// Who asks dies before the answer: the new process is ended by its link.
#[tokio::test]
async fn c27_a_process_linked_to_who_has_died_meanwhile_ends() {
    let (alex, kate, relay) = Relay::pair().await;
    let before = kate.processes();
    relay.hold_replies();
    let kates = kate.name();
    let (asked, has_asked) = tokio::sync::oneshot::channel();
    let asker = alex.spawn(move |me| async move {
        let _ = asked.send(());
        me.spawn_link(kates, OBEY, ()).await;
        Ok(())
    });
    within(has_asked).await.expect("a process that runs");
    let started = async {
        loop {
            let is_new = |pid: &moebi::Pid| !before.contains(pid);
            if let Some(new) = kate.processes().into_iter().find(is_new) {
                return new;
            }
            tokio::task::yield_now().await;
        }
    };
    let new = within(started).await;
    let mut there = trapper(&kate).await;
    let monitor = there.watch(new).await;
    let me = trapper(&alex).await;
    within(me.exit(asker, Reason::word("gone"))).await;
    relay.open();
    let reason = there.down_of(monitor).await.reason;
    assert!([Reason::word("gone"), Reason::NoProc].contains(&reason), "{reason}");
}

/// Starting a process and delivering a message both take locks, of the table and of a
/// process. Run on threads of its own, which are left behind if they wait for each other.
#[test]
fn c27_a_process_can_start_others_while_it_is_written_to() {
    let runtime = Builder::new_multi_thread().worker_threads(3).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let (done, started) = mpsc::channel();
    runtime.spawn(async move {
        let config = Config::new().output(Screen::default());
        let node = Node::start(config).await.expect("a node without a name");
        let over = Arc::new(AtomicBool::new(false));
        let told = over.clone();
        let parent = node.spawn(async move |mut me: Process| {
            for number in 0..30_000_u32 {
                me.spawn_link_here(async |_| Ok(()));
                me.spawn_monitor_here(async |_| Ok(()));
                if number.is_multiple_of(64) {
                    me.flush();
                    tokio::task::yield_now().await;
                }
            }
            told.store(true, Ordering::Relaxed);
            let _ = done.send(());
            Ok(())
        });
        for _ in 0..2 {
            let over = over.clone();
            node.spawn(async move |me: Process| {
                while !over.load(Ordering::Relaxed) {
                    me.send(parent, Word(1)).await;
                }
                Ok(())
            });
        }
    });
    let started = started.recv_timeout(Duration::from_secs(20));
    runtime.shutdown_background();
    assert_eq!(started, Ok(()), "two threads wait for each other");
}
