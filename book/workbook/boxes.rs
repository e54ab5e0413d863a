//! Boxes: `> [!NOTE]` and the like, and one of our own, `> [!PREDICT]`.
//!
//! mdBook knows five kinds and gives them English titles; [`crate::pages`] puts the
//! reader's language there. *Predict first* takes the place of the kind *important*,
//! which the book has no other use for: without this crate, `> [!PREDICT]` is still a
//! quotation that begins with that word.

use std::sync::LazyLock;

use mdbook_preprocessor::book::Book;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
use regex::Regex;

use crate::anchors::pattern;

/// The kinds a page may use, and mdBook's kind for each.
pub const KINDS: [(&str, &str); 5] = [
    ("PREDICT", "IMPORTANT"),
    ("NOTE", "NOTE"),
    ("TIP", "TIP"),
    ("WARNING", "WARNING"),
    ("CAUTION", "CAUTION"),
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

/// Shows them again, as mdBook knows them, and takes out what was for the translation.
fn show(page: &str) -> String {
    let shown = |found: &regex::Captures<'_>| {
        let kind = KINDS.iter().find(|(ours, _)| *ours == &found[2]);
        format!("{}[!{}]", &found[1], kind.map_or(&found[2], |(_, theirs)| theirs))
    };
    let page = HIDDEN.replace_all(page, shown);
    SAID.replace_all(&page, "").into_owned()
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
pub struct Boxes;

impl Boxes {
    /// Its name in `book.toml`'s terms.
    pub const NAME: &str = "boxes";
}

impl Preprocessor for Boxes {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn run(&self, _: &PreprocessorContext, mut book: Book) -> anyhow::Result<Book> {
        book.for_each_chapter_mut(|chapter| {
            chapter.content = show(&chapter.content)
        });
        Ok(book)
    }

    fn supports_renderer(&self, renderer: &str) -> anyhow::Result<bool> {
        Ok(renderer == "html")
    }
}

#[cfg(test)]
mod tests {
    use super::{hide, show, unknown};

    #[test]
    fn a_box_comes_back_as_mdbook_knows_it() {
        assert_eq!(
            show(&hide("> [!PREDICT]\n> What?\n")),
            "> [!IMPORTANT]\n> What?\n"
        );
        assert_eq!(
            show("> \n> <!-- box:NOTE -->\n> \n> Text.\n"),
            "> [!NOTE]\n> Text.\n"
        );
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
