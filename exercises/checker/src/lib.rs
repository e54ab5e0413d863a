//! The exercises: what there is, what is said about it and in which language, and what
//! their tests are made with.

mod first_version;
mod language;
mod list;
mod texts;
mod words;

pub mod build;
pub mod desk;
pub mod grade;
pub mod learner;
pub mod program;
pub mod progress;
pub mod verdict;
pub mod verify;
pub mod workshop;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};

pub use desk::says;
pub use language::Language;
pub use list::{Exercise, List};
pub use texts::{Texts, paragraphs};
pub use words::{Text, Words};

/// The folder of the whole workbook, with `exercises/` and `translations/` in it: the one
/// this program was compiled in.
pub fn root() -> PathBuf {
    let checker = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    checker.ancestors().nth(2).map_or_else(|| checker.clone(), PathBuf::from)
}

/// The file, or all Rust files of the folder and those in it, sorted.
///
/// # Errors
///
/// If there is neither.
pub fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        ensure!(path.is_file(), "{} is not there", path.display());
        return Ok(vec![path.into()]);
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(path)? {
        let path = entry?.path();
        if path.is_dir() || path.extension() == Some(OsStr::new("rs")) {
            found.extend(files(&path)?);
        }
    }
    found.sort();
    Ok(found)
}
