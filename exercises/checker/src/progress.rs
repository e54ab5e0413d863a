//! How far a learner is: a plain file, to be carried to another machine.
//!
//! ```text
//! say_name passed
//! answer_ping hint 2
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// What is remembered of each exercise.
#[derive(Debug, Default, PartialEq)]
pub struct Progress {
    passed: Vec<String>,
    hints: BTreeMap<String, usize>,
}

/// The file under the workbook's root.
pub fn path(root: &Path) -> PathBuf {
    root.join("exercises/progress.txt")
}

impl Progress {
    /// Reads it. Without a file nothing was done.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or a line is not as above: so nothing is lost by
    /// writing over it.
    pub fn read(path: &Path) -> Result<Self> {
        if !path.exists() {
            return Ok(Self::default());
        }
        let text = fs::read_to_string(path);
        Self::parse(&text?).with_context(|| path.display().to_string())
    }

    fn parse(text: &str) -> Result<Self> {
        let mut progress = Self::default();
        for (number, line) in (1..).zip(text.lines()) {
            match line.split_whitespace().collect::<Vec<_>>()[..] {
                [] => {}
                [name, "passed"] => progress.pass(name),
                [name, "hint", level] => {
                    let level = level.parse();
                    let level = level.with_context(|| format!("line {number}"))?;
                    progress.hints.insert(name.into(), level);
                }
                _ => {
                    bail!("line {number} is neither `NAME passed` nor `NAME hint N`")
                }
            }
        }
        Ok(progress)
    }

    /// Writes it, all or nothing.
    pub fn write(&self, path: &Path) -> Result<()> {
        let passed = self.passed.iter().map(|name| format!("{name} passed\n"));
        let hints =
            self.hints.iter().map(|(name, level)| format!("{name} hint {level}\n"));
        let text: String = passed.chain(hints).collect();
        let beside = path.with_extension("new");
        fs::write(&beside, text)
            .and_then(|()| fs::rename(&beside, path))
            .with_context(|| format!("cannot write {}", path.display()))
    }

    /// Was it passed?
    pub fn has_passed(&self, name: &str) -> bool {
        self.passed.iter().any(|known| known == name)
    }

    /// It has passed.
    pub fn pass(&mut self, name: &str) {
        if !self.has_passed(name) {
            self.passed.push(name.into());
        }
    }

    /// It is to be done again.
    pub fn forget(&mut self, name: &str) {
        self.passed.retain(|known| known != name);
        self.hints.remove(name);
    }

    /// The next level of hints, from 1 to so many; the last one again and again.
    pub fn next_hint(&mut self, name: &str, levels: usize) -> usize {
        let level = self.hints.entry(name.into()).or_default();
        *level = (*level + 1).min(levels);
        *level
    }
}

#[cfg(test)]
mod tests {
    use super::Progress;

    #[test]
    fn it_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("progress.txt");
        assert_eq!(Progress::read(&path).unwrap(), Progress::default());
        let mut progress = Progress::default();
        progress.pass("say_name");
        progress.pass("say_name");
        assert_eq!(progress.next_hint("other", 3), 1);
        assert_eq!(progress.next_hint("other", 3), 2);
        progress.write(&path).unwrap();
        let mut read = Progress::read(&path).unwrap();
        assert_eq!(read, progress);
        assert!(read.has_passed("say_name"));
        read.forget("say_name");
        assert!(!read.has_passed("say_name"));
        assert_eq!((read.next_hint("other", 3), read.next_hint("other", 3)), (3, 3));
    }

    #[test]
    fn a_line_nobody_understands_is_an_error() {
        for text in ["say_name\n", "a hint x\n", "a passed b\n"] {
            assert!(Progress::parse(text).is_err(), "{text}");
        }
    }
}
