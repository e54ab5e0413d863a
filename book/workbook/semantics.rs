//! The page on semantics, out of the tables that the tests of the runtime keep to.
//!
//! Between `<!-- rows: link monitor -->` and `<!-- end of rows -->` stand the rows of
//! these areas of `tests/semantics/rows.tsv`, with the files of the tests named after
//! each, and below them what `differences.tsv` says. It is ordinary Markdown in the page
//! itself, so that mdBook alone shows it too, and the sentences are translated as all
//! others are. A test of the book says whether the page follows the tables, and with
//! `UPDATE_GOLDENFILES=1` makes it follow.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use anyhow::{Context, Result, bail, ensure};
use regex::Regex;

use crate::anchors::pattern;

/// The page, under the workbook's root.
pub const PAGE: &str = "book/src/semantics.md";

/// Where most tests are; their files are named from here.
const TESTS: &str = "tests/semantics/";

const END: &str = "<!-- end of rows -->";
static BEGIN: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"<!-- rows: ([a-z ]+) -->\n"));
static TEST: LazyLock<Regex> = LazyLock::new(|| pattern(r"fn ([sc]\d\d)_\w+"));

/// One thing that OTP was seen to do.
struct Row {
    id: String,
    area: String,
    stimulus: String,
    expected: String,
    difference: Option<Difference>,
    /// The files of the tests that show it, as one would type them.
    tests: BTreeSet<String>,
}

/// What the runtime does instead, on purpose.
struct Difference {
    otp: String,
    here: String,
    reason: String,
}

/// The page with its rows as the tables have them.
pub fn page(root: &Path) -> Result<String> {
    let rows = rows(root)?;
    let old = fs::read_to_string(root.join(PAGE)).context(PAGE)?;
    let mut out = String::new();
    let mut end = 0;
    let mut shown = BTreeSet::new();
    for begin in BEGIN.captures_iter(&old) {
        let place = begin.get(0).context("a match has a place")?;
        out += &old[end..place.end()];
        for area in begin[1].split(' ') {
            ensure!(shown.insert(area.to_owned()), "{PAGE}: {area} is there twice");
        }
        let areas: Vec<_> = begin[1].split(' ').collect();
        let wanted = rows.iter().filter(|row| areas.contains(&row.area.as_str()));
        out += &section(&wanted.collect::<Vec<_>>());
        let rest = old[place.end()..].find(END);
        let rest = rest.with_context(|| format!("{PAGE}: {END} is missing"))?;
        end = place.end() + rest;
    }
    out += &old[end..];
    let all: BTreeSet<_> = rows.iter().map(|row| row.area.clone()).collect();
    ensure!(shown == all, "{PAGE} has {shown:?}, and the tables have {all:?}");
    Ok(out)
}

fn section(rows: &[&Row]) -> String {
    let mut out = String::from(
        "\n| row | what happens | in Erlang and Elixir | shown by |\n|---|---|---|---|\n",
    );
    for row in rows {
        let Row { id, stimulus, expected, tests, .. } = row;
        let mark = if row.difference.is_some() { " ≠" } else { "" };
        let tests = tests.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
        out += &format!("| `{id}{mark}` | {stimulus} | {expected} | `{tests}` |\n");
    }
    out.push('\n');
    let mut differ = false;
    for row in rows {
        if let Some(Difference { otp, here, reason }) = &row.difference {
            differ = true;
            out += &format!(
                "- `{}` **In OTP:** {otp}. **Here:** {here}. **Why:** {reason}.\n",
                row.id
            );
        }
    }
    if differ {
        out.push('\n');
    }
    out
}

fn rows(root: &Path) -> Result<Vec<Row>> {
    let mut tests: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for folder in ["tests", "src"] {
        collect(root, &root.join(folder), &mut tests)?;
    }
    let mut differences = BTreeMap::new();
    for [id, otp, here, reason, places] in table(root, "differences.tsv")? {
        let files = tests.entry(id.clone()).or_default();
        for place in places.split("; ") {
            let known = [TESTS, ""].map(|folder| root.join(folder).join(place));
            ensure!(known.iter().any(|path| path.exists()), "{id}: no {place}");
            files.insert(place.to_owned());
        }
        if here != "The same" {
            differences.insert(id, Difference { otp, here, reason });
        }
    }
    let rows = table(root, "rows.tsv")?.into_iter();
    rows.map(|[id, area, stimulus, expected]| {
        let difference = differences.remove(&id);
        let tests = tests.remove(&id).with_context(|| format!("{id}: no test"))?;
        Ok(Row { id, area, stimulus, expected, difference, tests })
    })
    .collect()
}

/// The rows of a table without the names of its columns.
fn table<const N: usize>(root: &Path, name: &str) -> Result<Vec<[String; N]>> {
    let text = fs::read_to_string(root.join(TESTS).join(name)).context("a table")?;
    let rows = text.lines().skip(1).map(|line| {
        let cells: Vec<_> = line.split('\t').map(String::from).collect();
        match cells.try_into() {
            Ok(row) => Ok(row),
            Err(_) => bail!("{name}: not {N} columns: {line}"),
        }
    });
    rows.collect()
}

/// Which files have a test that is named after which row.
fn collect(
    root: &Path,
    folder: &Path,
    found: &mut BTreeMap<String, BTreeSet<String>>,
) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, found)?;
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            let name = path.strip_prefix(root)?.to_string_lossy().into_owned();
            let name = name.strip_prefix(TESTS).unwrap_or(&name);
            for test in TEST.captures_iter(&fs::read_to_string(&path)?) {
                let files = found.entry(test[1].to_uppercase()).or_default();
                files.insert(name.to_owned());
            }
        }
    }
    Ok(())
}
