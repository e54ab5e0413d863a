//! Applications: trees that start and stop with their node, and how a node stops.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use moebi::otp::{
    Application, ApplicationError, ChildSpec, StartLinkError, Strategy, Supervisor,
};
use moebi::{Exit, Node, NodeDown, NodeDownReason, Pid, Process, Reason, receive};
use parking_lot::Mutex;
use tokio::sync::{Notify, oneshot};

use super::cluster::{Cluster, actor, fresh_name, is_pending, within};
use super::functions::Word;
use super::log::log;

/// Prints and sends, when it is asked to end.
fn last_words(id: &'static str, word: u64, to: Pid) -> ChildSpec {
    ChildSpec::process(id, move |mut me: Process| async move {
        me.trap_exit(true);
        receive! { me,
            Exit { reason, .. } => {
                me.puts(format!("{id} ends")).await?;
                me.send(to, Word(word)).await;
                Err(reason)
            }
        }
    })
}

fn one(child: ChildSpec) -> Supervisor {
    Supervisor::new(Strategy::OneForOne).child(child)
}

fn idle(id: &str) -> ChildSpec {
    ChildSpec::process(id, |_| pending())
}

#[tokio::test]
async fn a_node_that_stops_ends_its_trees_in_order_and_says_what_they_say() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut far = actor(&kate).await;
    let first = Supervisor::new(Strategy::OneForOne)
        .child(last_words("a", 1, far.pid()))
        .child(last_words("b", 2, far.pid()));
    let second = one(last_words("c", 3, far.pid()));
    for (name, tree) in [("first", first), ("second", second)] {
        let started = within(Application::start(&alex, name, tree)).await;
        started.expect("an application that starts");
    }
    within(alex.stop()).await;
    assert_eq!(alex.terminal.lines(), ["c ends", "b ends", "a ends"]);
    for word in [3, 2, 1] {
        assert_eq!(far.next::<Word>().await, Word(word));
    }
    assert_eq!(alex.processes(), []);
}

/// There need not be a connection before: it is made while the node stops.
#[tokio::test]
async fn a_tree_that_ends_can_still_connect() {
    let cluster = Cluster::start();
    let (alex, kate) = (cluster.node("alex").await, cluster.node("kate").await);
    let mut far = actor(&kate).await;
    let tree = one(last_words("a", 1, far.pid()));
    let started = within(Application::start(&alex, "chat", tree)).await;
    started.expect("an application that starts");
    assert_eq!(alex.list(), []);
    within(alex.stop()).await;
    assert_eq!(far.next::<Word>().await, Word(1));
}

#[tokio::test]
async fn an_application_can_be_stopped_while_the_node_goes_on() {
    let cluster = Cluster::start();
    let alex = cluster.node("alex").await;
    let mut me = actor(&alex).await;
    let before = alex.processes().len();
    let tree = one(last_words("a", 1, me.pid()));
    let chat = within(Application::start(&alex, "chat", tree)).await;
    let chat = chat.expect("an application that starts");
    assert_eq!(me.is_alive(chat.supervisor()), Ok(true));
    assert_eq!(within(chat.stop()).await, Reason::Shutdown);
    assert_eq!(me.next::<Word>().await, Word(1));
    assert_eq!(within(chat.ended()).await, Reason::Shutdown);
    assert_eq!(alex.terminal.lines(), ["a ends"]);
    // Its master has said so with its last breath.
    within(async {
        while alex.processes().len() > before {
            tokio::task::yield_now().await;
        }
    })
    .await;
    within(alex.stop()).await;
}

#[tokio::test]
async fn the_end_of_a_temporary_application_is_logged_and_no_more() {
    let cluster = Cluster::start();
    let alex = cluster.node("alex").await;
    let me = actor(&alex).await;
    let name = fresh_name("chat");
    let chat = within(Application::start(&alex, &name, one(idle("a")))).await;
    let chat = chat.expect("an application that starts");
    me.exit(chat.supervisor(), Reason::Kill).await;
    assert_eq!(within(chat.ended()).await, Reason::Killed);
    log().shows(&["WARN", "Application", &name, "exited: killed"]).await;
    assert_eq!(me.is_alive(me.pid()), Ok(true));
}

#[tokio::test]
async fn a_node_cannot_do_without_a_permanent_application() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut far = actor(&kate).await;
    far.monitor_nodes(Some(false));
    let other = one(last_words("a", 1, far.pid()));
    within(Application::start(&alex, "other", other)).await.expect("it starts");
    let crashing = ChildSpec::registered("Crashing", |mut me: Process| async move {
        me.receive::<Word>().await;
        panic!("boom")
    });
    let tree = one(crashing).intensity(0, Duration::from_secs(5));
    let chat = Application::start_permanent(&alex, "chat", tree);
    let chat = within(chat).await.expect("it starts");
    far.send(("Crashing", alex.name()), Word(0)).await;
    assert_eq!(within(chat.ended()).await, Reason::Shutdown);
    // The others end in order.
    assert_eq!(far.next::<Word>().await, Word(1));
    let down: NodeDown = far.next().await;
    assert_eq!(
        (down.node, down.reason),
        (alex.name(), NodeDownReason::ConnectionClosed)
    );
    within(alex.stopped()).await;
    assert_eq!(alex.processes(), []);
}

#[tokio::test]
async fn an_application_whose_supervisor_does_not_start_is_an_error() {
    let cluster = Cluster::start();
    let alex = cluster.node("alex").await;
    let before = alex.processes();
    let failing = ChildSpec::new("a", |_: &mut Process| {
        std::future::ready(Err(Reason::word("no luck")))
    });
    let started = Application::start_permanent(&alex, "chat", one(failing));
    let error = within(started).await.err().expect("an error");
    let (child, reason) = ("a".into(), Reason::word("no luck"));
    let why = StartLinkError::Child { child, reason };
    let name = "chat".to_owned();
    assert_eq!(error, ApplicationError::Supervisor { name, why });
    let says =
        "application chat does not start: child \"a\" does not start: no luck";
    assert_eq!(error.to_string(), says);
    within(async {
        while alex.processes() != before {
            tokio::task::yield_now().await;
        }
    })
    .await;
    // And the node is not stopped by it, nor does its stop wait for it.
    within(alex.stop()).await;
    let late = within(Application::start(&alex, "late", one(idle("a")))).await;
    let stopping = ApplicationError::Stopping("late".into());
    assert_eq!(late.err(), Some(stopping));
}

#[tokio::test]
async fn a_node_that_stops_while_an_application_starts_waits_for_it() {
    let cluster = Cluster::start();
    let alex = cluster.node("alex").await;
    let mut me = actor(&alex).await;
    let go = Arc::new(Notify::new());
    let (begun, has_begun) = oneshot::channel();
    let (begun, gone) = (Mutex::new(Some(begun)), Arc::clone(&go));
    let slow = ChildSpec::new("slow", move |me: &mut Process| {
        let _ = begun.lock().take().expect("it starts once").send(());
        let (pid, go) = (me.spawn_link_here(|_| pending()), Arc::clone(&gone));
        async move {
            go.notified().await;
            Ok(pid)
        }
    });
    let tree = one(last_words("a", 1, me.pid())).child(slow);
    let node: Node = alex.node.clone();
    let start =
        tokio::spawn(async move { Application::start(&node, "chat", tree).await });
    within(has_begun).await.expect("a start");
    let mut stop = Box::pin(alex.stop());
    assert!(is_pending(&mut stop).await);
    go.notify_one();
    within(stop).await;
    within(start).await.expect("no panic").expect("it started, and then ended");
    assert_eq!(alex.terminal.lines(), ["a ends"]);
    assert_eq!(me.all::<Word>(), [Word(1)]);
}

#[tokio::test]
async fn what_is_to_be_done_at_the_stop_is_done_once_and_the_last_first() {
    let cluster = Cluster::start();
    let alex = cluster.node("alex").await;
    let done: Arc<Mutex<Vec<_>>> = Arc::default();
    for number in 0..3 {
        let (done, node) = (Arc::clone(&done), alex.node.clone());
        let added = alex.at_stop(move || async move {
            done.lock().push(number);
            if number == 1 {
                // What comes up meanwhile is done too.
                let done = Arc::clone(&done);
                assert!(node.at_stop(|| async move { done.lock().push(9) }));
            }
        });
        assert!(added);
    }
    within(async { tokio::join!(alex.stop(), alex.stop()) }).await;
    within(alex.stop()).await;
    assert_eq!(*done.lock(), [2, 1, 9, 0]);
    assert!(!alex.at_stop(|| async {}));
}

/// Who asks a second time must not close the connections under the first.
#[tokio::test]
async fn a_second_stop_waits_for_the_first() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let go = Arc::new(Notify::new());
    let gone = Arc::clone(&go);
    assert!(alex.at_stop(|| async move { gone.notified().await }));
    let mut first = Box::pin(alex.stop());
    let mut second = Box::pin(alex.stop());
    assert!(is_pending(&mut first).await && is_pending(&mut second).await);
    assert_eq!(within(kate.ping(alex.name())).await, moebi::Ping::Pong);
    assert!(is_pending(&mut first).await && is_pending(&mut second).await);
    go.notify_one();
    within(async { tokio::join!(first, second) }).await;
}

/// A process of the tree may ask for the stop, though the stop is the end of it.
#[tokio::test]
async fn a_process_of_a_tree_can_stop_its_node() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut far = actor(&kate).await;
    far.monitor_nodes(Some(false));
    let (to, node) = (far.pid(), alex.node.clone());
    let stops = ChildSpec::process("stops", move |_| {
        let node = node.clone();
        async move {
            node.stop().await;
            Ok(())
        }
    });
    let tree = one(last_words("a", 1, to)).child(stops);
    within(Application::start(&alex, "chat", tree)).await.expect("it starts");
    assert_eq!(far.next::<Word>().await, Word(1));
    assert_eq!(far.next::<NodeDown>().await.node, alex.name());
}
