//! The files as they came with the workbook: git remembers.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// What a learner does not change: whoever wrote the newest change of it was an author,
/// and left the exercises as they are to be found.
const OF_AUTHORS: [&str; 3] = [
    "exercises",
    ":(exclude)exercises/exercises",
    ":(exclude)exercises/projects/*/src",
];

/// A learner's file, or those of a folder, by the path in the workbook, as authors last
/// left them; whatever the learner has committed since, or has deleted.
///
/// # Errors
///
/// If there is no git here, or it does not know the files.
pub fn first_version(root: &Path, path: &Path) -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let mut newest = vec!["log", "-1", "--format=%H", "--"];
    newest.extend(OF_AUTHORS);
    let commit = text(git(root, &newest)?);
    let commit = commit.trim();
    ensure!(!commit.is_empty(), "git does not know the exercises");
    at(root, commit, path)
}

/// The same as the last commit has them, whoever wrote it.
///
/// # Errors
///
/// As above.
pub fn last_version(root: &Path, path: &Path) -> Result<Vec<(PathBuf, Vec<u8>)>> {
    at(root, "HEAD", path)
}

fn at(root: &Path, commit: &str, path: &Path) -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let path = path.display().to_string();
    let names = git(root, &["ls-tree", "-r", "-z", "--name-only", commit, &path])?;
    let names = text(names);
    let files: Result<Vec<_>> = names
        .split_terminator('\0')
        .map(|name| {
            Ok((name.into(), git(root, &["show", &format!("{commit}:{name}")])?))
        })
        .collect();
    let files = files?;
    ensure!(!files.is_empty(), "git does not know {path}");
    Ok(files)
}

fn text(output: Vec<u8>) -> String {
    String::from_utf8_lossy(&output).into_owned()
}

fn git(root: &Path, arguments: &[&str]) -> Result<Vec<u8>> {
    let output = Command::new("git").arg("-C").arg(root).args(arguments).output();
    let output =
        output.context("git is what remembers how a file was, and is not here")?;
    ensure!(output.status.success(), "git: {}", text(output.stderr).trim());
    Ok(output.stdout)
}
