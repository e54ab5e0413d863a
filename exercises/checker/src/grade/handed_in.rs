//! What a learner has handed in: a copy of the workbook, or of its `exercises/`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::Exercise;
use crate::workshop::{self, Sources};

/// No file of an exercise is longer.
const LONGEST: u64 = 1 << 20;

/// The folder of one learner.
pub struct HandedIn {
    /// The folder's name.
    pub name: String,
    /// In it there is what is in our `exercises/`.
    exercises: PathBuf,
}

/// What there is of an exercise.
pub enum Work {
    /// No file, or none that can be read; and why.
    Missing(String),
    /// As we have given it.
    Untouched,
    /// With the lines that take the tests in as they must be.
    Sources(Sources),
}

/// The folders in a folder.
pub fn find(folder: &Path) -> Result<Vec<HandedIn>> {
    let entries = fs::read_dir(folder)
        .with_context(|| format!("cannot read {}", folder.display()))?;
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let name =
            path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !path.is_dir() || name.starts_with('.') {
            continue;
        }
        // A whole workbook has `exercises/exercises/`.
        let whole = path.join("exercises");
        let is_whole =
            whole.join("exercises").is_dir() || whole.join("projects").is_dir();
        let exercises = if is_whole { whole } else { path };
        found.push(HandedIn { name, exercises });
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

impl HandedIn {
    /// Where something of ours is in theirs.
    fn theirs(&self, root: &Path, ours: &Path) -> PathBuf {
        let exercises = root.join("exercises");
        self.exercises.join(ours.strip_prefix(exercises).unwrap_or(ours))
    }

    /// Their version of an exercise.
    pub fn of(&self, root: &Path, exercise: &Exercise) -> Work {
        let ours = exercise.stub(root);
        let theirs = self.theirs(root, &ours);
        if let Err(why) = readable(&theirs) {
            return Work::Missing(why);
        }
        let (stub, mut sources) =
            match (workshop::read(&ours), workshop::read(&theirs)) {
                (Ok(stub), Ok(sources)) => (stub, sources),
                (_, Err(why)) | (Err(why), _) => {
                    return Work::Missing(format!("{why:#}"));
                }
            };
        if sources == stub {
            return Work::Untouched;
        }
        if !exercise.project {
            for (_, text) in &mut sources {
                *text = with_tests(text, exercise);
            }
        }
        Work::Sources(sources)
    }

    /// What was changed, or taken away, that is not theirs to change.
    pub fn notices(&self, root: &Path, exercises: &[&Exercise]) -> Vec<String> {
        let mut notices = Vec::new();
        let mut singles = false;
        for exercise in exercises {
            let mut ours = vec![exercise.test(root)];
            if exercise.project {
                let project = root.join("exercises/projects").join(&exercise.name);
                ours.push(project.join("Cargo.toml"));
            } else if !singles {
                singles = true;
                ours.push(root.join("exercises/Cargo.toml"));
            }
            for ours in ours {
                notices.extend(self.changed(root, &ours));
            }
            if let Ok(text) =
                fs::read_to_string(self.theirs(root, &exercise.stub(root)))
                && !text.contains(&workshop::tail(exercise))
            {
                notices.push(format!("{}: the tests were taken out", exercise.name));
            }
        }
        notices
    }

    fn changed(&self, root: &Path, ours: &Path) -> Option<String> {
        let theirs = self.theirs(root, ours);
        let named =
            theirs.strip_prefix(&self.exercises).unwrap_or(&theirs).display();
        // Who hands in only what is theirs has left nothing out.
        if !theirs.exists() {
            return None;
        }
        let same = match (workshop::read(ours), workshop::read(&theirs)) {
            (Ok(ours), Ok(theirs)) => ours == theirs,
            _ => false,
        };
        (!same).then(|| format!("{named} was changed"))
    }
}

/// No folder in place of a file, no pipe, nothing endless.
fn readable(path: &Path) -> Result<(), String> {
    let about =
        fs::metadata(path).map_err(|_| "there is no such file".to_owned())?;
    if about.is_dir() || about.is_file() && about.len() <= LONGEST {
        return Ok(());
    }
    Err(format!("it is no file of at most {LONGEST} bytes"))
}

/// The same file with our tests, whatever it says of tests itself.
fn with_tests(text: &str, exercise: &Exercise) -> String {
    let tail = workshop::tail(exercise);
    let own = text.replace(&tail, "");
    format!("{own}\n{tail}")
}
