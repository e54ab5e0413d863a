//! Which tests run, and which are left out.

/// What was asked for, and who is there. A filter is written as a tag is.
#[derive(Debug, Default)]
pub struct Run {
    pub include: Vec<String>,
    pub exclude: Vec<String>,
    pub only: Vec<String>,
    /// The nodes that answer.
    pub alive: Vec<String>,
}

/// Does a test with these tags run?
pub fn runs(tags: &[String], run: &Run) -> bool {
    let has = |filters: &[String]| {
        filters.iter().any(|filter| tags.iter().any(|tag| matches(filter, tag)))
    };
    // `only` excludes every test, and includes some.
    let included = has(&run.include) || has(&run.only);
    let excluded = has(&run.exclude) || !run.only.is_empty();
    if included {
        return true;
    }
    if excluded {
        return false;
    }
    tags.iter().all(|tag| match tag.strip_prefix("node:") {
        Some(node) => run.alive.iter().any(|alive| alive == node),
        None => true,
    })
}

/// Without a value a filter takes every value, but no other name.
fn matches(filter: &str, tag: &str) -> bool {
    tag == filter || tag.split_once(':').is_some_and(|(name, _)| name == filter)
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/tags/tagged_test.rs"]
mod tests;
