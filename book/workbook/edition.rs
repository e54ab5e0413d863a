//! One language's book.
//!
//! `book.toml` is what stock mdBook needs for the English book. What is ours is set
//! here: each preprocessor has a table that gives it its place (mdBook orders them by
//! the tables, and without one comes after everything), then the value that does the
//! work takes the place.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use mdbook_driver::MDBook;
use mdbook_driver::config::Config;
use mdbook_i18n_helpers::preprocessors::Gettext;

use crate::boxes::Boxes;
use crate::diagram::Diagrams;
use crate::exercises::Exercises;
use crate::listings::Listings;
use crate::shield::Shield;
use crate::transcript::Transcripts;
use crate::{Interface, Language};

/// Builds the pages of one language into a folder, which is emptied first.
pub fn build(
    root: &Path,
    interface: &Interface,
    language: Language,
    folder: &Path,
) -> Result<()> {
    let mut config = config(root, language)?;
    config.book.title = Some(interface.own("title", language)?.into());
    config.book.description = Some(interface.own("description", language)?.into());
    config.build.build_dir = folder.into();
    config.set("output.html.site-url", format!("/{}/", language.code()))?;
    config.set("preprocessor.gettext.po-dir", "../translations")?;
    place(&mut config, "gettext", &["links"])?;
    place(&mut config, Boxes::NAME, &["links"])?;
    place(&mut config, Transcripts::NAME, &["links"])?;
    place(&mut config, Diagrams::NAME, &["links"])?;
    config.set("preprocessor.boxes.after", ["gettext"])?;
    config.set("preprocessor.transcripts.after", ["gettext"])?;
    config.set("preprocessor.diagrams.after", ["gettext"])?;
    config.set(format!("preprocessor.{}.after", Listings::NAME), ["links"])?;
    if language != Language::English {
        let catalogue = root.join(format!("translations/{}.po", language.code()));
        // Without it the pages would be English, and nobody would be told.
        ensure!(catalogue.is_file(), "no catalogue {}", catalogue.display());
    }
    let mut book = load(root, config)?;
    book.with_preprocessor(Exercises)
        .with_preprocessor(Shield)
        .with_preprocessor(Gettext)
        .with_preprocessor(Boxes::new(interface, language)?)
        .with_preprocessor(Transcripts)
        .with_preprocessor(Diagrams::new(interface, language))
        .with_preprocessor(Listings);
    book.build().with_context(|| format!("building {}", language.own_name()))
}

/// `book.toml`, in a language, with the preprocessors that come before the translation.
pub fn config(root: &Path, language: Language) -> Result<Config> {
    let path = root.join("book/book.toml");
    let mut config = Config::from_disk(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    config.book.language = Some(language.code().into());
    // A chapter of the summary that has no file is an error, not a new file.
    config.build.create_missing = false;
    place(&mut config, Exercises::NAME, &[Shield::NAME])?;
    place(&mut config, Shield::NAME, &["gettext"])?;
    Ok(config)
}

/// Reads the pages.
pub fn load(root: &Path, config: Config) -> Result<MDBook> {
    MDBook::load_with_config(root.join("book"), config).context("reading the book")
}

fn place(config: &mut Config, name: &str, before: &[&str]) -> Result<()> {
    config.set(format!("preprocessor.{name}.before"), before)
}
