//! That logs are compared in causal order, and made of traces as they should be.

use super::causal::{Log, Without, sections};
use super::events::difference;
use super::normalise::without_microseconds;
use super::proofs::Proof;
use super::record::{End, Record, Trace};
use super::trace;

/// The proofs, each named as a sentence.
pub fn proofs() -> Vec<Proof> {
    vec![
        ("lines_without_an_order_may_stand_in_any", any_order),
        ("another_causal_order_is_another_log", another_order),
        ("messages_that_cross_each_other_are_written_apart", crossing),
        ("a_log_written_is_read_as_the_same", written_and_read),
        ("a_line_that_is_none_is_refused", no_line),
        ("a_difference_of_logs_shows_what_was_said_and_what_is", shown),
        ("a_trace_gives_a_log_with_roles_and_without_noise", recorded),
        ("what_a_lost_node_leaves_behind_is_its_end", lost_node),
        ("what_a_node_that_comes_brings_about_is_of_its_start", node_comes),
        ("a_log_shows_only_whom_it_is_to_show", only),
        ("a_time_in_a_message_is_the_same_in_each_run", no_time),
        ("who_comes_from_outside_comes_from_what_was_typed_last", from_outside),
        ("a_trace_that_was_cut_off_is_read_up_to_there", cut_off),
    ]
}

fn written(log: &str) -> String {
    Log::parse(log).expect("a log").write()
}

fn any_order() {
    let one = "a/x -> b/y: one\nc/z -> d/w: two\nb/y x normal\nd/w x normal\n";
    let other = "c/z -> d/w: two\nd/w x normal\na/x -> b/y: one\nb/y x normal\n";
    assert_eq!(written(one), written(other));
}

fn another_order() {
    let one = "a/x -> c/z: one\nb/y -> c/z: two\n";
    let other = "b/y -> c/z: two\na/x -> c/z: one\n";
    assert_ne!(written(one), written(other));
    let before = "a/x -> b/y: hi\na/x x normal\n";
    let never = "a/x ~> b/y: hi\na/x x normal\n";
    assert_ne!(written(before), written(never));
}

fn crossing() {
    let log = "a/x ~> b/y: ping\nb/y -> a/x: pong\nb/y <~ a/x: ping\n";
    assert_eq!(written(log), log);
    // Each is sent before the other is taken, and so neither can be one line alone.
    assert!(written(log).contains("~> b/y"), "{}", written(log));
}

fn written_and_read() {
    let log = "a/s -[spawn_link]-> b/f\nb/f -[link]~> a/s\nb/f -[reply]-> a/s: b/f\n\
               a/s ~> b/f: {hi, a/s}\na/s -> b/f: x: y\nb/f <~ a/s: {hi, a/s}\n\
               b/f x {exception, \"boom\"}\nb/f -[exit]-> a/s: {exception, \"boom\"}\n\
               a/s x {exception, \"boom\"}\n";
    assert_eq!(written(&written(log)), written(log));
    assert!(written(log).contains("a/s -> b/f: x: y\n"));
    let file =
        "# About.\n\n# ANCHOR: one\n# without a/b\na/s x ok\n# ANCHOR_END: one\n";
    let parts = sections(file).expect("sections");
    assert_eq!(parts, [("one".into(), "# without a/b\na/s x ok\n".into())]);
    sections("a/s x ok\n").expect_err("a line outside all sections");
}

fn no_line() {
    for line in ["a/x", "a -> b/y: text", "a/x => b/y", "a/x -> b"] {
        let why = Log::parse(line).expect_err("no line of a log");
        assert!(why.contains(line), "{why}");
    }
}

fn shown() {
    let text = difference("ping", "a/x x normal\na/y x oops\n", "a/x x normal\n");
    let expected =
        "ping\n    a/x x normal\nsaid: a/y x oops\nnow : (nothing more)\n";
    assert_eq!(text, expected);
}

const SHELL: &str = "#PID<a@h.7.0>/5";
const LEADER: &str = "#PID<a@h.1.0>/5";
const PONG: &str = "#PID<k@h.9.0>/6";

fn trace_of(
    started: usize,
    typed: Vec<usize>,
    lines: &[(u64, &str, &str)],
) -> Trace {
    let line = |(time, pid, what): &(u64, &str, &str)| {
        format!("{time}\t{pid}\t{}\n", what.replace('|', "\t"))
    };
    let text: String = lines.iter().map(line).collect();
    Trace { started, typed, lines: trace::read(&text) }
}

fn alex(rest: &[(u64, &str, &str)]) -> Trace {
    let start = [
        (1, LEADER, "spawned|-|-|lead|-"),
        (1, LEADER, "named|leader"),
        (2, SHELL, "spawned|-|-|keep|-"),
        (2, SHELL, "named|shell"),
        (3, SHELL, "typed|spawn_link"),
        (4, SHELL, "sent|spawn_link|k@h|#Reference<a@h.5.1>|Kate.pong/0 ok"),
        (7, SHELL, "taken|spawn_reply|#PID<k@h.9.0>/6|#Reference<a@h.5.1>|"),
        // What the prompt answers at its own terminal.
        (7, SHELL, "sent|puts|#PID<a@h.1.0>/5|#Reference<a@h.5.2>|#PID<k@h.9.0>"),
        (7, LEADER, "taken|puts|#PID<a@h.7.0>/5|#Reference<a@h.5.2>|#PID<k@h.9.0>"),
    ];
    trace_of(1, vec![4, 9], &[&start, rest].concat())
}

fn kate(rest: &[(u64, &str, &str)]) -> Trace {
    let spawned = "spawned|#PID<a@h.7.0>/5|#Reference<a@h.5.1>|Kate.pong/0|link";
    let reply = "sent|spawn_reply|#PID<a@h.7.0>/5|#Reference<a@h.5.1>|";
    let start = [(5, PONG, spawned), (5, PONG, reply)];
    trace_of(2, Vec::new(), &[&start, rest].concat())
}

fn recorded() {
    let ping = "message|#PID<k@h.9.0>/6|77|{ping, #PID<a@h.7.0>}";
    let sent = format!("sent|{ping}");
    let alex = alex(&[
        (8, SHELL, "typed|send"),
        (9, SHELL, &sent),
        (10, LEADER, "stopping"),
        (11, SHELL, "ended|killed|-"),
    ]);
    let kate = kate(&[
        (12, PONG, "taken|message|-|77|Rally"),
        (13, PONG, "ended|normal|-"),
        // That a link is over does nothing to whoever does not trap exits.
        (13, PONG, "sent|exit|#PID<a@h.7.0>/5|-|normal"),
    ]);
    let record = Record::of(&[alex, kate], Vec::new());
    let of = |lines| record.section(&lines, &Without::default()).write();
    let first =
        "a/shell -[spawn_link]-> k/pong\nk/pong -[reply]-> a/shell: k/pong\n";
    assert_eq!(of(3..6), first);
    // However late it is: what comes of a line belongs to it.
    let second = "a/shell -> k/pong: {ping, a/shell}\nk/pong x normal\n";
    assert_eq!(of(8..12), second);
    assert_eq!(of(6..8), "");
}

fn lost_node() {
    let alex = alex(&[
        (20, PONG, "sent|exit|#PID<a@h.7.0>/5|-|noconnection"),
        (20, SHELL, "ended|noconnection|#PID<k@h.9.0>/6"),
    ]);
    let end = End { time: 15, line: 8, node: "k".into(), how: "SIGKILL" };
    let record = Record::of(&[alex, kate(&[])], vec![end]);
    let log = record.section(&(3..9), &Without::default()).write();
    let end = "k/* x SIGKILL\na/* -[exit]-> a/shell: noconnection\n\
               a/shell x noconnection\n";
    assert!(log.ends_with(end), "{log}");
    // Alone, it is of the line that ended the node.
    let log = record.section(&(7..9), &Without::default()).write();
    assert_eq!(log, end);
}

fn from_outside() {
    let door = "#PID<k@h.3.0>/6";
    let client = "spawned|#PID<k@h.3.0>/6|-|serve|-";
    let kate = trace_of(
        2,
        Vec::new(),
        &[
            (1, door, "spawned|-|-|accept|-"),
            (8, "#PID<k@h.4.0>/6", client),
            (9, "#PID<k@h.4.0>/6", "ended|normal|-"),
        ],
    );
    let alex = alex(&[(6, SHELL, "typed|nc"), (20, SHELL, "typed|later")]);
    let record = Record::of(&[alex, kate], Vec::new());
    let of = |lines| record.section(&lines, &Without::default()).write();
    // Alex's node is another: what he has typed by then is all that is known.
    assert_eq!(of(9..10), "k/accept -[spawn]-> k/serve\nk/serve x normal\n");
    assert!(!of(1..9).contains("serve"), "{}", of(1..9));
}

fn node_comes() {
    let watcher = "#PID<k@h.3.0>/6";
    let kate = trace_of(
        2,
        Vec::new(),
        &[
            (0, watcher, "spawned|-|-|watch|-"),
            (5, watcher, "taken|message|-|77|NodeUp"),
            (6, watcher, "ended|normal|-"),
        ],
    );
    let alex = trace_of(7, Vec::new(), &[(4, LEADER, "spawned|-|-|lead|-")]);
    let record = Record::of(&[kate, alex], Vec::new());
    let of = |lines| record.section(&lines, &Without::default()).write();
    assert_eq!(of(7..8), "k/* -> k/watch: NodeUp\nk/watch x normal\n");
    assert_eq!(of(1..7), "");
}

fn only() {
    let text = "# only a/x b/y\na/x -> b/y: one\na/x -> c/z: two\nc/z x normal\n";
    let mut log = Log::parse(text).expect("a log");
    let without = log.without.clone();
    log.leave_out(&without);
    assert_eq!(log.write(), "a/x -> b/y: one\n");
}

fn no_time() {
    let text = "{version, 1795279189423473, kate@localhost}";
    let expected = "{version, TIME, kate@localhost}";
    assert_eq!(without_microseconds(text), expected);
    // What has another number of digits is none.
    for text in ["a 179527918942347", "17952791894234731", "", "é 1"] {
        assert_eq!(without_microseconds(text), text);
    }
}

fn cut_off() {
    let whole = "1\t#PID<a@h.1.0>/5\tended\tnormal\t-\n";
    assert_eq!(trace::read(&format!("{whole}2\t#PID<a@h.2.0>/5\ten")).len(), 1);
    assert!(trace::read("2\t#PID<a").is_empty());
}
