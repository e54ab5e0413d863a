//! Listings from inside a function or an `impl`: on the page they begin at the margin.
//!
//! What mdBook takes in stands as far to the right as in its file, and narrow screens
//! have no room for that. What all lines of a listing begin with is taken away, so how
//! they stand to each other stays as it is. (Stock mdBook shows them as in the file.)

use mdbook_preprocessor::book::Book;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};

use crate::fences::fences;

/// The info string of a listing's fence.
const INFO: &str = "rs";

/// The preprocessor; after mdBook's includes.
pub struct Listings;

impl Listings {
    /// Its name in `book.toml`'s terms.
    pub const NAME: &str = "listings";
}

impl Preprocessor for Listings {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn run(&self, _: &PreprocessorContext, mut book: Book) -> anyhow::Result<Book> {
        book.for_each_chapter_mut(|chapter| {
            chapter.content = at_the_margin(&chapter.content);
        });
        Ok(book)
    }
}

fn at_the_margin(page: &str) -> String {
    let mut out = page.to_string();
    let all = fences(page).into_iter().rev();
    for fence in all.filter(|fence| fence.info == INFO) {
        let whole = &page[fence.range.clone()];
        // Between the line that opens the fence and the one that closes it.
        let Some(start) = whole.find('\n').map(|at| fence.range.start + at + 1)
        else {
            continue;
        };
        let end = whole.trim_end().rfind('\n').map(|at| fence.range.start + at + 1);
        let Some(end) = end.filter(|end| *end > start) else { continue };
        let margin = fence.margin(page);
        let text = textwrap::dedent(&fence.text);
        out.replace_range(start..end, &textwrap::indent(&text, &margin));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::at_the_margin;

    #[test]
    fn what_all_lines_begin_with_goes_and_the_rest_stays() {
        let page = "Text\n\n```rs\n    fn a() {\n        b();\n\n    }\n```\n\n```rs\nc();\n    d();\n```\n";
        let expected = "Text\n\n```rs\nfn a() {\n    b();\n\n}\n```\n\n```rs\nc();\n    d();\n```\n";
        assert_eq!(at_the_margin(page), expected);
        assert_eq!(at_the_margin(expected), expected);
    }

    #[test]
    fn in_a_list_and_a_quotation_too() {
        let page = "1. x\n\n   ```rs\n       a();\n   ```\n\n> ```rs\n>     a();\n>     b();\n> ```\n";
        let expected =
            "1. x\n\n   ```rs\n   a();\n   ```\n\n> ```rs\n> a();\n> b();\n> ```\n";
        assert_eq!(at_the_margin(page), expected);
    }

    #[test]
    fn only_listings() {
        let page = "```console\n  a\n```\n\n    ```rs\n    code of Markdown's own\n\n```rs\n```\n";
        assert_eq!(at_the_margin(page), page);
    }
}
