//! Is every row tested, or named as a difference?

const ROWS: &str = include_str!("rows.tsv");
const DIFFERENCES: &str = include_str!("differences.tsv");

/// All the tests there are.
const SOURCES: &[&str] = &[
    include_str!("cache.rs"),
    include_str!("call.rs"),
    include_str!("chat.rs"),
    include_str!("cookie.rs"),
    include_str!("erpc.rs"),
    include_str!("forged.rs"),
    include_str!("in_flight.rs"),
    include_str!("link.rs"),
    include_str!("monitor.rs"),
    include_str!("node.rs"),
    include_str!("order.rs"),
    include_str!("server.rs"),
    include_str!("spawn.rs"),
    include_str!("task.rs"),
    include_str!("task_supervisor.rs"),
    include_str!("terminal.rs"),
    include_str!("kv/protocol.rs"),
    include_str!("kv/routing.rs"),
    include_str!("kv/server.rs"),
    include_str!("checklist/connecting.rs"),
    include_str!("checklist/flow.rs"),
    include_str!("checklist/identity.rs"),
    include_str!("checklist/links.rs"),
    include_str!("checklist/liveness.rs"),
    include_str!("checklist/monitors.rs"),
    include_str!("checklist/output.rs"),
    include_str!("checklist/spawning.rs"),
    include_str!("../../src/otp/phash2/tests.rs"),
    include_str!("../tagged/chat.rs"),
    include_str!("../tagged/rules.rs"),
];

fn ids(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().skip(1).filter_map(|row| row.split('\t').next())
}

/// The rows that some test is named after: `s08_...` is a test of S08.
fn tested() -> Vec<String> {
    let lines = SOURCES.iter().flat_map(|source| source.lines());
    let tests = lines.filter_map(|line| line.split_once("fn "));
    let names = tests.filter_map(|(_, name)| name.split_once('_'));
    names.map(|(id, _)| id.to_uppercase()).collect()
}

#[test]
fn every_row_is_tested_or_named() {
    let tested = tested();
    for id in ids(ROWS) {
        let named = ids(DIFFERENCES).any(|other| other == id);
        assert!(
            named || tested.iter().any(|other| other == id),
            "{id} has no test, and is not named as a difference"
        );
    }
}

#[test]
fn every_test_and_every_difference_has_its_row() {
    let is_id = |name: &String| {
        let (letter, number) = name.split_at(1);
        ["S", "C"].contains(&letter)
            && number.len() == 2
            && number.parse::<u8>().is_ok()
    };
    let differences = ids(DIFFERENCES).map(str::to_owned);
    for id in tested().into_iter().filter(is_id).chain(differences) {
        assert!(ids(ROWS).any(|row| row == id), "{id} is not in rows.tsv");
    }
}

#[test]
fn every_row_is_whole() {
    for (table, columns) in [(ROWS, 4), (DIFFERENCES, 5)] {
        for row in table.lines() {
            let cells: Vec<_> = row.split('\t').collect();
            assert_eq!(cells.len(), columns, "{row}");
            assert!(cells.iter().all(|cell| !cell.is_empty()), "{row}");
        }
    }
}
