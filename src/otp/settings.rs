//! The application environment: values a program is started with.
//!
//! In Elixir, Mix reads `config/config.exs` when an application starts, and from it the
//! file of the environment it starts in: `config/dev.exs` while one develops,
//! `config/test.exs` while tests run. The code asks with `Application.get_env` and does
//! not know which file answered. That is what it is for: a program that is tested has to
//! be *the same program*, with no `if testing` in it, and what must differ between a
//! desk and a test is a value. A chat starts its tasks under the supervisor of another
//! node; for its tests one value says `local`, and the same code runs on a single node.
//!
//! Here the files are TOML, one for each environment, and are complete: no file includes
//! another.
//!
//! ```toml
//! # config/dev.toml; in config/test.toml it is "local".
//! remote_supervisor = "remote"
//! ```
//!
//! ```no_run
//! # fn main() -> Result<(), moebi::otp::SettingsError> {
//! use moebi::otp::Settings;
//! use serde::Deserialize;
//!
//! #[derive(Debug, Deserialize)]
//! #[serde(rename_all = "snake_case")]
//! enum Supervisor {
//!     Remote,
//!     Local,
//! }
//!
//! let settings = Settings::read("config", "dev")?;
//! let supervisor: Supervisor = settings.get("remote_supervisor")?;
//! # Ok(()) }
//! ```
//!
//! Four things decide what [`Settings::get`] gives for a key; the first that knows it
//! wins:
//!
//! 1. an option of the lesson's own, if it has one of that name: `--port 4040`
//!    ([`crate::shell::Shell::option`]);
//! 2. the environment variable `MOEBI_SET_` and the key in capitals, as in
//!    `MOEBI_SET_REMOTE_SUPERVISOR=local`. The prefix is used for nothing else, so no
//!    key collides with a variable that means something to the program itself;
//! 3. the file of the environment;
//! 4. nothing does: that is an error, not a default. A value with a default in the code
//!    would be configured in two places. What may well be missing is asked for with
//!    [`Settings::find`].
//!
//! All of it is read once, at the start. Who changes the file changes the next start,
//! and every process of a program sees the same values for as long as it runs.
//!
//! Source: the guides *Mix and OTP* (chapter on distributed tasks and tags) and the
//! documentation of Elixir's `Config` and `Application`.

#[cfg(test)]
mod tests;
mod typed;

use std::error::Error;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use config::{
    Config, ConfigError, Environment, File, FileFormat, Map, Source, Value,
    ValueKind,
};
use serde::de::DeserializeOwned;

/// Before a key in capitals, and a `_`, it names the variable that overrides the key.
const PREFIX: &str = "MOEBI_SET";

/// The values a program was started with. Clones share them.
#[derive(Debug, Clone)]
pub struct Settings(Option<Arc<Known>>);

#[derive(Debug, Clone)]
struct Known {
    /// Which file was read, for sentences about it.
    file: String,
    values: Map<String, Value>,
}

/// Why there is no such value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The program was started without a file.
    #[error("this program reads no settings: it has no key {0:?}")]
    NoSettings(String),
    /// There is no such file.
    #[error("there is no file {0}")]
    NoFile(String),
    /// The file is there and cannot be read.
    #[error("{file} cannot be read: {why}")]
    Unreadable {
        /// The file.
        file: String,
        /// In the operating system's words.
        why: String,
    },
    /// The file can be read and makes no sense.
    #[error("{file} is not TOML: {why}")]
    NotToml {
        /// The file.
        file: String,
        /// Line, column, and what is wrong there.
        why: String,
    },
    /// An environment variable is no text.
    #[error("a {PREFIX} variable cannot be read: {0}")]
    Variable(String),
    /// Neither the file nor a variable has the key.
    #[error("{file} has no key {key:?}")]
    NoKey {
        /// The file.
        file: String,
        /// What was asked for.
        key: String,
    },
    /// The value is not one of those the program understands.
    #[error("{key} = {value} in {place}: {expected}")]
    Wrong {
        /// What was asked for.
        key: String,
        /// Its value.
        value: String,
        /// The file or the environment variable it stands in.
        place: String,
        /// What it might be.
        expected: String,
    },
}

impl Settings {
    /// The settings of a program that has none: every [`get`](Self::get) says so.
    pub fn none() -> Self {
        Self(None)
    }

    /// Reads the file of an environment, `FOLDER/dev.toml` for `dev`, and the
    /// environment variables that override it.
    ///
    /// # Errors
    /// If there is no such file, or it is not TOML.
    pub fn read(
        folder: impl Into<PathBuf>,
        environment: &str,
    ) -> Result<Self, SettingsError> {
        let file = folder.into().join(format!("{environment}.toml"));
        Self::read_file(&file, Environment::with_prefix(PREFIX))
    }

    fn read_file(
        path: &Path,
        variables: Environment,
    ) -> Result<Self, SettingsError> {
        let file = shown(path);
        let text = std::fs::read_to_string(path).map_err(|error| {
            let file = file.clone();
            match error.kind() {
                ErrorKind::NotFound => SettingsError::NoFile(file),
                _ => SettingsError::Unreadable { file, why: error.to_string() },
            }
        })?;
        let layers = Config::builder()
            .add_source(File::from_str(&text, FileFormat::Toml))
            .add_source(variables);
        let values = layers.build().and_then(|config| config.collect());
        let values = values.map_err(|error| match error {
            ConfigError::FileParse { cause, .. } => {
                SettingsError::NotToml { file: file.clone(), why: line_of(&*cause) }
            }
            other => SettingsError::Variable(other.to_string()),
        })?;
        Ok(Self(Some(Arc::new(Known { file, values }))))
    }

    /// The same settings, with what an option of the program says: `--KEY VALUE`.
    pub(crate) fn with_option(self, key: &str, value: &str) -> Self {
        let nowhere = || Known { file: "no file".into(), values: Map::new() };
        let mut known = self.0.map_or_else(nowhere, Arc::unwrap_or_clone);
        let value =
            Value::new(Some(&option(key)), ValueKind::String(value.to_owned()));
        known.values.insert(key.to_owned(), value);
        Self(Some(Arc::new(known)))
    }

    /// The value of a key that may be missing.
    ///
    /// # Errors
    /// The same as those of [`get`](Self::get), but for [`SettingsError::NoKey`].
    pub fn find<T: DeserializeOwned>(
        &self,
        key: &str,
    ) -> Result<Option<T>, SettingsError> {
        match self.get(key) {
            Err(SettingsError::NoKey { .. }) => Ok(None),
            known => known.map(Some),
        }
    }

    /// The value of a key, as a type of Rust: a number, a text, an enum whose variants
    /// are texts in the file.
    ///
    /// What an environment variable says is a text if the type can be one, else what it
    /// would be in the file: `3`, `true`, `["a", "b"]`.
    ///
    /// # Errors
    /// If there is no such key, or its value is not one of this type. The error is a
    /// sentence with the key and the file, or the variable, to be corrected.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Result<T, SettingsError> {
        let known = self.0.as_ref();
        let Known { file, values } = known
            .map(Arc::as_ref)
            .ok_or_else(|| SettingsError::NoSettings(key.to_owned()))?;
        let value = values.get(key).ok_or_else(|| SettingsError::NoKey {
            file: file.clone(),
            key: key.to_owned(),
        })?;
        // The file was handed over as a text of no origin; so this is a variable's or
        // an option's.
        let overridden = value.origin().is_some();
        let typed =
            if overridden { typed::read_text(value) } else { typed::read(value) };
        typed.map_err(|wrong| SettingsError::Wrong {
            key: key.to_owned(),
            value: typed::shown(value),
            place: match value.origin() {
                None => file.clone(),
                Some(origin) if origin == option(key) => {
                    format!("the option {origin}")
                }
                Some(_) => variable(key),
            },
            expected: wrong.to_string(),
        })
    }
}

/// The option that overrides a key.
fn option(key: &str) -> String {
    format!("--{key}")
}

/// The environment variable that overrides a key.
fn variable(key: &str) -> String {
    format!("the environment variable {PREFIX}_{}", key.to_uppercase())
}

/// The path as one would type it here.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let below = here.and_then(|here| path.strip_prefix(here).ok());
    below.unwrap_or(path).display().to_string()
}

/// What is wrong with the file, in one line: the parser draws the place in several, and
/// those have a bar after the line number.
fn line_of(error: &(dyn Error + Send + Sync)) -> String {
    let text = error.to_string();
    let drawn = |line: &&str| {
        let margin = line.split_once('|').map(|(margin, _)| margin.trim());
        margin.is_some_and(|m| m.chars().all(|c| c.is_ascii_digit()))
    };
    let said: Vec<&str> = text.lines().filter(|line| !drawn(line)).collect();
    let said = said.join(": ");
    said.strip_prefix("TOML parse error at ").unwrap_or(&said).to_owned()
}
