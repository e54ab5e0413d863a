//! Listings: parts of files that are compiled or run, taken in by mdBook's `{{#include}}`.
//!
//! mdBook leaves an include it cannot resolve as it is and goes on. Here it is an error,
//! and so is everything else that would let a page differ from what it shows.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use anyhow::{Context, Result, bail, ensure};
use regex::Regex;

static INCLUDE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^\{\{#include\s+([^:}\s]+)(?::([^}\s]+))?\s*\}\}$"));

/// An include as it is written: `{{#include ../../lessons/nodes/nodes.rs:ping}}`.
pub struct Include {
    /// The file as the page names it, for messages.
    named: String,
    /// The file, found from the page's folder.
    pub file: PathBuf,
    /// The part of it between `ANCHOR: name` and `ANCHOR_END: name`.
    pub anchor: Option<String>,
}

impl Include {
    /// Reads the one line of an include.
    pub fn parse(line: &str, folder: &Path) -> Option<Self> {
        let found = INCLUDE.captures(line.trim())?;
        Some(Self {
            named: found[1].to_string(),
            file: folder.join(&found[1]),
            anchor: found.get(2).map(|name| name.as_str().to_string()),
        })
    }

    /// The whole file, and which of its lines (counted from 0) are meant.
    pub fn read(&self) -> Result<(String, Range<usize>)> {
        let file = &self.named;
        let text = fs::read_to_string(&self.file)
            .with_context(|| format!("no file {file}"))?;
        let Some(anchor) = &self.anchor else {
            let lines = text.lines().count();
            return Ok((text, 0..lines));
        };
        let line_of = |mark: String| {
            let mark = pattern(&format!(r"{mark}:\s*{}\s*$", regex::escape(anchor)));
            text.lines().position(|line| mark.is_match(line))
        };
        let (Some(start), Some(end)) =
            (line_of(r"\bANCHOR".into()), line_of("ANCHOR_END".into()))
        else {
            bail!("{file} has no anchor `{anchor}` with a beginning and an end");
        };
        ensure!(start + 1 < end, "the anchor `{anchor}` of {file} holds nothing");
        Ok((text, start + 1..end))
    }
}

/// A pattern that is written in this crate.
pub(crate) fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern of ours, which tests compile")
}
