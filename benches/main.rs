//! `cargo bench`: our runtime beside its floor.
#![allow(
    clippy::print_stdout,
    reason = "a bench is no process of a node: its table goes to the terminal"
)]

mod child;
mod floor;
mod load;
mod proc;
mod table;

use clap::Parser;

use self::child::Role;
use self::floor::Floor;
use self::load::{LOADS, Side};
use self::table::Pairs;

/// Whatever goes wrong ends the bench.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[derive(Parser)]
struct Options {
    /// Only lines whose name contains this.
    filter: Option<String>,
    #[arg(long)]
    quick: bool,
    #[arg(long, default_value_t = 2)]
    workers: usize,
    /// Given by cargo.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(options.workers)
        .enable_all()
        .build()?;
    if let Some(role) = Role::of_this_process() {
        child::end_with_parent();
        return runtime.block_on(async { match role { Role::Floor => floor::serve().await, _ => Ok(()) } });
    }
    runtime.block_on(run(&options))
}

async fn run(options: &Options) -> Result<()> {
    let mut floor = Floor::start(options.workers).await?;
    table::head();
    for load in LOADS {
        let mut pairs = Pairs::default();
        for _ in 0..3 {
            let a = floor.run(load.of_floor(), load.count(options.quick)).await?;
            let b = floor.run(load.of_floor(), load.count(options.quick)).await?;
            pairs.0.push((a, b));
        }
        table::ratio_line(load.name(), &pairs, load.target());
    }
    Ok(())
}
