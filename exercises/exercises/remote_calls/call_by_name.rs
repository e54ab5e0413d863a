//! Asking a library on another node: `cargo exercise call_by_name`.

use moebi::otp::Request;
use moebi::{Function, NodeName, Pid, Process};
use serde::{Deserialize, Serialize};

/// Every library has a server of this name, on its node.
pub const CATALOGUE: &str = "Library.Catalogue";

/// And offers this: which process has that name at the moment.
pub const FIND: Function<(), Option<Pid>> = Function::new("Library", "find");

/// How many copies of this book are there?
#[derive(Debug, Serialize, Deserialize)]
pub struct Copies(pub String);

impl Request for Copies {
    type Reply = u64;
}

/// What is known of a book.
#[derive(Debug, PartialEq, Eq)]
pub enum Known {
    /// So many copies are there, perhaps none.
    Copies(u64),
    /// Somebody was asked, and has not answered.
    NoAnswer,
    /// The node is there, but nobody of that name.
    Closed,
    /// The node is out of reach.
    Unreachable,
}

/// A library that is asked now and then.
pub struct Library {
    node: NodeName,
}

impl Library {
    pub fn new(node: NodeName) -> Self {
        Self { node }
    }

    /// TODO: asks the catalogue of the library's node.
    pub async fn copies(&mut self, me: &Process, book: &str) -> Known {
        let _ = (me, book, self.node);
        Known::Copies(0)
    }
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/remote_calls/call_by_name.rs"]
mod tests;
