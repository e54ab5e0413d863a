//! The exercises' texts in the reader's language.
//!
//! They are a part of the book, so their translations are in the book's catalogues,
//! `translations/*.po`: a message a paragraph.

use std::path::Path;

use anyhow::{Result, anyhow};
use polib::catalog::Catalog;
use polib::po_file;

use crate::Language;

/// What says a text in a language.
pub struct Texts(Option<Catalog>);

impl Texts {
    /// Reads the catalogue of a language under the workbook's root.
    pub fn read(root: &Path, language: Language) -> Result<Self> {
        if language == Language::English {
            return Ok(Self(None));
        }
        let path = root.join(format!("translations/{}.po", language.code()));
        let catalogue = po_file::parse(&path);
        let catalogue =
            catalogue.map_err(|why| anyhow!("{}: {why}", path.display()))?;
        Ok(Self(Some(catalogue)))
    }

    /// A text of `info.toml`, paragraph for paragraph. What has no translation is said
    /// in English.
    pub fn say(&self, text: &str) -> String {
        let said = paragraphs(text).map(|paragraph| {
            let known = self.translation(&paragraph).map(str::to_owned);
            known.unwrap_or(paragraph)
        });
        said.collect::<Vec<_>>().join("\n\n")
    }

    /// A paragraph's translation, if there is one.
    pub fn translation(&self, paragraph: &str) -> Option<&str> {
        let message = self.0.as_ref()?.find_message(None, paragraph, None)?;
        message.msgstr().ok().filter(|text| !text.is_empty())
    }
}

/// The paragraphs of a text, each on one line.
pub fn paragraphs(text: &str) -> impl Iterator<Item = String> {
    let parts = text.split("\n\n").map(|part| {
        part.lines().map(str::trim).collect::<Vec<_>>().join(" ").trim().to_owned()
    });
    parts.filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::paragraphs;

    #[test]
    fn a_paragraph_is_one_line() {
        let text = "One\nand more.\n\n  Two.  \n\n\n";
        assert_eq!(paragraphs(text).collect::<Vec<_>>(), ["One and more.", "Two."]);
    }
}
