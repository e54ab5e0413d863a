//! Spawning on another node, its output, and sending to who is there or not.

use std::time::Duration;

use moebi::process::{NotLocal, RegisterError};
use moebi::{Exit, Reason, receive};

use super::cluster::{Cluster, actor, trapper, within};
use super::functions::{Order, SAY_NAME, Word};

#[tokio::test]
async fn s21_what_a_remote_process_prints_appears_on_the_callers_terminal() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut me = trapper(&alex).await;
    let pid = within(me.spawn_link(kate.name(), SAY_NAME, ())).await;
    assert_eq!(me.exit_of(pid).await, Reason::Normal);
    let said = format!("Hi, my name is {}", kate.name().alive());
    assert_eq!(alex.terminal.lines(), [said]);
    assert!(kate.terminal.lines().is_empty());
}

/// The text and the caller's next line may come in either order; both come.
#[tokio::test]
async fn s22_the_text_and_the_pid_race_and_both_arrive() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let me = actor(&alex).await;
    let pid = within(me.spawn_link(kate.name(), SAY_NAME, ())).await;
    within(me.puts(pid)).await.expect("a terminal");
    alex.terminal.shows(&["Hi, my name is"]).await;
    alex.terminal.shows(&[&pid.to_string()]).await;
    assert_eq!(alex.terminal.lines().len(), 2);
}

/// The group leader of its own node is what `:user` is in Erlang.
#[tokio::test]
async fn s23_a_process_can_print_where_it_runs() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let me = actor(&alex).await;
    let pid = me.servant(&kate).await;
    me.order(pid, Order::PrintHere("on kate".into())).await;
    kate.terminal.shows(&["on kate"]).await;
    assert!(alex.terminal.lines().is_empty());
}

#[tokio::test]
async fn s24_a_pid_tells_its_node_and_only_that_node_whether_it_is_alive() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let me = actor(&alex).await;
    let pid = me.servant(&kate).await;
    assert_eq!(pid.node(), kate.name());
    assert_eq!(me.is_alive(pid), Err(NotLocal(pid)));
    assert_eq!(actor(&kate).await.is_alive(pid), Ok(true));
}

#[tokio::test]
async fn s25_flush_shows_what_came_and_then_nothing() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut me = actor(&alex).await;
    let pid = me.servant(&kate).await;
    me.order(pid, Order::Echo { to: me.pid(), word: 1 }).await;
    me.order(pid, Order::Echo { to: me.pid(), word: 2 }).await;
    // The second is taken out; the first came before it and is still there.
    let second = receive! { me,
        Word(word) if *word == 2 => word,
        after Duration::from_secs(10) => 0,
    };
    assert_eq!(second, 2);
    assert_eq!(me.all::<Word>(), [Word(1)]);
    me.has_nothing();
}

#[tokio::test]
async fn s26_what_is_sent_to_a_process_that_has_ended_is_lost_without_an_error() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut me = actor(&alex).await;
    let pid = me.servant(&kate).await;
    let monitor = me.watch(pid).await;
    me.end(pid, Reason::Normal).await;
    assert_eq!(me.down_of(monitor).await.reason, Reason::Normal);
    me.order(pid, Order::Echo { to: me.pid(), word: 1 }).await;
    // Whatever would come of it has come before this echo.
    let other = me.servant(&kate).await;
    me.ask(other, 2).await;
    me.has_nothing();
}

#[tokio::test]
async fn s28_a_send_to_an_unknown_local_name_is_an_error() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let me = actor(&alex).await;
    let sent = within(me.send_named("nobody", Word(1))).await;
    assert_eq!(sent, Err(RegisterError::Unknown("nobody".into())));
    // To a name of any node, the own one included, it is none.
    within(me.send(("nobody", alex.name()), Word(1))).await;
    within(me.send(("nobody", kate.name()), Word(1))).await;
}

#[tokio::test]
async fn a_message_to_the_new_process_never_overtakes_its_spawn() {
    let cluster = Cluster::start();
    let (alex, kate) = cluster.pair().await;
    let mut me = trapper(&alex).await;
    for round in 0..200 {
        let pid = me.linked_servant(&kate).await;
        me.ask(pid, round).await;
        me.end(pid, Reason::Normal).await;
        let Exit { from, .. } = me.next::<Exit>().await;
        assert_eq!(from, pid);
    }
}
