//! A routing table, and what is wrong with it: `cargo exercise routing_table`.

use moebi::NodeName;

/// Which node has the buckets whose names begin with which letter.
#[derive(Debug)]
pub struct Table(Vec<Entry>);

/// `a..=m -> foo@localhost`
#[derive(Debug)]
pub struct Entry {
    first: char,
    last: char,
    node: NodeName,
}

/// What is wrong with a table; but for a gap, with the line at fault.
#[derive(Debug, Clone, PartialEq)]
pub enum TableError {
    /// It does not look like `a..=m -> foo@localhost`, with letters from a to z.
    Shape(String),
    /// It begins after it ends.
    Backwards(String),
    /// What stands behind the arrow is no node's name.
    Node(String),
    /// It has a letter that a line before it has.
    Overlap(String),
    /// No line has this letter; it is the first such one from a to z.
    Gap(char),
}

impl Table {
    /// TODO: reads the lines of a table, and refuses it if anything is wrong.
    pub fn parse(lines: &[String]) -> Result<Self, TableError> {
        let _ = lines;
        Ok(Self(Vec::new()))
    }

    /// The node that has a bucket.
    pub fn node_of(&self, bucket: &str) -> Option<NodeName> {
        let letter = bucket.chars().next()?;
        let has = |entry: &&Entry| (entry.first..=entry.last).contains(&letter);
        self.0.iter().find(has).map(|entry| entry.node)
    }
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/kv_router/routing_table.rs"]
mod tests;
