//! `cargo bench`: our runtime beside its floor, raw TCP, and beside Erlang's, if that is
//! installed.
//!
//! ```text
//! cargo bench                    everything; two or three minutes
//! cargo bench -- casts           lines whose name contains this
//! cargo bench -- --quick         fewer and shorter runs
//! cargo bench -- --workers 1     worker threads of the runtime in each process
//! cargo bench -- --no-otp        without Erlang
//! taskset -c 0 cargo bench       all of them on one core (Linux)
//! ```
//!
//! Between two OS processes each run of ours comes directly after a run of the floor, and
//! what is shown is the median of their ratios, with the least and the most: on a busy
//! machine rates mean little, and differences of 0.1 nothing. CPU time is that of both
//! processes, user and system, and is steadier. No timing is asserted anywhere.
//!
//! Two traps when reading it. A virtual machine that is otherwise idle can be four times
//! slower at ping-pong than a busy one, floor and all, for each wake has to start a core
//! that has gone to sleep; programs that share one core do not wait for that, and their
//! rates are the steadiest. And 64 callers are divided by the floor's window of 64, a
//! remote spawn and a question of one caller by the floor's ping-pong: the floor has
//! neither processes nor spawns.
//!
//! | read about | in |
//! |---|---|
//! | what is measured, and the targets | `load.rs` |
//! | raw TCP, and how not to make it slow | `floor.rs` |
//! | our runtime between two OS processes | `ours.rs`, and what the other one runs: `offered.rs` |
//! | calls, `erpc` and tasks | `asks.rs` |
//! | inside one node; nodes that come and go | `local.rs`, `cluster.rs` |
//! | the lesson `kv`, with clients | `kv.rs` |
//! | Erlang | `beam.rs`, `otp.erl`, `kv.erl` |
#![allow(
    clippy::print_stdout,
    reason = "a bench is no process of a node: its table goes to the terminal"
)]

mod asks;
mod beam;
mod child;
mod cluster;
mod floor;
mod kv;
mod load;
mod local;
mod offered;
mod ours;
mod proc;
mod table;

use std::net::Ipv4Addr;

use clap::Parser;
use moebi::dist::epmd;

use self::beam::Beam;
use self::child::Role;
use self::floor::Floor;
use self::kv::{KV_LOADS, Kv};
use self::load::{LOADS, Load, Side};
use self::local::{LOCALS, Local};
use self::ours::Ours;
use self::table::Pairs;

/// Whatever goes wrong ends the bench.
pub type Result<T> =
    std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Measures the runtime beside raw TCP.
#[derive(Parser)]
#[command(name = "cargo bench --")]
struct Options {
    /// Only the lines whose name contains this
    #[arg(default_value = "")]
    filter: String,
    /// Fewer and shorter runs
    #[arg(long)]
    quick: bool,
    /// Worker threads of the runtime, in each process
    #[arg(long, default_value_t = 2)]
    workers: usize,
    /// Without Erlang, even if it is installed
    #[arg(long)]
    no_otp: bool,
    /// Given by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let role = Role::of_this_process();
    if role.is_none() && !options.bench {
        // `cargo test --all-targets` runs this too.
        println!("timings are for `cargo bench`");
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(options.workers)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let Some(role) = role else {
            return Bench::start(options).await?.run().await;
        };
        child::end_with_parent();
        match role {
            Role::Floor => floor::serve().await,
            Role::Node(name) => ours::serve(&name).await,
            Role::Memory => local::count_memory().await,
        }
    })
}

struct Bench {
    options: Options,
    floor: Floor,
    ours: Ours,
    beam: Option<Beam>,
    /// The port mapper of all nodes here, ours and Erlang's.
    mapper: epmd::Server,
}

impl Bench {
    async fn start(options: Options) -> Result<Self> {
        let mapper = epmd::Server::bind((Ipv4Addr::LOCALHOST, 0).into())?;
        let port = mapper.local_addr().port();
        let floor = Floor::start(options.workers).await?;
        let ours = Ours::start(options.workers, port).await?;
        let beam = if options.no_otp { None } else { Beam::start(port)? };
        Ok(Self { options, floor, ours, beam, mapper })
    }

    async fn run(mut self) -> Result<()> {
        self.introduce();
        table::head();
        for load in LOADS {
            if self.wanted(load.name()) {
                self.compare(load).await?;
            }
        }
        self.inside().await?;
        self.key_value_server().await?;
        self.cluster().await
    }

    fn introduce(&self) {
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        let Options { workers, .. } = self.options;
        println!("{cores} cores; {workers} workers in each process");
        if self.beam.is_none() && !self.options.no_otp {
            println!(
                "Erlang is not installed (no `erl` on the PATH): nothing beside ours"
            );
        }
    }

    fn wanted(&self, name: &str) -> bool {
        name.contains(&self.options.filter)
    }

    fn repetitions(&self) -> usize {
        if self.options.quick { 3 } else { 5 }
    }

    fn scaled(&self, count: u64) -> u64 {
        if self.options.quick { count / 4 } else { count }
    }

    // ---- Between two OS processes

    async fn compare(&mut self, load: Load) -> Result<()> {
        let (count, repetitions) = (self.scaled(load.count()), self.repetitions());
        let pairs =
            pair(&mut self.floor, &mut self.ours, load, count, repetitions).await?;
        table::ratio_line(load.name(), &pairs, load.target());
        if let Some(beam) = &mut self.beam {
            let pairs =
                pair(&mut self.floor, beam, load, count, repetitions).await?;
            table::ratio_line(&format!("  {}", beam.version), &pairs, "");
        }
        Ok(())
    }

    // ---- Inside one node

    async fn inside(&mut self) -> Result<()> {
        for local in LOCALS {
            if self.wanted(local.name()) {
                self.local(local).await?;
            }
        }
        if self.wanted("memory per idle process") {
            self.memory()?;
        }
        Ok(())
    }

    async fn local(&mut self, local: Local) -> Result<()> {
        let (mut runs, mut others) = (Vec::new(), Vec::new());
        let count = self.scaled(local.count());
        for _ in 0..self.repetitions() {
            runs.push(local.run(self.ours.node(), count).await?);
            if let Some(beam) = &mut self.beam {
                others.push(beam.local(local, count)?);
            }
        }
        table::rate_line(local.name(), &runs, local.target());
        if let Some(beam) = &self.beam {
            table::rate_line(&format!("  {}", beam.version), &others, "");
        }
        Ok(())
    }

    fn memory(&self) -> Result<()> {
        let bytes =
            |known: Option<u64>| known.map_or("?".into(), |all| format!("{all} B"));
        let ours = bytes(local::memory(self.options.workers)?);
        table::value_line(
            "memory per idle process",
            &ours,
            "at most 1,000 B; OTP 2,400 B",
        );
        if let Some(beam) = &self.beam {
            let theirs = bytes(Beam::memory(local::IDLE)?);
            table::value_line(&format!("  {}", beam.version), &theirs, "");
        }
        Ok(())
    }

    // ---- A program

    async fn key_value_server(&mut self) -> Result<()> {
        if !KV_LOADS.iter().any(|load| self.wanted(load.name())) {
            return Ok(());
        }
        let port = self.mapper.local_addr().port();
        let mut ours = Kv::ours(self.ours.node(), port).await?;
        let mut theirs = match &self.beam {
            Some(beam) => Some((Kv::beam(port).await?, beam.version.clone())),
            None => None,
        };
        for load in KV_LOADS.into_iter().filter(|load| self.wanted(load.name())) {
            let count = self.scaled(load.count());
            let (mut runs, mut others) = (Vec::new(), Vec::new());
            for _ in 0..self.repetitions() {
                runs.push(ours.run(load, count).await?);
                if let Some((beam, _)) = &mut theirs {
                    others.push(beam.run(load, count / 4).await?);
                }
            }
            table::rate_line(load.name(), &runs, load.target());
            if let Some((_, version)) = &theirs {
                table::rate_line(&format!("  {version}"), &others, "");
            }
        }
        Ok(())
    }

    // ---- Nodes that come and go

    async fn cluster(&self) -> Result<()> {
        let port = self.mapper.local_addr().port();
        let name = "SIGKILL to NodeDown";
        if self.wanted(name) {
            let mut times = Vec::new();
            for _ in 0..self.repetitions() {
                let node = self.ours.node();
                times.push(
                    cluster::node_down(node, self.options.workers, port).await?,
                );
            }
            table::time_line(name, &times, "OTP under 6 ms");
        }
        let name = "mesh of 20 nodes";
        if self.wanted(name) {
            let mut times = Vec::new();
            for _ in 0..self.repetitions() {
                times.extend(cluster::mesh(port).await?);
            }
            table::time_line(name, &times, "OTP 0.6 s");
            let never = self.repetitions() - times.len();
            if never > 0 {
                println!("{:<30} {never} times it stayed incomplete", "");
            }
        }
        Ok(())
    }
}

/// Runs of the floor, each directly followed by one of another side. The first pair warms
/// both up and does not count.
async fn pair(
    floor: &mut Floor,
    side: &mut impl Side,
    load: Load,
    count: u64,
    repetitions: usize,
) -> Result<Pairs> {
    floor.run(load.of_floor(), count / 10).await?;
    side.run(load, count / 10).await?;
    let mut pairs = Pairs::default();
    for _ in 0..repetitions {
        let low = floor.run(load.of_floor(), count).await?;
        pairs.0.push((low, side.run(load, count).await?));
    }
    Ok(pairs)
}
