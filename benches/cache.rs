//! `cargo bench --bench cache`: five thousand keys, through one node of five.
//!
//! The lesson's own program does it, `up 5`, at whose prompt we type as a person would:
//! what is measured is from the command to its answer. The nodes are five processes of the
//! operating system, so on a machine with fewer processors they share them. Nothing is
//! asserted.
#![allow(
    clippy::print_stdout,
    reason = "a bench is no process of a node: its table goes to the terminal"
)]

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use moebi::dist::epmd;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Keys of one fill.
const KEYS: u32 = 5000;
/// Fills of each kind; the first finds an empty cache.
const FILLS: u32 = 9;
/// What the story's cache takes for it, in Elixir, on Erlang/OTP.
const OTP: Duration = Duration::from_millis(880);

#[tokio::main]
async fn main() -> Result<()> {
    if !std::env::args().any(|argument| argument == "--bench") {
        // `cargo test --all-targets` runs this too.
        println!("timings are for `cargo bench`");
        return Ok(());
    }
    println!("fill I {KEYS}, of {FILLS}: the median, the least and the most");
    println!("{:<28} {:>8}          OTP's {} ms", "", "", OTP.as_millis());
    // With modulo there are no copies.
    measure("modulo", "1")?;
    for placement in ["tokens", "rendezvous"] {
        for replicas in ["1", "2"] {
            measure(placement, replicas)?;
        }
    }
    Ok(())
}

fn measure(placement: &str, replicas: &str) -> Result<()> {
    let mapper = epmd::Server::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    let mut up = Up::start(mapper.local_addr().port(), placement, replicas)?;
    up.type_line("sum")?;
    let mut times = Vec::new();
    for _ in 0..FILLS {
        let start = Instant::now();
        let answer = up.type_line(&format!("fill 1 {KEYS}"))?;
        assert_eq!(answer, KEYS.to_string(), "not all keys were stored");
        times.push(start.elapsed());
    }
    times.sort();
    let median = times[times.len() / 2];
    let name = format!("{placement}, replicas = {replicas}");
    let (least, most) = (times[0].as_millis(), times[times.len() - 1].as_millis());
    let ratio = OTP.as_secs_f64() / median.as_secs_f64();
    let median = median.as_millis();
    println!(
        "{name:<28} {median:>5} ms  [{least}-{most}]  {ratio:.1} times as fast"
    );
    Ok(())
}

/// The program, and its prompt. Dropped, it ends, for there are no more commands.
struct Up {
    program: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Up {
    fn start(mapper: u16, placement: &str, replicas: &str) -> Result<Self> {
        let mut program = Command::new(env!("CARGO_BIN_EXE_dynamic_cache"));
        program.args(["up", "5", "--cookie", "bench"]);
        program.args(["--placement", placement, "--replicas", replicas]);
        program.env("ERL_EPMD_PORT", mapper.to_string());
        program.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut program = program.spawn()?;
        let pipes = program.stdin.take().zip(program.stdout.take());
        let (input, output) = pipes.ok_or("no pipes")?;
        Ok(Self { program, input: Some(input), output: BufReader::new(output) })
    }

    /// Types a line, and gives the line that answers it.
    fn type_line(&mut self, line: &str) -> Result<String> {
        let input = self.input.as_mut().ok_or("no input")?;
        writeln!(input, "{line}")?;
        let mut answer = String::new();
        self.output.read_line(&mut answer)?;
        Ok(answer.trim_end().to_owned())
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        drop(self.input.take());
        // It was our own, and has nothing to say.
        let _ = self.program.wait();
    }
}
