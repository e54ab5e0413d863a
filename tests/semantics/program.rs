//! The lessons' programs, as processes of the operating system.

use std::process::{Output, Stdio};
use std::time::Duration;

use moebi::{NodeName, Ping};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::io::AsyncReadExt;
use tokio::process::{Child, Command};
use tokio::time::sleep;

use super::cluster::{Cluster, Member, within};

pub const NODES: &str = env!("CARGO_BIN_EXE_nodes");
pub const SPAWN_LINK: &str = env!("CARGO_BIN_EXE_spawn_link");
pub const CHAT: &str = env!("CARGO_BIN_EXE_chat");
pub const KV: &str = env!("CARGO_BIN_EXE_kv");
pub const CACHE: &str = env!("CARGO_BIN_EXE_dynamic_cache");

/// A lesson's program, to be started in this cluster.
pub fn program(cluster: &Cluster, lesson: &str, name: &str) -> Command {
    let mut program = Command::new(lesson);
    program
        .args(["--sname", name])
        .env("ERL_EPMD_PORT", cluster.mapper().port().to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    program
}

/// With the cookie of all the others.
pub fn known(cluster: &Cluster, lesson: &str, name: &str) -> Command {
    let mut program = program(cluster, lesson, name);
    program.args(["--cookie", "semantics"]);
    program
}

/// Starts a lesson's program that stays, and waits until it answers.
pub async fn start(
    cluster: &Cluster,
    lesson: &str,
    name: &str,
    alex: &Member,
) -> (Child, NodeName) {
    let child = known(cluster, lesson, name).arg("--no-halt").spawn();
    let child = child.expect("the lesson's program");
    let answers = async {
        while alex.ping(name).await == Ping::Pang {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    within(answers).await;
    (child, NodeName::from(name))
}

/// Runs a program to its end.
pub async fn run(program: &mut Command) -> Output {
    within(program.output()).await.expect("the lesson's program")
}

/// Sends it a signal of the operating system.
pub fn send(child: &Child, signal: Signal) {
    let id = child.id().expect("a child that runs");
    let id = Pid::from_raw(id.try_into().expect("a process id"));
    kill(id, signal).expect("a process of our own");
}

/// Stops it as Ctrl-Z does, all of its threads: one that was running may go on for a
/// moment, and still answer. (Without a `/proc` there is nothing to look at.)
pub async fn pause(child: &Child) {
    send(child, Signal::SIGSTOP);
    let tasks = format!("/proc/{}/task", child.id().expect("a child that runs"));
    let running = || {
        let tasks = std::fs::read_dir(&tasks).into_iter().flatten().flatten();
        let states = tasks.filter_map(|task| {
            let stat = std::fs::read_to_string(task.path().join("stat")).ok()?;
            // Behind the program's name in parentheses.
            stat.rsplit(") ").next()?.chars().next()
        });
        states.filter(|&state| state != 'T').count()
    };
    within(async {
        while running() > 0 {
            sleep(Duration::from_millis(1)).await;
        }
    })
    .await;
}

/// Ends it in good order; all that it printed.
pub async fn ended(child: &mut Child) -> String {
    send(child, Signal::SIGTERM);
    let mut out = child.stdout.take().expect("piped");
    let mut printed = String::new();
    within(out.read_to_string(&mut printed)).await.expect("text");
    within(child.wait()).await.expect("a child of our own");
    printed
}

/// What it wrote.
pub fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}
