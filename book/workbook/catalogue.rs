//! The catalogues `translations/fr.po` and `es.po`: each English sentence of the book
//! with its translation.
//!
//! `cargo run -- --update-translations` lets them follow the book, as `msgmerge` does:
//! new sentences come in without a translation, changed ones keep theirs marked `fuzzy`,
//! those that are no longer in the book go. The tests refuse a book with any left to do.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use anyhow::{Context, Result, anyhow};
use mdbook_i18n_helpers::renderers::Xgettext;
use mdbook_i18n_helpers::xgettext::create_catalogs;
use mdbook_renderer::RenderContext;
use polib::catalog::Catalog;
use polib::message::{Message, MessageFlags, MessageView};
use polib::metadata::CatalogMetadata;
use polib::po_file;
use regex::Regex;

use crate::anchors::pattern;
use crate::exercises::Exercises;
use crate::shield::Shield;
use crate::{Language, edition, typography};

/// How alike an old sentence must be, from 0 to 1, for its translation to be offered.
const ALIKE: f64 = 0.6;

/// What is wrong with a catalogue; each list has English sentences.
#[derive(Debug, Default, PartialEq)]
pub struct Findings {
    /// In the book and not in the catalogue.
    pub missing: Vec<String>,
    /// In the catalogue without a translation.
    pub untranslated: Vec<String>,
    /// Translated before the sentence changed.
    pub fuzzy: Vec<String>,
    /// In the catalogue and no longer in the book.
    pub stale: Vec<String>,
}

impl Findings {
    /// All of them with what is wrong before each, one a line.
    pub fn report(&self) -> String {
        let lists = [
            ("missing", &self.missing),
            ("untranslated", &self.untranslated),
            ("fuzzy", &self.fuzzy),
            ("stale", &self.stale),
        ];
        let lines = lists.iter().flat_map(|(name, list)| {
            list.iter().map(move |sentence| format!("{name}: {sentence}\n"))
        });
        lines.collect()
    }
}

/// Where the catalogue of a language is.
pub fn path(root: &Path, language: Language) -> PathBuf {
    root.join(format!("translations/{}.po", language.code()))
}

/// Reads the catalogue of a language.
pub fn read(root: &Path, language: Language) -> Result<Catalog> {
    let path = path(root, language);
    po_file::parse(&path).map_err(|why| anyhow!("{}: {why}", path.display()))
}

/// The sentences of the English book, in the order of its pages.
pub fn template(root: &Path) -> Result<Catalog> {
    let mut config = edition::config(root, Language::English)?;
    // Includes are not resolved: code is not translated.
    config.build.use_default_preprocessors = false;
    // File names without lines, or every change would move all that follows.
    config.set("output.xgettext.granularity", 0)?;
    let mut book = edition::load(root, config)?;
    book.with_preprocessor(Exercises).with_preprocessor(Shield);
    let (pages, _) = book.preprocess_book(&Xgettext)?;
    let context = RenderContext::new(&book.root, pages, book.config.clone(), "");
    let mut catalogues =
        create_catalogs(&context, fs::read_to_string)?.into_values();
    catalogues.next().context("the book has no sentences")
}

/// Compares a catalogue with the book.
pub fn compare(template: &Catalog, catalogue: &Catalog) -> Findings {
    let mut found = Findings::default();
    for message in template.messages() {
        let id = message.msgid().to_string();
        match catalogue.find_message(None, &id, None) {
            None => found.missing.push(id),
            Some(known) if known.is_fuzzy() => found.fuzzy.push(id),
            Some(known) if !known.is_translated() => found.untranslated.push(id),
            Some(_) => {}
        }
    }
    let left = catalogue.messages().map(MessageView::msgid);
    found.stale = left
        .filter(|id| template.find_message(None, id, None).is_none())
        .map(String::from)
        .collect();
    found
}

/// Lets the catalogue of a language follow the book; returns what is left to do.
pub fn update(root: &Path, language: Language) -> Result<Findings> {
    let template = template(root)?;
    let path = path(root, language);
    let old = match path.exists() {
        true => read(root, language)?,
        false => Catalog::new(CatalogMetadata::new()),
    };
    let merged = merge(&template, &old, language);
    po_file::write(&merged, &path)
        .with_context(|| format!("cannot write {}", path.display()))?;
    Ok(compare(&template, &merged))
}

/// A sentence that is nothing but code: a cell of a table.
static CODE: LazyLock<Regex> = LazyLock::new(|| pattern("^`[^`]+`$"));

/// The template with the translations there are.
fn merge(template: &Catalog, old: &Catalog, language: Language) -> Catalog {
    let mut merged = Catalog::new(metadata(language));
    let mut left: Vec<_> = old
        .messages()
        .filter(|m| template.find_message(None, m.msgid(), None).is_none())
        .filter(|m| m.is_translated())
        .map(|m| (m.msgid(), m.msgstr().unwrap_or_default()))
        .collect();
    for wanted in template.messages() {
        let id = wanted.msgid();
        let (translation, fuzzy) = match old.find_message(None, id, None) {
            _ if CODE.is_match(id) => (id, false),
            Some(known) => (known.msgstr().unwrap_or_default(), known.is_fuzzy()),
            None => {
                most_alike(id, &mut left).map_or(("", false), |text| (text, true))
            }
        };
        let mut flags = MessageFlags::new();
        if fuzzy {
            flags.add_flag("fuzzy");
        }
        let message = Message::build_singular()
            .with_source(wanted.source().into())
            .with_comments(wanted.comments().into())
            .with_flags(flags)
            .with_msgid(id.into())
            .with_msgstr(typography::set(translation, language))
            .done();
        merged.append_or_update(message);
    }
    merged
}

/// The translation of the old sentence most like this one, which is then used up.
fn most_alike<'a>(id: &str, left: &mut Vec<(&str, &'a str)>) -> Option<&'a str> {
    let likeness = |old: &str| strsim::sorensen_dice(id, old);
    let (at, best) = left
        .iter()
        .map(|(old, _)| likeness(old))
        .enumerate()
        .max_by(|a, b| a.1.total_cmp(&b.1))?;
    (best >= ALIKE).then(|| left.swap_remove(at).1)
}

/// Without dates and names: `git log` has them, and knows better.
fn metadata(language: Language) -> CatalogMetadata {
    let mut metadata = CatalogMetadata::new();
    metadata.project_id_version = "Moebi".into();
    metadata.language = language.code().into();
    metadata.mime_version = "1.0".into();
    metadata.content_type = "text/plain; charset=UTF-8".into();
    metadata.content_transfer_encoding = "8bit".into();
    metadata
}

/// Every translation of a catalogue with its sentence, for tests of wording.
pub fn pairs(catalogue: &Catalog) -> impl Iterator<Item = (&str, &str)> {
    catalogue.messages().map(|m| (m.msgid(), m.msgstr().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use polib::message::MessageMutView;

    use super::*;

    fn book(sentences: &[&str]) -> Catalog {
        let mut catalogue = Catalog::new(metadata(Language::French));
        for id in sentences {
            let message = Message::build_singular().with_msgid((*id).into()).done();
            catalogue.append_or_update(message);
        }
        catalogue
    }

    fn translate(catalogue: &mut Catalog, id: &str, text: &str) {
        let mut message = catalogue.find_message_mut(None, id, None).unwrap();
        message.set_msgstr(text.into()).unwrap();
    }

    #[test]
    fn a_changed_sentence_keeps_its_translation_as_fuzzy() {
        let mut old = book(&["Kate offers some functions.", "Gone.", "Same."]);
        translate(
            &mut old,
            "Kate offers some functions.",
            "Kate propose des fonctions.",
        );
        translate(&mut old, "Gone.", "Parti.");
        translate(&mut old, "Same.", "Pareil.");
        let now = book(&["Kate offers three functions.", "Same.", "All new here!"]);
        let merged = merge(&now, &old, Language::French);
        let expected = Findings {
            fuzzy: vec!["Kate offers three functions.".into()],
            untranslated: vec!["All new here!".into()],
            ..Findings::default()
        };
        assert_eq!(compare(&now, &merged), expected);
        let kept = merged.find_message(None, "Kate offers three functions.", None);
        assert_eq!(kept.unwrap().msgstr().unwrap(), "Kate propose des fonctions.");
    }

    #[test]
    fn a_catalogue_that_does_not_follow_is_noticed() {
        let findings = compare(&book(&["New."]), &book(&["Old."]));
        assert_eq!(findings.report(), "missing: New.\nstale: Old.\n");
    }
}
