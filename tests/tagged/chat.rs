//! The tests of the lesson `chat`, from outside: its program is started as a person
//! starts it, and asked for what it prints.
//!
//! Two of them need moebi, whom you start. The others need nobody, and with a port mapper
//! of their own they do not even meet whom you have started.

use std::time::Duration;

use assert_cmd::Command;
use assert_cmd::cargo::cargo_bin_cmd;
use predicates::str::is_match;

use super::mapper::Mapper;
use super::tags::Test;

/// What a chat takes is a moment; a program that hangs must not hang its test.
const DEADLINE: Duration = Duration::from_secs(30);

// ANCHOR: tests
pub fn tests() -> Vec<Test> {
    vec![
        Test::new("moebi_asks_for_chicken", moebi_asks_for_chicken)
            .tag("distributed")
            .tag("node:moebi@localhost")
            .tag("lesson:chat"),
        Test::new("the_task_runs_on_moebi", the_task_runs_on_moebi)
            .tag("distributed")
            .tag("node:moebi@localhost")
            .tag("lesson:chat"),
        Test::new("s70_a_test_needs_no_node", s70_a_test_needs_no_node),
        Test::new("who_is_absent_is_one_sentence", who_is_absent_is_one_sentence),
    ]
}
// ANCHOR_END: tests

// ANCHOR: program
/// The program, about to run one command on a node of its own.
fn chat(command: &str) -> Command {
    let mut chat: Command = cargo_bin_cmd!("chat");
    chat.args(["--sname", &random_name(), "--env", "dev", "-e", command]);
    chat.timeout(DEADLINE);
    chat
}
// ANCHOR_END: program

/// A name that no other test, nor any node of yours, has.
fn random_name() -> String {
    format!("tagged_{:x}@localhost", rand::random::<u64>())
}

// ANCHOR: chicken
fn moebi_asks_for_chicken() {
    chat("send_message moebi@localhost hi")
        .assert()
        .success()
        .stdout("chicken?\nok\n");
}
// ANCHOR_END: chicken

/// In the environment test a task runs at home. Here it must not, or the test above would
/// pass without ever leaving this node.
fn the_task_runs_on_moebi() {
    chat("async moebi@localhost node")
        .assert()
        .success()
        .stdout("moebi@localhost\n");
}

// ANCHOR: at-home
/// No name, so no node, and nobody to ask: what moebi would do is done here.
fn s70_a_test_needs_no_node() {
    cargo_bin_cmd!("chat")
        .args(["-e", "send_message moebi@localhost hi"])
        .env("MOEBI_ENV", "test")
        .timeout(DEADLINE)
        .assert()
        .success()
        .stdout("hi\nchicken?\nok\n");
}
// ANCHOR_END: at-home

fn who_is_absent_is_one_sentence() {
    let mapper = Mapper::start();
    let absent = random_name();
    let sentence = is_match(format!("^[^\n]*no connection to {absent}[^\n]*\n$"));
    chat(&format!("send_message {absent} hi"))
        .env("ERL_EPMD_PORT", mapper.port())
        .assert()
        .code(1)
        .stdout("")
        .stderr(sentence.expect("a name has only letters that mean themselves"));
}
