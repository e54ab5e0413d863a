//! The tests of the lesson `kv`, from outside, as those of the chat are.
//!
//! One of them needs foo and bar, whom you start. What their sockets do is tested where
//! nodes are started by the tests themselves, in `tests/semantics/kv/`.

use std::time::Duration;

use assert_cmd::Command;
use assert_cmd::cargo::cargo_bin_cmd;

use super::mapper::Mapper;
use super::tags::Test;

/// A program that hangs must not hang its test.
const DEADLINE: Duration = Duration::from_secs(30);

pub fn tests() -> Vec<Test> {
    vec![
        Test::new(
            "requests_are_routed_across_nodes",
            requests_are_routed_across_nodes,
        )
        .tag("distributed")
        .tag("node:foo@localhost")
        .tag("node:bar@localhost")
        .tag("lesson:kv"),
        Test::new(
            "an_unknown_entry_is_one_sentence",
            an_unknown_entry_is_one_sentence,
        )
        .tag("lesson:kv"),
        Test::new("a_test_has_all_buckets_itself", a_test_has_all_buckets_itself)
            .tag("lesson:kv"),
    ]
}

/// The program, about to run one command.
fn kv(command: &str) -> Command {
    let mut kv: Command = cargo_bin_cmd!("kv");
    kv.args(["-e", command]).timeout(DEADLINE);
    kv
}

/// With a node of its own, whose name nobody else has.
fn named(command: &str) -> Command {
    let name = format!("tagged_{:x}@localhost", rand::random::<u64>());
    let mut kv = kv(command);
    kv.args(["--sname", &name, "--env", "dev"]);
    kv
}

// ANCHOR: across
fn requests_are_routed_across_nodes() {
    for (bucket, node) in
        [("hello", "foo@localhost\n"), ("world", "bar@localhost\n")]
    {
        named(&format!("route {bucket}")).assert().success().stdout(node);
    }
}
// ANCHOR_END: across

fn an_unknown_entry_is_one_sentence() {
    let mapper = Mapper::start();
    let table = "[a..=m -> foo@localhost, n..=z -> bar@localhost]";
    named("route 9")
        .env("ERL_EPMD_PORT", mapper.port())
        .assert()
        .code(1)
        .stdout("")
        .stderr(format!("** could not find entry for \"9\" in table {table}\n"));
}

/// No name, so no node, and no socket that a test could find taken.
fn a_test_has_all_buckets_itself() {
    let test = |command| {
        let mut kv = kv(command);
        kv.env("MOEBI_ENV", "test").assert().success()
    };
    test("route hello").stdout("nonode@nohost\n");
    test("table").stdout("[a..=z -> nonode@nohost]\n");
    test("buckets").stdout("[]\n");
}
