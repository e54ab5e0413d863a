//! The program as it is started.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use mdbook_driver::MDBook;
use tempfile::TempDir;
use workbook::lessons::{LESSONS, Lesson};
use workbook::{Interface, Language, lessons, root, shelf};

fn workbook(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_workbook"))
        .args(arguments)
        .arg(folder)
        .env("LC_ALL", "es_ES.UTF-8")
        .output()
        .expect("the program is started")
}

#[test]
fn build_only_writes_the_book_and_writes_it_anew() {
    let folder = TempDir::new().unwrap();
    let book = folder.path().join("book");
    for _ in 0..2 {
        let built = workbook(&["--build-only"], &book);
        let said = String::from_utf8_lossy(&built.stdout);
        assert!(built.status.success(), "{built:?}");
        assert!(said.starts_with("El libro está escrito"), "{said}");
    }
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(book.join("fr/nodes.html").exists());
}

#[test]
fn a_folder_with_something_else_in_it_is_left_alone() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("thesis.txt"), "years of work").unwrap();
    let refused = workbook(&["--build-only"], folder.path());
    assert!(!refused.status.success());
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("holds something that is not the book"), "{said}");
    assert!(folder.path().join("thesis.txt").exists());
}

#[test]
fn the_table_of_lessons_is_complete() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let known = manifest.matches("path = \"lessons/").count();
    assert_eq!(known, LESSONS.len(), "book/workbook/lessons.rs has all lessons");
    let interface = Interface::read(&root()).unwrap();
    for language in Language::ALL {
        let mut out = Vec::new();
        lessons::tell(&mut out, &interface, language).unwrap();
        let table = String::from_utf8(out).unwrap();
        for Lesson { name, command, .. } in LESSONS {
            assert!(
                manifest.contains(&format!("path = \"lessons/{name}/main.rs\""))
            );
            assert!(
                table.contains(&format!("cargo run --bin {name} -- ")),
                "{table}"
            );
            assert!(table.contains(command), "{table}");
        }
    }
}

/// The stock program is this library with nothing added.
#[test]
fn stock_mdbook_makes_the_english_book() {
    let folder = TempDir::new().unwrap();
    let mut book = MDBook::load(root().join("book")).unwrap();
    book.config.build.build_dir = folder.path().into();
    book.build().unwrap();
    let page = fs::read_to_string(folder.path().join("nodes.html")).unwrap();
    assert!(page.contains("pub fn commands()") && !page.contains("{{#"), "{page}");
}

/// A workbook of one page, with this text.
fn small_book(page: &str) -> TempDir {
    let folder = TempDir::new().expect("a folder for a workbook");
    let source = folder.path().join("book/src");
    fs::create_dir_all(&source).expect("a folder for its pages");
    let code = "// ANCHOR: a\nfn a() {}\n// ANCHOR_END: a\n";
    let log = "# ANCHOR: a\na/x -> b/y: hi\n# ANCHOR_END: a\n\
               # ANCHOR: odd\nhi there\n# ANCHOR_END: odd\n";
    for (name, text) in [
        ("SUMMARY.md", "[Page](page.md)\n"),
        ("page.md", page),
        ("code.rs", code),
        ("it.events", log),
    ] {
        fs::write(source.join(name), text).expect("a file of it");
    }
    folder
}

#[test]
fn what_a_page_lacks_is_said_with_its_line() {
    for (page, line, why) in [
        ("# A\n\n```rs\n{{#include code.rs:b}}\n```\n", 3, "has no anchor `b`"),
        ("# A\n\n```rs\n{{#include gone.rs:a}}\n```\n", 3, "no file"),
        ("# A\n\n```rs\nfn a() {}\n```\n", 3, "a listing is an include"),
        (
            "# A\n\nText.\n\n```script\nkate: list\n```\n",
            5,
            "a transcript is one line",
        ),
        (
            "# A\n\n```diagram\n{{#include it.events:b}}\n```\n",
            3,
            "it.events has no anchor `b`",
        ),
        (
            "# A\n\n```diagram\n{{#include it.events:odd}}\n```\n",
            3,
            "it.events: odd: \"hi there\" is no line of a log",
        ),
        ("# A\n\n```diagram\na/x -> b/y: hi\n```\n", 3, "a diagram is one line"),
        ("# A\n\nSee {{#include code.rs:a}}\n", 3, "stands alone in a fence"),
        ("# A\n\n> [!DANGER]\n> Oh.\n", 3, "there is no box [!DANGER]"),
    ] {
        let book = small_book(page);
        let new = book.path().join("new");
        let failed = shelf::build(book.path(), &new, false).unwrap_err();
        let said = format!("{failed:#}");
        let place = format!("book/src/page.md:{line}: ");
        assert!(said.starts_with(&place) && said.contains(why), "{said}");
    }
}
