//! Where versions of exercises are compiled that are not the learner's own: solutions,
//! wrong solutions, and what learners have handed in.
//!
//! It is a workspace of its own in `target/`, with one package for all single files, and
//! one for each version of a project. The tests are always those of this workbook; and
//! what is compiled alike for two is compiled once.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use toml::{Table, Value};

use crate::build::{Built, build, cargo};
use crate::{Exercise, files};

/// The package of all single files.
const SINGLES: &str = "singles";

/// The lines of a single file that take its tests in; in any version they are as they
/// are in the stub.
pub fn tail(exercise: &Exercise) -> String {
    format!(
        "#[cfg(test)]\n#[path = \"../../tests/{}/{}.rs\"]\nmod tests;\n",
        exercise.dir, exercise.name
    )
}

/// Files with their places in the exercise: of a single file, one without a name; of a
/// project, those of its `src/`.
pub type Sources = Vec<(PathBuf, String)>;

/// Reads a version: a file, or a folder of files.
pub fn read(path: &Path) -> Result<Sources> {
    let sources = files(path)?.into_iter().map(|file| {
        let text = fs::read_to_string(&file)
            .with_context(|| format!("cannot read {}", file.display()))?;
        let place = file.strip_prefix(path).unwrap_or(&file).to_path_buf();
        Ok((place, text))
    });
    sources.collect()
}

/// A version of a project that has only the files in which it differs from another.
pub fn laid_over(whole: Sources, part: Sources) -> Sources {
    let mut files: BTreeMap<PathBuf, String> = whole.into_iter().collect();
    files.extend(part);
    files.into_iter().collect()
}

/// The workspace.
pub struct Workshop {
    root: PathBuf,
    folder: PathBuf,
    /// What is made, by the exercise's name and the sources.
    made: HashMap<(String, Sources), String>,
    singles: Vec<Value>,
    members: Vec<Value>,
}

impl Workshop {
    /// A new one in `target/`; one of that name that was there before is emptied.
    pub fn new(root: &Path, name: &str) -> Result<Self> {
        let folder = root.join("target/workshop").join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder)
                .with_context(|| format!("cannot empty {}", folder.display()))?;
        }
        fs::create_dir_all(&folder)
            .with_context(|| format!("cannot make {}", folder.display()))?;
        let (made, singles, members) = Default::default();
        Ok(Self { root: root.into(), folder, made, singles, members })
    }

    /// Puts a version of an exercise there; the name of its target.
    pub fn add(&mut self, exercise: &Exercise, sources: Sources) -> Result<String> {
        let key = (exercise.name.clone(), sources);
        if let Some(target) = self.made.get(&key) {
            return Ok(target.clone());
        }
        let target = format!("v{}_{}", self.made.len(), exercise.name);
        if exercise.project {
            self.add_project(exercise, &target, &key.1)?;
        } else {
            self.add_single(exercise, &target, &key.1)?;
        }
        self.made.insert(key, target.clone());
        Ok(target)
    }

    /// Where a version's own files are.
    ///
    /// # Errors
    ///
    /// If there is no such version.
    pub fn files(&self, exercise: &Exercise, target: &str) -> Result<Vec<PathBuf>> {
        files(&match exercise.project {
            true => self.folder.join("projects").join(target).join("src"),
            false => self.folder.join("singles").join(target).join("exercises"),
        })
    }

    fn add_single(
        &mut self,
        exercise: &Exercise,
        target: &str,
        sources: &Sources,
    ) -> Result<()> {
        let own = self.folder.join("singles").join(target);
        let path = own.join("exercises").join(&exercise.dir);
        let path = path.join(format!("{}.rs", exercise.name));
        let test = own.join("tests").join(&exercise.dir);
        let test = test.join(format!("{}.rs", exercise.name));
        let text: String = sources.iter().map(|(_, text)| text.as_str()).collect();
        put(&path, &text)?;
        copy(&exercise.test(&self.root), &test)?;
        let mut bin = Table::new();
        bin.insert("name".into(), target.into());
        bin.insert("path".into(), path.display().to_string().into());
        self.singles.push(bin.into());
        Ok(())
    }

    fn add_project(
        &mut self,
        exercise: &Exercise,
        target: &str,
        sources: &Sources,
    ) -> Result<()> {
        let own = self.folder.join("projects").join(target);
        for (place, text) in sources {
            put(&own.join("src").join(place), text)?;
        }
        for file in files(&exercise.test(&self.root))? {
            let place = file.strip_prefix(exercise.test(&self.root))?;
            copy(&file, &own.join("tests").join(place))?;
        }
        let project = self.root.join("exercises/projects").join(&exercise.name);
        let mut manifest = manifest(&project)?;
        package(&mut manifest)?.insert("name".into(), target.into());
        put(&own.join("Cargo.toml"), &manifest.to_string())?;
        self.members.push(format!("projects/{target}").into());
        Ok(())
    }

    /// Compiles all that was put there; what became of each target.
    pub fn build(&self) -> Result<HashMap<String, Built>> {
        if self.made.is_empty() {
            return Ok(HashMap::new());
        }
        let mut singles = manifest(&self.root.join("exercises"))?;
        singles.insert("bin".into(), self.singles.clone().into());
        package(&mut singles)?.insert("name".into(), SINGLES.into());
        let mut workspace = Table::new();
        let mut members = self.members.clone();
        if !self.singles.is_empty() {
            members.push(SINGLES.into());
            put(&self.folder.join("singles/Cargo.toml"), &singles.to_string())?;
        }
        workspace.insert("members".into(), members.into());
        workspace.insert("resolver".into(), "3".into());
        let mut top = Table::new();
        top.insert("workspace".into(), workspace.into());
        // As the workbook is compiled: then what it is made of is compiled already.
        if let Some(profile) = read_manifest(&self.root)?.remove("profile") {
            top.insert("profile".into(), profile);
        }
        put(&self.folder.join("Cargo.toml"), &top.to_string())?;
        copy(&self.root.join("Cargo.lock"), &self.folder.join("Cargo.lock"))?;
        // `cargo test` would stop at the first that does not compile.
        let mut options = self.cargo("build");
        options.extend(["--tests", "--keep-going"].map(OsString::from));
        let made = build(&self.root, &options)?.into_iter().map(|made| {
            // A project's test is named as the project; its package is ours.
            let own = made.package == SINGLES;
            let target = if own { made.target } else { made.package };
            let built = self.as_handed_in(&target, made.built);
            (target, built)
        });
        Ok(made.collect())
    }

    /// What the compiler says, of files where their authors have them.
    fn as_handed_in(&self, target: &str, built: Built) -> Built {
        let Built::Errors(errors) = built else { return built };
        // `v3_say_name`
        let name = target.split_once('_').map_or(target, |(_, name)| name);
        let errors = errors
            .replace(&format!("{SINGLES}/{target}/"), "")
            .replace(&format!("projects/{target}/"), &format!("projects/{name}/"))
            .replace(&format!("{}/", self.folder.display()), "");
        Built::Errors(errors)
    }

    /// Options for cargo, to do something with all that is here.
    fn cargo(&self, command: &str) -> Vec<OsString> {
        vec![
            command.into(),
            "--workspace".into(),
            "--manifest-path".into(),
            self.folder.join("Cargo.toml").into(),
            "--target-dir".into(),
            self.root.join("target").into(),
            // Each version is compiled once.
            "--config=build.incremental=false".into(),
        ]
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        // Its programs are some 30 MB each. What is left is in the way of nobody.
        let mut clean = Command::new(cargo());
        clean.arg("--quiet").args(self.cargo("clean")).stderr(Stdio::null());
        let _ = clean.status();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A manifest that can be read elsewhere: without what it has from its workspace, and
/// with whole paths.
fn manifest(folder: &Path) -> Result<Table> {
    let mut manifest = read_manifest(folder)?;
    manifest.remove("lints");
    // A project's solution; here it is a version like any other.
    manifest.remove("example");
    let package = package(&mut manifest)?;
    package.retain(|_, value| {
        value.get("workspace").and_then(Value::as_bool) != Some(true)
    });
    package.insert("edition".into(), "2024".into());
    for kind in ["dependencies", "dev-dependencies"] {
        let entries = manifest.get_mut(kind).and_then(Value::as_table_mut);
        for (_, dependency) in entries.into_iter().flatten() {
            if let Some(Value::String(path)) = dependency.get_mut("path") {
                *path = folder.join(&*path).display().to_string();
            }
        }
    }
    Ok(manifest)
}

fn read_manifest(folder: &Path) -> Result<Table> {
    let path = folder.join("Cargo.toml");
    let text = fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    Ok(toml::from_str(&text)?)
}

/// The table `[package]`.
fn package(manifest: &mut Table) -> Result<&mut Table> {
    let package = manifest.get_mut("package").and_then(Value::as_table_mut);
    package.context("a manifest has a package")
}

fn put(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, text))
        .with_context(|| format!("cannot write {}", path.display()))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    let text = fs::read_to_string(from)
        .with_context(|| format!("cannot read {}", from.display()))?;
    put(to, &text)
}
