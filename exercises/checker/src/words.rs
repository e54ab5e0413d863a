//! What the checker itself says: `translations/checker.toml`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::Language;

/// A text in all languages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// The source.
    pub en: String,
    /// *vous*
    pub fr: String,
    /// *tú*
    pub es: String,
}

impl Text {
    /// The text in one language.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::English => &self.en,
            Language::French => &self.fr,
            Language::Spanish => &self.es,
        }
    }
}

/// All that the checker says.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct Words(BTreeMap<String, Text>);

impl Words {
    /// Reads `translations/checker.toml` under the workbook's root.
    pub fn read(root: &Path) -> Result<Self> {
        let path = root.join("translations/checker.toml");
        let text = fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        toml::from_str(&text)
            .with_context(|| format!("{} is not as expected", path.display()))
    }

    /// One of them, with values for the `{names}` in it.
    pub fn say(
        &self,
        name: &str,
        language: Language,
        values: &[(&str, &str)],
    ) -> String {
        let text = self.0.get(name).map(|text| text.in_language(language));
        // A test sees to it that none is missing; if one is, its name says something too.
        let text = text.unwrap_or(name).to_owned();
        values.iter().fold(text, |text, (name, value)| {
            text.replace(&format!("{{{name}}}"), value)
        })
    }

    /// All of them, with their names.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Text)> {
        self.0.iter().map(|(name, text)| (name.as_str(), text))
    }
}
