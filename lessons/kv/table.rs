//! The routing table: which node has the buckets whose names begin with which byte.
//!
//! It is a setting, and each node reads its own. Nobody sees to it that they agree; what
//! happens if they do not is said in `router.rs`. What one node can see alone, that two
//! entries overlap or that no node can have such a name, is refused when it starts.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use moebi::otp::{Settings, SettingsError};
use moebi::{NameError, NodeName};

/// Instead of a node's name: the node that reads the table.
const LOCAL: &str = "local";

/// Entries that do not overlap.
#[derive(Debug, Clone)]
pub struct Table(Vec<Entry>);

/// `a..=m -> foo@localhost`
#[derive(Debug, Clone)]
pub struct Entry {
    bytes: RangeInclusive<u8>,
    node: NodeName,
}

/// What is wrong with a table, with the line at fault.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error("the table's line {0:?} must look like a..=m -> foo@localhost")]
    Shape(String),
    #[error("the table's line {0:?} begins after it ends: no byte is in it")]
    Empty(String),
    #[error("the table's line {line:?} names no node: {why}")]
    Node { line: String, why: NameError },
    #[error("the table's line {0:?} overlaps with {1}")]
    Overlap(String, Entry),
}

impl Table {
    /// The table of this node, in the environment that it was started in.
    pub fn read(settings: &Settings, here: NodeName) -> Result<Self, TableError> {
        Self::parse(&settings.get::<Vec<String>>("table")?, here)
    }

    /// The same, from its lines.
    pub fn parse(lines: &[String], here: NodeName) -> Result<Self, TableError> {
        let mut table = Self(Vec::new());
        for line in lines {
            let entry = Entry::parse(line, here)?;
            if let Some(other) = table.0.iter().find(|other| other.overlaps(&entry))
            {
                return Err(TableError::Overlap(line.clone(), other.clone()));
            }
            table.0.push(entry);
        }
        Ok(table)
    }

    // ANCHOR: node-of
    /// The node that has a bucket, if the table says which.
    pub fn node_of(&self, bucket: &str) -> Option<NodeName> {
        let first = bucket.as_bytes().first()?;
        let entry = self.0.iter().find(|entry| entry.bytes.contains(first))?;
        Some(entry.node)
    }
    // ANCHOR_END: node-of

    /// The entries, in the order of the setting.
    pub fn entries(&self) -> &[Entry] {
        &self.0
    }
}

impl Entry {
    fn parse(line: &str, here: NodeName) -> Result<Self, TableError> {
        let shape = || TableError::Shape(line.to_owned());
        let (bytes, node) = line.split_once("->").ok_or_else(shape)?;
        let (first, last) = bytes.split_once("..=").ok_or_else(shape)?;
        let Byte(first) = first.trim().parse().map_err(|NotAByte| shape())?;
        let Byte(last) = last.trim().parse().map_err(|NotAByte| shape())?;
        if first > last {
            return Err(TableError::Empty(line.to_owned()));
        }
        let node = match node.trim() {
            LOCAL => here,
            name => name
                .parse()
                .map_err(|why| TableError::Node { line: line.to_owned(), why })?,
        };
        Ok(Self { bytes: first..=last, node })
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.bytes.start() <= other.bytes.end()
            && other.bytes.start() <= self.bytes.end()
    }
}

/// A byte, as the table writes it.
struct Byte(u8);

/// What stands there is none.
struct NotAByte;

impl FromStr for Byte {
    type Err = NotAByte;

    fn from_str(text: &str) -> Result<Self, NotAByte> {
        match *text.as_bytes() {
            [sign] if sign.is_ascii_graphic() => Ok(Self(sign)),
            // A sign of its own would also be a number.
            [b'0', b'x', high, _] if high != b'+' => {
                let number = u8::from_str_radix(&text[2..], 16);
                number.map(Self).map_err(|_| NotAByte)
            }
            _ => Err(NotAByte),
        }
    }
}

impl fmt::Display for Byte {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            sign if sign.is_ascii_graphic() => write!(f, "{}", char::from(sign)),
            other => write!(f, "0x{other:02x}"),
        }
    }
}

/// As it is written in the settings.
impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last) = (Byte(*self.bytes.start()), Byte(*self.bytes.end()));
        write!(f, "{first}..={last} -> {}", self.node)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries: Vec<_> = self.0.iter().map(Entry::to_string).collect();
        write!(f, "[{}]", entries.join(", "))
    }
}
