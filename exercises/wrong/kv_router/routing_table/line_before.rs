//! A routing table, and what is wrong with it.

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
    /// Reads the lines of a table, and refuses it if anything is wrong.
    pub fn parse(lines: &[String]) -> Result<Self, TableError> {
        let mut table = Self(Vec::new());
        for line in lines {
            let entry = Entry::parse(line)?;
            if table.0.last().is_some_and(|other| other.overlaps(&entry)) {
                return Err(TableError::Overlap(line.clone()));
            }
            table.0.push(entry);
        }
        // To ask for every letter needs no order of the lines.
        match ('a'..='z').find(|letter| table.entry(*letter).is_none()) {
            Some(letter) => Err(TableError::Gap(letter)),
            None => Ok(table),
        }
    }

    /// The node that has a bucket.
    pub fn node_of(&self, bucket: &str) -> Option<NodeName> {
        let letter = bucket.chars().next()?;
        self.entry(letter).map(|entry| entry.node)
    }

    fn entry(&self, letter: char) -> Option<&Entry> {
        self.0.iter().find(|entry| (entry.first..=entry.last).contains(&letter))
    }
}

impl Entry {
    fn parse(line: &str) -> Result<Self, TableError> {
        let shape = || TableError::Shape(line.to_owned());
        let (letters, node) = line.split_once(" -> ").ok_or_else(shape)?;
        let (first, last) = letters.split_once("..=").ok_or_else(shape)?;
        let first = letter(first).ok_or_else(shape)?;
        let last = letter(last).ok_or_else(shape)?;
        if first > last {
            return Err(TableError::Backwards(line.to_owned()));
        }
        // `parse` looks at the name; `NodeName::from` takes any text.
        let node = node.parse().map_err(|_| TableError::Node(line.to_owned()))?;
        Ok(Self { first, last, node })
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }
}

fn letter(text: &str) -> Option<char> {
    let letter: char = text.parse().ok()?;
    letter.is_ascii_lowercase().then_some(letter)
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/kv_router/routing_table.rs"]
mod tests;
