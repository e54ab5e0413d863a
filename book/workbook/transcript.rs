//! Transcripts: a part of a lesson's script, shown as the terminals show it.
//!
//! A page says
//!
//! ````text
//! ```script
//! {{#include ../../lessons/nodes/nodes.script:mesh}}
//! ```
//! ````
//!
//! and each terminal becomes a box with its node's name. What the reader types is
//! marked up as such, so that the copy button takes that and nothing else. A fence of
//! `console` becomes a terminal too, and one of `svg` a picture (`picture.rs`). (Stock
//! mdBook shows the texts as they are.)

use std::path::Path;

use anyhow::{Context, Result};
use mdbook_preprocessor::book::Book;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};

use crate::anchors::Include;
use crate::chapters::change_each;
use crate::fences::fences;
use crate::picture;
use crate::script::{self, Line, Turn};

/// The info string of a transcript's fence.
pub const INFO: &str = "script";

/// The info string of a terminal whose text is the page's own.
const CONSOLE: &str = "console";

/// The preprocessor; after the translation, and before mdBook's includes.
pub struct Transcripts;

impl Transcripts {
    /// Its name in `book.toml`'s terms.
    pub const NAME: &str = "transcripts";
}

impl Preprocessor for Transcripts {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn run(&self, context: &PreprocessorContext, book: Book) -> Result<Book> {
        change_each(book, context, replace)
    }

    fn supports_renderer(&self, renderer: &str) -> anyhow::Result<bool> {
        Ok(renderer == "html")
    }
}

fn replace(page: &str, folder: &Path) -> Result<String> {
    let mut out = page.to_string();
    for fence in fences(page).into_iter().rev() {
        let shown = match fence.info.as_str() {
            INFO => html(&turns(&fence.text, folder)?),
            picture::INFO => picture::html(&fence.text, folder)?,
            CONSOLE if !fence.text.contains("{{#") => html(&[console(&fence.text)]),
            _ => continue,
        };
        let margin = format!("\n{}", fence.margin(page));
        out.replace_range(fence.range, &shown.trim_end().replace('\n', &margin));
    }
    Ok(out)
}

/// A terminal without a node: what begins with `$ ` is typed.
fn console(text: &str) -> Turn {
    let line = |line: &str| match line.strip_prefix("$ ") {
        Some(typed) => Line::Typed { prompt: "$ ".into(), text: typed.into() },
        None => Line::Shown(line.into()),
    };
    Turn { node: String::new(), lines: text.lines().map(line).collect() }
}

/// What a transcript's fence shows.
pub fn turns(fence: &str, folder: &Path) -> Result<Vec<Turn>> {
    let include = Include::parse(fence, folder)
        .context("a transcript is one line: {{#include FILE.script:ANCHOR}}")?;
    let (text, part) = include.read()?;
    script::turns(&include.file, &text, &part)
}

fn html(turns: &[Turn]) -> String {
    let terminals: String = turns.iter().map(terminal).collect();
    format!("<div class=\"transcript\" translate=\"no\">\n{terminals}</div>\n")
}

/// A blank line inside would end the block of HTML, but not inside `pre`.
fn terminal(turn: &Turn) -> String {
    let lines: String = turn.lines.iter().map(line).collect();
    let pre = format!("<pre>{lines}</pre>");
    if turn.node.is_empty() {
        return format!("<div class=\"terminal\">\n{pre}\n</div>\n");
    }
    let node = escape(&turn.node);
    format!(
        "<div class=\"terminal\" role=\"group\" aria-label=\"{node}\">\n\
         <p class=\"terminal-name\">{node}</p>\n{pre}\n</div>\n"
    )
}

fn line(line: &Line) -> String {
    match line {
        Line::Typed { prompt, text } => format!(
            "<span class=\"prompt\">{}</span><kbd>{}</kbd>\n",
            escape(prompt),
            escape(text)
        ),
        Line::Key(key) => format!("<span class=\"key\">{key}</span>\n"),
        Line::Shown(text) => format!("<samp>{}</samp>\n", escape(text)),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::{Line, Turn, html};

    #[test]
    fn a_terminal_says_what_is_typed_and_what_is_shown() {
        let typed = Line::Typed { prompt: "k> ".into(), text: "a <b".into() };
        let lines = vec![typed, Line::Shown("#PID<1>".into())];
        let html = html(&[Turn { node: "k".into(), lines }]);
        assert!(
            html.contains(
                "<span class=\"prompt\">k&gt; </span><kbd>a &lt;b</kbd>\n"
            )
        );
        assert!(html.contains("<samp>#PID&lt;1&gt;</samp>"));
    }
}
