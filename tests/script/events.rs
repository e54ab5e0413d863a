//! The logs beside a script, `lessons/NAME/NAME.events`, from which diagrams are drawn.
//!
//! A section of that file has the name of an anchor of the script. What happens there is
//! recorded, and must be what the section says, in causal order.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::{Instant, sleep};

use super::Failure;
use super::causal::{Log, sections};
use super::parse::Ending;
use super::record::{End, Record, Trace};
use super::trace;

/// What happens after the last answer happens at once, or has a command that waits for
/// it. If a section is the same for so long, nothing more will come.
const SILENCE: Duration = Duration::from_secs(2);

/// Nor is a section waited for longer that changes again and again.
const DEADLINE: Duration = Duration::from_secs(10);

/// How often the traces are read while something is missing.
const GLANCE: Duration = Duration::from_millis(20);

/// A section, and what it says.
struct Section {
    name: String,
    /// The lines of the script between its anchors, counted from 1.
    lines: Range<usize>,
    /// As it stands in the file, with comments.
    text: String,
    log: Log,
}

impl Section {
    /// What has happened, as the section would say it.
    fn recorded(&self, record: &Record) -> String {
        record.section(&self.lines, &self.log.without).write()
    }
}

/// What is recorded of a script while it plays.
pub struct Recorder {
    path: PathBuf,
    file: String,
    sections: Vec<Section>,
    /// Where the nodes write their traces.
    folder: PathBuf,
    runs: Vec<Run>,
    ends: Vec<End>,
}

/// One run of one node.
struct Run {
    node: String,
    started: usize,
    typed: Vec<usize>,
    file: PathBuf,
}

impl Recorder {
    /// One for the script at `path`; nothing, if it has no logs beside it.
    pub fn beside(
        path: &Path,
        script: &str,
        folder: &Path,
    ) -> Result<Option<Self>, Failure> {
        let path = path.with_extension("events");
        let Ok(file) = std::fs::read_to_string(&path) else { return Ok(None) };
        let section = |(name, text): (String, String)| {
            let wrong = |why| format!("{}: {name}: {why}", path.display());
            let lines = anchored(script, &name)
                .ok_or_else(|| wrong(format!("the script has no anchor {name}")))?;
            let log = Log::parse(&text).map_err(wrong)?;
            Ok(Section { name, lines, text, log })
        };
        let sections: Result<_, Failure> =
            sections(&file)?.into_iter().map(section).collect();
        let sections = sections?;
        let folder = folder.to_path_buf();
        let (runs, ends) = (Vec::new(), Vec::new());
        Ok(Some(Self { path, file, sections, folder, runs, ends }))
    }

    /// A node is started; the file for its trace.
    pub fn starts(&mut self, node: &str, line: usize) -> PathBuf {
        let file = self.folder.join(format!("{}-{node}.trace", self.runs.len()));
        self.runs.push(Run {
            node: node.into(),
            started: line,
            typed: Vec::new(),
            file: file.clone(),
        });
        file
    }

    /// Something is typed at a node.
    pub fn types(&mut self, node: &str, line: usize) {
        let run = self.runs.iter_mut().rfind(|run| run.node == node);
        if let Some(run) = run {
            run.typed.push(line);
        }
    }

    /// A node is ended. Before that all must have happened that comes before it.
    pub async fn ends(&mut self, node: &str, line: usize, how: Ending) {
        self.settle(line).await;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let time = u64::try_from(now.as_micros()).unwrap_or(0);
        let how = match how {
            Ending::Stop => "stop",
            Ending::Term => "SIGTERM",
            Ending::Kill => "SIGKILL",
        };
        self.ends.push(End { time, line, node: node.into(), how });
    }

    /// Waits until the sections that end before this line have all that they say, or
    /// nothing more comes.
    pub async fn settle(&self, line: usize) {
        let over: Vec<&Section> =
            self.sections.iter().filter(|s| s.lines.end <= line).collect();
        let said: Vec<String> = over.iter().map(|s| s.log.write()).collect();
        let begun = Instant::now();
        let mut seen = (Vec::new(), begun);
        loop {
            let record = self.record();
            let now: Vec<String> =
                over.iter().map(|s| s.recorded(&record)).collect();
            let late = seen.1.elapsed() > SILENCE || begun.elapsed() > DEADLINE;
            if now == said || late {
                return;
            }
            // Nodes may write for ever what belongs to no section.
            if now != seen.0 {
                seen = (now, Instant::now());
            }
            sleep(GLANCE).await;
        }
    }

    fn record(&self) -> Record {
        let read = |run: &Run| Trace {
            started: run.started,
            typed: run.typed.clone(),
            lines: trace::read(
                &std::fs::read_to_string(&run.file).unwrap_or_default(),
            ),
        };
        let traces: Vec<Trace> = self.runs.iter().map(read).collect();
        Record::of(&traces, self.ends.clone())
    }

    /// Compares what was recorded with the file, or writes it there.
    pub fn conclude(&self, update: bool) -> Result<(), Failure> {
        let record = self.record();
        let (mut file, mut failure) = (self.file.clone(), String::new());
        for section in &self.sections {
            let (now, said) = (section.recorded(&record), section.log.write());
            if now == said && !update {
                continue;
            }
            let name = &section.name;
            let comments = section.text.lines().filter(|l| l.starts_with('#'));
            let comments: String = comments.map(|l| format!("{l}\n")).collect();
            let (start, end) =
                (format!("# ANCHOR: {name}\n"), format!("# ANCHOR_END: {name}\n"));
            let new = format!("{start}{comments}{now}{end}");
            file = file.replace(&format!("{start}{}{end}", section.text), &new);
            if now != said {
                failure += &difference(name, &said, &now);
            }
        }
        if update && file != self.file {
            return std::fs::write(&self.path, file).map_err(|e| e.to_string());
        }
        if update || failure.is_empty() {
            return Ok(());
        }
        Err(format!(
            "{}: other things happen than the diagrams show\n{failure}\
             UPDATE_GOLDENFILES=1 writes what has happened into the log.",
            self.path.display()
        ))
    }
}

/// The lines of a script between two anchors, counted from 1.
fn anchored(script: &str, name: &str) -> Option<Range<usize>> {
    let at = |mark: String| {
        script.lines().position(|line| line.trim_end() == mark).map(|line| line + 1)
    };
    let start = at(format!("# ANCHOR: {name}"))?;
    Some(start..at(format!("# ANCHOR_END: {name}"))?)
}

/// Two logs, line beside line, from where they differ.
pub fn difference(name: &str, said: &str, now: &str) -> String {
    let (said, now): (Vec<_>, Vec<_>) =
        (said.lines().collect(), now.lines().collect());
    let same = said.iter().zip(&now).take_while(|(a, b)| a == b).count();
    let mut text = format!("{name}\n");
    for line in &said[..same] {
        text += &format!("    {line}\n");
    }
    for (sign, lines) in [("said", &said[same..]), ("now ", &now[same..])] {
        for line in lines {
            text += &format!("{sign}: {line}\n");
        }
        if lines.is_empty() {
            text += &format!("{sign}: (nothing more)\n");
        }
    }
    text
}
