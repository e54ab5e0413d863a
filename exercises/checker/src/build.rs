//! Compiling an exercise with its tests, and running them.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use cargo_metadata::Message;
use cargo_metadata::diagnostic::DiagnosticLevel;

use crate::desk::SEED;
use crate::program::{self, Limits, Outcome};
use crate::verdict::{self, Verdict};
use crate::{Exercise, Language};

/// What cargo may take: a first build compiles the runtime. Its memory is its own affair.
const CARGO: Limits =
    Limits { time: Duration::from_secs(1800), memory: 1 << 46, output: 64 << 20 };

/// The cargo that runs us, or any.
pub fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// What an exercise's tests may take.
pub const TESTS: Limits =
    Limits { time: Duration::from_secs(60), memory: 8 << 30, output: 256 << 10 };

/// What cargo has made of one target.
#[derive(Debug, Clone)]
pub enum Built {
    /// The program of its tests.
    Program(PathBuf),
    /// What the compiler says.
    Errors(String),
}

/// A target, and what cargo has made of it.
#[derive(Debug, Clone)]
pub struct Made {
    /// The name of its package.
    pub package: String,
    /// Its own name.
    pub target: String,
    /// The program, or why there is none.
    pub built: Built,
}

/// Lets cargo compile tests, with `test --no-run` or `build --tests` and more options.
/// What it says of each target.
///
/// # Errors
///
/// If there is no cargo, or it fails without a word about any target.
pub fn build(root: &Path, options: &[OsString]) -> Result<Vec<Made>> {
    let format = if console::colors_enabled() {
        "--message-format=json-diagnostic-rendered-ansi"
    } else {
        "--message-format=json"
    };
    let outcome = program::run(
        Path::new(&cargo()),
        |command| {
            command.current_dir(root).args(options).args(["--quiet", format]);
        },
        CARGO,
    )?;
    let seconds = CARGO.time.as_secs();
    ensure!(outcome.status.is_some(), "cargo takes longer than {seconds} s");
    let built = targets(&outcome);
    let failed = !outcome.status.is_some_and(|status| status.success());
    if failed && !built.iter().any(|made| matches!(made.built, Built::Errors(_))) {
        anyhow::bail!("cargo does not build this:\n{}", outcome.output.trim());
    }
    Ok(built)
}

fn targets(outcome: &Outcome) -> Vec<Made> {
    let mut all: Vec<Made> = Vec::new();
    for message in Message::parse_stream(outcome.output.as_bytes()).flatten() {
        let (package, target, built) = match message {
            Message::CompilerArtifact(made) if made.profile.test => {
                let Some(program) = made.executable else { continue };
                (made.package_id, made.target.name, Built::Program(program.into()))
            }
            Message::CompilerMessage(said)
                if said.message.level == DiagnosticLevel::Error =>
            {
                let text = said.message.rendered.unwrap_or(said.message.message);
                (said.package_id, said.target.name, Built::Errors(text))
            }
            _ => continue,
        };
        let package = package_name(&package.repr).to_owned();
        let same =
            |made: &&mut Made| made.package == package && made.target == target;
        match (all.iter_mut().find(same), built) {
            (
                Some(Made { built: Built::Errors(errors), .. }),
                Built::Errors(more),
            ) => {
                *errors += &more;
            }
            (_, built) => all.push(Made { package, target, built }),
        }
    }
    all
}

/// Out of a package id (the Cargo book, "Package ID Specifications"): the name is behind
/// the `#`, or it is that of the folder.
fn package_name(id: &str) -> &str {
    let (place, name) = id.rsplit_once('#').unwrap_or(("", id));
    match name.split_once('@') {
        Some((name, _)) => name,
        None => place.rsplit('/').next().unwrap_or(place),
    }
}

/// Compiles the learner's own version, where it is.
pub fn in_place(root: &Path, exercise: &Exercise, solution: bool) -> Result<Built> {
    let name = &exercise.name;
    let target = if solution { format!("{name}_sol") } else { name.clone() };
    let options: Vec<OsString> = if exercise.project {
        vec![
            "test".into(),
            "--no-run".into(),
            "--package".into(),
            name.into(),
            "--test".into(),
            name.into(),
        ]
    } else {
        ["test", "--no-run", "--package", "exercises", "--bin", &target]
            .map(OsString::from)
            .into()
    };
    let made = build(root, &options)?;
    let found = made.into_iter().find(|made| made.target == target);
    found
        .map(|made| made.built)
        .with_context(|| format!("cargo has not built {target}"))
}

/// Runs the tests of an exercise that was built. With the same seed they use the same
/// names and words.
pub fn judge(
    built: &Built,
    exercise: &Exercise,
    language: Language,
    seed: u64,
    limits: Limits,
) -> Result<Verdict> {
    judge_in(built, exercise, language, seed, limits, |_| {})
}

/// The same, with more to say about where it runs.
pub fn judge_in(
    built: &Built,
    exercise: &Exercise,
    language: Language,
    seed: u64,
    limits: Limits,
    more: impl FnOnce(&mut Command),
) -> Result<Verdict> {
    let program = match built {
        Built::Program(program) => program,
        Built::Errors(errors) => return Ok(Verdict::NotCompiled(errors.clone())),
    };
    let set = |command: &mut Command| {
        command.arg("--test-threads=1");
        command.env("MOEBI_LANG", language.code()).env("RUST_BACKTRACE", "0");
        command.env("MOEBI_EXERCISE", &exercise.name).env(SEED, seed.to_string());
        more(command);
    };
    let outcome = program::run(program, set, limits)?;
    Ok(match outcome.status {
        None => Verdict::TooSlow,
        // One that leaves with 0 before its tests are over has not passed them.
        Some(status)
            if status.success() && outcome.output.contains("\ntest result: ok.") =>
        {
            Verdict::Passed
        }
        Some(_) => match verdict::failure(&outcome.output) {
            Some(failure) => Verdict::Failed(failure),
            None => Verdict::Ended(outcome.output),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::package_name;

    #[test]
    fn a_package_id_has_a_name() {
        for (id, name) in [
            ("path+file:///home/ada/exercises#0.1.0", "exercises"),
            ("path+file:///home/ada/x#v0_say_name@0.1.0", "v0_say_name"),
        ] {
            assert_eq!(package_name(id), name);
        }
    }
}
