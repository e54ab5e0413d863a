//! The code blocks of a page, where they begin and what they hold.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// A fenced code block.
pub struct Fence {
    /// What stands behind the opening fence: `rs`, `script`, `console`.
    pub info: String,
    /// The text between the fences.
    pub text: String,
    /// Where the block is in the page, fences included.
    pub range: Range<usize>,
}

/// How mdBook reads a page, as far as it matters to us.
pub fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
}

/// All fenced blocks of a page, in their order.
pub fn fences(page: &str) -> Vec<Fence> {
    let mut found: Vec<Fence> = Vec::new();
    let mut inside = false;
    for (event, range) in Parser::new_ext(page, options()).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                inside = true;
                let info = info.to_string();
                found.push(Fence { info, text: String::new(), range });
            }
            Event::End(TagEnd::CodeBlock) => inside = false,
            Event::Text(text) if inside => {
                if let Some(fence) = found.last_mut() {
                    fence.text += &text;
                }
            }
            _ => {}
        }
    }
    found
}

impl Fence {
    /// What further lines of the block begin with, in a list or a quotation: a list's
    /// number is not repeated.
    pub fn margin(&self, page: &str) -> String {
        let start = page[..self.range.start].rfind('\n').map_or(0, |at| at + 1);
        let before = &page[start..self.range.start];
        before.chars().map(|c| if c == '>' { '>' } else { ' ' }).collect()
    }
}

/// The number of the line an offset is in, counted from 1.
pub fn line_of(page: &str, offset: usize) -> usize {
    page[..offset].matches('\n').count() + 1
}
