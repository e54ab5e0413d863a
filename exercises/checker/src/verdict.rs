//! What comes of a check, and how it is read from what a test program has written.

use std::sync::LazyLock;

use regex::Regex;

/// How an exercise stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// All tests have passed.
    Passed,
    /// A test has failed.
    Failed(Failure),
    /// It is no program yet: what the compiler says.
    NotCompiled(String),
    /// It did not end in time, and was ended, with all that it had started.
    TooSlow,
    /// It ended without a word of its tests, as a program does that exits or is killed.
    Ended(String),
}

/// The first test that has failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The test's name.
    pub test: String,
    /// The message's name, if the test knows what went wrong.
    pub message: Option<String>,
    /// What was said.
    pub text: String,
}

// `[prints_here] Nothing has appeared ...`
static MARK: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^\[([a-z0-9_]+)\] ").ok());

/// The first failure in the output of Rust's test harness:
///
/// ```text
/// ---- tests::kate_answers stdout ----
///
/// thread 'tests::kate_answers' (4711) panicked at exercises/tests/...:
/// [answers_nobody] Nobody was answered.
/// note: run with `RUST_BACKTRACE=1` ...
/// ```
pub fn failure(output: &str) -> Option<Failure> {
    let (_, from) = output.split_once("\n---- ")?;
    let (test, rest) = from.split_once(" stdout ----\n")?;
    let own = rest.split("\n---- ").next()?.split("\n\nfailures:\n").next()?;
    // A process or a task that has panicked comes before the test that noticed it.
    let mut panics = own.split(" panicked at ").skip(1).map(said);
    let first = panics.next().unwrap_or(own.trim());
    let marked = |said: &&str| MARK.as_ref().is_some_and(|mark| mark.is_match(said));
    let said = Some(first).into_iter().chain(panics).find(marked).unwrap_or(first);
    let mark = MARK.as_ref().and_then(|mark| mark.captures(said));
    let message = mark.as_ref().map(|found| found[1].to_owned());
    let text = said[mark.map_or(0, |found| found[0].len())..].to_owned();
    Some(Failure { test: test.to_owned(), message, text })
}

/// What a panic says, without its place and what follows.
fn said(panic: &str) -> &str {
    let said = panic.split_once('\n').map_or(panic, |(_, said)| said);
    let said = said.split("\nthread '").next().unwrap_or(said);
    said.split("\nnote: run with").next().unwrap_or(said).trim()
}

#[cfg(test)]
mod tests {
    use super::{Failure, failure};

    const OUTPUT: &str = "
running 2 tests
test tests::b ... FAILED
test tests::a ... FAILED

failures:

---- tests::b stdout ----

thread 'tests::b' (12) panicked at exercises/tests/x.rs:3:9:
[wrong_name] The greeting has
another name.
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace

---- tests::a stdout ----

thread 'tests::a' (13) panicked at exercises/tests/x.rs:9:9:
assertion failed: false


failures:
    tests::a
";

    #[test]
    fn the_first_failure_has_its_message() {
        let expected = Failure {
            test: "tests::b".into(),
            message: Some("wrong_name".into()),
            text: "The greeting has\nanother name.".into(),
        };
        assert_eq!(failure(OUTPUT), Some(expected));
    }

    #[test]
    fn a_process_that_has_panicked_before_is_passed_over() {
        let output = OUTPUT.replace(
            "---- tests::b stdout ----\n",
            "---- tests::b stdout ----\n\nthread 'tokio-rt-worker' (14) panicked at \
             exercises/x.rs:1:1:\nindex out of bounds\n",
        );
        let message = failure(&output).unwrap().message;
        assert_eq!(message.as_deref(), Some("wrong_name"));
    }

    #[test]
    fn an_assertion_without_a_message_is_shown_as_it_is() {
        let output =
            OUTPUT.replace("[wrong_name] The greeting has\nanother name.", "no");
        let failure = failure(&output).unwrap();
        assert_eq!((failure.message, failure.text.as_str()), (None, "no"));
        assert_eq!(super::failure("test result: ok."), None);
    }
}
