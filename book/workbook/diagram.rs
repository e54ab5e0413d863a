//! Diagrams: a part of a log of events, drawn as lifelines and arrows.
//!
//! A page says
//!
//! ````text
//! ```diagram
//! {{#include ../../lessons/ping_pong/ping_pong.events:ping}}
//! ```
//! ````
//!
//! and has a picture there, and beside it the same in words, in the reader's language.
//! The log is what the lesson's script brought about when it was run (`cargo test --test
//! scripts`), so a picture shows what happens, or the tests fail. Stock mdBook shows the
//! log as text.
//!
//! | read about | in |
//! |---|---|
//! | who stands where | `diagram/columns.rs` |
//! | where everything is | `diagram/layout.rs` |
//! | how much of a text is shown | `diagram/shorten.rs` |
//! | how it is drawn | `diagram/svg.rs` |
//! | how it is said | `diagram/words.rs` |

mod columns;
mod layout;
mod shorten;
mod svg;
mod words;

/// What a log says, and in which order: as the runner of scripts has it.
#[path = "../../tests/script/causal.rs"]
#[allow(dead_code, reason = "the runner of scripts needs all of it")]
mod causal;

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, Result, anyhow, ensure};
use mdbook_preprocessor::book::Book;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};

use crate::anchors::Include;
use crate::chapters::change_each;
use crate::fences::fences;
use crate::{Interface, Language};
use causal::Log;
use layout::Layout;

/// What the parser says of a log it cannot read.
type Failure = String;

/// The info string of a diagram's fence.
pub const INFO: &str = "diagram";

/// The preprocessor; after the translation, and before mdBook's includes.
pub struct Diagrams {
    interface: Interface,
    language: Language,
}

impl Diagrams {
    /// Its name in `book.toml`'s terms.
    pub const NAME: &str = "diagrams";

    /// The words beside a diagram are in a language.
    pub fn new(interface: &Interface, language: Language) -> Self {
        Self { interface: interface.clone(), language }
    }

    fn replace(&self, page: &str, folder: &Path) -> Result<String> {
        let mut out = page.to_string();
        let all = fences(page);
        let diagrams = all.into_iter().filter(|fence| fence.info == INFO);
        let mut seen = HashMap::new();
        let mut shown = Vec::new();
        for fence in diagrams {
            let count = seen.entry(fence.text.clone()).or_insert(0);
            *count += 1;
            let html = self.html(&fence.text, folder, *count)?;
            shown.push((fence, html));
        }
        for (fence, html) in shown.into_iter().rev() {
            let margin = format!("\n{}", fence.margin(page));
            out.replace_range(fence.range, &html.replace('\n', &margin));
        }
        Ok(out)
    }

    /// The figure; `count`: how often the page has shown it by then.
    fn html(&self, fence: &str, folder: &Path, count: usize) -> Result<String> {
        let (name, log) = read(fence, folder)?;
        let steps = log.steps();
        let id = match count {
            1 => format!("diagram-{name}"),
            count => format!("diagram-{name}-{count}"),
        };
        let words = words::Words::new(&self.interface, self.language);
        let (title, sentences) = (words.title(&steps)?, words.sentences(&steps)?);
        let picture = svg::draw(&Layout::of(&steps), &id, &title);
        let items: String =
            sentences.iter().map(|said| format!("<li>{said}</li>\n")).collect();
        let left_out = words.left_out(&log.without)?;
        let note = left_out.map_or(String::new(), |said| format!("<p>{said}</p>\n"));
        let (title, summary) = (svg::escape(&title), words.own("diagram-words")?);
        Ok(format!(
            "<figure class=\"diagram\">\n\
             <div class=\"diagram-picture\" tabindex=\"0\" role=\"group\" \
             aria-label=\"{title}\">\n{picture}</div>\n\
             <details>\n<summary>{summary}</summary>\n<ol>\n{items}</ol>\n{note}</details>\n\
             </figure>"
        ))
    }
}

impl Preprocessor for Diagrams {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn run(&self, context: &PreprocessorContext, book: Book) -> Result<Book> {
        change_each(book, context, |page, folder| self.replace(page, folder))
    }

    fn supports_renderer(&self, renderer: &str) -> anyhow::Result<bool> {
        Ok(renderer == "html")
    }
}

/// Is there such a diagram?
pub fn check(fence: &str, folder: &Path) -> Result<()> {
    read(fence, folder).map(drop)
}

/// What a diagram shows, and what it can be called on its page.
fn read(fence: &str, folder: &Path) -> Result<(String, Log)> {
    let include = Include::parse(fence, folder)
        .context("a diagram is one line: {{#include FILE.events:ANCHOR}}")?;
    let section = include
        .anchor
        .clone()
        .context("a diagram shows one section of a log: FILE.events:ANCHOR")?;
    let (text, part) = include.read()?;
    let lines: Vec<&str> = text.lines().skip(part.start).take(part.len()).collect();
    let place = || format!("{}: {section}", include.file.display());
    let log = Log::parse(&lines.join("\n"))
        .map_err(|why: Failure| anyhow!("{}: {why}", place()))?;
    ensure!(!log.deeds.is_empty(), "{}: nothing happens there", place());
    let file = include.file.file_stem().unwrap_or_default();
    let name = format!("{}-{section}", file.display());
    Ok((name, log))
}
