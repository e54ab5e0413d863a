//! What the placements cost, measured: how many keys move when a node leaves or
//! joins, and how evenly the keys lie.
//!
//! The keys are those of the experiment, `k_1_1` to `k_1_5000`, and it is the second
//! node that leaves, as there: of five nodes, modulo moves 4052 of 5000 keys, and
//! the others about the thousand that the second had. The spread is how many keys
//! the fullest node has for each that a node has on average. It grows with the
//! nodes, whatever the placement: who throws 5000 dice with a hundred faces will not
//! see each face fifty times.

use std::fs;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use moebi::shell::{Args, Command, CommandError, Outcome, Prompt, Value};
use tokio::task::spawn_blocking;

use crate::placement::Kind;

mod drawing;
mod measure;
#[cfg(test)]
mod tests;

use measure::{KEYS, MOST, Measured, Row};

/// The command of this file.
pub fn commands() -> Vec<Command> {
    let help = "Measures the placements; draws them too, into FILE.";
    vec![Command::new("compare", "[--svg FILE]", help, compare)]
}

/// Measuring is computing, and so it has threads of its own, one for each placement.
async fn compare(at: &mut Prompt, mut args: Args) -> Outcome {
    let file = drawing_goes_to(&mut args)?;
    let measured = Kind::value_variants()
        .iter()
        .map(|&kind| spawn_blocking(move || Measured::new(kind, MOST)));
    let mut all = Vec::new();
    for measuring in measured.collect::<Vec<_>>() {
        all.push(measuring.await?);
    }
    at.me.puts(tables(&all)).await?;
    if let Some(file) = file {
        let drawn = drawing::svg(&all);
        at.me.puts(spawn_blocking(move || write(&file, &drawn)).await??).await?;
    }
    Ok(Value::ok())
}

fn write(file: &Path, drawn: &str) -> Result<String, CommandError> {
    let name = file.display();
    fs::write(file, drawn).map_err(|error| {
        CommandError::new(format!("cannot write {name}: {error}"))
    })?;
    Ok(format!("\nDrawn into {name}."))
}

/// What follows `--svg`, if that is there.
fn drawing_goes_to(args: &mut Args) -> Result<Option<PathBuf>, CommandError> {
    if args.left() == 0 {
        return Ok(None);
    }
    match args.word("--svg")?.as_str() {
        "--svg" => Ok(Some(args.text("FILE")?.into())),
        other => {
            let says = format!("{other}? It is: compare [--svg FILE]");
            Err(CommandError::new(says))
        }
    }
}

/// The numbers of nodes that are printed; all are drawn.
const PRINTED: [u32; 7] = [2, 3, 5, 10, 20, 50, 100];

/// What was measured, as three tables.
fn tables(all: &[Measured]) -> String {
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    let spread = |spread: f64| format!("{spread:.2}");
    [
        format!("Of {KEYS} keys move, when one of N nodes leaves:"),
        lines(all, |row| percent(row.leave)),
        line("1 of N", |nodes| percent(1.0 / f64::from(nodes))),
        "\nwhen one joins N nodes:".into(),
        lines(all, |row| percent(row.join)),
        line("1 of N+1", |nodes| percent(1.0 / f64::from(nodes + 1))),
        "\nThe fullest of N nodes has, where 1 is the average:".into(),
        lines(all, |row| spread(row.spread)),
    ]
    .join("\n")
}

/// A line with the numbers of nodes, and one for each placement.
fn lines(all: &[Measured], cell: impl Fn(&Row) -> String) -> String {
    let cell = |measured: &Measured, nodes| {
        let row = measured.rows.iter().find(|row| row.nodes == nodes);
        row.map(&cell).unwrap_or_default()
    };
    let first = line("N", |nodes| nodes.to_string());
    let others = all.iter().map(|measured| {
        line(&measured.kind.to_string(), |nodes| cell(measured, nodes))
    });
    [first].into_iter().chain(others).collect::<Vec<_>>().join("\n")
}

fn line(name: &str, cell: impl Fn(u32) -> String) -> String {
    let cells = PRINTED.map(|nodes| format!("{:>8}", cell(nodes)));
    format!("  {name:<10}{}", cells.concat())
}
