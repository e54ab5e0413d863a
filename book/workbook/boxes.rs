//! Boxes: `> [!NOTE]` and the like, and one of our own, `> [!PREDICT]`.
//!
//! mdBook knows such boxes, with English titles that its search would find in all
//! languages. Here they become quotations that begin with a title in the reader's;
//! [`crate::pages`] gives them mdBook's looks. Without this crate a box is as mdBook has
//! it, and `> [!PREDICT]` a quotation that begins with that word.

use std::sync::LazyLock;

use anyhow::Result;
use mdbook_preprocessor::book::Book;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
use regex::Regex;

use crate::anchors::pattern;
use crate::{Interface, Language};

/// The kinds a page may use, and mdBook's kind whose looks each has.
pub const KINDS: [(&str, &str); 5] = [
    ("PREDICT", "important"),
    ("NOTE", "note"),
    ("TIP", "tip"),
    ("WARNING", "warning"),
    ("CAUTION", "caution"),
];

static WRITTEN: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?m)^([ \t]*>[> \t]*)\[!([A-Z]+)\][ \t]*$"));

// The translation writes a quotation anew, with an empty line at its beginning.
static HIDDEN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?m)(?:^[ \t]*>[> \t]*\n)?^([ \t]*>[> \t]*)<!-- box:([A-Z]+) -->(?:\n[ \t]*>[> \t]*$)?",
    )
});

// What is said to the translation, with the line's end and the next line's margin.
static SAID: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"<!-- i18n:[^>]*-->(?:\n[ \t>]*)?"));

/// Hides the kinds of boxes from the translation.
pub fn hide(page: &str) -> String {
    WRITTEN.replace_all(page, "$1<!-- box:$2 -->\n$1").into_owned()
}

/// The beginning of a box, and of the quotation around it.
pub fn title(kind: &str, title: &str) -> String {
    format!("<p class=\"blockquote-tag-title\" data-box=\"{kind}\">{title}</p>")
}

/// The kinds that are written on a page and that nobody knows, with their offsets.
pub fn unknown(page: &str) -> impl Iterator<Item = (usize, &str)> {
    WRITTEN.captures_iter(page).filter_map(|found| {
        let kind = found.get(2)?;
        let known = KINDS.iter().any(|(ours, _)| *ours == kind.as_str());
        (!known).then(|| (kind.start(), kind.as_str()))
    })
}

/// The preprocessor after the translation.
pub struct Boxes {
    /// What each kind is called.
    titles: Vec<(&'static str, String)>,
}

impl Boxes {
    /// Its name in `book.toml`'s terms.
    pub const NAME: &str = "boxes";

    /// Boxes with titles in a language.
    pub fn new(interface: &Interface, language: Language) -> Result<Self> {
        let title = |(kind, _): (&'static str, _)| {
            let name = format!("box-{}", kind.to_lowercase());
            Ok((kind, interface.own(&name, language)?.to_string()))
        };
        Ok(Self { titles: KINDS.into_iter().map(title).collect::<Result<_>>()? })
    }

    /// Shows them again, and takes out what was for the translation.
    fn show(&self, page: &str) -> String {
        let shown = |found: &regex::Captures<'_>| {
            let (margin, kind) = (&found[1], &found[2]);
            let known = self.titles.iter().find(|(known, _)| *known == kind);
            let title = title(kind, known.map_or(kind, |(_, title)| title));
            format!("{margin}{title}\n{margin}")
        };
        let page = HIDDEN.replace_all(page, shown);
        SAID.replace_all(&page, "").into_owned()
    }
}

impl Preprocessor for Boxes {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn run(&self, _: &PreprocessorContext, mut book: Book) -> Result<Book> {
        book.for_each_chapter_mut(|chapter| {
            chapter.content = self.show(&chapter.content)
        });
        Ok(book)
    }

    fn supports_renderer(&self, renderer: &str) -> Result<bool> {
        Ok(renderer == "html")
    }
}

#[cfg(test)]
mod tests {
    use super::{Boxes, hide, unknown};

    fn show(page: &str) -> String {
        Boxes { titles: vec![("PREDICT", "Prédisez".into())] }.show(page)
    }

    #[test]
    fn a_box_comes_back_with_a_title_of_its_own() {
        let title = "> <p class=\"blockquote-tag-title\" data-box=\"PREDICT\">\
                     Prédisez</p>\n> \n> Quoi ?\n";
        assert_eq!(show(&hide("> [!PREDICT]\n> Quoi ?\n")), title);
        let translated = "> \n> <!-- box:PREDICT -->\n> \n> Quoi ?\n";
        assert_eq!(show(translated), title);
    }

    #[test]
    fn what_was_said_to_the_translation_is_taken_out() {
        let page = "- a\n\n  <!-- i18n:skip -->\n  ```rs\n  ```\n";
        assert_eq!(show(page), "- a\n\n  ```rs\n  ```\n");
    }

    #[test]
    fn only_the_kinds_of_the_book_are_known() {
        let page = "> [!NOTE]\n> a\n\n> [!IMPORTANT]\n> b\n";
        assert_eq!(unknown(page).collect::<Vec<_>>(), [(19, "IMPORTANT")]);
    }
}
