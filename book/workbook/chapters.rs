//! The pages of a book, changed one after the other.

use std::path::Path;

use anyhow::{Context, Result};
use mdbook_preprocessor::PreprocessorContext;
use mdbook_preprocessor::book::Book;

/// The book with what `change` makes of each page. It is given the page's text, and the
/// folder from which the page's paths are seen.
///
/// # Errors
/// The last one of `change`, with the page it is about.
pub fn change_each(
    mut book: Book,
    context: &PreprocessorContext,
    change: impl Fn(&str, &Path) -> Result<String>,
) -> Result<Book> {
    let source = context.root.join(&context.config.book.src);
    let mut failed = None;
    book.for_each_chapter_mut(|chapter| {
        let Some(path) = chapter.source_path.as_deref() else { return };
        let file = source.join(path);
        let folder = file.parent().unwrap_or(&source);
        let changed = change(&chapter.content, folder);
        match changed.with_context(|| file.display().to_string()) {
            Ok(content) => chapter.content = content,
            Err(why) => failed = Some(why),
        }
    });
    failed.map_or(Ok(book), Err)
}
