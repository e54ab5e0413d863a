//! What a learner asks for: what there is, is it done, what next, a hint.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};
use console::style;

use crate::build::{TESTS, in_place, judge};
use crate::first_version::first_version;
use crate::progress::{self, Progress};
use crate::verdict::{Failure, Verdict};
use crate::{Exercise, Language, List, Texts, Words, files};

/// Between two looks whether a file was saved.
const LOOK: Duration = Duration::from_millis(200);

/// From 0 to 1: so much alike are a name and one that is mistyped.
const ALIKE: f64 = 0.5;

/// A learner at a terminal.
pub struct Learner {
    root: PathBuf,
    list: List,
    texts: Texts,
    words: Words,
    language: Language,
}

impl Learner {
    /// In the workbook's folder, in a language.
    pub fn new(root: PathBuf, language: Language) -> Result<Self> {
        let list = List::read(&root)?;
        let texts = Texts::read(&root, language)?;
        let words = Words::read(&root)?;
        Ok(Self { root, list, texts, words, language })
    }

    fn progress(&self) -> Result<Progress> {
        Progress::read(&progress::path(&self.root))
    }

    fn keep(&self, progress: &Progress) -> Result<()> {
        progress.write(&progress::path(&self.root))
    }

    fn word(&self, name: &str, values: &[(&str, &str)]) -> String {
        self.words.say(name, self.language, values)
    }

    /// The exercise of that name; or those that are named alike, as an error.
    fn find(&self, name: &str) -> Result<&Exercise> {
        if let Some(exercise) = self.list.find(name) {
            return Ok(exercise);
        }
        let known = self.list.exercises.iter().map(|e| e.name.as_str());
        let likeness =
            |known: &str| strsim::normalized_damerau_levenshtein(known, name);
        let mut near: Vec<&str> =
            known.filter(|known| likeness(known) > ALIKE).collect();
        if near.is_empty() {
            bail!(self.word("unlike", &[("name", name)]));
        }
        near.sort_by(|a, b| likeness(b).total_cmp(&likeness(a)));
        near.truncate(3);
        bail!(self.word("unknown", &[("name", name), ("names", &near.join(", "))]))
    }

    /// The first that is not passed, from this one on.
    fn first_open(&self, progress: &Progress) -> Option<&Exercise> {
        self.list.exercises.iter().find(|e| !progress.has_passed(&e.name))
    }

    /// A command and a name were given, where only one of them makes sense.
    pub fn one_thing(&self, name: &str) -> String {
        self.word("one-thing", &[("name", name)])
    }

    // ---- Commands

    /// All exercises, how far one is, and what is next.
    pub fn list(&self, out: &mut dyn Write) -> Result<()> {
        let progress = self.progress()?;
        let longest =
            self.list.exercises.iter().map(|e| e.name.len()).max().unwrap_or(0);
        let mut chapter = "";
        for exercise in &self.list.exercises {
            let Exercise { name, dir, .. } = exercise;
            if dir != chapter {
                writeln!(out, "{}", style(dir).bold())?;
                chapter = dir;
            }
            let mark = match progress.has_passed(name) {
                true => style("✓").green(),
                false => style("·").dim(),
            };
            let title = self.texts.say(&exercise.title);
            let about = style(self.about(exercise)).dim();
            writeln!(out, "  {mark} {name:longest$}  {title} ({about})")?;
        }
        let passed =
            self.list.exercises.iter().filter(|e| progress.has_passed(&e.name));
        let (done, points) = passed.fold((0, 0), |(done, points), exercise| {
            (done + 1, points + exercise.points)
        });
        let all = self.list.exercises.len();
        let total: u32 = self.list.exercises.iter().map(|e| e.points).sum();
        let values = [
            ("done", done.to_string()),
            ("all", all.to_string()),
            ("points", points.to_string()),
            ("total", total.to_string()),
        ];
        let values: Vec<_> = values.iter().map(|(n, v)| (*n, v.as_str())).collect();
        writeln!(out, "\n{}", self.word("count", &values))?;
        self.say_next(out, &progress)
    }

    fn about(&self, exercise: &Exercise) -> String {
        let minutes = exercise.minutes.to_string();
        let difficulty = exercise.difficulty.to_string();
        self.word("about", &[("minutes", &minutes), ("difficulty", &difficulty)])
    }

    fn say_next(&self, out: &mut dyn Write, progress: &Progress) -> Result<()> {
        match self.first_open(progress) {
            Some(exercise) => {
                let command = format!("cargo exercise {}", exercise.name);
                writeln!(out, "{}", self.word("next", &[("command", &command)]))?;
            }
            None => writeln!(out, "{}", self.word("all-done", &[]))?,
        }
        Ok(())
    }

    /// Checks one, or the next one; whether it has passed.
    pub fn check(&self, out: &mut dyn Write, name: Option<&str>) -> Result<bool> {
        let mut progress = self.progress()?;
        let exercise = match name {
            Some(name) => self.find(name)?,
            None => match self.first_open(&progress) {
                Some(exercise) => exercise,
                None => {
                    writeln!(out, "{}", self.word("all-done", &[]))?;
                    return Ok(true);
                }
            },
        };
        writeln!(
            out,
            "{}",
            style(self.word("checking", &[("name", &exercise.name)])).dim()
        )?;
        let built = in_place(&self.root, exercise, false)?;
        let verdict = judge(&built, exercise, self.language, rand::random(), TESTS)?;
        if verdict == Verdict::Passed {
            progress.pass(&exercise.name);
            self.keep(&progress)?;
            let title = self.texts.say(&exercise.title);
            let passed = style(self.word("passed", &[])).green().bold();
            writeln!(out, "{passed}: {title}")?;
            self.say_next(out, &progress)?;
            return Ok(true);
        }
        self.explain(out, exercise, &verdict)?;
        Ok(false)
    }

    /// What is to be done, and what is not right yet: the first thing of it.
    fn explain(
        &self,
        out: &mut dyn Write,
        exercise: &Exercise,
        verdict: &Verdict,
    ) -> Result<()> {
        let Exercise { name, title, task, .. } = exercise;
        let not_yet = style(self.word("failed", &[])).red().bold();
        writeln!(
            out,
            "{not_yet}: {} ({})\n",
            self.texts.say(title),
            self.about(exercise)
        )?;
        match verdict {
            Verdict::Passed => {}
            Verdict::Failed(Failure { test, message, text }) => {
                writeln!(out, "{}", self.word("test", &[("test", test)]))?;
                writeln!(out, "\n  {}\n", style(text).yellow())?;
                if let Some(message) = message {
                    let known = self.word("known", &[("message", message)]);
                    writeln!(out, "  {}\n", style(format!("({known})")).dim())?;
                }
            }
            Verdict::NotCompiled(errors) => {
                writeln!(out, "{}\n\n{errors}", self.word("not-compiled", &[]))?;
            }
            Verdict::TooSlow => {
                let seconds = TESTS.time.as_secs().to_string();
                writeln!(
                    out,
                    "{}\n",
                    self.word("too-slow", &[("seconds", &seconds)])
                )?;
            }
            Verdict::Ended(output) => {
                writeln!(out, "{}\n\n{}\n", self.word("ended", &[]), output.trim())?;
            }
        }
        writeln!(out, "{}\n", self.texts.say(task))?;
        let file = self.named(&exercise.stub(&self.root));
        writeln!(out, "{}", self.word("file", &[("file", &file)]))?;
        let (hint, reset) = (
            format!("cargo exercise hint {name}"),
            format!("cargo exercise reset {name}"),
        );
        writeln!(
            out,
            "{}",
            self.word("help", &[("hint", &hint), ("reset", &reset)])
        )?;
        Ok(())
    }

    fn named(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }

    /// The next hint, one level further each time.
    pub fn hint(&self, out: &mut dyn Write, name: &str) -> Result<()> {
        let exercise = self.find(name)?;
        let mut progress = self.progress()?;
        let hints = exercise.hints();
        let level = progress.next_hint(name, hints.len());
        self.keep(&progress)?;
        let heading = self.word("hint", &[("level", &level.to_string())]);
        writeln!(
            out,
            "{}\n\n{}",
            style(heading).bold(),
            self.texts.say(hints[level - 1])
        )?;
        Ok(())
    }

    /// Where the solution is; for those who have passed, or insist.
    pub fn solution(
        &self,
        out: &mut dyn Write,
        name: &str,
        force: bool,
    ) -> Result<()> {
        let exercise = self.find(name)?;
        if !force && !self.progress()?.has_passed(name) {
            let hint = format!("cargo exercise hint {name}");
            bail!(self.word("solution-later", &[("name", name), ("hint", &hint)]));
        }
        let path = exercise.solution(&self.root);
        writeln!(out, "{}", self.word("solution", &[("file", &self.named(&path))]))?;
        for file in files(&path)? {
            writeln!(out, "\n{}", fs::read_to_string(&file)?)?;
        }
        Ok(())
    }

    /// Puts the files of one exercise back to how they were first; the learner's own are
    /// kept.
    pub fn reset(&self, out: &mut dyn Write, name: &str) -> Result<()> {
        let exercise = self.find(name)?;
        let stub = self.named(&exercise.stub(&self.root));
        let mut changed = false;
        for (place, first) in first_version(&self.root, Path::new(&stub))? {
            let file = self.root.join(&place);
            let own = fs::read(&file).ok();
            if own.as_ref() == Some(&first) {
                continue;
            }
            put(&file, &first)?;
            let file = self.named(&file);
            let said = match own {
                Some(own) => {
                    let kept = self.root.join("exercises/discarded").join(&place);
                    put(&kept, &own)?;
                    let kept = self.named(&kept);
                    self.word("reset", &[("file", &file), ("kept", &kept)])
                }
                None => self.word("reset-already", &[("name", &file)]),
            };
            writeln!(out, "{said}")?;
            changed = true;
        }
        if !changed {
            writeln!(out, "{}", self.word("reset-already", &[("name", name)]))?;
        }
        let mut progress = self.progress()?;
        progress.forget(name);
        self.keep(&progress)
    }

    /// Checks again whenever a file of the exercise is saved, and goes on to the next
    /// one when it has passed. Ends when all have.
    pub fn watch(&self, out: &mut dyn Write, name: Option<&str>) -> Result<()> {
        let mut wanted = name.map(str::to_owned);
        loop {
            let progress = self.progress()?;
            let exercise = match &wanted {
                Some(name) => self.find(name)?,
                None => match self.first_open(&progress) {
                    Some(exercise) => exercise,
                    None => return Ok(()),
                },
            };
            let stub = exercise.stub(&self.root);
            let seen = saved(&stub)?;
            if self.check(out, Some(&exercise.name))? {
                wanted = None;
                continue;
            }
            writeln!(out, "{}", style(self.word("watching", &[])).dim())?;
            while saved(&stub)? == seen {
                sleep(LOOK);
            }
        }
    }
}

fn put(file: &Path, content: &[u8]) -> Result<()> {
    fs::create_dir_all(file.parent().unwrap_or(file))
        .and_then(|()| fs::write(file, content))
        .with_context(|| format!("cannot write {}", file.display()))
}

/// When each file of an exercise was saved.
fn saved(path: &Path) -> Result<Vec<(PathBuf, SystemTime)>> {
    let times = files(path)?.into_iter().map(|file| {
        let modified = fs::metadata(&file).and_then(|about| about.modified())?;
        Ok((file, modified))
    });
    times.collect()
}
