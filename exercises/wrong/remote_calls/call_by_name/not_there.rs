//! Who does not answer is not there.

use moebi::otp::Request;
use moebi::{CallError, Function, NodeName, Pid, Process};
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

    pub async fn copies(&mut self, me: &Process, book: &str) -> Known {
        match me.call((CATALOGUE, self.node), Copies(book.into())).await {
            Ok(copies) => Known::Copies(copies),
            Err(CallError::NodeDown(_)) => Known::Unreachable,
            Err(_) => Known::Closed,
        }
    }
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/remote_calls/call_by_name.rs"]
mod tests;
