//! That the runner keeps its promises, shown with a fake node.

use std::fs;
use std::io::{ErrorKind, Read};
use std::net::TcpListener;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::Duration;

use super::fake::FAKE;
use super::normalise::Normaliser;
use super::parse::{self, Count};
use super::stage::Stage;
use super::{Failure, Home, in_runtime, settle};

/// Ample for what must happen on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);
/// For what must not happen: the time a test of it takes.
const IMPATIENCE: Duration = Duration::from_secs(1);

/// Its name, and what it does.
pub type Proof = (&'static str, fn());

/// The proofs, each named as a sentence.
pub fn proofs() -> Vec<Proof> {
    vec![
        ("a_script_that_was_observed_is_left_as_it_is", left_as_it_is),
        ("the_answers_of_two_nodes_are_kept_apart", kept_apart),
        ("a_command_can_wait_for_more_lines_than_its_answer", waits_for_lines),
        ("lines_in_any_order_are_sorted_before_pids_are_numbered", any_order),
        ("text_without_a_newline_before_the_mark_is_shown", no_newline),
        ("unasked_lines_and_log_lines_have_blocks_of_their_own", unasked),
        ("a_node_that_ends_shows_its_exit_status", exit_status),
        ("a_name_that_ended_can_be_started_again", started_again),
        ("names_and_cookies_of_the_script_come_first", arguments),
        ("a_pid_can_be_typed_as_it_is_shown", typed_pid),
        ("a_missing_answer_is_reported_with_node_and_command", no_answer),
        ("lines_that_do_not_come_are_reported", no_lines),
        ("a_second_answer_is_an_error", two_answers),
        ("a_line_that_nobody_waited_for_is_an_error_at_the_end", left_over),
        ("a_line_before_the_next_command_is_an_error", too_early),
        ("a_log_line_that_nobody_waited_for_is_an_error", left_over_log),
        ("what_a_node_says_as_it_stops_is_not_lost", goodbye),
        ("typing_at_a_node_that_has_ended_is_an_error", typing_at_the_dead),
        ("a_failure_shows_the_logs", failure_shows_logs),
        ("no_node_outlives_a_panic", killed_on_panic),
        ("what_differs_from_run_to_run_is_normalised", normalised),
        ("a_difference_is_shown_or_on_request_written", differences),
        ("a_script_that_is_wrong_says_where", wrong_scripts),
    ]
}

/// Plays a script with fake nodes; the script as it would be rewritten.
fn play_within(deadline: Duration, script: &str) -> Result<String, Failure> {
    let blocks = parse::parse(script)?;
    let observed = in_runtime(async { fake_stage(deadline).play(&blocks).await })?;
    Ok(parse::render(&blocks, &observed))
}

fn fake_stage(deadline: Duration) -> Stage {
    let this = |_: &str| std::env::current_exe().unwrap_or_else(|_| PathBuf::new());
    let mut stage = Stage::new("fake", Box::new(this), deadline);
    stage.set(FAKE, "1");
    stage
}

#[track_caller]
fn unchanged(script: &str) {
    let played = play_within(PATIENCE, script).expect("the script should play");
    assert_eq!(played, script);
}

#[track_caller]
fn fails(deadline: Duration, script: &str, sentences: &[&str]) {
    let failure = play_within(deadline, script).expect_err("this should fail");
    for sentence in sentences {
        assert!(failure.contains(sentence), "{sentence:?} is not in: {failure}");
    }
}

fn left_as_it_is() {
    unchanged(
        "# A comment,\n\n# and another.\nkate: start\n---\n\nkate: say hi\n---\n\
         kate: hi\n\n# The end.\n",
    );
}

fn kept_apart() {
    unchanged(
        "kate: start\nalex: start\nkate: say a|b\nalex: say c\nkate: say\n---\n\
         kate: a\nkate: b\nalex: c\nkate:\n",
    );
}

fn waits_for_lines() {
    unchanged("kate: start\nkate: [2] later one|two\n---\nkate: one\nkate: two\n");
}

fn any_order() {
    let script = "kate: start\n\
        kate: [3 in any order] later b #PID<k@h.9.0>|b #PID<k@h.7.0>|a #PID<k@h.8.0>\n\
        ---\nkate: a #PID<k@h.1.0>\nkate: b #PID<k@h.2.0>\nkate: b #PID<k@h.3.0>\n";
    unchanged(script);
}

fn no_newline() {
    unchanged("kate: start\nkate: ask who?\n---\nkate: who?\n");
}

fn unasked() {
    unchanged(
        "kate: start\nkate: echo hi\n---\nkate: hi\n\nkate: sees\n---\nkate: hi\n\n\
         kate: > log x|y\nkate: log 2\nkate: later b|a\n\
         kate: sees 2 in any order\n---\nkate: x\nkate: y\nkate: a\nkate: b\n",
    );
}

fn exit_status() {
    unchanged(
        "kate: run --in-use\nkate: start --in-use\nkate: start\nkate: die 3\n---\n\
         kate: the name is in use\nkate: (exit status 1)\n\
         kate: the name is in use\nkate: (exit status 1)\nkate: (exit status 3)\n\n\
         kate: start\nkate: term\nkate: start\nkate: kill\nkate: start\nkate: stop\n\
         ---\nkate: (signal 15)\nkate: (signal 9)\nkate: (exit status 0)\n",
    );
}

fn started_again() {
    unchanged(
        "kate: start\nkate: kill\nkate: start\nkate: say back\n---\n\
         kate: (signal 9)\nkate: back\n",
    );
    fails(PATIENCE, "kate: start\nkate: start\n---\n", &["kate is running already"]);
}

fn arguments() {
    unchanged(
        "kate: start --args -e 'self; list'\nlong: start --args --name=l@10.0.0.1\n\
         nobody: start --bin other --args --cookie \"a b\"\n---\n\
         kate: --sname|kate@localhost|--cookie|script|--args|-e|self; list\n\
         long: --cookie|script|--args|--name=l@10.0.0.1\n\
         nobody: --args|--cookie|a b\n",
    );
}

fn typed_pid() {
    // `spell` answers with the text it got, a space between any two characters.
    unchanged(
        "kate: start\nkate: say #PID<k@h.131.0>\nkate: spell #PID<k@h.1.0>\n---\n\
         kate: #PID<k@h.1.0>\nkate: # P I D < k @ h . 1 3 1 . 0 >\n",
    );
}

fn no_answer() {
    let script = "kate: start\nalex: start\nkate: hang\n---\n";
    fails(
        IMPATIENCE,
        script,
        &["line 3: kate: hang", "kate has not answered within 1s"],
    );
}

fn no_lines() {
    let start = "kate: start\n";
    let fails = |command: &str, sentence| {
        fails(IMPATIENCE, &format!("{start}{command}\n---\n"), &[command, sentence]);
    };
    fails("kate: sees 2", "kate has shown 0 of 2 lines");
    fails("kate: log", "kate has logged 0 of 1 lines");
    fails("kate: [2] say one", "kate has shown 1 of 2 lines within 1s\n    one");
}

fn two_answers() {
    fails(PATIENCE, "kate: start\nkate: twice\n---\n", &["(end of transmission)"]);
}

fn left_over() {
    fails(
        PATIENCE,
        "kate: start\nkate: later hello\n---\n",
        &["at the end: kate has shown lines that nobody waited for\n    hello"],
    );
}

fn too_early() {
    fails(
        PATIENCE,
        "kate: start\nkate: later a|b\nkate: sees\nkate: say x\n---\n",
        &[
            "line 4: kate: say x",
            "kate has shown lines that nobody waited for\n    b",
        ],
    );
}

fn left_over_log() {
    fails(
        PATIENCE,
        "kate: start\nkate: > log oops\n---\n",
        &["at the end: kate has logged lines that nobody waited for\n    oops"],
    );
}

fn goodbye() {
    unchanged(
        "kate: start --goodbye\nkate: stop\n---\nkate: goodbye\nkate: (exit status 0)\n",
    );
    fails(PATIENCE, "kate: start --goodbye\n---\n", &["at the end: ", "goodbye"]);
}

fn typing_at_the_dead() {
    let script = "kate: start\nkate: die 1\nkate: say hi\n---\n";
    fails(PATIENCE, script, &["line 3: kate: say hi", "kate has ended"]);
    fails(PATIENCE, "kate: say hi\n---\n", &["kate was never started"]);
}

fn failure_shows_logs() {
    fails(
        IMPATIENCE,
        "kate: start\nkate: > log it broke\nkate: hang\n---\n",
        &["log of kate: it broke"],
    );
}

fn killed_on_panic() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its number").to_string();
    let script = parse::parse("kate: start\nkate: hang\n---\n").expect("a script");
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        in_runtime(async {
            let mut stage = fake_stage(IMPATIENCE);
            stage.set("MOEBI_FAKE_LIFELINE", address.as_str());
            let _ = stage.play(&script).await;
            std::panic::resume_unwind(Box::new("a test went wrong"));
            #[expect(unreachable_code, reason = "it only gives the block its type")]
            Ok(())
        })
    }));
    assert!(panicked.is_err());
    let (mut lifeline, _) = listener.accept().expect("the node has connected");
    lifeline.set_read_timeout(Some(PATIENCE)).expect("a deadline");
    // The end, or a reset: never a time-out.
    let end = lifeline.read(&mut [0]);
    let timed_out = end.is_err_and(|e| e.kind() != ErrorKind::ConnectionReset);
    assert!(!timed_out, "the node outlived its stage");
}

fn normalised() {
    let mut normaliser = Normaliser::with_home(&PathBuf::from("/tmp/home-1"));
    for (line, same) in [
        ("#PID<a@10.0.0.1.5.0> #PID<0.5.0>", "#PID<a@10.0.0.1.1.0> #PID<0.2.0>"),
        ("{#PID<a@10.0.0.1.5.0>}", "{#PID<a@10.0.0.1.1.0>}"),
        ("#Reference<k@h.77.3>", "#Reference<k@h.0.1>"),
        ("#Message<Hi, 3 bytes> #PID<odd> #", "#Message<Hi, 3 bytes> #PID<odd> #"),
        ("at port 4369, creation 99.", "at port PORT, creation CREATION."),
        ("127.0.0.1:80 export 12", "127.0.0.1:PORT export 12"),
        ("12:30:05.123 [error] no", "TIME [error] no"),
        ("/tmp/home-1/.erlang.cookie", "~/.erlang.cookie"),
    ] {
        assert_eq!(normaliser.normalise(line), same);
    }
}

fn differences() {
    let home = Home::make("differences").expect("a folder");
    let path = home.path().join("fake.script");
    let script = "kate: start\n---\n\nkate: say hi\n---\nkate: ho\n\n# The end.\n";
    let blocks = parse::parse(script).expect("a script");
    let observed = in_runtime(async { fake_stage(PATIENCE).play(&blocks).await });
    let observed = observed.expect("the script should play");

    let shown = settle(&path, script, &blocks, &observed, false);
    let shown = shown.expect_err("it differs");
    let expected = "line 4:\n    kate: say hi\n  should have shown\n    kate: ho\n  \
        but showed\n    kate: hi\n";
    assert!(shown.starts_with(expected), "{shown}");
    assert!(!path.exists(), "only a request may write it");

    settle(&path, script, &blocks, &observed, true).expect("written");
    let written = fs::read_to_string(&path).expect("it is there");
    assert_eq!(written, script.replace("ho\n", "hi\n"));
}

fn wrong_scripts() {
    for (script, sentence) in [
        ("kate: start\n", "no --- after the command of line 1"),
        ("---\nkate: hi\n", "a --- without a command before it"),
        ("\nstart\n---\n", "line 2: start"),
        ("kate: sees 0\n---\n", "\"0\" is no count"),
        ("kate: [two] x\n---\n", "\"two\" is no count"),
        ("kate: start 'x\n---\n", "the ' is not closed"),
        ("kate: stop now\n---\n", "stop stands alone"),
    ] {
        fails(PATIENCE, script, &[sentence]);
    }
    let count = "2 in any order".parse::<Count>();
    assert_eq!(count, Ok(Count { lines: 2, any_order: true }));
}
