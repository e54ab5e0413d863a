//! Other OS processes: this binary again in another role, or Erlang.
//!
//! A child says on its standard output where it can be reached, and lives as long as its
//! standard input is open: dropped, it is killed, and if the bench itself is killed the
//! pipe closes and the child ends on its own. Nothing is left behind.

use std::io::{BufRead, BufReader, Error, ErrorKind, Read, Result, Write};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};

/// Names the role of a child; not set in the bench itself.
const ROLE: &str = "MOEBI_BENCH_ROLE";

/// What this binary does when the bench starts it again.
pub enum Role {
    /// The raw TCP server.
    Floor,
    /// A node of this name, with the functions that are measured.
    Node(String),
    /// Counts the memory of idle processes.
    Memory,
}

impl Role {
    /// The role this process was started in, if it is a child.
    pub fn of_this_process() -> Option<Self> {
        let role = std::env::var(ROLE).ok()?;
        Some(match role.as_str() {
            "floor" => Self::Floor,
            "memory" => Self::Memory,
            name => Self::Node(name.to_owned()),
        })
    }

    fn as_str(&self) -> &str {
        match self {
            Self::Floor => "floor",
            Self::Memory => "memory",
            Self::Node(name) => name,
        }
    }
}

/// Another OS process. Killed when it is dropped.
pub struct Child {
    process: std::process::Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Child {
    /// Starts this binary again in a role. A node finds the port mapper as every node
    /// does, by `ERL_EPMD_PORT`.
    pub fn start(role: &Role, workers: usize, epmd_port: u16) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(format!("--workers={workers}"));
        command.env(ROLE, role.as_str());
        Self::spawn(command, epmd_port)
    }

    /// Starts any program.
    pub fn spawn(mut command: Command, epmd_port: u16) -> Result<Self> {
        command.env("ERL_EPMD_PORT", epmd_port.to_string());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn()?;
        let (Some(input), Some(output)) =
            (process.stdin.take(), process.stdout.take())
        else {
            return Err(Error::other("a child without pipes"));
        };
        Ok(Self { process, input, output: BufReader::new(output) })
    }

    /// Its number as an OS process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// The next line that it prints.
    pub fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        match self.output.read_line(&mut line)? {
            0 => Err(Error::new(ErrorKind::UnexpectedEof, "the child has ended")),
            _ => Ok(line.trim_end().to_owned()),
        }
    }

    /// Types a line into it.
    pub fn tell(&mut self, line: &str) -> Result<()> {
        writeln!(self.input, "{line}")?;
        self.input.flush()
    }

    /// SIGKILL, without waiting for what comes of it.
    pub fn kill(&mut self) -> Result<()> {
        self.process.kill()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // It may have ended already; either way it is waited for.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Ends this child when the bench is gone.
pub fn end_with_parent() {
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
}
