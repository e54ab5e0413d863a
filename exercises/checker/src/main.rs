//! `cargo exercise`: what there is to do, and whether it is done.

use std::fs;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use checker::Language;
use checker::grade::{self, LIMITS, Rules};
use checker::learner::Learner;
use checker::program::Limits;
use clap::{Parser, Subcommand};

/// Exercises of the workbook: lists them; with a name, checks one
#[derive(Parser)]
#[command(name = "cargo exercise", bin_name = "cargo exercise")]
#[command(subcommand_precedence_over_arg = true)]
struct Options {
    /// The exercise to check
    name: Option<String>,
    #[command(subcommand)]
    command: Option<Task>,
    /// No colours, whatever the terminal
    #[arg(long, global = true)]
    plain: bool,
    /// The language (by default MOEBI_LANG, or that of LANG)
    #[arg(long, global = true)]
    lang: Option<Language>,
}

#[derive(Subcommand)]
enum Task {
    /// Check the first one that is not passed
    Next,
    /// Check at each save, and go on to the next
    Watch { name: Option<String> },
    /// A hint, one level further each time
    Hint { name: String },
    /// One way to do it, once it is passed
    Solution {
        name: String,
        /// Show it all the same
        #[arg(long)]
        force: bool,
    },
    /// For instructors: grade each folder in a folder
    Grade(Grading),
    /// For authors: do the exercises do what they are for?
    Verify { name: Option<String> },
    /// Begin one anew; what was done is kept beside
    Reset { name: String },
}

#[derive(clap::Args)]
struct Grading {
    /// Each folder in it is a learner's copy of the workbook, or of its exercises
    folder: PathBuf,
    /// Also write the grades as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Also write them as JUnit XML
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Only this exercise; repeatable
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// So many runs at once (by default, the cores)
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// Seconds that the tests of an exercise may take
    #[arg(long, default_value_t = LIMITS.time.as_secs(), value_parser = clap::value_parser!(u64).range(1..))]
    time: u64,
    /// MiB of memory each of its processes may take
    #[arg(long, default_value_t = LIMITS.memory >> 20, value_parser = clap::value_parser!(u64).range(64..))]
    memory: u64,
    /// The exit status is 1 if a learner has fewer percent of the points
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(0..=100))]
    at_least: u32,
}

fn main() -> ExitCode {
    let options = Options::parse();
    if options.plain {
        console::set_colors_enabled(false);
    }
    match run(options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // Whoever read this has read enough: `cargo exercise | head`.
        Err(why)
            if why.downcast_ref::<io::Error>().map(io::Error::kind)
                == Some(io::ErrorKind::BrokenPipe) =>
        {
            ExitCode::SUCCESS
        }
        Err(why) => {
            let _ = writeln!(io::stderr(), "{why:#}");
            ExitCode::from(2)
        }
    }
}

fn run(options: Options) -> Result<bool> {
    let language = options.lang.unwrap_or_else(Language::of_reader);
    if let Some(Task::Verify { name }) = options.command {
        return verify(name.as_deref());
    }
    if let Some(Task::Grade(grading)) = &options.command {
        return grade(grading, language);
    }
    let learner = Learner::new(checker::root(), language)?;
    let out = &mut io::stdout().lock();
    if let (Some(_), Some(name)) = (&options.command, &options.name) {
        bail!(learner.one_thing(name));
    }
    match (options.command, options.name) {
        (None, None) => learner.list(out)?,
        (None, Some(name)) => return learner.check(out, Some(&name)),
        (Some(Task::Next), _) => return learner.check(out, None),
        (Some(Task::Watch { name }), _) => learner.watch(out, name.as_deref())?,
        (Some(Task::Hint { name }), _) => learner.hint(out, &name)?,
        (Some(Task::Solution { name, force }), _) => {
            learner.solution(out, &name, force)?;
        }
        (Some(Task::Reset { name }), _) => learner.reset(out, &name)?,
        (Some(Task::Verify { .. } | Task::Grade(_)), _) => {}
    }
    Ok(true)
}

fn verify(name: Option<&str>) -> Result<bool> {
    let faults = checker::verify::verify(&checker::root(), name)?;
    let out = &mut io::stdout().lock();
    for fault in &faults {
        writeln!(out, "{fault}")?;
    }
    match (faults.len(), name) {
        (0, Some(name)) => writeln!(out, "{name} does what it is for.")?,
        (0, None) => writeln!(out, "All exercises do what they are for.")?,
        (1, _) => writeln!(out, "\nOne thing is not as it should be.")?,
        (count, _) => writeln!(out, "\n{count} things are not as they should be.")?,
    }
    Ok(faults.is_empty())
}

fn grade(options: &Grading, language: Language) -> Result<bool> {
    let memory = options.memory << 20;
    let limits =
        Limits { time: Duration::from_secs(options.time), memory, ..LIMITS };
    let jobs = options.jobs.or(std::thread::available_parallelism().ok());
    let rules = Rules {
        language,
        limits,
        jobs: jobs.map_or(1, NonZeroUsize::get),
        only: options.only.clone(),
        seeds: 2,
    };
    let grades = grade::grade(&checker::root(), &options.folder, &rules)?;
    write!(io::stdout().lock(), "{}", grade::table(&grades))?;
    let write = |path: &Path, text: String| {
        fs::write(path, text)
            .with_context(|| format!("cannot write {}", path.display()))
    };
    if let Some(path) = &options.json {
        write(path, grade::json(&grades)?)?;
    }
    if let Some(path) = &options.junit {
        write(path, grade::junit(&grades)?)?;
    }
    let enough = grades.points * options.at_least;
    Ok(grades.learners.iter().all(|learner| learner.points * 100 >= enough))
}
