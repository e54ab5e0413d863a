//! Scripts of several nodes: who types what, and what everyone sees.
//!
//! A script stands beside its lesson, `lessons/NAME/NAME.script`. It is the chapter's
//! transcript, a black-box test, and what checks the exercise, all at once. Its form
//! is that of the `goldenscript` crate: commands, `---`, and what was observed, up to a
//! blank line. What was observed is never written by hand:
//!
//! ```text
//! UPDATE_GOLDENFILES=1 cargo test --test scripts
//! ```
//!
//! runs the scripts and writes it, and `git diff` shows what there is to judge.
//!
//! ```text
//! # kate offers say_name, and waits.
//! kate: start
//! alex: start
//! ---
//!
//! # The text and the pid come from two processes: who is first is a race.
//! alex: [2 in any order] pid = spawn_link kate@localhost say_name
//! ---
//! alex: #PID<kate@localhost.1.0>
//! alex: Hi, my name is Kate
//! ```
//!
//! # Commands
//!
//! Each has the name of a node before it, `NAME:`, and so has each observed line. The
//! outputs of two nodes are never merged, because nothing promises an order between
//! two terminals: a block shows what its commands showed, one command after the other.
//!
//! | command | what it does, and what its block shows |
//! |---|---|
//! | `kate: start [ARGS]` | starts `kate@localhost` and waits until it is ready |
//! | `kate: run [ARGS]` | starts it and waits until it has ended; for `-e` |
//! | `kate: LINE` | types LINE; shows what the prompt answers |
//! | `kate: > LINE` | the same, if LINE begins like a command of this table |
//! | `kate: [COUNT] LINE` | the same, and waits until COUNT lines were shown |
//! | `kate: sees [COUNT]` | waits for COUNT lines that nobody asked for |
//! | `kate: log [COUNT]` | waits for COUNT lines of the log (standard error) |
//! | `kate: stop` | ends its input; shows what was left, and the exit status |
//! | `kate: term`, `kate: kill` | the same with SIGTERM, SIGKILL |
//!
//! COUNT is `2` or `2 in any order`; without it `sees` and `log` wait for one line. *In
//! any order* sorts the lines before they are shown: that is for lines of two
//! processes between which OTP promises no order.
//!
//! A node is `NAME@localhost` unless ARGS name it otherwise (`--sname`, `--name`); the
//! one called `nobody` has no name at all. It runs the lesson whose folder the script
//! is in, or another if ARGS begin with `--bin LESSON`. Arguments with spaces go into
//! `'` or `"`. The cookie is `script` unless ARGS have `--cookie`. A name that has ended
//! can be started again. A node that ends while its answer is awaited (`quit`, a name in
//! use) shows `(exit status N)` or `(signal N)` as its last line. A line that begins
//! with `#` is a comment.
//!
//! # Nothing is lost, nothing hangs
//!
//! A line that nobody waited for is an error: before the next command at that node, and
//! at the end. At the end, too, each node that still runs is stopped, the last started
//! first, and must end with status 0. Every wait has a deadline, and no node outlives
//! its script, whatever happens.
//!
//! # What differs from run to run
//!
//! Pids and references are numbered by first appearance in the script: what was equal
//! stays equal, what differed still differs, and one may be typed in a later command as
//! it is shown. Port numbers, creations, times of log lines and the home folder become
//! `PORT`, `CREATION`, `TIME` and `~`.
//!
//! # What happens between the processes
//!
//! Beside a script there may be logs, `NAME.events`: what the commands between two
//! anchors of the script have brought about, signal by signal. They are compared in
//! causal order and rewritten as scripts are; `causal.rs` says how to read one. To have
//! a log of a part of a script, write its anchors into the file, with nothing between
//! them, and run the scripts with `UPDATE_GOLDENFILES=1`.
//!
//! # What a node must do
//!
//! With `MOEBI_SCRIPT` in its environment and no terminal, it shows no prompt; it writes
//! a line of the one byte 4 (end of transmission) to standard output once it is ready,
//! and again after each command, when all that the command shows has been written.

mod cast;
mod causal;
mod epmd;
mod events;
mod fake;
mod join;
mod log_proofs;
mod node;
mod noise;
mod normalise;
mod parse;
mod place;
mod proofs;
mod record;
mod scene;
mod stage;
mod trace;

use std::fs;
use std::path::{Path, PathBuf};

pub use fake::{FAKE, fake_node};

/// That the runner keeps its promises.
pub fn proofs() -> Vec<(&'static str, fn())> {
    [proofs::proofs(), log_proofs::proofs()].concat()
}

use events::Recorder;
use parse::Block;
use stage::Stage;

/// What is said of a script that failed.
pub type Failure = String;

/// Runs the script beside a lesson, and compares what it shows, or rewrites it.
pub fn run_file(path: &Path, update: bool) -> Result<(), Failure> {
    let text = fs::read_to_string(path).map_err(|e| e.to_string())?;
    let lesson = path
        .file_stem()
        .and_then(|stem| stem.to_str())
        .ok_or("the script's name is not a lesson's")?;
    let blocks = parse::parse(&text)?;
    let (observed, logs) = in_runtime(async {
        let epmd = epmd::host()?;
        let home = Home::make(lesson)?;
        let mut stage =
            Stage::for_lesson(lesson, epmd.local_addr().port(), home.path());
        stage.recorder = Recorder::beside(path, &text, home.path())?;
        let observed = stage.play(&blocks).await;
        let recorder = stage.recorder.take();
        let logs = recorder.map_or(Ok(()), |recorder| recorder.conclude(update));
        // Nodes go before the port mapper and the folder they rely on.
        drop(stage);
        Ok((observed?, logs))
    })?;
    settle(path, &text, &blocks, &observed, update)?;
    logs
}

/// Compares what was observed with the script, or writes it there.
fn settle(
    path: &Path,
    text: &str,
    blocks: &[Block],
    observed: &[Vec<String>],
    update: bool,
) -> Result<(), Failure> {
    let rewritten = parse::render(blocks, observed);
    if rewritten == text {
        return Ok(());
    }
    if update {
        return fs::write(path, rewritten).map_err(|e| e.to_string());
    }
    Err(differences(blocks, observed))
}

/// One runtime a script, so that scripts share nothing.
fn in_runtime<T>(
    script: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| e.to_string())?
        .block_on(script)
}

/// The blocks that did not show what the script says.
fn differences(blocks: &[Block], observed: &[Vec<String>]) -> Failure {
    let mut text = String::new();
    for (block, observed) in blocks.iter().zip(observed) {
        if block.expected == *observed {
            continue;
        }
        text += &format!("line {}:\n", block.line);
        for command in &block.commands {
            text += &format!("    {}\n", command.text);
        }
        text += "  should have shown\n";
        text += &indented(&block.expected);
        text += "  but showed\n";
        text += &indented(observed);
    }
    if text.is_empty() {
        text += "only the blank lines between the blocks differ\n";
    }
    text + "UPDATE_GOLDENFILES=1 writes what was shown into the script."
}

fn indented(lines: &[String]) -> String {
    if lines.is_empty() {
        return "    (nothing)\n".into();
    }
    lines.iter().map(|line| format!("    {line}\n")).collect()
}

/// The home of a script's nodes: empty at first, gone at the end.
struct Home(PathBuf);

impl Home {
    fn make(script: &str) -> Result<Self, Failure> {
        let name = format!("{script}-{}", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).map_err(|e| e.to_string())?;
        Ok(Self(path))
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // Nothing depends on it: it is in the build folder, under a name of its own.
        let _ = fs::remove_dir_all(&self.0);
    }
}
