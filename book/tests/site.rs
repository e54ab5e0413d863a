//! A built book, and what its pages refer to.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;
use tempfile::TempDir;

/// The files of the built book by their paths, `en/nodes.html`.
pub type Site = BTreeMap<String, Vec<u8>>;

/// Built once for all tests of this program.
pub static SITE: LazyLock<Site> = LazyLock::new(|| {
    let folder = TempDir::new().expect("a folder for the book");
    let book = folder.path().join("book");
    workbook::shelf::replace(&workbook::root(), &book).expect("the book is built");
    let mut site = Site::new();
    read(&book, "", &mut site);
    site
});

fn read(folder: &Path, address: &str, site: &mut Site) {
    for entry in fs::read_dir(folder).expect("a folder of the book") {
        let entry = entry.expect("a file of the book");
        let address = format!("{address}{}", entry.file_name().display());
        if entry.path().is_dir() {
            read(&entry.path(), &format!("{address}/"), site);
        } else {
            site.insert(address, fs::read(entry.path()).expect("a file's content"));
        }
    }
}

/// One file of the book, which must be text.
pub fn text(name: &str) -> &'static str {
    let file = SITE.get(name).unwrap_or_else(|| panic!("no {name}"));
    std::str::from_utf8(file).expect("UTF-8")
}

/// All HTML files.
pub fn pages() -> impl Iterator<Item = (&'static str, &'static str)> {
    let html = SITE.keys().filter(|name| name.ends_with(".html"));
    html.map(|name| (name.as_str(), text(name)))
}

/// The pages of the book itself in one language: neither frames nor the 404 page. The
/// names are without the language's folder.
pub fn chapters(code: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let folder = format!("{code}/");
    pages().filter_map(move |(name, page)| {
        let name = name.strip_prefix(&folder)?;
        (!matches!(name, "toc.html" | "404.html")).then_some((name, page))
    })
}

static TAG: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"<[a-z][a-z0-9-]*(?:\s+[^\s"=>]+(?:="[^"]*")?)*\s*/?>"#)
});

/// The value of an attribute, wherever a tag of the page has it.
pub fn attributes<'a>(page: &'a str, names: &str) -> Vec<&'a str> {
    let value = pattern(&format!(r#"\s(?:{names})="([^"]*)""#));
    TAG.find_iter(page)
        .flat_map(|tag| value.captures_iter(tag.as_str()))
        .filter_map(|found| Some(found.get(1)?.as_str()))
        .collect()
}

pub fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern of ours")
}

/// Everything on each page that a link can lead to.
pub static IDS: LazyLock<BTreeMap<&str, HashSet<&str>>> = LazyLock::new(|| {
    pages()
        .map(|(name, page)| (name, attributes(page, "id").into_iter().collect()))
        .collect()
});

/// Where a reference on a page leads, as a path in the site and a place on that page.
pub fn resolve<'a>(from: &str, reference: &'a str) -> (String, &'a str) {
    let (path, place) = reference.split_once('#').unwrap_or((reference, ""));
    if path.is_empty() {
        return (from.to_string(), place);
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => assert!(parts.pop().is_some(), "{from}: {reference} leads out"),
            part => parts.push(part),
        }
    }
    (parts.join("/"), place)
}
