//! The socket: what strangers do to it.

use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::Command;

use super::super::cluster::{Cluster, within};
use super::super::program::{KV, known, run, send, text};
use super::client::{FOO, Kv};
use super::lesson::lines::LIMIT;

/// In the guide eleven of them are the end of the server at the latest.
#[tokio::test]
async fn s79_who_connects_and_closes_at_once_harms_nobody() {
    let cluster = Cluster::start();
    let mut foo = Kv::start(&cluster, FOO).await;
    let mut client = foo.client().await;
    client.says("CREATE hello\r\n", "OK\r\n").await;
    for number in 0..1_000 {
        let stream = within(foo.connect()).await.expect("a server that accepts");
        // Every second one closes as who is in a hurry does, with a reset.
        if number % 2 == 0 {
            stream.set_zero_linger().expect("an open socket");
        }
    }
    client.says("PUT hello a 1\r\n", "OK\r\n").await;
    foo.client().await.says("GET hello a\r\n", "1\r\nOK\r\n").await;
    assert!(foo.child.try_wait().expect("a child of our own").is_none());
}

/// Also if it asks for something and does not wait for the answer.
#[tokio::test]
async fn s79_who_asks_and_closes_harms_nobody() {
    let cluster = Cluster::start();
    let foo = Kv::start(&cluster, FOO).await;
    for _ in 0..200 {
        let mut client = foo.client().await;
        client.sends(b"CREATE hello\r\nGET hello a\r\nGET wor").await;
        client.0.set_zero_linger().expect("an open socket");
    }
    foo.client().await.says("GET hello a\r\n", "\r\nOK\r\n").await;
}

/// Who comes when there are no more has to wait until others have gone.
#[tokio::test]
async fn too_many_open_files_are_survived() {
    let cluster = Cluster::start();
    let kv = known(&cluster, "/bin/sh", FOO);
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", "ulimit -n 48 && exec \"$0\" \"$@\"", KV]);
    shell.args(kv.as_std().get_args());
    for (key, value) in kv.as_std().get_envs() {
        shell.env(key, value.unwrap_or_default());
    }
    shell.stdin(std::process::Stdio::null()).stdout(std::process::Stdio::piped());
    shell.kill_on_drop(true);
    let mut log = tempfile::tempfile().expect("a temporary file");
    let foo =
        Kv::logging(&mut shell, log.try_clone().expect("a file of our own")).await;
    let mut clients = Vec::new();
    for _ in 0..64 {
        clients.push(foo.client().await);
    }
    let last = clients.last_mut().expect("there are 64");
    last.sends(b"CREATE hello\r\n").await;
    let told = last.0.read_u8();
    let waits = tokio::time::timeout(Duration::from_millis(300), told).await;
    assert!(waits.is_err(), "64 clients were accepted with 48 files");
    let mut last = clients.pop().expect("there are 64");
    drop(clients);
    last.is_told("OK\r\n").await;
    let mut logged = String::new();
    std::io::Seek::rewind(&mut log).expect("a file of our own");
    std::io::Read::read_to_string(&mut log, &mut logged).expect("text");
    assert!(
        logged.contains("no client was accepted: Too many open files"),
        "{logged}"
    );
    let complaints = logged.lines().count();
    assert!(complaints < 50, "{complaints} lines in less than a second");
}

// ANCHOR: too-long
#[tokio::test]
async fn a_line_that_is_too_long_is_an_answer() {
    let cluster = Cluster::start();
    let foo = Kv::start(&cluster, FOO).await;
    let mut client = foo.client().await;
    client.says("CREATE hello\r\n", "OK\r\n").await;
    let long = "x".repeat(LIMIT);
    // Before the line has ended, which it may never do.
    client.says(&format!("PUT hello a {long}"), "LINE TOO LONG\r\n").await;
    client.sends(long.as_bytes()).await;
    client.says(&format!("{long}\r\nGET hello a\r\n"), "\r\nOK\r\n").await;
    client.sends(b"PUT hello a \xff\r\n").await;
    client.is_told("NOT UTF-8\r\n").await;
    let value = "x".repeat(LIMIT - "PUT hello a \r\n".len());
    client.says(&format!("PUT hello a {value}\r\n"), "OK\r\n").await;
    client.says("GET hello a\r\n", &format!("{value}\r\nOK\r\n")).await;
}
// ANCHOR_END: too-long

/// They say nothing, and are there. As many as this machine allows a process to have, if
/// that is less.
#[tokio::test]
async fn ten_thousand_idle_clients_are_held() {
    const SPARE: u64 = 200;
    let cluster = Cluster::start();
    let foo = Kv::start(&cluster, FOO).await;
    let limit = rlimit::increase_nofile_limit(10_000 + SPARE);
    let count =
        limit.expect("a limit of open files").saturating_sub(SPARE).min(10_000);
    foo.client().await.says("CREATE hello\r\n", "OK\r\n").await;
    let mut clients = Vec::new();
    for _ in 0..count {
        clients.push(foo.client().await);
    }
    foo.client().await.says("PUT hello a 1\r\n", "OK\r\n").await;
    for client in clients.iter_mut().step_by(100) {
        client.says("GET hello a\r\n", "1\r\nOK\r\n").await;
    }
    if cfg!(target_os = "linux") {
        let id = foo.child.id().expect("a child that runs");
        let status = std::fs::read_to_string(format!("/proc/{id}/status"));
        let status = status.expect("a child that runs");
        let size = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let size =
            size.and_then(|size| size.trim().strip_suffix(" kB")?.parse().ok());
        let size: u64 = size.expect("a process has a size");
        assert!(size < 20_000 + 16 * count, "{size} KiB for {count} clients");
    }
}

/// What the program says at its end, and its exit status.
async fn fails(program: &mut Command) -> String {
    let output = run(program).await;
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(output.stdout), "");
    text(output.stderr)
}

#[tokio::test]
async fn a_port_that_is_taken_is_one_sentence() {
    let cluster = Cluster::start();
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let port = taken.local_addr().expect("an open socket").port();
    let mut foo = known(&cluster, KV, FOO);
    let said = fails(foo.args(["--port", &port.to_string()])).await;
    let start = format!("cannot listen on port {port}: Address already in use");
    assert!(said.starts_with(&start) && said.lines().count() == 1, "{said}");
    let mut foo = known(&cluster, KV, FOO);
    let said = fails(foo.args(["--port", "many"])).await;
    assert_eq!(said, "port = \"many\" in the option --port: expected u16\n");
}

#[tokio::test]
async fn a_table_that_is_wrong_is_one_sentence() {
    let cluster = Cluster::start();
    let refused = async |table: &str| {
        let mut foo = known(&cluster, KV, FOO);
        fails(foo.env("MOEBI_SET_TABLE", table)).await
    };
    assert_eq!(
        refused(r#"["a..=m -> foo@localhost", "k..=z -> bar@localhost"]"#).await,
        "the table's line \"k..=z -> bar@localhost\" overlaps with a..=m -> \
         foo@localhost\n"
    );
    let said =
        refused(r#"["a..=m -> foo@localhost", "n..=z -> b@r@localhost"]"#).await;
    assert!(
        said.starts_with(
            "the table's line \"n..=z -> b@r@localhost\" names no node"
        )
    );
    assert_eq!(said.lines().count(), 1, "{said}");
}

/// The node goes on without them, and when it stops they are told.
#[tokio::test]
async fn clients_are_told_of_the_end() {
    let cluster = Cluster::start();
    let mut foo = Kv::start(&cluster, FOO).await;
    let mut client = foo.client().await;
    client.says("CREATE hello\r\n", "OK\r\n").await;
    send(&foo.child, nix::sys::signal::Signal::SIGTERM);
    assert_eq!(within(client.0.read_to_end(&mut Vec::new())).await.ok(), Some(0));
    let status = within(foo.child.wait()).await.expect("a child of our own");
    assert_eq!(status.code(), Some(0));
}
