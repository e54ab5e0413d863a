//! Rows about processes of the operating system: the lesson's programs, and a node of
//! the test's own that watches them.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use moebi::{NodeDown, NodeDownReason, Ping};
use nix::sys::signal::Signal;

use super::cluster::{Cluster, actor, fresh_name, within};
use super::log::log;
use super::program::{
    NODES, SPAWN_LINK, ended, known, program, run, send, start, text,
};

/// Sends a signal of the operating system; what its exit and its node come to.
async fn ended_by(signal: Signal) -> (ExitStatus, NodeDownReason) {
    let cluster = Cluster::start();
    let alex = cluster.node("alex").await;
    let (mut child, kate) = start(&cluster, NODES, &fresh_name("kate"), &alex).await;
    let mut watcher = actor(&alex).await;
    watcher.monitor_nodes(Some(false));
    send(&child, signal);
    let NodeDown { node, reason, .. } = watcher.get().await;
    assert_eq!(node, kate);
    let status = within(child.wait()).await.expect("a child of our own");
    (status, reason)
}

#[tokio::test]
async fn s03_a_second_program_of_a_name_exits_with_1() {
    let cluster = Cluster::start();
    let alex = cluster.node("alex").await;
    let (mut first, kate) = start(&cluster, NODES, &fresh_name("kate"), &alex).await;
    let second = run(known(&cluster, NODES, kate.as_str()).arg("--no-halt")).await;
    assert_eq!(second.status.code(), Some(1));
    let said = String::from_utf8_lossy(&second.stderr);
    let in_use = format!(
        "Protocol 'inet_tcp': the name {kate} seems to be in use by another Erlang node"
    );
    assert!(said.contains(&in_use), "{said}");
    assert_eq!(within(alex.ping(kate)).await, Ping::Pong);
    assert!(first.try_wait().expect("a child of our own").is_none());
}

#[tokio::test]
async fn s15_sigterm_stops_a_program_with_0() {
    let (status, reason) = ended_by(Signal::SIGTERM).await;
    assert_eq!(status.code(), Some(0));
    assert_eq!(reason, NodeDownReason::ConnectionClosed);
}

/// A shell shows it as 137.
#[tokio::test]
async fn s18_sigkill_is_nodedown_at_once() {
    let (status, reason) = ended_by(Signal::SIGKILL).await;
    assert_eq!(status.signal(), Some(9));
    assert_eq!(reason, NodeDownReason::ConnectionClosed);
}

#[tokio::test]
async fn s15_a_program_that_has_run_its_commands_exits_with_0() {
    let cluster = Cluster::start();
    let mut alex = known(&cluster, NODES, &fresh_name("alex"));
    let alex = run(alex.args(["-e", "self", "-e", "list"])).await;
    assert_eq!(alex.status.code(), Some(0));
}

#[tokio::test]
async fn s19_only_the_terminal_of_who_refuses_shows_it() {
    let cluster = Cluster::start();
    let kate = cluster.node("kate").await;
    let name = fresh_name("alex");
    let ping = format!("ping {}", kate.name());
    let mut alex = program(&cluster, NODES, &name);
    let alex = run(alex.args(["--cookie", "other", "-e", &ping])).await;
    let (out, err) = (text(alex.stdout), text(alex.stderr));
    assert!(out.contains("pang"), "{out}{err}");
    assert!(!out.contains("rejected") && !err.contains("rejected"), "{out}{err}");
    log().shows(&[&name, "rejected. Invalid challenge reply."]).await;
}

#[tokio::test]
async fn s21_what_a_remote_process_prints_is_on_the_callers_terminal_only() {
    let cluster = Cluster::start();
    let watcher = cluster.node("watcher").await;
    // By her name she knows that it is hers to offer say_name.
    let started = start(&cluster, SPAWN_LINK, "kate@localhost", &watcher);
    let (mut kate, name) = started.await;
    let spawn = format!("pid = spawn_link {name} say_name");
    let mut alex = known(&cluster, SPAWN_LINK, &fresh_name("alex"));
    let alex = run(alex.args(["-e", &spawn, "-e", "wait pid"])).await;
    let (out, err) = (text(alex.stdout), text(alex.stderr));
    assert_eq!(alex.status.code(), Some(0), "{out}{err}");
    assert!(out.contains("Hi, my name is Kate"), "{out}");
    let printed = ended(&mut kate).await;
    assert!(!printed.contains("Hi"), "{printed}");
}
