//! Compiling an exercise with its tests, and running them.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use cargo_metadata::Message;
use cargo_metadata::diagnostic::DiagnosticLevel;

use crate::desk::SEED;
use crate::program::{self, Limits, Outcome};
use crate::verdict::{self, Verdict};
use crate::{Exercise, Language};

/// What cargo may take: a first build compiles the runtime. Its memory is its own affair.
const CARGO: Limits =
    Limits { time: Duration::from_secs(600), memory: 1 << 46, output: 64 << 20 };

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

/// Lets cargo compile tests without running them. For each target that cargo has said
/// something about: its name, and what was made of it.
///
/// # Errors
///
/// If there is no cargo, or it fails without a word about any target.
pub fn build(root: &Path, options: &[OsString]) -> Result<Vec<(String, Built)>> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let outcome = program::run(
        Path::new(&cargo),
        |command| {
            command.current_dir(root).args(["test", "--no-run", "--quiet"]);
            command.arg("--message-format=json-diagnostic-rendered-ansi");
            command.args(options);
        },
        CARGO,
    )?;
    let built = targets(&outcome);
    let failed = !outcome.status.is_some_and(|status| status.success());
    if failed && !built.iter().any(|(_, built)| matches!(built, Built::Errors(_))) {
        anyhow::bail!("cargo does not build this:\n{}", outcome.output.trim());
    }
    Ok(built)
}

fn targets(outcome: &Outcome) -> Vec<(String, Built)> {
    let mut built: Vec<(String, Built)> = Vec::new();
    for message in Message::parse_stream(outcome.output.as_bytes()).flatten() {
        match message {
            Message::CompilerArtifact(artifact) => {
                if let Some(program) =
                    artifact.executable.filter(|_| artifact.profile.test)
                {
                    built.push((
                        artifact.target.name,
                        Built::Program(program.into()),
                    ));
                }
            }
            Message::CompilerMessage(said)
                if said.message.level == DiagnosticLevel::Error =>
            {
                let text = said.message.rendered.unwrap_or(said.message.message);
                let known =
                    built.iter_mut().find(|(name, _)| *name == said.target.name);
                match known {
                    Some((_, Built::Errors(errors))) => *errors += &text,
                    _ => built.push((said.target.name, Built::Errors(text))),
                }
            }
            _ => {}
        }
    }
    built
}

/// Compiles the learner's own version, where it is.
pub fn in_place(root: &Path, exercise: &Exercise, solution: bool) -> Result<Built> {
    let name = &exercise.name;
    let target = if solution { format!("{name}_sol") } else { name.clone() };
    let options: Vec<OsString> = if exercise.project {
        vec!["--package".into(), name.into(), "--test".into(), name.into()]
    } else {
        ["--package", "exercises", "--bin", &target].map(OsString::from).into()
    };
    let built = build(root, &options)?;
    let found = built.into_iter().find(|(name, _)| *name == target);
    found
        .map(|(_, built)| built)
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
    let program = match built {
        Built::Program(program) => program,
        Built::Errors(errors) => return Ok(Verdict::NotCompiled(errors.clone())),
    };
    let outcome = program::run(
        program,
        |command| {
            command.arg("--test-threads=1");
            command.env("MOEBI_LANG", language.code()).env("RUST_BACKTRACE", "0");
            command
                .env("MOEBI_EXERCISE", &exercise.name)
                .env(SEED, seed.to_string());
        },
        limits,
    )?;
    Ok(match outcome.status {
        None => Verdict::TooSlow,
        // A program that leaves with 0 before its tests are over has not passed them.
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
