//! The rules, proved on the four tests of the rehearsal. Those named after a row of
//! `tests/semantics/rows.tsv` repeat what ExUnit was seen to do.

use std::net::{Ipv4Addr, TcpListener};

use moebi::dist::cookie::Cookie;
use predicates::prelude::*;
use predicates::str::{contains, ends_with, is_empty, starts_with};

use super::alive::SOPHIE;
use super::rehearsal::{MOEBI, Stage};
use super::tags::Test;

/// What the distributed test says if there is no moebi.
const NO_NODE: &str =
    "no node moebi@localhost: cargo run --bin chat -- --sname moebi@localhost";

pub fn tests() -> Vec<Test> {
    vec![
        Test::new("s63_all_can_be_excluded", s63_all_can_be_excluded),
        Test::new("s64_the_total_counts_all", s64_the_total_counts_all),
        Test::new("s65_an_included_test_runs", s65_an_included_test_runs),
        Test::new("s66_only_excludes_others", s66_only_excludes_others),
        Test::new("s67_excludes_add_up", s67_excludes_add_up),
        Test::new("s69_only_without_tests_fails", s69_only_without_tests_fails),
        Test::new("include_wins_over_exclude", include_wins_over_exclude),
        Test::new("a_filter_may_have_a_value", a_filter_may_have_a_value),
        Test::new("skip_yields_to_its_own_name", skip_yields_to_its_own_name),
        Test::new("variables_are_options_too", variables_are_options_too),
        Test::new("a_bad_tag_is_refused", a_bad_tag_is_refused),
        Test::new("libtests_options_work", libtests_options_work),
        Test::new("libtest_runs_ignored_tests", libtest_runs_ignored_tests),
        Test::new("with_its_node_a_test_runs", with_its_node_a_test_runs),
        Test::new("one_of_two_nodes_is_enough", one_of_two_nodes_is_enough),
        Test::new("no_port_mapper_no_node", no_port_mapper_no_node),
        Test::new("another_cookie_is_a_reason", another_cookie_is_a_reason),
        Test::new("sophie_in_use_is_a_reason", sophie_in_use_is_a_reason),
        Test::new("a_bad_port_is_a_reason", a_bad_port_is_a_reason),
    ]
}

/// In plain output each reason is beside the name of its test, and again at the end.
fn s63_all_can_be_excluded() {
    Stage::new()
        .run("--exact distributed")
        .success()
        .stdout(starts_with("Excluding tags: [distributed]\n\nrunning 1 test\n"))
        .stdout(contains(format!("test distributed ... ignored ({NO_NODE})\n")))
        .stdout(contains("\nAll tests have been excluded.\n"))
        .stdout(contains("\n1 test, 0 failures, 1 excluded\n"))
        .stdout(ends_with(format!(
            "\n1 test was NOT run:\n    distributed ... ignored, {NO_NODE}\n"
        )));
}

fn s64_the_total_counts_all() {
    Stage::new()
        .run("")
        .success()
        .stdout(contains("test result: ok. 2 passed; 0 failed; 2 ignored;"))
        .stdout(contains("\n4 tests, 0 failures, 1 excluded, 1 skipped\n"))
        .stdout(ends_with(format!(
            "\n2 tests were NOT run:\n    distributed ... ignored, {NO_NODE}\n    \
             skipped ... ignored, moebi is tired\n"
        )));
}

/// It fails, honestly: there is no moebi.
fn s65_an_included_test_runs() {
    Stage::new()
        .run("--include distributed")
        .code(101)
        .stdout(starts_with("Including tags: [distributed]\n\n"))
        .stdout(contains("moebi did not answer"))
        .stdout(contains(format!("It was included without its node: {NO_NODE}\n")))
        .stdout(contains("\n4 tests, 1 failure, 1 skipped\n"));
}

fn s66_only_excludes_others() {
    Stage::new()
        .run("--only distributed")
        .code(101)
        .stdout(starts_with(
            "Excluding tags: [test]\nIncluding tags: [distributed]\n\n",
        ))
        .stdout(contains("test slow        ... ignored (due to test filter)\n"))
        .stdout(ends_with("\n4 tests, 1 failure, 3 excluded\n"));
}

fn s67_excludes_add_up() {
    Stage::new()
        .run("--exclude slow")
        .success()
        .stdout(starts_with("Excluding tags: [slow, distributed]\n\n"))
        .stdout(contains("test slow        ... ignored (due to slow filter)\n"))
        .stdout(contains("\n4 tests, 0 failures, 2 excluded, 1 skipped\n"));
}

fn s69_only_without_tests_fails() {
    let error = "The --only option was given but no test was executed\n";
    let stage = Stage::new();
    stage
        .run("--only nosuchtag")
        .code(1)
        .stdout(contains("\nAll tests have been excluded.\n"))
        .stdout(ends_with("\n4 tests, 0 failures, 4 excluded\n"))
        .stderr(error);
    // A skipped test was not executed either.
    let skipped = stage.run("--only test:skipped").code(1);
    skipped.stdout(ends_with("3 excluded, 1 skipped\n")).stderr(error);
}

fn include_wins_over_exclude() {
    let stage = Stage::new();
    stage
        .run("--exclude slow --include slow")
        .success()
        .stdout(starts_with(
            "Excluding tags: [distributed]\nIncluding tags: [slow]\n\n",
        ))
        .stdout(contains("test slow        ... ok\n"));
    // By another of its tags, too; every test has the tag test.
    stage
        .run("--exclude slow --include test:slow")
        .success()
        .stdout(starts_with("Excluding tags: [slow, distributed]\n"))
        .stdout(contains("test slow        ... ok\n"));
}

fn a_filter_may_have_a_value() {
    let stage = Stage::new();
    stage
        .run("--only node:moebi@localhost")
        .code(101)
        .stdout(contains("Including tags: [node: moebi@localhost]\n"))
        .stdout(ends_with("\n4 tests, 1 failure, 3 excluded\n"));
    stage
        .run("--only node:kate@localhost")
        .code(1)
        .stdout(ends_with("\n4 tests, 0 failures, 4 excluded\n"));
    // A tag without a value is there, and that is true.
    let slow = stage.run("--only slow:true").success();
    slow.stdout(ends_with("\n4 tests, 0 failures, 3 excluded\n"));
    stage.run("--only slow:false").code(1);
}

fn skip_yields_to_its_own_name() {
    let stage = Stage::new();
    let by_another = stage.run("--include test").code(101);
    by_another
        .stdout(contains("test skipped     ... ignored (moebi is tired)\n"))
        .stdout(contains("\n4 tests, 1 failure, 1 skipped\n"));
    let by_its_own = stage.run("--include skip").code(101);
    by_its_own
        .stdout(contains("test skipped     ... FAILED\n"))
        .stdout(contains("\n4 tests, 1 failure, 1 excluded\n"));
    let for_another_reason = stage.run("--include skip:hungry").success();
    for_another_reason.stdout(contains("1 excluded, 1 skipped\n"));
}

fn variables_are_options_too() {
    let stage = Stage::new();
    let run = |variable: &str, tags: &str, arguments: &str| {
        let mut program = stage.program(arguments);
        program.env(format!("MOEBI_TEST_{variable}"), tags).assert()
    };
    run("INCLUDE", "distributed", "")
        .code(101)
        .stdout(contains("\n4 tests, 1 failure, 1 skipped\n"));
    run("EXCLUDE", "slow,node:kate@localhost", "")
        .success()
        .stdout(starts_with(
            "Excluding tags: [slow, node: kate@localhost, distributed]\n",
        ))
        .stdout(contains("\n4 tests, 0 failures, 2 excluded, 1 skipped\n"));
    run("ONLY", "slow", "")
        .success()
        .stdout(ends_with("\n4 tests, 0 failures, 3 excluded\n"));
    // What is typed replaces what was set.
    run("ONLY", "slow", "--only nosuchtag").code(1);
}

fn a_bad_tag_is_refused() {
    let stage = Stage::new();
    let name = "the name of a tag has letters, digits and underscores";
    let value = "a value must follow the colon, as in node:moebi@localhost";
    let bad = [("a-tag", name), ("", name), (":kate", name), ("node:", value)];
    for (tag, why) in bad {
        let tag = format!("--include={tag}");
        let refused = stage.run(&tag).code(2).stdout(is_empty());
        refused.stderr(contains("for '--include <TAG>'").and(contains(why)));
    }
}

fn libtests_options_work() {
    let stage = Stage::new();
    let names = "distributed: test\nplain: test\nslow: test\nskipped: test\n";
    stage.run("--list").success().stdout(names);
    stage
        .run("plain --include slow --test-threads 1 --nocapture")
        .success()
        .stdout(contains("test plain ... ok\n"))
        .stdout(contains("\n1 test, 0 failures\n"));
    stage
        .run("--skip distributed --skip skipped")
        .success()
        .stdout(ends_with("\n2 tests, 0 failures\n"));
    // A machine that reads standard output finds nothing there that is not for it.
    let json = stage.run("--format json").success();
    let lines = String::from_utf8_lossy(&json.get_output().stdout).into_owned();
    assert!(lines.lines().all(|line| line.starts_with('{')), "{lines}");
    json.stderr(contains("\n4 tests, 0 failures, 1 excluded, 1 skipped\n"));
}

fn libtest_runs_ignored_tests() {
    let stage = Stage::new();
    let all = stage.run("--include-ignored").code(101);
    all.stdout(contains("test skipped     ... FAILED\n"))
        .stdout(ends_with("\n4 tests, 2 failures\n"));
    let ignored = stage.run("--ignored").code(101);
    ignored
        .stdout(contains("2 filtered out"))
        .stdout(ends_with("\n2 tests, 2 failures\n"));
}

fn with_its_node_a_test_runs() {
    let stage = Stage::new();
    let _moebi = stage.start(MOEBI, stage.cookie());
    for arguments in ["", "--include distributed"] {
        stage
            .run(arguments)
            .success()
            .stdout(contains("Excluding").not())
            .stdout(contains("test distributed ... ok\n"))
            .stdout(contains("\n4 tests, 0 failures, 1 skipped\n"))
            .stdout(contains("\n1 test was NOT run:\n    skipped ... ignored, "));
    }
    stage.run("--exclude distributed").success().stdout(contains(
        "test distributed ... ignored (due to distributed filter)",
    ));
}

/// For the tests that need no other. Those of the node that is not there say so, also if
/// they were asked for by another name.
fn one_of_two_nodes_is_enough() {
    let stage = Stage::new();
    let nobody = stage.run_for_two("").success();
    nobody.stdout(starts_with("Excluding tags: [distributed]\n"));
    let _moebi = stage.start(MOEBI, stage.cookie());
    let reason =
        "no node kate@localhost: cargo run --bin nodes -- --sname kate@localhost";
    stage
        .run_for_two("")
        .success()
        .stdout(starts_with("Excluding tags: [node: kate@localhost]\n"))
        .stdout(contains("test distributed ... ok\n"))
        .stdout(contains(format!("test kates       ... ignored ({reason})\n")))
        .stdout(contains("\n5 tests, 0 failures, 1 excluded, 1 skipped\n"));
    stage
        .run_for_two("--only distributed")
        .success()
        .stdout(contains("test distributed ... ok\n"))
        .stdout(contains(format!("test kates       ... ignored ({reason})\n")))
        .stdout(ends_with("\n5 tests, 0 failures, 4 excluded\n"));
    stage
        .run_for_two("--include node:kate@localhost")
        .code(101)
        .stdout(contains(
            "kate is not there\n\nIt was included without its node: no node",
        ))
        .stdout(contains("\n5 tests, 1 failure, 1 skipped\n"));
}

/// Nor is one started to find that out.
fn no_port_mapper_no_node() {
    let stage = Stage::new();
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let free = free.and_then(|socket| socket.local_addr());
    let free = free.expect("this machine has a free port");
    let mut program = stage.program("");
    let run = program.env("ERL_EPMD_PORT", free.port().to_string()).assert();
    run.success().stdout(contains(format!("ignored ({NO_NODE})\n")));
    assert!(!stage.cookie_file().exists(), "a node was started: it made a cookie");
}

fn another_cookie_is_a_reason() {
    let stage = Stage::new();
    let _moebi = stage.start(MOEBI, Cookie::new("another"));
    let reason = "node moebi@localhost does not answer with our cookie: end it, and \
                  start it with ours: cargo run --bin chat -- --sname moebi@localhost";
    stage
        .run("")
        .success()
        .stdout(starts_with("Excluding tags: [distributed]\n"))
        .stdout(contains(format!("test distributed ... ignored ({reason})\n")))
        .stdout(contains(format!("\n    distributed ... ignored, {reason}\n")));
}

fn sophie_in_use_is_a_reason() {
    let stage = Stage::new();
    let _moebi = stage.start(MOEBI, stage.cookie());
    let _sophie = stage.start(SOPHIE, stage.cookie());
    let reason = "cannot ask for node moebi@localhost: our own node's name \
                  sophie@localhost is in use";
    let run = stage.run("").success();
    run.stdout(contains(format!("\n    distributed ... ignored, {reason}")));
}

fn a_bad_port_is_a_reason() {
    let stage = Stage::new();
    let mut program = stage.program("");
    let run = program.env("ERL_EPMD_PORT", "mapper").assert().success();
    run.stdout(contains(
        "distributed ... ignored, cannot ask for node moebi@localhost: ERL_EPMD_PORT \
         must be a port number from 1 to 65535, but is \"mapper\"\n",
    ));
}
