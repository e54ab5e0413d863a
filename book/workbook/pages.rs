//! What mdBook's pages lack is put in after they are built: the language picker, links
//! to the same page in the other languages, landmarks, and the reader's language.
//!
//! mdBook's template stays mdBook's. Each place something is put in must be there, so a
//! new mdBook whose pages differ stops the build here instead of losing it silently.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use anyhow::{Context, Result, ensure};
use regex::Regex;

use crate::anchors::pattern;
use crate::boxes;
use crate::landmarks;
use crate::{Interface, Language, Text};

/// Shown instead of a page that is not there.
pub const MISSING: &str = "404.html";

/// Languages that the highlighter in mdBook does not know, and would complain about.
const UNCOLOURED: [&str; 2] = ["elixir", "erlang"];

/// Frames of the table of contents, for browsers without scripts.
const CONTENTS: &str = "toc.html";

static SEARCH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"<script src="[^"]*theme/search-\w+\.js"></script>\s*"#)
});
/// The corner of a table, which heads nothing.
static CORNER: LazyLock<Regex> = LazyLock::new(|| pattern("<th([^>]*)></th>"));
static SEARCHER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"<script src="[^"]*searcher-\w+\.js"></script>"#));

/// Completes all files of one language's book.
pub fn complete(
    folder: &Path,
    interface: &Interface,
    language: Language,
    reload: bool,
) -> Result<()> {
    let mut work = Completion { interface, language, reload, used: HashSet::new() };
    for path in files(folder)? {
        let name = path.strip_prefix(folder)?.to_string_lossy().replace('\\', "/");
        let known = |start: &str| name.starts_with(start) && name.ends_with(".js");
        let text = || {
            fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))
        };
        let text = if name == CONTENTS {
            work.contents(text()?)
        } else if name.ends_with(".html") {
            work.page(text()?, &name)
        } else if known("book-") {
            work.translated(text()?, &interface.scripts)
        } else if known("searcher-") {
            work.searcher(text()?)
        } else {
            continue;
        };
        let text = text.with_context(|| format!("completing {name}"))?;
        fs::write(&path, text)?;
    }
    work.everything_used()
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

struct Completion<'a> {
    interface: &'a Interface,
    language: Language,
    /// Pages ask whether they were built anew: only where this program serves them.
    reload: bool,
    /// English texts that were found.
    used: HashSet<&'a str>,
}

impl<'a> Completion<'a> {
    fn own(&self, name: &str) -> Result<&'a str> {
        self.interface.own(name, self.language)
    }

    fn page(&mut self, page: String, name: &str) -> Result<String> {
        let (before, rest) = page.split_once("<main>").context("no <main>")?;
        let (text, after) = rest.split_once("</main>").context("no </main>")?;
        let template = &self.interface.template;
        let before = self.translated(before.into(), template)?;
        let after = self.translated(after.into(), template)?;
        let mut text = box_looks(text);
        text = CORNER.replace_all(&text, "<td$1></td>").into_owned();
        for unknown in UNCOLOURED {
            let class = format!("class=\"language-{unknown}\"");
            text = text.replace(&class, "class=\"nohighlight\"");
        }
        let mut before = before;
        if name == MISSING {
            text = self.translated(text, &self.interface.missing)?;
            before = self.translated(before, &self.interface.missing)?;
        }
        let main = "<main id=\"text\" tabindex=\"-1\">";
        let page = format!("{before}{main}{text}</main>{after}");
        let page = self.languages(&page, name)?;
        let page = landmarks::add(&page, name, self.interface, self.language)?;
        let words = format!(
            "<template id=\"workbook-words\" data-copy=\"{}\" data-copied=\"{}\"></template>",
            self.own("copy")?,
            self.own("copied")?
        );
        let page = put(&page, "<body>", &format!("<body>\n{words}"))?;
        let page = search_in_time(&page)?;
        match self.reload {
            true => put(&page, "</body>", &format!("{RELOAD}</body>")),
            false => Ok(page),
        }
    }

    /// The picker, and what search engines look at.
    fn languages(&self, page: &str, name: &str) -> Result<String> {
        let up = "../".repeat(name.matches('/').count() + 1);
        let here = |other: Language| format!("{up}{}/{name}", other.code());
        let mut head = String::new();
        let mut picker = String::new();
        for other in Language::ALL {
            let (code, full, href) = (other.code(), other.own_name(), here(other));
            head += &format!(
                "<link rel=\"alternate\" hreflang=\"{code}\" href=\"{href}\">\n"
            );
            let current = match other == self.language {
                true => " aria-current=\"true\"",
                false => "",
            };
            picker += &format!(
                "<li><a lang=\"{code}\" hreflang=\"{code}\" rel=\"alternate\" \
                 href=\"{href}\" title=\"{full}\"{current}>\
                 <span class=\"wide\">{full}</span>\
                 <span class=\"narrow\">{code}</span></a></li>\n"
            );
        }
        head += &format!(
            "<link rel=\"alternate\" hreflang=\"x-default\" href=\"{}\">\n",
            here(Language::English)
        );
        let label = self.own("languages")?;
        let picker = format!(
            "<nav class=\"languages\" aria-label=\"{label}\"><ul>\n{picker}</ul></nav>\n"
        );
        let page = put(page, "</head>", &format!("{head}</head>"))?;
        let place = "<div class=\"right-buttons\">";
        put(&page, place, &format!("{place}\n{picker}"))
    }

    fn contents(&mut self, page: String) -> Result<String> {
        landmarks::contents(&page, self.own("contents")?)
    }

    /// Texts of mdBook's own in the reader's language: whole texts of elements,
    /// attributes and strings, never parts.
    fn translated(&mut self, page: String, texts: &'a [Text]) -> Result<String> {
        let mut page = page;
        for text in texts {
            let en = &text.en;
            let translation = text.in_language(self.language);
            ensure!(
                !translation.contains(['\'', '"']),
                "a quotation mark in {translation} would end a string"
            );
            for (open, close) in [(">", "<"), ("\"", "\""), ("'", "'"), (">", " - ")]
            {
                let whole = format!("{open}{en}{close}");
                if page.contains(&whole) {
                    self.used.insert(en);
                    page =
                        page.replace(&whole, &format!("{open}{translation}{close}"));
                }
            }
        }
        Ok(page)
    }

    /// The script of the search puts numbers and words together.
    fn searcher(&mut self, script: String) -> Result<String> {
        let mut script = self.translated(script, &self.interface.scripts)?;
        let found = "searchterm + '\\'";
        for (name, english) in [
            ("found-one", format!("count + ' search result for \\'' + {found}:'")),
            ("found-none", format!("'No search results for \\'' + {found}.'")),
            ("found-many", format!("count + ' search results for \\'' + {found}:'")),
        ] {
            let words = self.own(name)?;
            let (number, rest) = words.split_once("{count}").unwrap_or(("", words));
            let (left, right) = rest
                .split_once("{words}")
                .with_context(|| format!("no {{words}} in {name}"))?;
            let count = if words.contains("{count}") { "count + " } else { "" };
            ensure!(number.is_empty(), "{name} begins with {{count}}, or has none");
            let ours = format!("{count}'{left}' + searchterm + '{right}'");
            script = put(&script, &english, &ours)?;
        }
        Ok(script)
    }

    /// A text that was nowhere is one that mdBook has changed.
    fn everything_used(&self) -> Result<()> {
        let Interface { template, missing, scripts, .. } = self.interface;
        for text in template.iter().chain(missing).chain(scripts) {
            ensure!(
                self.used.contains(text.en.as_str()),
                "mdBook no longer says {:?}: see translations/interface.toml",
                text.en
            );
        }
        Ok(())
    }
}

/// A quotation that begins with the title of a box has the looks of one of mdBook's.
fn box_looks(text: &str) -> String {
    let mut text = text.to_string();
    for (ours, theirs) in boxes::KINDS {
        let title = boxes::title(ours, "");
        let begin = format!("<blockquote>\n{}", title.trim_end_matches("</p>"));
        let whole =
            format!("<blockquote class=\"blockquote-tag blockquote-tag-{theirs}\">");
        text = text.replace(&begin, &begin.replacen("<blockquote>", &whole, 1));
    }
    text
}

/// Our script of the search must be there before mdBook's begins, which asks for the
/// index as soon as it can. mdBook puts scripts of a book at the end.
fn search_in_time(page: &str) -> Result<String> {
    let ours = SEARCH.find(page).context("no script theme/search.js")?.as_str();
    let page = page.replacen(ours, "", 1);
    let theirs = SEARCHER.find(&page).context("no script searcher.js")?.as_str();
    Ok(page.replacen(theirs, &format!("{ours}{theirs}"), 1))
}

/// Replaces what must be there, where it is first.
pub(crate) fn put(page: &str, place: &str, replacement: &str) -> Result<String> {
    ensure!(page.contains(place), "mdBook's page has no {place}");
    Ok(page.replacen(place, replacement, 1))
}

/// Asks once a second whether the book was built anew.
const RELOAD: &str = "<script>
(() => {
    let version;
    setInterval(async () => {
        const answer = await fetch('/version').catch(() => null);
        const now = answer && answer.ok ? await answer.text() : version;
        if (version !== undefined && now !== version) location.reload();
        version = now;
    }, 1000);
})();
</script>
";

#[cfg(test)]
mod tests {
    use super::put;

    #[test]
    fn a_place_that_is_not_there_is_an_error() {
        assert_eq!(put("<body>x<body>", "<body>", "<b>").unwrap(), "<b>x<body>");
        let failed = put("<html>", "<body>", "<b>").unwrap_err().to_string();
        assert_eq!(failed, "mdBook's page has no <body>");
    }
}
