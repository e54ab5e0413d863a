//! Pictures: an SVG file that a program has drawn, put into the page.
//!
//! A page says
//!
//! ````text
//! ```svg
//! {{#include ../../lessons/dynamic_cache/compare.svg}}
//! ```
//! ````
//!
//! In the page, and not beside it, a picture can have the page's colours, light or dark
//! (`currentColor`). What it shows the page says in words too: those are translated, and
//! the picture is not. (Stock mdBook shows the text of the file.)

use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::anchors::Include;

/// The info string of a picture's fence.
pub const INFO: &str = "svg";

/// The picture as a part of the page. It can be scrolled where the page is narrow.
pub fn html(fence: &str, folder: &Path) -> Result<String> {
    let include = Include::parse(fence, folder)
        .context("a picture is one line: {{#include FILE.svg}}")?;
    let (text, part) = include.read()?;
    let lines: Vec<&str> = text.lines().skip(part.start).take(part.len()).collect();
    let svg = lines.join("\n");
    // Markdown would go on after a blank line.
    ensure!(lines.iter().all(|line| !line.trim().is_empty()), "a blank line in it");
    ensure!(
        svg.starts_with("<svg ") && svg.contains("role=\"img\""),
        "a picture is <svg role=\"img\" ...>"
    );
    ensure!(svg.contains("<title"), "a picture has a title, for those who hear it");
    Ok(format!(
        "<div class=\"picture\" tabindex=\"0\" translate=\"no\">\n{svg}\n</div>\n"
    ))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::html;

    #[test]
    fn a_picture_is_in_the_page_and_says_what_it_is() {
        let folder = TempDir::new().unwrap();
        let picture = |svg: &str| {
            fs::write(folder.path().join("a.svg"), svg).unwrap();
            html("{{#include a.svg}}\n", folder.path())
        };
        let svg = "<svg role=\"img\">\n<title>A</title>\n</svg>";
        assert!(picture(&format!("{svg}\n")).unwrap().contains(svg));
        for wrong in ["<svg role=\"img\">\n</svg>", "<svg><title>A</title></svg>"] {
            assert!(picture(wrong).is_err(), "{wrong}");
        }
        assert!(picture("<svg role=\"img\">\n\n<title>A</title></svg>").is_err());
        assert!(html("<svg></svg>", folder.path()).is_err());
    }
}
