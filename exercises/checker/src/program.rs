//! Running somebody's program: with a deadline, a limit of memory, a limit of what is
//! kept of its output, and nothing left of it afterwards.
//!
//! What the program starts is in its process group, and has its environment. When it is
//! over, the group is killed; and on Linux, so is whatever has left the group and still
//! has the mark in its environment.

use std::collections::VecDeque;
use std::fs;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::{JoinHandle, sleep, spawn};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

/// What a program may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Wall time.
    pub time: Duration,
    /// Bytes of address space of each of its processes.
    pub memory: u64,
    /// Bytes of each of its output streams that are kept: half of them from its
    /// beginning, half from its end. What is between is thrown away.
    pub output: usize,
}

/// Between two looks whether it has ended.
const LOOK: Duration = Duration::from_millis(5);

/// Known to all that a program starts: whose they are.
const MARK: &str = "MOEBI_CHECKED";

/// How it went.
#[derive(Debug)]
pub struct Outcome {
    /// None: it was ended.
    pub status: Option<ExitStatus>,
    /// What it wrote: both streams, one after the other.
    pub output: String,
}

/// Runs a program. Fails if there is no such program.
pub fn run(
    program: &Path,
    set: impl FnOnce(&mut Command),
    limits: Limits,
) -> Result<Outcome> {
    let mark = format!("{:016x}", rand::random::<u64>());
    // The shell sets the limit and becomes the program.
    let mut command = Command::new("sh");
    let line = "ulimit -v \"$1\" && shift && exec \"$@\"";
    command.args(["-c", line, "sh"]).arg((limits.memory / 1024).to_string());
    command.arg(program);
    set(&mut command);
    command.env(MARK, &mark).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let child = command.spawn();
    let child =
        child.with_context(|| format!("cannot run {}", program.display()))?;
    let mut running = Running { child, mark };
    let output =
        running.child.stdout.take().map(|stream| keep(stream, limits.output));
    let errors =
        running.child.stderr.take().map(|stream| keep(stream, limits.output));
    let status = running.wait(limits.time)?;
    // Only when all of it is gone do its pipes close.
    drop(running);
    let read = |stream: Option<JoinHandle<Vec<u8>>>| {
        stream.and_then(|stream| stream.join().ok()).unwrap_or_default()
    };
    let output = [read(output), read(errors)].concat();
    Ok(Outcome { status, output: String::from_utf8_lossy(&output).into_owned() })
}

/// Between the beginning and the end of a stream that was too long.
const CUT: &[u8] = b"\n[...]\n";

/// Reads a stream to its end, and keeps its beginning, and its end: a test tells last
/// why it has failed.
fn keep(
    mut stream: impl Read + Send + 'static,
    limit: usize,
) -> JoinHandle<Vec<u8>> {
    spawn(move || {
        let half = limit / 2;
        let (mut kept, mut end) = (Vec::new(), VecDeque::<u8>::new());
        let (mut cut, mut block) = (false, [0; 8192]);
        while let Ok(count @ 1..) = stream.read(&mut block) {
            let room = half.saturating_sub(kept.len()).min(count);
            kept.extend_from_slice(&block[..room]);
            end.extend(&block[room..count]);
            let over = end.len().saturating_sub(half);
            end.drain(..over);
            cut |= over > 0;
        }
        if cut {
            kept.extend_from_slice(CUT);
        }
        kept.extend(end);
        kept
    })
}

/// A program that runs, and ends when this is dropped, with all that it has started.
struct Running {
    child: Child,
    mark: String,
}

impl Running {
    fn wait(&mut self, time: Duration) -> Result<Option<ExitStatus>> {
        let until = Instant::now() + time;
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait()? {
                return Ok(Some(status));
            }
            sleep(LOOK);
        }
        Ok(None)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let group = Pid::from_raw(self.child.id() as i32);
        let _ = killpg(group, Signal::SIGKILL);
        let _ = self.child.wait();
        // One that is forking while we look is found the next time.
        while kill_marked(&format!("{MARK}={}", self.mark)) > 0 {
            sleep(LOOK);
        }
    }
}

/// Kills all processes with this in their environment; how many there were. Without a
/// `/proc` there is nobody to find.
fn kill_marked(mark: &str) -> usize {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = processes.filter_map(|p| p.file_name().to_str()?.parse::<i32>().ok());
    let marked = pids.filter(|pid| {
        let environment =
            fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        environment.split(|&byte| byte == 0).any(|entry| entry == mark.as_bytes())
    });
    marked
        .map(|pid| kill(Pid::from_raw(pid), Signal::SIGKILL))
        .filter(Result::is_ok)
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(line: &str, seconds: u64) -> Outcome {
        let limits = Limits {
            time: Duration::from_secs(seconds),
            memory: 4 << 30,
            output: 9999,
        };
        run(
            Path::new("sh"),
            |command| {
                let _ = command.args(["-c", line]);
            },
            limits,
        )
        .unwrap()
    }

    #[test]
    fn what_it_writes_is_kept_up_to_a_limit() {
        let outcome = shell("echo one; echo two >&2; exit 3", 10);
        assert_eq!(outcome.status.and_then(|s| s.code()), Some(3));
        assert_eq!(outcome.output, "one\ntwo\n");
        let long = shell("echo one; head -c 5000000 /dev/zero; echo two", 10);
        assert_eq!(long.output.len(), 9998 + CUT.len());
        assert!(long.output.starts_with("one\n") && long.output.ends_with("two\n"));
    }

    #[test]
    fn it_is_ended_in_time_with_all_that_it_has_started() {
        let name = format!("10{:05}", rand::random_range(0..99999));
        let start = Instant::now();
        let outcome =
            shell(&format!("sleep {name} & setsid sleep {name} & sleep {name}"), 1);
        assert!(outcome.status.is_none());
        assert!(start.elapsed() < Duration::from_secs(8));
        let left = shell(&format!("ps ax | grep -c '[s]leep {name}'"), 10);
        assert_eq!(left.output.trim(), "0");
    }

    #[test]
    fn what_is_left_behind_by_one_that_ends_is_ended() {
        let name = format!("20{:05}", rand::random_range(0..99999));
        let outcome = shell(&format!("setsid sleep {name} & echo done"), 10);
        assert_eq!(outcome.output, "done\n");
        let left = shell(&format!("ps ax | grep -c '[s]leep {name}'"), 10);
        assert_eq!(left.output.trim(), "0");
    }

    #[test]
    fn memory_has_a_limit() {
        let limits =
            Limits { time: Duration::from_secs(20), memory: 64 << 20, output: 9999 };
        let line = "x=a; while true; do x=$x$x; done";
        let outcome = run(
            Path::new("sh"),
            |c| {
                let _ = c.args(["-c", line]);
            },
            limits,
        )
        .unwrap();
        assert!(
            outcome.status.is_some_and(|status| !status.success()),
            "{outcome:?}"
        );
    }
}
