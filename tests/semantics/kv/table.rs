//! What a routing table may say, and what is said of one that may not.

use moebi::NodeName;

use super::lesson::table::{Table, TableError};

const HERE: &str = "foo@localhost";

fn table(lines: &[&str]) -> Result<Table, TableError> {
    let lines: Vec<String> = lines.iter().map(|&line| line.to_owned()).collect();
    Table::parse(&lines, NodeName::from(HERE))
}

fn refused(lines: &[&str]) -> String {
    table(lines).expect_err("such a table is refused").to_string()
}

fn node_of(table: &Table, bucket: &str) -> Option<&'static str> {
    table.node_of(bucket).map(NodeName::as_str)
}

#[test]
fn the_first_byte_decides() {
    let table = table(&["a..=m -> foo@localhost", "n..=z->bar@localhost"]);
    let table = table.expect("a good table");
    for (bucket, node) in [
        ("a", Some("foo@localhost")),
        ("hello", Some("foo@localhost")),
        ("m", Some("foo@localhost")),
        ("n", Some("bar@localhost")),
        ("z", Some("bar@localhost")),
        ("Hello", None),
        ("\0", None),
        ("été", None),
        ("", None),
    ] {
        assert_eq!(node_of(&table, bucket), node, "{bucket:?}");
    }
    let shown = "[a..=m -> foo@localhost, n..=z -> bar@localhost]";
    assert_eq!(table.to_string(), shown);
}

#[test]
fn every_byte_can_be_written() {
    let table = table(&[
        "0x00..=@ -> bar@localhost",
        "A..=0x7f -> local",
        "0x80..=0xff -> bar@localhost",
    ]);
    let table = table.expect("a good table");
    assert_eq!(node_of(&table, "\0"), Some("bar@localhost"));
    assert_eq!(node_of(&table, "A"), Some(HERE));
    assert_eq!(node_of(&table, "été"), Some("bar@localhost"));
    let shown = "[0x00..=@ -> bar@localhost, A..=0x7f -> foo@localhost, \
                 0x80..=0xff -> bar@localhost]";
    assert_eq!(table.to_string(), shown);
}

#[test]
fn a_node_without_a_name_is_local_too() {
    let lines = ["a..=z -> local".to_owned()];
    let table = Table::parse(&lines, NodeName::nobody()).expect("a good table");
    assert_eq!(table.node_of("hello"), Some(NodeName::nobody()));
}

#[test]
fn what_is_no_entry_is_refused() {
    for line in [
        "",
        "a..=m",
        "a -> foo@localhost",
        "a..m -> foo@localhost",
        "a..= -> foo@localhost",
        "..=m -> foo@localhost",
        "aa..=m -> foo@localhost",
        "é..=m -> foo@localhost",
        "0x1..=m -> foo@localhost",
        "0x+1..=m -> foo@localhost",
        "0xé..=m -> foo@localhost",
        "0xfff..=m -> foo@localhost",
    ] {
        let says = format!(
            "the table's line {line:?} must look like a..=m -> foo@localhost"
        );
        assert_eq!(refused(&["n..=z -> bar@localhost", line]), says);
    }
}

#[test]
fn no_byte_is_refused() {
    assert_eq!(
        refused(&["m..=a -> foo@localhost"]),
        "the table's line \"m..=a -> foo@localhost\" begins after it ends: no byte is \
         in it"
    );
}

#[test]
fn no_node_is_refused() {
    assert_eq!(
        refused(&["a..=m -> foo"]),
        "the table's line \"a..=m -> foo\" names no node: \"foo\" is not a node name: it \
         must look like name@host"
    );
}

#[test]
fn a_byte_has_one_node() {
    let first = "a..=m -> foo@localhost";
    for line in
        ["m..=z -> bar@localhost", "A..=a -> bar@localhost", "c..=d -> local"]
    {
        let says = format!("the table's line {line:?} overlaps with {first}");
        assert_eq!(refused(&[first, line]), says);
    }
    // Both ways round, and also if it is the same node.
    let says = "the table's line \"a..=m -> foo@localhost\" overlaps with \
                c..=d -> foo@localhost";
    assert_eq!(refused(&["c..=d -> foo@localhost", first]), says);
}
