//! The English pages are looked through before anything is built: what they take in
//! must exist, and what they show must be compiled or run.
//!
//! | fence | holds |
//! |---|---|
//! | `rs`, `toml`, `text` with an include | a part of a file of the workbook |
//! | `script` | a part of a lesson's script, shown as a transcript |
//! | `diagram` | a part of a lesson's log of events, shown as a picture |
//! | `svg` | a drawing that a program has made |
//! | `rust` | a snippet of its own, which is compiled (see the end of `lib.rs`) |
//! | `exercises` | the name of a chapter, whose exercises come there |
//! | `console`, `text`, `toml`, `elixir`, `erlang`, `json` | what the page says it is |

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use crate::anchors::Include;
use crate::fences::{Fence, fences, line_of};
use crate::{boxes, diagram, exercises, picture, transcript};

/// What else a fence may be said to hold.
const SHOWN: [&str; 6] = ["console", "text", "toml", "elixir", "erlang", "json"];

/// The Markdown files of the book, under its `src/`.
pub fn pages(book: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![book.join("src")];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder)
            .with_context(|| format!("cannot read {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ext| ext == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Looks through all pages; the first thing that is wrong is the error, with its place.
pub fn check(book: &Path) -> Result<()> {
    let root = book.parent().unwrap_or(book);
    pages(book)?.iter().try_for_each(|page| {
        check_page(page, page.strip_prefix(root).unwrap_or(page))
    })
}

fn check_page(path: &Path, named: &Path) -> Result<()> {
    let page = fs::read_to_string(path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    let place = |at: usize| format!("{}:{}", named.display(), line_of(&page, at));
    if let Some((at, kind)) = boxes::unknown(&page).next() {
        bail!("{}: there is no box [!{kind}]", place(at));
    }
    let folder = path.parent().unwrap_or(path);
    let fences = fences(&page);
    for fence in &fences {
        check_fence(fence, folder).with_context(|| place(fence.range.start))?;
    }
    for (at, _) in page.match_indices("{{#") {
        let fenced = fences.iter().any(|fence| fence.range.contains(&at));
        ensure!(fenced, "{}: an include stands alone in a fence", place(at));
    }
    Ok(())
}

fn check_fence(fence: &Fence, folder: &Path) -> Result<()> {
    let info = fence.info.as_str();
    if info == transcript::INFO {
        return transcript::turns(&fence.text, folder).map(|_| ());
    }
    if info == diagram::INFO {
        return diagram::check(&fence.text, folder);
    }
    if info == picture::INFO {
        return picture::html(&fence.text, folder).map(|_| ());
    }
    if info == exercises::INFO {
        return Ok(());
    }
    let include = Include::parse(&fence.text, folder);
    if include.is_none() && fence.text.contains("{{#") {
        bail!("a listing is one line: {{{{#include FILE:ANCHOR}}}}");
    }
    match (info, include) {
        ("rs", None) => {
            bail!("a listing is an include; a snippet of the page's own is ```rust")
        }
        ("rust", Some(_)) => bail!("a listing is ```rs, its file is compiled"),
        ("rs", Some(include)) => include.read().map(|_| ()),
        // Attributes of doctests may follow: `rust,compile_fail`.
        (info, None) if info.split(',').next() == Some("rust") => Ok(()),
        (info, include) if SHOWN.contains(&info) => {
            include.map_or(Ok(()), |include| include.read().map(|_| ()))
        }
        _ => bail!("a fence says what it holds; ```{info} is not known here"),
    }
}
