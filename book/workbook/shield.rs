//! Before the translation: what must come through it unchanged is put out of its reach.
//!
//! - Code is never translated: the same bytes in all languages, so that what is true of
//!   one book is true of all. Every fence is skipped.
//! - A heading keeps the id its English text gives it, so that a link to it works in
//!   all languages and the language picker stays where the reader is.
//! - The translation does not know the boxes of GitHub's Markdown (`> [!NOTE]`) and
//!   would break them. A comment it leaves alone stands in; [`crate::boxes`] takes it
//!   out again.

use std::collections::HashSet;

use mdbook_preprocessor::book::Book;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use crate::boxes;
use crate::fences::{fences, options};

/// The preprocessor.
pub struct Shield;

impl Shield {
    /// Its name in `book.toml`'s terms.
    pub const NAME: &str = "shield";
}

impl Preprocessor for Shield {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn run(
        &self,
        context: &PreprocessorContext,
        mut book: Book,
    ) -> anyhow::Result<Book> {
        // English is not translated, but its sentences are taken out to be.
        let source = context.config.book.language.as_deref() == Some("en");
        let skip_code = !source || context.renderer == "xgettext";
        book.for_each_chapter_mut(|chapter| {
            chapter.content = boxes::hide(&with_ids(&chapter.content));
            if skip_code {
                chapter.content = skip_fences(&chapter.content);
            }
        });
        Ok(book)
    }
}

/// Puts the translation's sign to leave a block alone before every fence.
fn skip_fences(page: &str) -> String {
    let mut out = page.to_string();
    for fence in fences(page).into_iter().rev() {
        let sign = format!("<!-- i18n:skip -->\n{}", fence.margin(page));
        out.insert_str(fence.range.start, &sign);
    }
    out
}

/// Gives each heading without an id the one that mdBook would give it in English.
fn with_ids(page: &str) -> String {
    let mut used = HashSet::new();
    let mut insertions = Vec::new();
    let mut text: Option<String> = None;
    let mut explicit = None;
    for (event, range) in Parser::new_ext(page, options()).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { id, .. }) => {
                text = Some(String::new());
                explicit = id.map(|id| id.to_string());
            }
            Event::Text(part) | Event::Code(part) => {
                if let Some(text) = &mut text {
                    *text += &part;
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let title = text.take().unwrap_or_default();
                if let Some(id) = explicit.take() {
                    used.insert(id);
                    continue;
                }
                let id = unique(id_of(&title), &mut used);
                let end = range.start + page[range].trim_end().len();
                insertions.push((end, format!(" {{#{id}}}")));
            }
            _ => {}
        }
    }
    let mut out = page.to_string();
    for (at, id) in insertions.into_iter().rev() {
        out.insert_str(at, &id);
    }
    out
}

/// As mdBook makes it (`id_from_content`, which it does not offer).
fn id_of(title: &str) -> String {
    let kept = |c: char| match c {
        c if c.is_alphanumeric() || c == '_' || c == '-' => Some(c),
        c if c.is_whitespace() => Some('-'),
        _ => None,
    };
    title.trim().to_lowercase().chars().filter_map(kept).collect()
}

fn unique(id: String, used: &mut HashSet<String>) -> String {
    let candidates =
        std::iter::once(id.clone()).chain((1..).map(|n| format!("{id}-{n}")));
    let mut free = candidates.filter(|candidate| !used.contains(candidate));
    let id = free.next().unwrap_or(id);
    used.insert(id.clone());
    id
}

#[cfg(test)]
mod tests {
    use super::{skip_fences, with_ids};

    #[test]
    fn a_heading_has_the_id_of_its_english_text() {
        let page = "# The node `kate`\n\n## Run\n\n## Run\n\n## Other {#mine}\n";
        let expected = "# The node `kate` {#the-node-kate}\n\n## Run {#run}\n\n\
                        ## Run {#run-1}\n\n## Other {#mine}\n";
        assert_eq!(with_ids(page), expected);
    }

    #[test]
    fn every_fence_is_skipped_also_in_lists_and_quotations() {
        let page = "```rs\na\n```\n\n1. x\n\n   ```console\n   b\n   ```\n\n> ```\n> c\n> ```\n";
        let expected = "<!-- i18n:skip -->\n```rs\na\n```\n\n1. x\n\n   <!-- i18n:skip -->\n   ```console\n   b\n   ```\n\n> <!-- i18n:skip -->\n> ```\n> c\n> ```\n";
        assert_eq!(skip_fences(page), expected);
    }
}
