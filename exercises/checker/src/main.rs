//! `cargo exercise`: what there is to do, and whether it is done.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;
use checker::Language;
use checker::learner::Learner;
use clap::{Parser, Subcommand};

/// Exercises of the workbook: lists them; with a name, checks one
#[derive(Parser)]
#[command(name = "cargo exercise", bin_name = "cargo exercise")]
#[command(args_conflicts_with_subcommands = true)]
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
    /// For authors: do the exercises do what they are for?
    Verify { name: Option<String> },
    /// Begin one anew; what was done is kept beside
    Reset { name: String },
}

fn main() -> ExitCode {
    let options = Options::parse();
    if options.plain {
        console::set_colors_enabled(false);
    }
    match run(options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            let _ = writeln!(std::io::stderr(), "{why:#}");
            ExitCode::from(2)
        }
    }
}

fn run(options: Options) -> Result<bool> {
    let language = options.lang.unwrap_or_else(Language::of_reader);
    if let Some(Task::Verify { name }) = options.command {
        return verify(name.as_deref());
    }
    let learner = Learner::new(checker::root(), language)?;
    let out = &mut std::io::stdout().lock();
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
        (Some(Task::Verify { .. }), _) => {}
    }
    Ok(true)
}

fn verify(name: Option<&str>) -> Result<bool> {
    let faults = checker::verify::verify(&checker::root(), name)?;
    let out = &mut std::io::stdout().lock();
    for fault in &faults {
        writeln!(out, "{fault}")?;
    }
    match faults.len() {
        0 => writeln!(out, "All exercises do what they are for.")?,
        count => writeln!(out, "\n{count} things are not as they should be.")?,
    }
    Ok(faults.is_empty())
}
