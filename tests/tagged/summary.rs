//! What is said at the end of a run, so that tests that were left out can not be taken
//! for tests that passed.

use std::fmt::{self, Display};

use libtest_mimic::Conclusion;

/// A test that will not run.
#[derive(Clone)]
pub struct LeftOut {
    pub name: &'static str,
    /// By its own tag, not by the selection.
    pub skipped: bool,
    pub why: String,
}

/// ExUnit's line of numbers; the first counts all tests, whether they ran or not.
pub struct Summary<'a> {
    conclusion: &'a Conclusion,
    left_out: &'a [LeftOut],
}

/// The tests that were left out, with their reasons.
pub struct NotRun<'a>(&'a [LeftOut]);

impl<'a> Summary<'a> {
    pub fn new(conclusion: &'a Conclusion, left_out: &'a [LeftOut]) -> Self {
        Self { conclusion, left_out }
    }

    /// How many tests ran, with whatever result.
    pub fn executed(&self) -> u64 {
        self.conclusion.num_passed + self.conclusion.num_failed
    }

    pub fn not_run(&self) -> NotRun<'a> {
        NotRun(self.left_out)
    }
}

impl Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.executed() + self.conclusion.num_ignored;
        let is_skipped = |test: &&LeftOut| test.skipped;
        let skipped = self.left_out.iter().filter(is_skipped).count() as u64;
        let excluded = self.left_out.len() as u64 - skipped;
        if excluded > 0 && excluded == total {
            writeln!(f, "All tests have been excluded.")?;
        }
        let failed = self.conclusion.num_failed;
        let (tests, failures) = (count(total, "test"), count(failed, "failure"));
        write!(f, "{tests}, {failures}")?;
        for (number, what) in [(excluded, "excluded"), (skipped, "skipped")] {
            if number > 0 {
                write!(f, ", {number} {what}")?;
            }
        }
        writeln!(f)
    }
}

impl Display for NotRun<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.0.len() as u64;
        if number > 0 {
            let were = if number == 1 { "was" } else { "were" };
            writeln!(f, "\n{} {were} NOT run:", count(number, "test"))?;
        }
        for LeftOut { name, why, .. } in self.0 {
            writeln!(f, "    {name} ... ignored, {why}")?;
        }
        Ok(())
    }
}

fn count(number: u64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
