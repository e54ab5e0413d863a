//! Is a good table read, and is a bad one refused for what is wrong with it?

use std::panic::catch_unwind;

use checker::desk::Desk;
use checker::{desk, says};

use super::*;

#[test]
fn a_table_is_read_or_refused() {
    desk::run(async |desk| {
        let (foo, bar) = (desk.word(), desk.word());
        let (foo, bar) = (format!("{foo}@localhost"), format!("{bar}@localhost"));
        // Far enough from both ends to leave room on either side.
        let cut = char::from(b'f' + desk.number(12) as u8);
        good(desk, cut, &foo, &bar);
        overlaps(cut, &foo, &bar);
        gaps(cut, &foo, &bar);
        lines(cut, &foo, &bar);
    });
}

fn read(lines: &[String]) -> Result<Table, TableError> {
    catch_unwind(|| Table::parse(lines)).unwrap_or_else(|_| says("panics"))
}

/// What a table of these lines is refused for.
fn refused(lines: &[String]) -> Option<TableError> {
    read(lines).err()
}

fn line(first: char, last: char, node: &str) -> String {
    format!("{first}..={last} -> {node}")
}

fn by(letter: char, steps: i8) -> char {
    char::from((letter as u8).saturating_add_signed(steps))
}

fn good(desk: &Desk, cut: char, foo: &str, bar: &str) {
    let mut both = [line('a', cut, foo), line(by(cut, 1), 'z', bar)];
    let Ok(table) = read(&both) else { says("good_refused") };
    let word = desk.word();
    for (letter, node) in [('a', foo), (cut, foo), (by(cut, 1), bar), ('z', bar)] {
        let found = table.node_of(&format!("{letter}{word}"));
        if found.map(|node| node.as_str()) != Some(node) {
            says("other_node");
        }
    }
    both.reverse();
    if read(&both).is_err() {
        says("any_order");
    }
}

fn overlaps(cut: char, foo: &str, bar: &str) {
    let shared = line(cut, 'z', bar);
    let overlap = Some(TableError::Overlap(shared.clone()));
    if refused(&[line('a', cut, foo), shared]) != overlap {
        says("shared_letter");
    }
    let within = line(by(cut, -2), by(cut, -1), bar);
    let overlap = Some(TableError::Overlap(within.clone()));
    let apart = [line('a', cut, foo), line(by(cut, 1), 'z', bar), within];
    if refused(&apart) != overlap {
        says("any_earlier");
    }
}

fn gaps(cut: char, foo: &str, bar: &str) {
    let (before, after) = (by(cut, -1), by(cut, 1));
    for (lines, letter) in [
        ([line('a', before, foo), line(after, 'z', bar)], cut),
        ([line('b', cut, foo), line(after, 'z', bar)], 'a'),
        ([line('a', cut, foo), line(after, 'y', bar)], 'z'),
    ] {
        if refused(&lines) != Some(TableError::Gap(letter)) {
            says("gap");
        }
    }
}

fn lines(cut: char, foo: &str, bar: &str) {
    let good = line('a', cut, foo);
    let after = by(cut, 1);
    let backwards = line('z', after, bar);
    let error = Some(TableError::Backwards(backwards.clone()));
    if refused(&[good.clone(), backwards]) != error {
        says("backwards");
    }
    for node in ["localhost", "@localhost", "a b@localhost", ""] {
        let nobody = line(after, 'z', node);
        let error = Some(TableError::Node(nobody.clone()));
        if refused(&[good.clone(), nobody]) != error {
            says("no_node");
        }
    }
    for shape in [
        format!("{after}-z -> {bar}"),
        format!("{after}..=z {bar}"),
        format!("{after}{after}..=z -> {bar}"),
        format!("{after}..={{ -> {bar}"),
        String::new(),
    ] {
        let error = Some(TableError::Shape(shape.clone()));
        if refused(&[good.clone(), shape]) != error {
            says("shape");
        }
    }
}
