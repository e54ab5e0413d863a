//! What is not a page of the book: the words of menus, boxes and messages.
//!
//! They are in `translations/interface.toml`, each in all languages. Those of mdBook's
//! template are replaced after the build (see [`crate::pages`]); each must occur
//! somewhere, so that a new mdBook with other words is noticed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::{Language, Text};

/// All texts of the interface.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interface {
    /// Our own, by name.
    own: BTreeMap<String, Text>,
    /// Of mdBook's page, around the text of the book.
    pub template: Vec<Text>,
    /// Of mdBook's page for an address that leads nowhere.
    pub missing: Vec<Text>,
    /// Of mdBook's scripts.
    pub scripts: Vec<Text>,
}

impl Interface {
    /// Reads `translations/interface.toml` under the workbook's root.
    pub fn read(root: &Path) -> Result<Self> {
        let path = root.join("translations/interface.toml");
        let text = fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        toml::from_str(&text)
            .with_context(|| format!("{} is not as expected", path.display()))
    }

    /// All of our own texts.
    pub fn all_own(&self) -> impl Iterator<Item = &Text> {
        self.own.values()
    }

    /// One of our own texts.
    pub fn own(&self, name: &str, language: Language) -> Result<&str> {
        let text = self.own.get(name).with_context(|| {
            format!("translations/interface.toml has no text `own.{name}`")
        })?;
        Ok(text.in_language(language))
    }
}
