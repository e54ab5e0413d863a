//! Do the exercises do what they are for? For authors, and for CI.
//!
//! Of every exercise: the stub compiles and fails; each wrong solution fails, and with its
//! own message; the solution passes, whatever the names and words; all texts are there in
//! all languages; rustlings would take it.

use std::collections::HashMap;
use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use rayon::prelude::*;

use crate::build::{Built, TESTS, judge};
use crate::first_version::{first_version, last_version};
use crate::verdict::Verdict;
use crate::workshop::{self, Sources, Workshop};
use crate::{Exercise, Language, List, Texts, files, paragraphs};

/// A solution passes with so many different seeds.
pub const SEEDS: u64 = 20;

/// What a version is expected to do.
#[derive(Clone, Copy)]
enum Expected<'a> {
    Pass,
    Fail,
    FailWith(&'a str),
}

/// A version of an exercise, and the name of what was made of it.
struct Version<'a> {
    exercise: &'a Exercise,
    path: PathBuf,
    target: String,
    expected: Expected<'a>,
}

/// What is wrong with the exercises of that name, or with all: a sentence for each.
///
/// # Errors
///
/// If nothing can be verified: no cargo, no `info.toml`, no such exercise.
pub fn verify(root: &Path, only: Option<&str>) -> Result<Vec<String>> {
    let list = List::read(root)?;
    let mut chosen: Vec<&Exercise> = list.exercises.iter().collect();
    if let Some(name) = only {
        chosen =
            vec![list.find(name).with_context(|| format!("no exercise {name}"))?];
    }
    let mut faults = Vec::new();
    // One after the other: the programs of them all would fill a disk.
    for exercise in chosen {
        faults.extend(texts(root, exercise)?);
        faults.extend(form(root, exercise)?);
        faults.extend(reset(root, exercise));
        faults.extend(versions(root, exercise)?);
    }
    Ok(faults)
}

/// What is wrong with an exercise's versions.
fn versions(root: &Path, exercise: &Exercise) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    let mut workshop = Workshop::new(root, "verify")?;
    let mut versions = Vec::new();
    for (path, expected) in expected(root, exercise) {
        match sources(root, exercise, &path, expected) {
            Ok(sources) => {
                let target = workshop.add(exercise, sources)?;
                versions.push(Version { exercise, path, target, expected });
            }
            Err(why) => faults.push(fault(exercise, format!("{why:#}"))),
        }
    }
    let built = workshop.build()?;
    let found: Result<Vec<_>> =
        versions.par_iter().map(|version| version.fault(root, &built)).collect();
    faults.extend(found?.into_iter().flatten());
    faults.extend(format(root, &workshop, &versions)?);
    Ok(faults)
}

fn fault(exercise: &Exercise, what: impl Display) -> String {
    format!("{}: {what}", exercise.name)
}

fn expected<'a>(
    root: &Path,
    exercise: &'a Exercise,
) -> Vec<(PathBuf, Expected<'a>)> {
    let mut all = vec![
        (exercise.stub(root), Expected::Fail),
        (exercise.solution(root), Expected::Pass),
    ];
    for (id, message) in &exercise.wrong {
        all.push((exercise.wrong(root, id), Expected::FailWith(message)));
    }
    all
}

/// A wrong solution of a project has the files that differ from the solution.
fn sources(
    root: &Path,
    exercise: &Exercise,
    path: &Path,
    expected: Expected<'_>,
) -> Result<Sources> {
    let own = workshop::read(path)?;
    if exercise.project && matches!(expected, Expected::FailWith(_)) {
        let solution = workshop::read(&exercise.solution(root))?;
        return Ok(workshop::laid_over(solution, own));
    }
    Ok(own)
}

impl Version<'_> {
    fn fault(
        &self,
        root: &Path,
        built: &HashMap<String, Built>,
    ) -> Result<Option<String>> {
        let Some(built) = built.get(&self.target) else {
            return Ok(Some(self.says(root, "cargo has not built it")));
        };
        let seeds = if matches!(self.expected, Expected::Pass) { SEEDS } else { 1 };
        let faults: Result<Vec<_>> = (0..seeds)
            .into_par_iter()
            .map(|_| {
                let seed = rand::random();
                let verdict =
                    judge(built, self.exercise, Language::English, seed, TESTS)?;
                let wrong = self.expected.fault(&verdict);
                Ok(wrong.map(|wrong| format!("{wrong} (seed {seed})")))
            })
            .collect();
        Ok(faults?.into_iter().flatten().next().map(|wrong| self.says(root, wrong)))
    }

    fn says(&self, root: &Path, what: impl Display) -> String {
        let path = self.path.strip_prefix(root).unwrap_or(&self.path);
        fault(self.exercise, format!("{}: {what}", path.display()))
    }
}

impl Expected<'_> {
    fn fault(self, verdict: &Verdict) -> Option<String> {
        match (self, verdict) {
            (_, Verdict::NotCompiled(errors)) => {
                Some(format!("does not compile:\n{errors}"))
            }
            (Self::Pass, Verdict::Passed) => None,
            (Self::Pass, other) => Some(format!("should pass: {other:?}")),
            (_, Verdict::Passed) => Some("passes, and should fail".into()),
            (Self::Fail, Verdict::Failed(_)) => None,
            (Self::Fail, other) => {
                Some(format!("should fail with a sentence: {other:?}"))
            }
            (Self::FailWith(wanted), Verdict::Failed(failure)) => {
                (failure.message.as_deref() != Some(wanted)).then(|| {
                    format!("should be told {wanted}, and is told: {failure:?}")
                })
            }
            (Self::FailWith(wanted), other) => {
                Some(format!("should be told {wanted}: {other:?}"))
            }
        }
    }
}

/// Texts without a translation, and messages that nobody would ever see.
fn texts(root: &Path, exercise: &Exercise) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for language in Language::TRANSLATED {
        let texts = Texts::read(root, language)?;
        for text in exercise.texts() {
            for paragraph in paragraphs(text) {
                if texts.translation(&paragraph).is_none() {
                    let what = format!("not in {}: {paragraph}", language.code());
                    faults.push(fault(exercise, what));
                }
            }
        }
    }
    let test = exercise.test(root);
    let mut said = String::new();
    for file in files(&test)? {
        said += &fs::read_to_string(file)?;
    }
    for message in exercise.messages.keys() {
        if !said.contains(&format!("\"{message}\"")) {
            faults.push(fault(exercise, format!("no test says {message}")));
        }
    }
    if !(2..=5).contains(&exercise.wrong.len()) {
        faults.push(fault(exercise, "has 2 to 5 wrong solutions"));
    }
    Ok(faults)
}

/// What rustlings wants of a file, and cargo; and what we want of its end.
fn form(root: &Path, exercise: &Exercise) -> Result<Vec<String>> {
    if exercise.project {
        return Ok(Vec::new());
    }
    let stub = fs::read_to_string(exercise.stub(root))?;
    let tail = workshop::tail(exercise);
    let wanted = ["fn main()", "TODO", "#[test]\n", &tail];
    let missing = wanted.iter().filter(|part| !stub.contains(**part));
    let mut faults: Vec<_> =
        missing.map(|part| format!("the stub lacks {part:?}")).collect();
    let manifest = fs::read_to_string(root.join("exercises/Cargo.toml"))?;
    let (dir, name) = (&exercise.dir, &exercise.name);
    for (bin, folder) in
        [(name.clone(), "exercises"), (format!("{name}_sol"), "solutions")]
    {
        let entry =
            format!("{{ name = \"{bin}\", path = \"{folder}/{dir}/{name}.rs\" }}");
        if !manifest.contains(&entry) {
            faults.push(format!("exercises/Cargo.toml lacks {entry}"));
        }
    }
    Ok(faults.into_iter().map(|what| fault(exercise, what)).collect())
}

/// What learners get back must be what is there. Of a folder without a git, and of an
/// exercise that is not committed yet, nothing can be said.
fn reset(root: &Path, exercise: &Exercise) -> Option<String> {
    let stub = exercise.stub(root);
    let stub = stub.strip_prefix(root).ok()?;
    let last = last_version(root, stub).ok()?;
    let why = match first_version(root, stub) {
        Ok(first) if first == last => return None,
        Ok(_) => {
            "another stub than the one that is there; commit a change of a stub \
                  together with one of its tests, texts or solutions"
                .to_owned()
        }
        Err(why) => format!("nothing: {why:#}"),
    };
    Some(fault(exercise, format!("learners who reset it get {why}")))
}

/// Those that rustfmt would write otherwise. It looks at them in the workshop, where a
/// single file finds its tests.
fn format(
    root: &Path,
    workshop: &Workshop,
    versions: &[Version<'_>],
) -> Result<Vec<String>> {
    let mut all = Vec::new();
    for version in versions {
        all.extend(workshop.files(version.exercise, &version.target)?);
    }
    let mut rustfmt = Command::new("rustfmt");
    rustfmt.args(["--check", "--edition=2024", "-l"]).args(all);
    let output = rustfmt.output().context("there is no rustfmt here")?;
    let errors = String::from_utf8_lossy(&output.stderr);
    let mut faults = Vec::new();
    if !errors.is_empty() {
        faults.push(format!("rustfmt: {errors}"));
    }
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    for file in said.lines().map(Path::new) {
        let version = versions.iter().find(|version| {
            file.components().any(|part| part.as_os_str() == &*version.target)
        });
        let name = file.file_name().unwrap_or_default().display();
        let what = format!("rustfmt would write it otherwise ({name})");
        faults.push(match version {
            Some(version) => version.says(root, what),
            None => format!("{}: {what}", file.display()),
        });
    }
    Ok(faults)
}
