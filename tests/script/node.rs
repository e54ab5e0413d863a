//! One node of a script: an operating-system process, its input, terminal and log.

use std::collections::VecDeque;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use super::Failure;
use super::parse::{Count, Ending};

/// End of transmission: "that was the answer", on a line of its own.
const EOT: char = '\u{4}';

/// Lines that wait to be looked at. A node that floods its terminal is held up by the
/// full pipe, and runs into a deadline, before it fills our memory.
const UNSEEN: usize = 4096;

/// A started node. Dropped, it is killed, even while a panic unwinds.
pub struct Node {
    /// What the script calls it.
    pub name: String,
    child: Child,
    input: Option<ChildStdin>,
    terminal: Output,
    log: Output,
    status: Option<ExitStatus>,
    /// How long each wait may take.
    pub deadline: Duration,
}

/// What arrives on a terminal.
enum Event {
    Line(String),
    EndOfTransmission,
}

/// What a node writes to one of its two outputs.
struct Output {
    events: mpsc::Receiver<Event>,
    /// Arrived, and looked at by nobody so far.
    unseen: VecDeque<Event>,
}

impl Output {
    fn of(stream: Option<impl AsyncRead + Unpin + Send + 'static>) -> Self {
        let (sender, events) = mpsc::channel(UNSEEN);
        if let Some(stream) = stream {
            tokio::spawn(read_lines(stream, sender));
        }
        Self { events, unseen: VecDeque::new() }
    }

    /// The next event; none at the end of the output.
    async fn next(&mut self) -> Option<Event> {
        match self.unseen.pop_front() {
            Some(event) => Some(event),
            None => self.events.recv().await,
        }
    }

    /// What has arrived and was not asked for.
    fn unasked(&mut self) -> Vec<String> {
        while let Ok(event) = self.events.try_recv() {
            self.unseen.push_back(event);
        }
        self.unseen.iter().map(Event::describe).collect()
    }
}

impl Event {
    fn describe(&self) -> String {
        match self {
            Self::Line(line) => line.clone(),
            Self::EndOfTransmission => "(end of transmission)".into(),
        }
    }
}

async fn read_lines(
    stream: impl AsyncRead + Unpin,
    sender: mpsc::Sender<Event>,
) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let mut bytes = Vec::new();
    // An error of the pipe is its end: there is no more to read either way.
    while stream.read_until(b'\n', &mut bytes).await.is_ok_and(|n| n > 0) {
        let text = String::from_utf8_lossy(&bytes);
        let text = text.strip_suffix('\n').unwrap_or(&text);
        // A text without a newline may stand before the mark, on its line.
        let line = text.strip_suffix(EOT);
        if line != Some("") {
            sender.send(Event::Line(line.unwrap_or(text).into())).await.ok()?;
        }
        if line.is_some() {
            sender.send(Event::EndOfTransmission).await.ok()?;
        }
        bytes.clear();
    }
    Some(())
}

impl Node {
    /// Starts the process; it is ready when [`Self::answer`] has returned.
    pub fn start(
        name: &str,
        mut command: Command,
        deadline: Duration,
    ) -> Result<Self, Failure> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|e| {
                let program = command.as_std().get_program();
                format!("{} cannot be started: {e}", program.display())
            })?;
        Ok(Self {
            name: name.to_string(),
            input: child.stdin.take(),
            terminal: Output::of(child.stdout.take()),
            log: Output::of(child.stderr.take()),
            child,
            status: None,
            deadline,
        })
    }

    /// Whether it still runs, as far as the script has seen.
    pub fn runs(&self) -> bool {
        self.status.is_none()
    }

    /// Types a line.
    pub async fn type_line(&mut self, line: &str) -> Result<(), Failure> {
        let unasked = self.terminal.unasked();
        if !unasked.is_empty() {
            return Err(self.lost("shown lines that nobody waited for", &unasked));
        }
        let Some(input) = &mut self.input else {
            return Err(format!("{} has ended: nothing can be typed", self.name));
        };
        let line = format!("{line}\n");
        let written = async {
            input.write_all(line.as_bytes()).await?;
            input.flush().await
        };
        // It may have just ended: then the answer says so, with its status.
        let _ = timeout_at(Instant::now() + self.deadline, written).await;
        Ok(())
    }

    /// The lines up to the end of transmission, and more until there are `count`.
    ///
    /// If the node ends instead, how it ended is the last line.
    pub async fn answer(&mut self, count: usize) -> Result<Vec<String>, Failure> {
        let until = Instant::now() + self.deadline;
        let mut lines = Vec::new();
        let mut answered = false;
        while !(answered && lines.len() >= count) {
            match timeout_at(until, self.terminal.next()).await {
                Ok(Some(Event::Line(line))) => lines.push(line),
                Ok(Some(Event::EndOfTransmission)) if answered => {
                    return Err(self.lost("answered one command twice", &lines));
                }
                Ok(Some(Event::EndOfTransmission)) => answered = true,
                Ok(None) => {
                    lines.push(self.ended(until).await?);
                    break;
                }
                Err(_) if answered => {
                    let what = format!("shown {} of {count} lines", lines.len());
                    return Err(self.too_late(&what, &lines));
                }
                Err(_) => return Err(self.too_late("not answered", &lines)),
            }
        }
        Ok(lines)
    }

    /// Exactly so many lines that nobody asked for.
    pub async fn sees(&mut self, count: Count) -> Result<Vec<String>, Failure> {
        let until = Instant::now() + self.deadline;
        let lines = take(&mut self.terminal, count.lines, until).await;
        self.enough(lines, count, "shown")
    }

    /// Exactly so many lines of the log.
    pub async fn log(&mut self, count: Count) -> Result<Vec<String>, Failure> {
        let until = Instant::now() + self.deadline;
        let lines = take(&mut self.log, count.lines, until).await;
        self.enough(lines, count, "logged")
    }

    fn enough(
        &self,
        lines: Vec<String>,
        count: Count,
        verb: &str,
    ) -> Result<Vec<String>, Failure> {
        if lines.len() == count.lines {
            return Ok(lines);
        }
        let what = format!("{verb} {} of {} lines", lines.len(), count.lines);
        Err(self.too_late(&what, &lines))
    }

    /// Ends it, and says what it still showed and how it ended.
    pub async fn end(&mut self, how: Ending) -> Result<Vec<String>, Failure> {
        let signal = match how {
            Ending::Stop => None,
            Ending::Term => Some(Signal::SIGTERM),
            Ending::Kill => Some(Signal::SIGKILL),
        };
        match (signal, self.child.id()) {
            (None, _) => self.input = None,
            (Some(signal), Some(id)) => {
                // No process has the id any more? Then it ended by itself.
                let _ = kill(Pid::from_raw(id.cast_signed()), signal);
            }
            (Some(_), None) => {}
        }
        self.rest().await
    }

    /// What it shows until it ends, and how it ended.
    pub async fn rest(&mut self) -> Result<Vec<String>, Failure> {
        let until = Instant::now() + self.deadline;
        let mut lines = Vec::new();
        loop {
            match timeout_at(until, self.terminal.next()).await {
                Ok(Some(Event::Line(line))) => lines.push(line),
                // `run` has several commands, and nobody to wait for each.
                Ok(Some(Event::EndOfTransmission)) => {}
                Ok(None) => break,
                Err(_) => return Err(self.too_late("not ended", &lines)),
            }
        }
        lines.push(self.ended(until).await?);
        Ok(lines)
    }

    /// Waits for the end of a node whose terminal is closed.
    async fn ended(&mut self, until: Instant) -> Result<String, Failure> {
        self.input = None;
        match timeout_at(until, self.child.wait()).await {
            Ok(Ok(status)) => {
                self.status = Some(status);
                Ok(describe(status))
            }
            Ok(Err(error)) => Err(format!("{}: {error}", self.name)),
            Err(_) => Err(self.too_late("closed its terminal, but not ended", &[])),
        }
    }

    /// Ends the node if it still runs, and complains about all that nobody saw.
    pub async fn leave(&mut self) -> Result<(), Failure> {
        let left = self.terminal.unasked();
        if !left.is_empty() {
            return Err(self.lost("shown lines that nobody waited for", &left));
        }
        if self.runs() {
            let mut lines = self.end(Ending::Stop).await?;
            let status = lines.pop().unwrap_or_default();
            if status != "(exit status 0)" {
                return Err(self.lost(&format!("ended with {status}"), &lines));
            }
            if !lines.is_empty() {
                return Err(self.lost("shown lines that nobody waited for", &lines));
            }
        }
        let until = Instant::now() + self.deadline;
        let log = take(&mut self.log, usize::MAX, until).await;
        if !log.is_empty() {
            return Err(self.lost("logged lines that nobody waited for", &log));
        }
        Ok(())
    }

    /// The log lines nobody waited for, for whoever wonders what went wrong.
    pub fn unseen_log(&mut self) -> Vec<String> {
        self.log.unasked()
    }

    fn too_late(&self, what: &str, lines: &[String]) -> Failure {
        let what = format!("{what} within {:?}", self.deadline);
        self.lost(&what, lines)
    }

    fn lost(&self, what: &str, lines: &[String]) -> Failure {
        let mut text = format!("{} has {what}", self.name);
        for line in lines {
            text += &format!("\n    {line}");
        }
        text
    }
}

/// So many lines of an output, fewer at its end or the deadline.
async fn take(output: &mut Output, count: usize, until: Instant) -> Vec<String> {
    let mut lines = Vec::new();
    while lines.len() < count {
        match timeout_at(until, output.next()).await {
            Ok(Some(Event::Line(line))) => lines.push(line),
            // An answer nobody asked for: left to be seen as one line too many.
            Ok(Some(stray @ Event::EndOfTransmission)) => {
                lines.push(stray.describe());
            }
            Ok(None) | Err(_) => break,
        }
    }
    lines
}

fn describe(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("(exit status {code})"),
        (None, Some(signal)) => format!("(signal {signal})"),
        (None, None) => format!("({status})"),
    }
}
