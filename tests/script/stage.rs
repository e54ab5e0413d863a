//! Plays a script: starts its nodes, types, waits, and collects what they show.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::process::Command as Process;

use super::Failure;
use super::events::Recorder;
use super::node::Node;
use super::normalise::Normaliser;
use super::parse::{Action, Block, Command, Count, Program};

/// How long an answer, or the end of a node, may take.
const DEADLINE: Duration = Duration::from_secs(10);

/// How long it may take until a node is ready, on a machine that has just built it.
const START_DEADLINE: Duration = Duration::from_secs(30);

/// The node of this name is started without one.
const NOBODY: &str = "nobody";

/// Where a script plays.
pub struct Stage {
    /// Which program a lesson is.
    program: Box<dyn Fn(&str) -> PathBuf>,
    lesson: String,
    environment: Vec<(String, OsString)>,
    deadline: Duration,
    normaliser: Normaliser,
    /// All that were started, the ended ones too: their last words must be seen.
    nodes: Vec<Node>,
    /// Writes down what the nodes' processes do, if that is asked for.
    pub recorder: Option<Recorder>,
}

impl Stage {
    /// A stage for the script of a lesson, with a port mapper of its own.
    pub fn for_lesson(lesson: &str, epmd: u16, home: &Path) -> Self {
        let mut stage = Self::new(lesson, Box::new(lesson_program), DEADLINE);
        stage.set("ERL_EPMD_PORT", epmd.to_string());
        stage.set("HOME", home);
        stage.normaliser = Normaliser::with_home(home);
        stage
    }

    /// A stage with nothing on it.
    pub fn new(
        lesson: &str,
        program: Box<dyn Fn(&str) -> PathBuf>,
        deadline: Duration,
    ) -> Self {
        let mut stage = Self {
            program,
            lesson: lesson.to_string(),
            environment: Vec::new(),
            deadline,
            normaliser: Normaliser::default(),
            nodes: Vec::new(),
            recorder: None,
        };
        stage.set("MOEBI_SCRIPT", "1");
        stage.set("NO_COLOR", "1");
        stage
    }

    /// Something the nodes find in their environment.
    pub fn set(&mut self, name: &str, value: impl Into<OsString>) {
        self.environment.push((name.to_string(), value.into()));
    }

    /// Plays all blocks; the lines of each, as they stand after its `---`.
    pub async fn play(
        &mut self,
        blocks: &[Block],
    ) -> Result<Vec<Vec<String>>, Failure> {
        let played = self.play_blocks(blocks).await;
        played.map_err(|failure| failure + &self.logs())
    }

    async fn play_blocks(
        &mut self,
        blocks: &[Block],
    ) -> Result<Vec<Vec<String>>, Failure> {
        let mut observed = Vec::new();
        for block in blocks {
            let mut shown = Vec::new();
            for command in &block.commands {
                let at = |why| {
                    format!("line {}: {}\n  {why}", command.line, command.text)
                };
                let lines = self.perform(command).await.map_err(at)?;
                let prefixed = lines.iter().map(|line| {
                    format!("{}: {line}", command.node).trim_end().to_string()
                });
                shown.extend(prefixed);
            }
            observed.push(shown);
        }
        if let Some(recorder) = &self.recorder {
            recorder.settle(usize::MAX).await;
        }
        // Who started last relies on who was there before.
        for node in self.nodes.iter_mut().rev() {
            node.leave().await.map_err(|why| format!("at the end: {why}"))?;
        }
        Ok(observed)
    }

    async fn perform(&mut self, command: &Command) -> Result<Vec<String>, Failure> {
        let (lines, count) = match &command.action {
            Action::Start(program) => {
                let deadline = self.deadline;
                let node = self.start(command, program)?;
                let lines = node.answer(0).await?;
                node.deadline = deadline;
                (lines, None)
            }
            Action::Run(program) => {
                (self.start(command, program)?.rest().await?, None)
            }
            Action::Type(line, count) => {
                let line = self.normaliser.restore(line);
                if let Some(recorder) = &mut self.recorder {
                    recorder.types(&command.node, command.line);
                }
                let node = self.node(&command.node)?;
                node.type_line(&line).await?;
                (node.answer(count.map_or(0, |count| count.lines)).await?, *count)
            }
            Action::Sees(count) => {
                (self.node(&command.node)?.sees(*count).await?, Some(*count))
            }
            Action::Log(count) => {
                (self.node(&command.node)?.log(*count).await?, Some(*count))
            }
            Action::End(how) => {
                if let Some(recorder) = &mut self.recorder {
                    recorder.ends(&command.node, command.line, *how).await;
                }
                (self.running(&command.node)?.end(*how).await?, None)
            }
        };
        Ok(self.normalise(lines, count))
    }

    fn normalise(
        &mut self,
        mut lines: Vec<String>,
        count: Option<Count>,
    ) -> Vec<String> {
        if count.is_some_and(|count| count.any_order) {
            // By what is the same in each run: a new pid gets its number afterwards.
            lines.sort_by_cached_key(|line| self.normaliser.mask(line));
        }
        lines.iter().map(|line| self.normaliser.normalise(line)).collect()
    }

    fn start(
        &mut self,
        command: &Command,
        program: &Program,
    ) -> Result<&mut Node, Failure> {
        if self.running(&command.node).is_ok() {
            return Err(format!("{} is running already", command.node));
        }
        let lesson = program.lesson.as_ref().unwrap_or(&self.lesson);
        let mut process = Process::new((self.program)(lesson));
        process.args(arguments(&command.node, &program.args));
        // What the person who runs the scripts has set must not show in them.
        for (name, _) in std::env::vars_os() {
            let set = name.to_str().is_some_and(|name| name.starts_with("MOEBI_"));
            if set || name == "RUST_LOG" {
                process.env_remove(name);
            }
        }
        process.envs(self.environment.iter().map(|(name, value)| (name, value)));
        if let Some(recorder) = &mut self.recorder {
            let file = recorder.starts(&command.node, command.line);
            process.env("MOEBI_TRACE", file);
        }
        self.nodes.push(Node::start(&command.node, process, START_DEADLINE)?);
        self.node(&command.node)
    }

    /// The node of that name that was started last.
    fn node(&mut self, name: &str) -> Result<&mut Node, Failure> {
        let found = self.nodes.iter_mut().rfind(|node| node.name == name);
        found.ok_or_else(|| format!("{name} was never started"))
    }

    fn running(&mut self, name: &str) -> Result<&mut Node, Failure> {
        let node = self.node(name)?;
        if node.runs() {
            return Ok(node);
        }
        Err(format!("{name} has ended"))
    }

    /// What the nodes have logged, to be read beside a failure.
    fn logs(&mut self) -> String {
        let mut text = String::new();
        for node in &mut self.nodes {
            for line in node.unseen_log() {
                text += &format!("\n  log of {}: {line}", node.name);
            }
        }
        text
    }
}

/// What the script says, and what it need not say.
fn arguments(node: &str, args: &[String]) -> Vec<String> {
    let says = |flag: &str| {
        let with_value = format!("{flag}=");
        args.iter().any(|arg| arg == flag || arg.starts_with(&with_value))
    };
    let mut all = Vec::new();
    if node != NOBODY && !says("--sname") && !says("--name") {
        all.extend(["--sname".to_string(), format!("{node}@localhost")]);
    }
    if !says("--cookie") {
        all.extend(["--cookie".to_string(), "script".to_string()]);
    }
    all.extend_from_slice(args);
    all
}

/// Where cargo has put the binary of a lesson.
fn lesson_program(lesson: &str) -> PathBuf {
    // Cargo says so since 1.94; before, binaries stand beside the folder of the tests.
    if let Some(path) = std::env::var_os(format!("CARGO_BIN_EXE_{lesson}")) {
        return path.into();
    }
    let mut path = std::env::current_exe().unwrap_or_default();
    path.pop();
    if path.ends_with("deps") {
        path.pop();
    }
    path.join(lesson)
}
