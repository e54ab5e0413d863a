//! Rows about the cache: the lesson's program, six times.

use std::net::SocketAddr;
use std::process::{Output, Stdio};
use std::time::Duration;

use moebi::dist::epmd::names;
use nix::sys::signal::Signal;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::sleep;

use super::cluster::{Cluster, within};
use super::program::{CACHE, run, send, text};

/// `up` with so many nodes, and options of the cache.
fn up(cluster: &Cluster, count: &str, options: &[&str]) -> Command {
    let mut up = program(cluster);
    up.args(["up", count]).args(options);
    up
}

fn program(cluster: &Cluster) -> Command {
    let mut program = Command::new(CACHE);
    program.env("ERL_EPMD_PORT", cluster.mapper().port().to_string());
    program.args(["--cookie", "semantics"]).stdin(Stdio::null());
    program.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    program
}

/// What it shows for these commands, line by line; and that nothing goes wrong.
async fn shown(program: &mut Command, commands: &[&str]) -> Vec<String> {
    for command in commands {
        program.args(["-e", command]);
    }
    let Output { status, stdout, stderr } = run(program).await;
    assert_eq!((text(stderr), status.code()), (String::new(), Some(0)));
    text(stdout).lines().map(str::to_owned).collect()
}

/// The same, with commands of which some go wrong: all that it says, in order of each
/// kind.
async fn typed(program: &mut Command, commands: &str) -> (Vec<String>, Vec<String>) {
    let mut program = program.stdin(Stdio::piped()).spawn().expect("the cache");
    let mut input = program.stdin.take().expect("piped");
    let output = program.wait_with_output();
    let typing = async {
        input.write_all(commands.as_bytes()).await.expect("it reads");
        drop(input);
    };
    let (output, ()) = within(async { tokio::join!(output, typing) }).await;
    let output = output.expect("a program that ends");
    let lines = |bytes| text(bytes).lines().map(str::to_owned).collect();
    (lines(output.stdout), lines(output.stderr))
}

/// Without the bars, and what nodes say of themselves.
fn answers(lines: Vec<String>) -> Vec<String> {
    lines.into_iter().filter(|line| !line.starts_with("apothik_")).collect()
}

/// Waits until no node of a cluster runs: each is known to the port mapper for as long as
/// its program lives.
async fn nobody_left(mapper: SocketAddr) {
    within(async {
        while !names(mapper).await.expect("the port mapper").is_empty() {
            sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
}

/// Starts `up`, which waits for commands, and waits until the first is answered.
async fn up_and_waiting(cluster: &Cluster, options: &[&str]) -> Child {
    let mut up = up(cluster, "3", options);
    let mut up = up.stdin(Stdio::piped()).spawn().expect("the cache");
    let mut input = up.stdin.take().expect("piped");
    within(input.write_all(b"sum\n")).await.expect("it reads");
    let mut lines = BufReader::new(up.stdout.take().expect("piped")).lines();
    assert_eq!(within(lines.next_line()).await.expect("text"), Some("0".into()));
    let running = names(cluster.mapper()).await.expect("the port mapper");
    assert_eq!(running.len(), 4, "{running:?}");
    // The end of its input would be its end.
    up.stdin = Some(input);
    up
}

#[tokio::test]
async fn s81_five_thousand_keys_lie_on_five_nodes() {
    let cluster = Cluster::start();
    let lines = shown(&mut up(&cluster, "5", &[]), &["fill 1 5000", "stat"]).await;
    assert_eq!(answers(lines), ["5000", "[1026, 996, 1012, 1021, 945]"]);
    nobody_left(cluster.mapper()).await;
}

#[tokio::test]
async fn s82_with_fixed_members_the_share_of_a_killed_node_is_gone() {
    let cluster = Cluster::start();
    let mut up = up(&cluster, "5", &["--members", "fixed"]);
    let commands =
        "fill 2 5000\nstat\nkill 1\nsum\nfill 1 5000\nsum\nfill 2 5000\nstat";
    let (said, complained) = typed(&mut up, commands).await;
    assert_eq!(
        answers(said),
        [
            "5000",
            "[1023, 987, 1050, 993, 947]",
            "ok",
            "3977",
            // Through the node that is gone nothing is stored.
            "3977",
            "1023 keys were not stored: no connection to apothik_1@127.0.0.1",
            "3977",
            "[-, 987, 1050, 993, 947]",
        ]
    );
    let gone = "** no connection to apothik_1@127.0.0.1: 0 of 5000 keys were stored";
    assert_eq!(complained, [gone]);
}

#[tokio::test]
async fn s83_a_kill_moves_nearly_every_key() {
    let cluster = Cluster::start();
    let before = ["fill 1 5000", "hits 1 5000", "kill 2", "sum", "hits 1 5000"];
    let after = ["fill 1 5000", "sum", "stat", "hits 1 5000", "start 2", "stat"];
    let commands = [&before[..], &after].concat();
    let lines = shown(&mut up(&cluster, "5", &[]), &commands).await;
    let before = ["5000", "5000", "ok", "4004", "948"];
    let (four, five) =
        ("[2032, -, 2027, 2027, 1970]", "[2032, 0, 2027, 2027, 1970]");
    let after = ["5000", "8056", four, "5000", "ok", five];
    assert_eq!(answers(lines), [&before[..], &after].concat());
}

#[tokio::test]
async fn s86_a_node_that_is_alone_works() {
    let cluster = Cluster::start();
    let mut alone = program(&cluster);
    alone.args(["--name", "apothik_3@127.0.0.1"]);
    let commands = ["put a 1", "get a", "cluster 3", "delete a", "get a", "stats"];
    let lines = shown(&mut alone, &commands).await;
    assert_eq!(lines, ["ok", "\"1\"", "[apothik_3@127.0.0.1]", "ok", "nil", "0"]);
    let mut nameless = program(&cluster);
    nameless.args(["--env", "test"]);
    let lines = shown(&mut nameless, &["put a 1", "get a"]).await;
    assert_eq!(lines, ["ok", "\"1\""]);
}

#[tokio::test]
async fn the_master_and_a_stranger_are_no_part_of_the_cache() {
    let cluster = Cluster::start();
    let stranger = cluster.member("stranger@127.0.0.1", |_| {
        moebi::Config::new()
            .long_name("stranger@127.0.0.1")
            .cookie(moebi::dist::cookie::Cookie::new("semantics"))
            .epmd_port(cluster.mapper().port())
    });
    let stranger = stranger.await;
    let name = stranger.name();
    let meet = format!("connect {name}");
    let lines =
        shown(&mut up(&cluster, "2", &[]), &[&meet, "cluster 1", "list"]).await;
    let nodes = "apothik_1@127.0.0.1, apothik_2@127.0.0.1";
    let list = format!("[{nodes}, {name}]");
    assert_eq!(lines, ["true", &format!("[{nodes}]"), &list]);
}

#[tokio::test]
async fn two_copies_are_restored_after_a_kill() {
    let cluster = Cluster::start();
    for placement in ["tokens", "rendezvous"] {
        let options = ["--placement", placement, "--replicas", "2"];
        let kills = ["fill 1 1000", "kill 1", "kill 3", "sum", "start 3", "sum"];
        let lines = shown(&mut up(&cluster, "4", &options), &kills).await;
        let expected = ["1000", "ok", "ok", "2000", "ok", "2000"];
        assert_eq!(answers(lines), expected, "{placement}");
        nobody_left(cluster.mapper()).await;
    }
}

#[tokio::test]
async fn no_node_is_left_behind_when_up_is_killed() {
    let cluster = Cluster::start();
    for placement in ["modulo", "rendezvous"] {
        let mut up = up_and_waiting(&cluster, &["--placement", placement]).await;
        send(&up, Signal::SIGKILL);
        within(up.wait()).await.expect("a child of our own");
        nobody_left(cluster.mapper()).await;
    }
}

#[tokio::test]
async fn ctrl_c_ends_all() {
    let cluster = Cluster::start();
    let mut up = up_and_waiting(&cluster, &[]).await;
    send(&up, Signal::SIGINT);
    let status = within(up.wait()).await.expect("a child of our own");
    assert_eq!(status.code(), Some(0));
    nobody_left(cluster.mapper()).await;
}

#[tokio::test]
async fn up_does_not_take_a_node_of_somebody_else_for_its_own() {
    let cluster = Cluster::start();
    let mut first = program(&cluster);
    first.args(["--name", "apothik_1@127.0.0.1", "--no-halt"]);
    let mut first = first.spawn().expect("the cache");
    within(async {
        while names(cluster.mapper()).await.is_ok_and(|names| names.is_empty()) {
            sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    let output = run(up(&cluster, "2", &[]).args(["-e", "sum"])).await;
    assert_eq!(output.status.code(), Some(1));
    let said = text(output.stderr);
    assert_eq!(said, "apothik_1@127.0.0.1 is there already\n");
    first.kill().await.expect("a child of our own");
    nobody_left(cluster.mapper()).await;
}

#[tokio::test]
async fn what_cannot_be_is_refused_at_the_start() {
    let cluster = Cluster::start();
    let restored = "replicas = 2: a lost copy is restored only with members = \
                    \"dynamic\", and placement = \"tokens\" or \"rendezvous\"";
    for (options, says) in [
        ("--placement ring", "expected one of \"modulo\""),
        ("--replicas 0", "replicas = 0: nobody would keep a key"),
        ("--replicas 2 --placement modulo", restored),
        ("--replicas 2 --placement tokens --members fixed", restored),
        ("--members some", "expected one of \"fixed\", \"dynamic\""),
        ("--topology [\"apothik\"]", "must look like name@host"),
    ] {
        let mut program = program(&cluster);
        program.args(options.split(' ')).args(["-e", "sum"]);
        let output = run(&mut program).await;
        let said = text(output.stderr);
        assert_eq!(output.status.code(), Some(1), "{options}: {said}");
        assert!(said.contains(says), "{options}: {said}");
    }
}
