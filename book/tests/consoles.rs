//! Runs of tests that a page shows: no script replays them, so what they say is compared
//! with the tests there are.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use workbook::sources;

use crate::site::pattern;

/// A command of a page that runs tests, and what it shows.
struct Run {
    page: String,
    command: String,
    shown: String,
}

fn read(path: &Path) -> String {
    fs::read_to_string(path)
        .unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

fn runs() -> Vec<Run> {
    let block = pattern(r"(?s)```console\n(.*?)```");
    let mut found = Vec::new();
    for path in sources::pages(&workbook::root().join("book")).expect("the pages") {
        let text = read(&path);
        for block in block.captures_iter(&text) {
            for part in block[1].split("$ ").skip(1) {
                let (command, shown) = part.split_once('\n').unwrap_or((part, ""));
                if shown.contains("\nrunning ") || shown.starts_with("running ") {
                    let page = path.display().to_string();
                    let (command, shown) = (command.to_string(), shown.to_string());
                    found.push(Run { page, command, shown });
                }
            }
        }
    }
    found
}

/// The names of all tests that a command could run.
fn tests(command: &str) -> Vec<String> {
    let root = workbook::root().join("tests");
    if command.starts_with("cargo tagged") {
        let test = pattern(r#"Test::new\(\s*"(\w+)""#);
        let files = ["chat.rs", "kv.rs", "rules.rs"];
        let texts = files.map(|file| read(&root.join("tagged").join(file)));
        let found = texts.iter().flat_map(|text| test.captures_iter(text));
        return found.map(|found| found[1].to_string()).collect();
    }
    let suite = command.strip_prefix("cargo test --test ");
    let suite = suite.unwrap_or_else(|| panic!("which tests does {command} run?"));
    let folder = root.join(suite.split(' ').next().unwrap_or(suite));
    let mut found = Vec::new();
    of_functions(&folder, "", &mut found);
    found
}

/// Rust's own tests, `module::function`.
fn of_functions(folder: &Path, module: &str, found: &mut Vec<String>) {
    let test = pattern(
        r"#\[(?:tokio::)?test\b[^\]]*\]\s+(?:#\[[^\]]*\]\s+)*(?:async )?fn (\w+)",
    );
    for entry in fs::read_dir(folder).expect("a folder of tests") {
        let path = entry.expect("a file of tests").path();
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name");
        if path.is_dir() {
            of_functions(&path, &format!("{module}{name}::"), found);
            continue;
        }
        let module = match name {
            "main" | "mod" => module.to_string(),
            name => format!("{module}{name}::"),
        };
        let text = read(&path);
        let names = test.captures_iter(&text);
        found.extend(names.map(|found| format!("{module}{}", &found[1])));
    }
}

/// The word by which a command chooses tests, if it does.
fn filter(command: &str) -> &str {
    let words = command.strip_prefix("cargo tagged ").or_else(|| {
        command.strip_prefix("cargo test --test ")?.split_once(' ').map(|(_, w)| w)
    });
    let first = words.and_then(|words| words.split(' ').next()).unwrap_or("");
    if first.starts_with('-') { "" } else { first }
}

#[test]
fn what_a_page_shows_of_tests_is_what_there_is() {
    let line = pattern(r"(?m)^test (\S+) \.\.\. ");
    let counts = pattern(r"(?m)^(?:running )?(\d+) tests?(?:$|,)");
    let runs = runs();
    for Run { page, command, shown } in &runs {
        let filter = filter(command);
        let all = tests(command);
        let there: BTreeSet<&str> =
            all.iter().map(String::as_str).filter(|n| n.contains(filter)).collect();
        let named: BTreeSet<&str> = line
            .captures_iter(shown)
            .filter_map(|found| Some(found.get(1)?.as_str()))
            .collect();
        assert_eq!(named, there, "{page}: {command}");
        for count in counts.captures_iter(shown) {
            assert_eq!(count[1], there.len().to_string(), "{page}: {command}");
        }
        // How many others there are, and how long it took, is another thing each time.
        for stale in ["filtered out", "finished in"] {
            assert!(!shown.contains(stale), "{page}: {command}: {stale}");
        }
    }
    assert!(runs.len() >= 7, "only {} runs of tests were found", runs.len());
}
