//! The page of errors quotes what stands in the sources, and leaves nothing out.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::site::pattern;

/// After this heading the compiler speaks.
const COMPILER: &str = "\n## When your program does not compile";

/// The messages that the page quotes: the code in the first column of its tables.
fn quoted() -> Vec<String> {
    let page = fs::read_to_string(workbook::root().join("book/src/errors.md"));
    let page = page.expect("the page of errors");
    let own = page.split_once(COMPILER).expect("what the compiler says").0;
    let span = pattern(r"`` (.+?) ``|`([^`]+)`");
    let cells = own.lines().filter_map(|line| line.strip_prefix("| `"));
    let cells =
        cells.map(|line| format!("`{}", line.split(" | ").next().unwrap_or(line)));
    let mut all = Vec::new();
    for cell in cells {
        for found in span.captures_iter(&cell) {
            all.push(
                found
                    .get(1)
                    .or(found.get(2))
                    .expect("one of them")
                    .as_str()
                    .to_owned(),
            );
        }
    }
    all
}

/// Code without tests and comments, of the files under a folder.
fn sources(folder: &str) -> Vec<String> {
    let mut files = Vec::new();
    walk(&workbook::root().join(folder), &mut files);
    let texts = files.iter().map(|path| fs::read_to_string(path).expect("a source"));
    let code = texts.map(|text| {
        let own = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let lines = own.lines().filter(|line| !line.trim_start().starts_with("//"));
        let code = lines.collect::<Vec<_>>().join("\n");
        code.replace("'\"'", "' '").replace("'\\\"'", "' '")
    });
    code.collect()
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("a file").path();
        let name = path.file_stem().expect("a name");
        if name == "tests" || name == "properties" {
            continue;
        }
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            files.push(path);
        }
    }
}

/// A line that a program prints: what is fixed in it, and between, what is filled in.
struct Line(Vec<String>);

impl Line {
    fn fits(&self, message: &str) -> bool {
        let (first, others) = self.0.split_first().expect("a part, if empty");
        let Some((last, middle)) = others.split_last() else {
            return message == first;
        };
        let rest = message.strip_prefix(first.as_str());
        let rest = rest.and_then(|rest| rest.strip_suffix(last.as_str()));
        let found =
            middle.iter().try_fold(rest.unwrap_or_default(), |rest, part| {
                rest.split_once(part.as_str()).map(|(_, rest)| rest)
            });
        rest.is_some() && found.is_some()
    }
}

/// The lines that a text of a program prints, `{}` standing for anything; without those
/// that are little else.
fn printed(literal: &str, least: usize) -> Vec<Line> {
    let joined = CONTINUED.replace_all(literal, "");
    let text = ESCAPED.replace_all(&joined, |found: &Captures| {
        if &found[1] == "n" { "\n".into() } else { found[1].to_owned() }
    });
    let text = text.replace("{{", "\u{1}").replace("}}", "\u{2}");
    let lines = text.lines().filter(|line| {
        let fixed = HOLE.replace_all(line, "");
        fixed.chars().filter(|c| c.is_alphabetic()).count() >= least
    });
    let lines = lines.map(|line| {
        let parts = HOLE
            .split(line)
            .map(|part| part.replace('\u{1}', "{").replace('\u{2}', "}"));
        Line(parts.collect())
    });
    lines.collect()
}

static CONTINUED: LazyLock<Regex> = LazyLock::new(|| pattern(r"\\\n\s*"));
static ESCAPED: LazyLock<Regex> = LazyLock::new(|| pattern(r"\\(.)"));
static HOLE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\{[^}]*\}"));

const TEXT: &str = r#""((?s:[^"\\]|\\.)*)""#;

/// The texts behind something, in all files of a folder.
fn texts(folder: &str, before: &str, least: usize) -> Vec<Line> {
    let found = pattern(&format!("{before}{TEXT}"));
    let mut all = Vec::new();
    for code in sources(folder) {
        for text in found.captures_iter(&code) {
            all.extend(printed(&text[1], least));
        }
    }
    all
}

/// The text of an error's variant; what is logged; what a command says.
const ERROR: &str = r"#\[error\(\s*";
const LOGGED: &str = r#"\b(?:error|warn)!\(\s*(?:target: "[^"]*",)?[^";]*"#;
const SAID: &str =
    r"(?:CommandError::new\(\s*(?:format!\(\s*)?|let says =\s*format!\(\s*)";

fn without_mark(message: &str) -> &str {
    let marks = ["[error] ", "[warning] ", "** "];
    let rest =
        marks.iter().fold(message, |m, mark| m.strip_prefix(mark).unwrap_or(m));
    rest.strip_suffix(" **").unwrap_or(rest)
}

fn stands(quoted: &str, line: &Line) -> bool {
    let log = quoted.trim_start_matches("[error] ").trim_start_matches("[warning] ");
    [quoted, log, without_mark(quoted)].iter().any(|form| line.fits(form))
}

#[test]
fn every_message_on_the_page_stands_in_the_sources() {
    let mut known = Vec::new();
    for folder in ["src", "lessons"] {
        known.extend(texts(folder, "", 4));
        known.extend(texts(folder, ERROR, 2));
    }
    // What begins with a placeholder and a mark of the log would fit anything.
    known.retain(|Line(parts)| !parts[0].starts_with('['));
    let all = quoted();
    assert!(all.len() > 100, "only {} messages were found", all.len());
    let strange: Vec<_> = all
        .iter()
        .filter(|message| !known.iter().any(|line| stands(message, line)))
        .collect();
    assert!(strange.is_empty(), "nobody says: {strange:#?}");
}

#[test]
fn every_message_of_the_sources_is_on_the_page() {
    let mut all = Vec::new();
    for folder in ["src", "lessons"] {
        for before in [ERROR, LOGGED, SAID] {
            all.extend(texts(folder, before, 2));
        }
    }
    assert!(all.len() > 120, "only {} messages were found", all.len());
    let quoted = quoted();
    let missing: Vec<_> = all
        .iter()
        .filter(|line| !quoted.iter().any(|message| stands(message, line)))
        .map(|Line(parts)| parts.join("{}"))
        .collect();
    assert!(missing.is_empty(), "not on the page: {missing:#?}");
}
