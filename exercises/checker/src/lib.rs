//! The exercises: what there is, what is said about it and in which language, and what
//! their tests are made with.

mod language;
mod list;
mod texts;
mod words;

pub mod build;
pub mod desk;
pub mod learner;
pub mod program;
pub mod progress;
pub mod verdict;

use std::path::PathBuf;

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
