//! Which tests run, and which are left out: `cargo exercise tagged_test`.

/// What was asked for, and who is there. A filter is written as a tag is.
#[derive(Debug, Default)]
pub struct Run {
    pub include: Vec<String>,
    pub exclude: Vec<String>,
    pub only: Vec<String>,
    /// The nodes that answer.
    pub alive: Vec<String>,
}

/// TODO: does a test with these tags run? They are written as `slow`, or with a value as
/// `node:kate@localhost`.
pub fn runs(tags: &[String], run: &Run) -> bool {
    let _ = (tags, run);
    true
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/tags/tagged_test.rs"]
mod tests;
