//! Are the right tests left out, and no others?

use checker::{desk, says};

use super::*;

fn list(tags: &[&str]) -> Vec<String> {
    tags.iter().map(|&tag| tag.to_owned()).collect()
}

#[test]
fn the_right_tests_run() {
    desk::run(async |desk| {
        let (tag, word) = (desk.word(), desk.word());
        exclusion(&tag, &word);
        values(&tag, &word);
        only(&tag, &word);
        let (kate, moebi) = (desk.word(), desk.word());
        absence(&tag, &format!("{kate}@localhost"), &format!("{moebi}@localhost"));
    });
}

fn exclusion(tag: &str, other: &str) {
    let tags = list(&["test:first", tag, other]);
    if !runs(&tags, &Run::default()) {
        says("left_out");
    }
    let exclude = list(&[tag]);
    if runs(&tags, &Run { exclude: exclude.clone(), ..Run::default() }) {
        says("excluded_runs");
    }
    if !runs(&list(&["test:second", other]), &Run { exclude, ..Run::default() }) {
        says("left_out");
    }
    for include in [list(&[tag]), list(&[other])] {
        let run = Run { include, exclude: list(&[tag]), ..Run::default() };
        if !runs(&tags, &run) {
            says("include_wins");
        }
    }
}

fn values(tag: &str, word: &str) {
    let tags = list(&["test:first", &format!("{tag}:{word}")]);
    let excluding =
        |filter: &str| Run { exclude: list(&[filter]), ..Run::default() };
    if runs(&tags, &excluding(tag)) {
        says("any_value");
    }
    if runs(&tags, &excluding(&format!("{tag}:{word}"))) {
        says("excluded_runs");
    }
    if !runs(&tags, &excluding(&format!("{tag}:other"))) {
        says("other_value");
    }
    if !runs(&tags, &excluding(&tag[..4])) {
        says("similar_name");
    }
    if !runs(&list(&["test:first", tag]), &excluding(&format!("{tag}:{word}"))) {
        says("other_value");
    }
}

fn only(tag: &str, word: &str) {
    let run = |exclude: &[&str]| Run {
        only: list(&[tag]),
        exclude: list(exclude),
        ..Run::default()
    };
    if runs(&list(&["test:first", word]), &run(&[])) {
        says("others_run");
    }
    let chosen = list(&["test:second", tag, word]);
    if !runs(&chosen, &run(&[])) {
        says("left_out");
    }
    if !runs(&chosen, &run(&[word])) {
        says("include_wins");
    }
    let more = Run { include: list(&[word]), ..run(&[]) };
    if !runs(&list(&["test:third", word]), &more) {
        says("include_wins");
    }
}

fn absence(tag: &str, kate: &str, moebi: &str) {
    let needs_kate = format!("node:{kate}");
    let tags = list(&["test:first", tag, &needs_kate]);
    let alive = |nodes: &[&str]| Run { alive: list(nodes), ..Run::default() };
    if !runs(&tags, &alive(&[moebi, kate])) {
        says("left_out");
    }
    if runs(&tags, &alive(&[moebi])) {
        says("absent_runs");
    }
    for include in [list(&[tag]), list(&["node"])] {
        if runs(&tags, &Run { include, ..alive(&[moebi]) }) {
            says("included_is_not_there");
        }
    }
    for run in [
        Run { include: list(&[&needs_kate]), ..alive(&[moebi]) },
        Run { only: list(&[&needs_kate]), ..alive(&[moebi]) },
    ] {
        if !runs(&tags, &run) {
            says("insisted");
        }
    }
}
