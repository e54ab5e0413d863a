//! A node's program, and its prompt as somebody types at it.

use std::process::Stdio;
use std::time::Duration;

use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::{Instant, sleep, timeout};

/// The end of an answer.
const MARK: &str = "\u{4}";
/// A node comes up in so much time, even if the last of its name was just killed.
const STARTS: Duration = Duration::from_secs(20);
/// A request has five seconds; the rest is for a busy machine.
pub const TIME: Duration = Duration::from_secs(8);
/// What a master waits for may be more than one request.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// It has ended before it answered.
#[derive(Debug)]
pub struct Gone;

/// A program that is killed when this is dropped.
pub struct Prompt {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Prompt {
    /// Starts a node. While the port mapper does not know yet that the last of this name
    /// is gone, it ends at once, and is started again.
    pub async fn start(name: &str, mapper: u16, more: &[&str]) -> Self {
        let until = Instant::now() + STARTS;
        while Instant::now() < until {
            let mut prompt = Self::launch(name, mapper, more);
            if let Ok(Ok(_)) = timeout(STARTS, prompt.answer()).await {
                return prompt;
            }
            sleep(Duration::from_millis(20)).await;
        }
        panic!("{name} does not come up in {STARTS:?}")
    }

    fn launch(name: &str, mapper: u16, more: &[&str]) -> Self {
        let mut program = Command::new(env!("CARGO_BIN_EXE_dynamic_cache"));
        program.args(["--name", name, "--cookie", "cache"]).args(more);
        program.env("ERL_EPMD_PORT", mapper.to_string()).env("MOEBI_SCRIPT", "1");
        program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = program.kill_on_drop(true).spawn().expect("the program");
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (input, output) = pipes.expect("both are pipes");
        Self { child, input, output: BufReader::new(output).lines() }
    }

    /// Types a line, and reads what comes of it.
    pub async fn ask(&mut self, line: &str) -> Result<String, Gone> {
        let typed = self.input.write_all(format!("{line}\n").as_bytes()).await;
        typed.map_err(|_| Gone)?;
        self.answer().await
    }

    async fn answer(&mut self) -> Result<String, Gone> {
        let mut answer = Vec::new();
        loop {
            match self.output.next_line().await {
                Ok(Some(line)) if line == MARK => return Ok(answer.join("\n")),
                Ok(Some(line)) => answer.push(line),
                Ok(None) | Err(_) => return Err(Gone),
            }
        }
    }

    /// Its process, to be killed whoever types at its prompt.
    pub fn id(&self) -> Pid {
        let id = self.child.id().and_then(|id| id.try_into().ok());
        Pid::from_raw(id.expect("a child of our own"))
    }

    /// Waits until it has ended by itself.
    pub async fn ended(mut self) {
        let ended = timeout(PATIENCE, self.child.wait()).await;
        ended.expect("it ends in time").expect("a child of our own");
    }
}
