//! Notices when something the book is made of has changed.
//!
//! Times of modification are compared, once a second: a notice from the operating system
//! would also come when a file is only read, and building reads them all.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What a page can be made of, under the workbook's root.
const PARTS: [&str; 8] = [
    "Cargo.toml",
    "benches",
    "book",
    "exercises/info.toml",
    "lessons",
    "src",
    "tests",
    "translations",
];

/// The state of all parts at some moment.
#[derive(Debug, PartialEq)]
pub struct Snapshot(Vec<(PathBuf, SystemTime)>);

impl Snapshot {
    /// Looks at all files now. One that cannot be looked at is as good as absent: the
    /// build says more about it.
    pub fn take(root: &Path) -> Self {
        let mut files = Vec::new();
        for part in PARTS {
            look(&root.join(part), &mut files);
        }
        files.sort();
        Self(files)
    }
}

fn look(path: &Path, files: &mut Vec<(PathBuf, SystemTime)>) {
    let Ok(about) = fs::metadata(path) else { return };
    if about.is_dir() {
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            look(&entry.path(), files);
        }
    } else if let Ok(modified) = about.modified() {
        files.push((path.into(), modified));
    }
}
