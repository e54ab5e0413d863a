//! The run: tests become trials of libtest-mimic, and who is left out says why.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::{self, Write};
use std::panic;
use std::process::ExitCode;

use libtest_mimic::{Completion, Failed, FormatSetting, Trial};

use super::alive::{Missing, Roll, call_the_roll};
use super::selection::{Options, Selection, Verdict};
use super::summary::{LeftOut, Summary};
use super::tags::{Tag, Test};

/// Excluded before we are asked, if no node is there.
const DISTRIBUTED: &str = "distributed";

/// Runs the tests that are selected.
///
/// The exit status is 101 if one fails, as for all tests in Rust (ExUnit has 2), and 1 if
/// `--only` selects none.
pub fn run(options: &Options, tests: Vec<Test>) -> ExitCode {
    let libtest = &options.libtest;
    // Who only wants to see the names need not wait for a node.
    let Roll { missing, somebody } = match libtest.list {
        true => Roll { missing: BTreeMap::new(), somebody: false },
        false => call_the_roll(&tests),
    };
    let mut selection = Selection::new(options);
    if somebody {
        missing.keys().for_each(|node| selection.miss(Tag::new("node", node)));
    } else if !missing.is_empty() {
        selection.exclude(&Tag::any(DISTRIBUTED));
    }
    let plans = tests.iter().map(|test| Plan::new(test, &selection, &missing));
    let (trials, left_out) = trials(options, plans);
    if libtest.list {
        return libtest_mimic::run(libtest, trials).exit_code();
    }
    say(options, &selection);
    let conclusion = libtest_mimic::run(libtest, trials);
    let summary = Summary::new(&conclusion, &left_out);
    say(options, &summary);
    if options.has_only() {
        if summary.executed() == 0 {
            let error = b"The --only option was given but no test was executed\n";
            let _ = io::stderr().write_all(error);
            return ExitCode::FAILURE;
        }
    } else {
        // Who said --only does not wonder where the others are.
        say(options, summary.not_run());
    }
    conclusion.exit_code()
}

/// What becomes of a test.
struct Plan<'a> {
    test: &'a Test,
    left_out: Option<LeftOut>,
    /// The node it has not got, should it run nevertheless.
    missing: Option<String>,
}

impl<'a> Plan<'a> {
    fn new(
        test: &'a Test,
        selection: &Selection,
        missing: &BTreeMap<String, Missing>,
    ) -> Self {
        let missing = test.nodes().find_map(|node| missing.get(node));
        let missing = missing.map(Missing::to_string);
        let left_out = match selection.judge(test) {
            Verdict::Runs => None,
            Verdict::Excluded(filter) => {
                let by_node =
                    filter.name() == DISTRIBUTED || selection.misses(&filter);
                let node = missing.clone().filter(|_| by_node);
                let why = node.unwrap_or_else(|| format!("due to {filter} filter"));
                Some(LeftOut { name: test.name, skipped: false, why })
            }
            Verdict::Skipped(why) => {
                Some(LeftOut { name: test.name, skipped: true, why })
            }
        };
        Self { test, left_out, missing }
    }

    /// One that is left out is a trial too: it is listed among the others, as ignored.
    fn trial(self) -> Trial {
        let name = self.test.name;
        match self.left_out {
            Some(LeftOut { why, .. }) => {
                Trial::ignorable_test(name, || Ok(Completion::ignored_with(why)))
            }
            None => {
                let body = self.test.body;
                Trial::test(name, move || attempt(body, self.missing))
            }
        }
    }

    /// libtest's `--ignored` and `--include-ignored` run even what was left out.
    fn forced(self) -> Trial {
        let ignored = self.left_out.is_some();
        Self { left_out: None, ..self }.trial().with_ignored_flag(ignored)
    }
}

/// The trials, and which of them that are not filtered by name will not run.
fn trials<'a>(
    options: &Options,
    plans: impl Iterator<Item = Plan<'a>>,
) -> (Vec<Trial>, Vec<LeftOut>) {
    let libtest = &options.libtest;
    let mut trials = Vec::new();
    let mut all_left_out = Vec::new();
    for plan in plans {
        if libtest.ignored || libtest.include_ignored {
            trials.push(plan.forced());
            continue;
        }
        let left_out = plan.left_out.clone();
        let trial = plan.trial();
        if !libtest.is_filtered_out(&trial) {
            all_left_out.extend(left_out);
        }
        trials.push(trial);
    }
    (trials, all_left_out)
}

/// Runs a test; if it fails and its node is missing, that is the likely reason.
fn attempt(body: fn(), missing: Option<String>) -> Result<(), Failed> {
    let Err(panic) = panic::catch_unwind(body) else {
        return Ok(());
    };
    let Some(missing) = missing else {
        panic::resume_unwind(panic);
    };
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or(panic.downcast_ref::<&str>().copied()).unwrap_or_default();
    Err(format!("{text}\n\nIt was included without its node: {missing}").into())
}

/// Standard output is for people, unless they asked for JSON there.
fn say(options: &Options, text: impl Display) {
    let text = text.to_string();
    // If nobody reads it any more, the exit status still says what must be known.
    let _ = match options.libtest.format {
        Some(FormatSetting::Json) => io::stderr().write_all(text.as_bytes()),
        _ => io::stdout().write_all(text.as_bytes()),
    };
}
