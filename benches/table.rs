//! What is printed: a line for each measurement.

use std::time::Duration;

use crate::load::Run;

/// Runs of the floor, each with the run that came directly after it. The machine's speed
/// changes by the minute; that of two neighbours is alike, and their ratio means
/// something.
#[derive(Default)]
pub struct Pairs(pub Vec<(Run, Run)>);

/// The headings.
pub fn head() {
    println!(
        "{:<30} {:>12} {:>12}  {:<18} {:>9} {:>9}",
        "", "floor /s", "/s", "ratio", "CPU µs", "floor's"
    );
}

/// A line with a ratio to the floor.
pub fn ratio_line(name: &str, pairs: &Pairs, note: &str) {
    let ratios =
        sorted(pairs.0.iter().map(|(floor, run)| run.rate() / floor.rate()));
    let (least, most) = (ratios.first().copied(), ratios.last().copied());
    let ratio = format!(
        "{:.2} [{:.2}-{:.2}]",
        median(&ratios),
        least.unwrap_or_default(),
        most.unwrap_or_default()
    );
    let floor = pairs.0.iter().map(|(floor, _)| floor);
    let runs = pairs.0.iter().map(|(_, run)| run);
    println!(
        "{name:<30} {:>12} {:>12}  {ratio:<18} {:>9} {:>9}  {note}",
        rate(floor.clone()),
        rate(runs.clone()),
        cpu(runs),
        cpu(floor),
    );
}

/// A line of something that has no floor.
pub fn rate_line(name: &str, runs: &[Run], note: &str) {
    let (rate, cpu) = (rate(runs.iter()), cpu(runs.iter()));
    println!(
        "{name:<30} {:>12} {rate:>12}  {:<18} {cpu:>9} {:>9}  {note}",
        "", "", ""
    );
}

/// A line of something that takes a time.
pub fn time_line(name: &str, times: &[Duration], note: &str) {
    let times = sorted(times.iter().map(Duration::as_secs_f64));
    let shown = |time: Option<&f64>| format!("{:.1}", time.unwrap_or(&0.0) * 1e3);
    let median = format!("{} ms", shown(Some(&median(&times))));
    let range = format!("[{}-{}]", shown(times.first()), shown(times.last()));
    println!(
        "{name:<30} {:>12} {median:>12}  {range:<18} {:>9} {:>9}  {note}",
        "", "", ""
    );
}

/// A line of something that is no rate.
pub fn value_line(name: &str, value: &str, note: &str) {
    println!(
        "{name:<30} {:>12} {value:>12}  {:<18} {:>9} {:>9}  {note}",
        "", "", "", ""
    );
}

fn rate<'a>(runs: impl Iterator<Item = &'a Run>) -> String {
    grouped(median(&sorted(runs.map(Run::rate))))
}

/// Microseconds per operation, of all runs together: one run may be shorter than a few
/// of the clock's ticks.
fn cpu<'a>(runs: impl Iterator<Item = &'a Run>) -> String {
    let mut all = (0.0, 0);
    for run in runs {
        let Some(cpu) = run.cpu else { return String::new() };
        all = (all.0 + cpu.as_secs_f64() * 1e6, all.1 + run.count);
    }
    let each = all.0 / all.1 as f64;
    if each < 10.0 { format!("{each:.2}") } else { format!("{each:.1}") }
}

/// Sorts.
fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The middle one of sorted values.
fn median(sorted: &[f64]) -> f64 {
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

/// `1234567` is `1,234,567`.
fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
