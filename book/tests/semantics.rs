//! The page on semantics follows the tables that the tests keep to.

use std::fs;

use workbook::semantics::{PAGE, page};

#[test]
fn the_page_follows_the_tables() {
    let root = workbook::root();
    let expected = page(&root).unwrap();
    let path = root.join(PAGE);
    if std::env::var_os("UPDATE_GOLDENFILES").is_some_and(|v| v == "1") {
        fs::write(&path, &expected).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap();
    let differs = expected.lines().zip(found.lines()).find(|(a, b)| a != b);
    assert!(
        expected == found,
        "{PAGE} does not follow the tables of tests/semantics: {differs:?}\n\
         UPDATE_GOLDENFILES=1 cargo test -p workbook --test book makes it follow."
    );
}
