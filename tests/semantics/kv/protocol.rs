//! What a client says, and is told, through the sockets of two nodes.

use nix::sys::signal::Signal;

use super::super::cluster::Cluster;
use super::super::program::{KV, known, pause, run, send, text};
use super::client::{BAR, FOO, Kv};

const TABLE: &str = "[a..=m -> foo@localhost, n..=z -> bar@localhost]";

/// What the command prints, of a node of its own.
async fn prints(cluster: &Cluster, command: &str) -> (String, Option<i32>) {
    let mut probe = known(cluster, KV, "probe@localhost");
    let probe = run(probe.args(["-e", command])).await;
    (text(probe.stdout) + &text(probe.stderr), probe.status.code())
}

#[tokio::test]
async fn s71_a_bucket_is_on_the_node_that_the_table_names() {
    let cluster = Cluster::start();
    let (_foo, _bar) =
        (Kv::start(&cluster, FOO).await, Kv::start(&cluster, BAR).await);
    for (bucket, node) in
        [("hello", "foo@localhost\n"), ("world", "bar@localhost\n")]
    {
        let route = prints(&cluster, &format!("route {bucket}")).await;
        assert_eq!(route, (node.into(), Some(0)));
    }
}

/// Also in the environment test, where the table names no node.
#[tokio::test]
async fn s71_a_node_without_a_name_has_its_own_buckets() {
    let mut nobody = tokio::process::Command::new(KV);
    nobody.args(["--env", "test", "-e", "route world"]).kill_on_drop(true);
    let nobody = run(&mut nobody).await;
    assert_eq!(text(nobody.stdout), "nonode@nohost\n");
}

#[tokio::test]
async fn s72_a_bucket_without_an_entry_is_an_answer() {
    let cluster = Cluster::start();
    let foo = Kv::start(&cluster, FOO).await;
    let mut client = foo.client().await;
    for (bucket, shown) in [("Hello", "Hello"), ("\0", "\\0"), ("été", "été")] {
        let answer = format!(
            "NO ENTRY could not find entry for \"{shown}\" in table {TABLE}\r\n"
        );
        for command in ["CREATE", "GET"] {
            let key = if command == "GET" { " key" } else { "" };
            client.says(&format!("{command} {bucket}{key}\r\n"), &answer).await;
        }
    }
    client.says("CREATE hello\r\n", "OK\r\n").await;
}

#[tokio::test]
async fn s72_it_is_the_other_nodes_table_that_has_none() {
    let cluster = Cluster::start();
    let theirs = r#"["a..=z -> bar@localhost"]"#;
    let foo = Kv::with_table(&cluster, FOO, theirs).await;
    let _bar = Kv::with_table(&cluster, BAR, r#"["n..=z -> bar@localhost"]"#).await;
    let says = "NO ENTRY could not find entry for \"hello\" in table \
                [n..=z -> bar@localhost]\r\n";
    foo.client().await.says("CREATE hello\r\n", says).await;
}

#[tokio::test]
async fn s74_commands_are_answered_as_in_the_guide() {
    let cluster = Cluster::start();
    let foo = Kv::start(&cluster, FOO).await;
    let mut client = foo.client().await;
    for (line, answer) in [
        ("CREATE hello", "OK\r\n"),
        ("PUT hello eggs 3", "OK\r\n"),
        ("GET hello eggs", "3\r\nOK\r\n"),
        ("CREATE hello", "OK\r\n"),
        ("GET hello eggs", "3\r\nOK\r\n"),
        ("PUT hello eggs fünf", "OK\r\n"),
        ("GET  hello\teggs ", "fünf\r\nOK\r\n"),
        ("DELETE hello eggs", "OK\r\n"),
        ("GET hello eggs", "\r\nOK\r\n"),
        ("DELETE hello eggs", "OK\r\n"),
        ("GET house eggs", "NOT FOUND\r\n"),
        ("PUT house eggs 3", "NOT FOUND\r\n"),
        ("DELETE house eggs", "NOT FOUND\r\n"),
    ] {
        // Each is answered the same a second time; and a line may end as on Unix.
        for end in ["\r\n", "\n"] {
            client.says(&format!("{line}{end}"), answer).await;
        }
    }
    for line in [
        "",
        "HELLO",
        "create hello",
        "CREATE",
        "CREATE hello world",
        "GET hello",
        "GET hello eggs milk",
        "PUT hello eggs",
        "PUT hello eggs 3 4",
        "DELETE hello",
    ] {
        client.says(&format!("{line}\r\n"), "UNKNOWN COMMAND\r\n").await;
    }
}

/// All answers, in the order of the commands, wherever the buckets are.
#[tokio::test]
async fn s74_many_commands_may_be_sent_at_once() {
    let cluster = Cluster::start();
    let (foo, _bar) =
        (Kv::start(&cluster, FOO).await, Kv::start(&cluster, BAR).await);
    let mut client = foo.client().await;
    let (mut lines, mut answers) = (String::new(), String::new());
    for bucket in ["hello", "world"] {
        lines += &format!("CREATE {bucket}\r\n");
        answers += "OK\r\n";
    }
    for number in 0..500 {
        let bucket = ["hello", "world", "house"][number % 3];
        lines += &format!("PUT {bucket} key {number}\r\nGET {bucket} key\r\n");
        answers += &match bucket {
            "house" => "NOT FOUND\r\nNOT FOUND\r\n".to_owned(),
            _ => format!("OK\r\n{number}\r\nOK\r\n"),
        };
    }
    client.says(&lines, &answers).await;
    // And in pieces that are no lines.
    for piece in ["GE", "T hello", " key\r", "\nGET world k", "ey\r\nX"] {
        client.sends(piece.as_bytes()).await;
        tokio::task::yield_now().await;
    }
    client.is_told("498\r\nOK\r\n499\r\nOK\r\n").await;
}

// ANCHOR: dead-node
#[tokio::test]
async fn s75_a_dead_node_is_an_answer_and_nobody_else_notices() {
    let cluster = Cluster::start();
    let (foo, bar) =
        (Kv::start(&cluster, FOO).await, Kv::start(&cluster, BAR).await);
    let (mut one, mut other) = (foo.client().await, foo.client().await);
    one.says(
        "CREATE hello\r\nCREATE world\r\nPUT world a 1\r\n",
        "OK\r\nOK\r\nOK\r\n",
    )
    .await;
    other.says("GET world a\r\n", "1\r\nOK\r\n").await;
    bar.kill().await;
    for command in ["GET world a", "PUT world a 2", "DELETE world a", "CREATE zoo"] {
        one.says(&format!("{command}\r\n"), "NODE DOWN bar@localhost\r\n").await;
    }
    one.says("PUT hello a 1\r\n", "OK\r\n").await;
    other.says("GET hello a\r\n", "1\r\nOK\r\n").await;
    other.says("GET world a\r\n", "NODE DOWN bar@localhost\r\n").await;
}
// ANCHOR_END: dead-node

/// A node that has its connections and answers nothing: five seconds are enough.
#[tokio::test]
async fn s75_a_node_that_says_nothing_is_an_answer_too() {
    let cluster = Cluster::start();
    let (foo, bar) =
        (Kv::start(&cluster, FOO).await, Kv::start(&cluster, BAR).await);
    let (mut one, mut other) = (foo.client().await, foo.client().await);
    one.says("CREATE world\r\nCREATE hello\r\n", "OK\r\nOK\r\n").await;
    pause(&bar.child).await;
    one.sends(b"GET world a\r\nGET hello a\r\n").await;
    other.says("GET hello a\r\n", "\r\nOK\r\n").await;
    one.is_told("ERROR time out: no answer in 5 s\r\n\r\nOK\r\n").await;
    send(&bar.child, Signal::SIGCONT);
    one.says("GET world a\r\n", "\r\nOK\r\n").await;
}

#[tokio::test]
async fn s76_the_buckets_of_a_node_that_was_restarted_are_gone() {
    let cluster = Cluster::start();
    let (foo, bar) =
        (Kv::start(&cluster, FOO).await, Kv::start(&cluster, BAR).await);
    let mut client = foo.client().await;
    client.says("CREATE world\r\nPUT world a 1\r\n", "OK\r\nOK\r\n").await;
    bar.kill().await;
    let _bar = Kv::start(&cluster, BAR).await;
    client.says("GET world a\r\n", "NOT FOUND\r\n").await;
    client.says("CREATE world\r\nGET world a\r\n", "OK\r\n\r\nOK\r\n").await;
}

// ANCHOR: same-data
#[tokio::test]
async fn s77_every_node_has_the_same_data() {
    let cluster = Cluster::start();
    let (foo, bar) =
        (Kv::start(&cluster, FOO).await, Kv::start(&cluster, BAR).await);
    let (mut at_foo, mut at_bar) = (foo.client().await, bar.client().await);
    at_foo.says("CREATE world\r\nPUT world a 1\r\n", "OK\r\nOK\r\n").await;
    at_bar.says("GET world a\r\n", "1\r\nOK\r\n").await;
    at_bar.says("CREATE hello\r\nPUT hello a 2\r\n", "OK\r\nOK\r\n").await;
    at_foo.says("GET hello a\r\n", "2\r\nOK\r\n").await;
    at_foo.says("DELETE world a\r\n", "OK\r\n").await;
    at_bar.says("GET world a\r\n", "\r\nOK\r\n").await;
}
// ANCHOR_END: same-data

#[tokio::test]
async fn s78_tables_that_disagree_are_an_answer() {
    let cluster = Cluster::start();
    let (to_foo, to_bar) =
        (r#"["a..=z -> foo@localhost"]"#, r#"["a..=z -> bar@localhost"]"#);
    let foo = Kv::with_table(&cluster, FOO, to_bar).await;
    let bar = Kv::with_table(&cluster, BAR, to_foo).await;
    let way = "LOOP foo@localhost -> bar@localhost -> foo@localhost\r\n";
    foo.client().await.says("GET hello a\r\n", way).await;
    let way = "LOOP bar@localhost -> foo@localhost -> bar@localhost\r\n";
    bar.client().await.says("CREATE hello\r\n", way).await;
}
