//! The exercises there are: `exercises/info.toml`.
//!
//! The file is in rustlings' community format, with more to say: rustlings ignores what
//! it does not know, and we ignore what only rustlings wants.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// All exercises, in the order of the book.
#[derive(Debug)]
pub struct List {
    /// One after the other.
    pub exercises: Vec<Exercise>,
}

/// The file as it is written: rustlings wants a file of its own for each exercise, so it
/// must not know of projects.
#[derive(Debug, Deserialize)]
struct Info {
    exercises: Vec<Exercise>,
    projects: Vec<Project>,
}

/// An exercise that is a crate of its own, under `projects/`, for several nodes or files.
#[derive(Debug, Deserialize)]
struct Project {
    /// The exercise that comes next in the book.
    before: String,
    #[serde(flatten)]
    exercise: Exercise,
}

/// One exercise. Its texts are English; [`crate::Texts`] has the other languages.
#[derive(Debug, Clone, Deserialize)]
pub struct Exercise {
    /// Its name, which no other has: `say_name`.
    pub name: String,
    /// The chapter it belongs to, by the name of its page: `spawn_link`.
    pub dir: String,
    /// A crate of its own, under `projects/`.
    #[serde(skip)]
    pub project: bool,
    /// How long it takes somebody who has read the chapter.
    pub minutes: u32,
    /// From 1 to 3.
    pub difficulty: u8,
    /// What it counts when graded.
    pub points: u32,
    /// A few words.
    pub title: String,
    /// What is to be done, in Markdown.
    pub task: String,
    /// The hint that rustlings shows.
    hint: String,
    hint_2: String,
    hint_3: String,
    /// What its test may say, by the name the test has for it.
    pub messages: BTreeMap<String, String>,
    /// Wrong solutions, and which message each must get.
    pub wrong: BTreeMap<String, String>,
}

impl List {
    /// Reads `exercises/info.toml` under the workbook's root.
    pub fn read(root: &Path) -> Result<Self> {
        let path = root.join("exercises/info.toml");
        let text = fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        let info: Info = toml::from_str(&text)
            .with_context(|| format!("{} is not as expected", path.display()))?;
        let list = Self { exercises: in_order(info)? };
        for exercise in &list.exercises {
            exercise.check().with_context(|| {
                format!("{}: exercise {}", path.display(), exercise.name)
            })?;
        }
        Ok(list)
    }

    /// The exercise of that name.
    pub fn find(&self, name: &str) -> Option<&Exercise> {
        self.exercises.iter().find(|exercise| exercise.name == name)
    }

    /// Those of a chapter.
    pub fn of_chapter(&self, chapter: &str) -> impl Iterator<Item = &Exercise> {
        self.exercises.iter().filter(move |exercise| exercise.dir == chapter)
    }
}

fn in_order(info: Info) -> Result<Vec<Exercise>> {
    let mut all = info.exercises;
    for Project { before, exercise } in info.projects {
        let next = all.iter().position(|other| other.name == before);
        let next = next.with_context(|| {
            format!("{} is before {before}, which is not there", exercise.name)
        })?;
        all.insert(next, Exercise { project: true, ..exercise });
    }
    Ok(all)
}

impl Exercise {
    fn check(&self) -> Result<()> {
        ensure!((1..=3).contains(&self.difficulty), "difficulty is from 1 to 3");
        for message in self.wrong.values() {
            ensure!(
                self.messages.contains_key(message),
                "a wrong solution should get the message {message}, which is not there"
            );
        }
        Ok(())
    }

    /// Three levels, from a question to nearly the solution.
    pub fn hints(&self) -> [&str; 3] {
        [&self.hint, &self.hint_2, &self.hint_3]
    }

    /// What the learner works on: a file, or a folder of files.
    pub fn stub(&self, root: &Path) -> PathBuf {
        self.place(root, "exercises", "src")
    }

    /// What it is checked with.
    pub fn test(&self, root: &Path) -> PathBuf {
        self.place(root, "tests", "tests")
    }

    /// How it may be done.
    pub fn solution(&self, root: &Path) -> PathBuf {
        self.place(root, "solutions", "solution")
    }

    /// A wrong solution.
    pub fn wrong(&self, root: &Path, id: &str) -> PathBuf {
        if self.project {
            return self.place(root, "wrong", "wrong").join(id);
        }
        let folder = self.place(root, "wrong", "wrong").with_extension("");
        folder.join(format!("{id}.rs"))
    }

    /// All its texts, each with its paragraphs.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let messages = self.messages.values().map(String::as_str);
        [self.title.as_str(), &self.task]
            .into_iter()
            .chain(self.hints())
            .chain(messages)
    }

    fn place(&self, root: &Path, single: &str, project: &str) -> PathBuf {
        let root = root.join("exercises");
        if self.project {
            return root.join("projects").join(&self.name).join(project);
        }
        root.join(single).join(&self.dir).join(format!("{}.rs", self.name))
    }
}
