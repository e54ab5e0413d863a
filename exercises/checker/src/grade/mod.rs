//! Grading: what learners have handed in, checked with the tests of this workbook.
//!
//! Of each learner only the files that are theirs to change are taken, and compiled
//! beside our tests; so a test that somebody has made easier is of no use, but is told.
//! Every run has a folder of its own, a port of its own for the port mapper, names and
//! words of its own, and limits; and nothing is left of it.
//!
//! It is no sandbox: what is graded runs as who grades, with the same files and network.
//! For people you do not know, run all of it in a container (`exercises/README.md`).

mod handed_in;
mod report;

use std::collections::HashMap;
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;
use serde::Serialize;

use crate::build::{Built, judge_in};
use crate::program::Limits;
use crate::verdict::Verdict;
use crate::workshop::Workshop;
use crate::{Exercise, Language, List};

use handed_in::{HandedIn, Work};

pub use report::{json, junit, table};

/// So many characters of what was said are in a report.
const SAID: usize = 4000;

/// How to grade.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The language of the reports.
    pub language: Language,
    /// What the tests of one exercise may take.
    pub limits: Limits,
    /// So many at once.
    pub jobs: usize,
    /// Only these exercises, or all.
    pub only: Vec<String>,
    /// With so many seeds each must pass.
    pub seeds: u32,
}

/// What came of it.
#[derive(Debug, Serialize)]
pub struct Grades {
    /// One after the other, sorted by name.
    pub learners: Vec<Learner>,
    /// What can be had.
    pub points: u32,
}

/// One learner.
#[derive(Debug, Serialize)]
pub struct Learner {
    /// The name of the folder.
    pub name: String,
    /// The sum.
    pub points: u32,
    /// What was changed that is not theirs to change.
    pub notices: Vec<String>,
    /// In the order of the book.
    pub exercises: Vec<Grade>,
}

/// One exercise of one learner.
#[derive(Debug, Serialize)]
pub struct Grade {
    /// The exercise.
    pub name: String,
    /// All of its points, or none.
    pub points: u32,
    /// How it stands.
    pub outcome: Outcome,
    /// What the test, the compiler or the program has said: the beginning of it.
    pub says: String,
    /// Which misunderstanding it is, if it is a known one.
    pub message: Option<String>,
    /// How long its tests took.
    pub seconds: f64,
}

/// How an exercise stands, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// All tests passed.
    Passed,
    /// A test has failed.
    Failed,
    /// As it was given.
    Untouched,
    /// There is no such file.
    Missing,
    /// The compiler refuses it.
    NotCompiled,
    /// It was ended.
    TooSlow,
    /// It ended before its tests did.
    Ended,
}

impl Outcome {
    /// As reports name it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Untouched => "untouched",
            Self::Missing => "missing",
            Self::NotCompiled => "not-compiled",
            Self::TooSlow => "too-slow",
            Self::Ended => "ended",
        }
    }
}

/// Something that has to be run, or not.
struct Job<'a> {
    exercise: &'a Exercise,
    /// The target that was made of it; or why there is none.
    target: Result<String, (Outcome, String)>,
}

/// Grades each folder in a folder.
///
/// # Errors
///
/// If there is nothing to grade, or no way to. What is wrong with a learner's work is a
/// grade.
pub fn grade(root: &Path, folder: &Path, rules: &Rules) -> Result<Grades> {
    let list = List::read(root)?;
    let chosen = chosen(&list, &rules.only)?;
    let handed_in = handed_in::find(folder)?;
    ensure!(!handed_in.is_empty(), "{} has no folders to grade", folder.display());
    let pool = ThreadPoolBuilder::new().num_threads(rules.jobs).build()?;
    let mut learners: Vec<Learner> = handed_in
        .iter()
        .map(|work| {
            let notices = work.notices(root, &chosen);
            let name = work.name.clone();
            Learner { name, points: 0, notices, exercises: Vec::new() }
        })
        .collect();
    // One after the other: the programs of a whole class would fill a disk.
    for exercise in &chosen {
        let grades =
            pool.install(|| exercise_of_all(root, exercise, &handed_in, rules));
        for (learner, grade) in learners.iter_mut().zip(grades?) {
            learner.points += grade.points;
            learner.exercises.push(grade);
        }
    }
    Ok(Grades { learners, points: chosen.iter().map(|e| e.points).sum() })
}

/// Grades one exercise of each.
fn exercise_of_all(
    root: &Path,
    exercise: &Exercise,
    handed_in: &[HandedIn],
    rules: &Rules,
) -> Result<Vec<Grade>> {
    let mut workshop =
        Workshop::new(root, &format!("grade-{}", std::process::id()))?;
    let jobs: Result<Vec<Job<'_>>> = handed_in
        .iter()
        .map(|work| {
            let target = target(root, &mut workshop, exercise, work)?;
            Ok(Job { exercise, target })
        })
        .collect();
    let built = workshop.build()?;
    jobs?.par_iter().map(|job| job.run(&built, rules)).collect()
}

fn chosen<'a>(list: &'a List, only: &[String]) -> Result<Vec<&'a Exercise>> {
    if only.is_empty() {
        return Ok(list.exercises.iter().collect());
    }
    let find = |name: &String| {
        list.find(name).with_context(|| format!("there is no exercise {name}"))
    };
    only.iter().map(find).collect()
}

fn target(
    root: &Path,
    workshop: &mut Workshop,
    exercise: &Exercise,
    work: &HandedIn,
) -> Result<Result<String, (Outcome, String)>> {
    Ok(match work.of(root, exercise) {
        Work::Missing(why) => Err((Outcome::Missing, why)),
        Work::Untouched => Err((Outcome::Untouched, String::new())),
        Work::Sources(sources) => Ok(workshop.add(exercise, sources)?),
    })
}

impl Job<'_> {
    fn run(&self, built: &HashMap<String, Built>, rules: &Rules) -> Result<Grade> {
        let start = std::time::Instant::now();
        let (outcome, says, message) = match &self.target {
            Err((outcome, why)) => (*outcome, why.clone(), None),
            Ok(target) => match built.get(target) {
                Some(built) => self.judged(built, rules)?,
                // Its tests were not built for a reason that is in nobody's file.
                None => {
                    (Outcome::NotCompiled, "cargo has not built it".into(), None)
                }
            },
        };
        let points =
            if outcome == Outcome::Passed { self.exercise.points } else { 0 };
        let name = self.exercise.name.clone();
        let seconds = start.elapsed().as_secs_f64();
        // The compiler's colours are for terminals.
        let says = console::strip_ansi_codes(&says).chars().take(SAID).collect();
        Ok(Grade { name, points, outcome, says, message, seconds })
    }

    fn judged(
        &self,
        built: &Built,
        rules: &Rules,
    ) -> Result<(Outcome, String, Option<String>)> {
        for _ in 0..rules.seeds {
            let place = Place::new()?;
            let set = |command: &mut std::process::Command| {
                command.current_dir(place.folder.path());
                command.env("HOME", place.folder.path());
                command.env("ERL_EPMD_PORT", place.port.to_string());
            };
            let (language, seed) = (rules.language, rand::random());
            let verdict =
                judge_in(built, self.exercise, language, seed, rules.limits, set)?;
            let seconds = rules.limits.time.as_secs();
            let none = None;
            return Ok(match verdict {
                Verdict::Passed => continue,
                Verdict::Failed(failure) => {
                    (Outcome::Failed, failure.text, failure.message)
                }
                Verdict::NotCompiled(errors) => (Outcome::NotCompiled, errors, none),
                Verdict::TooSlow => (Outcome::TooSlow, format!("{seconds} s"), none),
                Verdict::Ended(output) => (Outcome::Ended, output, none),
            });
        }
        Ok((Outcome::Passed, String::new(), None))
    }
}

/// Where one run is: a folder that goes with it, and a port nobody else has.
struct Place {
    folder: tempfile::TempDir,
    port: u16,
}

impl Place {
    fn new() -> Result<Self> {
        let folder = tempfile::tempdir().context("no folder to run in")?;
        let listener =
            TcpListener::bind(("127.0.0.1", 0)).context("no free port")?;
        Ok(Self { folder, port: listener.local_addr()?.port() })
    }
}

/// What the tests of one exercise may take, by default.
pub const LIMITS: Limits =
    Limits { time: Duration::from_secs(30), memory: 8 << 30, output: 256 << 10 };
