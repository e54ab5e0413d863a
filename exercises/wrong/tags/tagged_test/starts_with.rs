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
    if excluded && !included {
        return false;
    }
    let named = |tag: &String| run.include.contains(tag) || run.only.contains(tag);
    tags.iter().all(|tag| match tag.strip_prefix("node:") {
        Some(node) => run.alive.iter().any(|alive| alive == node) || named(tag),
        None => true,
    })
}

/// Without a value a filter takes every value.
fn matches(filter: &str, tag: &str) -> bool {
    tag.starts_with(filter)
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/tags/tagged_test.rs"]
mod tests;
