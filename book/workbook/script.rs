//! Scripts of lessons, read so that a page can show what each terminal shows.
//!
//! A block of a script keeps the lines of each node apart, but says only for all of a
//! node's commands together what they showed. Which command showed what is found by
//! counting, and where that is not certain, the block must be split.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail, ensure};

use parse::{Action, Block, Command, Program};

/// The parser is the runner's: one form of scripts, read in one way.
#[path = "../../tests/script/parse.rs"]
#[allow(dead_code, missing_docs, reason = "the runner of scripts needs all of it")]
mod parse;

/// What the parser says of a script it cannot read.
type Failure = String;

/// What happens at one terminal until it is another one's turn.
#[derive(Debug, PartialEq)]
pub struct Turn {
    /// The node of this terminal, `kate@localhost`.
    pub node: String,
    /// In their order.
    pub lines: Vec<Line>,
}

/// A line of a terminal.
#[derive(Debug, PartialEq)]
pub enum Line {
    /// Typed after a prompt.
    Typed {
        /// `$ ` or `kate@localhost> `
        prompt: String,
        /// What the reader types.
        text: String,
    },
    /// A key, where nothing is typed.
    Key(&'static str),
    /// Shown by the program.
    Shown(String),
}

/// The turns of the blocks whose commands are in these lines (counted from 0).
pub fn turns(path: &Path, text: &str, part: &Range<usize>) -> Result<Vec<Turn>> {
    let lesson = path
        .file_stem()
        .and_then(|stem| stem.to_str())
        .with_context(|| format!("{} has no lesson's name", path.display()))?;
    let blocks =
        parse::parse(text).map_err(|why| anyhow!("{}: {why}", path.display()))?;
    let mut nodes = Nodes { lesson, names: HashMap::new() };
    let mut turns = Vec::new();
    for block in blocks.iter().filter(|block| !block.commands.is_empty()) {
        // Those before it are read too: they say what the nodes are called.
        let shown = nodes
            .block(block)
            .with_context(|| format!("{}:{}", path.display(), block.line))?;
        if part.contains(&(block.line - 1)) {
            shown.into_iter().for_each(|turn| append(&mut turns, turn));
        }
    }
    ensure!(!turns.is_empty(), "{}: no block in this part", path.display());
    Ok(turns)
}

/// Two turns at the same terminal are one.
fn append(turns: &mut Vec<Turn>, turn: Turn) {
    match turns.last_mut() {
        Some(last) if last.node == turn.node => last.lines.extend(turn.lines),
        _ => turns.push(turn),
    }
}

/// What the nodes of a script are called by now.
struct Nodes<'a> {
    lesson: &'a str,
    names: HashMap<String, String>,
}

impl Nodes<'_> {
    /// One turn a command; the commands of a node have its lines between them.
    fn block(&mut self, block: &Block) -> Result<Vec<Turn>> {
        let mut shown: HashMap<&str, Vec<&str>> = HashMap::new();
        for line in &block.expected {
            let (node, text) = line
                .split_once(':')
                .with_context(|| format!("no node shows the line {line:?}"))?;
            shown
                .entry(node)
                .or_default()
                .push(text.strip_prefix(' ').unwrap_or(text));
        }
        let mut counts = HashMap::new();
        for (node, lines) in &shown {
            let commands: Vec<&Command> =
                block.commands.iter().filter(|c| c.node == **node).collect();
            counts.insert(*node, shares(&commands, lines.len())?.into_iter());
        }
        let mut turns = Vec::new();
        for command in &block.commands {
            let node = command.node.as_str();
            let count = counts.get_mut(node).and_then(Iterator::next).unwrap_or(0);
            let rest = shown.entry(node).or_default();
            let lines: Vec<&str> = rest.drain(..count).collect();
            turns.push(self.turn(command, &lines));
        }
        Ok(turns)
    }

    fn turn(&mut self, command: &Command, shown: &[&str]) -> Turn {
        let input = match &command.action {
            Action::Start(program) | Action::Run(program) => {
                Some(self.start(command, program))
            }
            Action::Type(text, _) => Some(Line::Typed {
                prompt: format!("{}> ", self.name(&command.node)),
                text: text.clone(),
            }),
            Action::End(parse::Ending::Stop) => Some(Line::Key("Ctrl-D")),
            Action::End(parse::Ending::Term) => Some(Line::Key("SIGTERM")),
            Action::End(parse::Ending::Kill) => Some(Line::Key("SIGKILL")),
            Action::Sees(_) | Action::Log(_) => None,
        };
        // The runner notes how a program ended; a terminal does not.
        let note = |line: &&&str| {
            !line.starts_with("(exit status ") && !line.starts_with("(signal ")
        };
        let shown = shown.iter().filter(note).map(|l| Line::Shown((*l).to_string()));
        Turn {
            node: self.name(&command.node),
            lines: input.into_iter().chain(shown).collect(),
        }
    }

    /// The command that starts a node as the reader would type it.
    fn start(&mut self, command: &Command, program: &Program) -> Line {
        let named = |flag: &str| {
            let at = program.args.iter().position(|arg| arg == flag)?;
            program.args.get(at + 1).cloned()
        };
        let explicit = named("--sname").or_else(|| named("--name"));
        let node = &command.node;
        let (name, option) = match explicit {
            Some(name) => (name, String::new()),
            None if node == "nobody" => ("nonode@nohost".to_string(), String::new()),
            None => {
                let name = format!("{node}@localhost");
                let option = format!(" --sname {name}");
                (name, option)
            }
        };
        self.names.insert(node.clone(), name);
        let lesson = program.lesson.as_deref().unwrap_or(self.lesson);
        let options = format!("{option}{}", written_args(&command.text));
        let separator = if options.is_empty() { "" } else { " --" };
        Line::Typed {
            prompt: "$ ".into(),
            text: format!("cargo run --bin {lesson}{separator}{options}"),
        }
    }

    fn name(&self, node: &str) -> String {
        let started = self.names.get(node).cloned();
        started.unwrap_or_else(|| format!("{node}@localhost"))
    }
}

/// The arguments of `kate: start --bin chat --hidden`, quotes and all, each after a
/// space; without the lesson's name.
fn written_args(text: &str) -> String {
    let after_verb = text
        .split_once(':')
        .and_then(|(_, action)| action.trim().split_once(' '))
        .map_or("", |(_, args)| args.trim());
    let args = match after_verb.strip_prefix("--bin ") {
        Some(rest) => rest.trim().split_once(' ').map_or("", |(_, args)| args),
        None => after_verb,
    };
    if args.is_empty() { String::new() } else { format!(" {args}") }
}

/// How many of a node's lines each of its commands showed.
fn shares(commands: &[&Command], lines: usize) -> Result<Vec<usize>> {
    let mut counts: Vec<Option<usize>> =
        commands.iter().map(|command| known_count(&command.action)).collect();
    let unknown = counts.iter().filter(|count| count.is_none()).count();
    let known: usize = counts.iter().flatten().sum();
    let left =
        lines.checked_sub(known).context("fewer lines than were waited for")?;
    // A program may greet: what no other command of its node showed, its start did.
    if unknown == 0 && left > 0 {
        let is_start = |c: &&Command| matches!(c.action, Action::Start(_));
        let start = commands.iter().position(is_start);
        counts[start.context("more lines than were waited for")?] = Some(left);
    }
    // Whatever is typed shows something, so as many lines as commands are one each.
    let each = match unknown {
        0 => 0,
        1 => left,
        n if n == left => 1,
        _ => bail!(
            "which of these commands showed which line? Split the block, \
             so that the page can show it"
        ),
    };
    Ok(counts.into_iter().map(|count| count.unwrap_or(each)).collect())
}

fn known_count(action: &Action) -> Option<usize> {
    match action {
        Action::Start(_) => Some(0),
        Action::Type(_, count) => count.map(|count| count.lines),
        Action::Sees(count) | Action::Log(count) => Some(count.lines),
        Action::Run(_) | Action::End(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Line, turns};

    fn typed(prompt: &str, text: &str) -> Line {
        Line::Typed { prompt: prompt.into(), text: text.into() }
    }

    fn shown(text: &str) -> Line {
        Line::Shown(text.into())
    }

    const SCRIPT: &str = "\
thief: start --bin chat --cookie 'a b'
bob: start --sname robert@localhost
---

bob: alive?
bob: list
thief: [2] help
thief: log
---
bob: true
bob: []
thief: one
thief: two
thief: [error] no
";

    #[test]
    fn each_command_has_its_prompt_and_its_lines() {
        let turns = turns(Path::new("nodes.script"), SCRIPT, &(0..20)).unwrap();
        let nodes: Vec<&str> = turns.iter().map(|turn| turn.node.as_str()).collect();
        assert_eq!(
            nodes,
            ["thief@localhost", "robert@localhost", "thief@localhost"]
        );
        let start = "cargo run --bin chat -- --sname thief@localhost --cookie 'a b'";
        assert_eq!(turns[0].lines, [typed("$ ", start)]);
        let bob = "cargo run --bin nodes -- --sname robert@localhost";
        let prompt = "robert@localhost> ";
        let expected = [
            typed("$ ", bob),
            typed(prompt, "alive?"),
            shown("true"),
            typed(prompt, "list"),
            shown("[]"),
        ];
        assert_eq!(turns[1].lines, expected);
        assert_eq!(turns[2].lines.last(), Some(&shown("[error] no")));
    }

    #[test]
    fn a_part_knows_the_names_from_before_it() {
        let turns = turns(Path::new("nodes.script"), SCRIPT, &(3..20)).unwrap();
        assert_eq!(turns[0].lines[0], typed("robert@localhost> ", "alive?"));
    }

    #[test]
    fn what_nobody_else_showed_is_a_greeting() {
        let script = "kate: start\nkate: [1] list\n---\nkate: port 1\nkate: []\n";
        let turns = turns(Path::new("kv.script"), script, &(0..9)).unwrap();
        let start = "cargo run --bin kv -- --sname kate@localhost";
        let expected = [
            typed("$ ", start),
            shown("port 1"),
            typed("kate@localhost> ", "list"),
            shown("[]"),
        ];
        assert_eq!(turns[0].lines, expected);
    }

    #[test]
    fn what_is_shown_before_the_first_prompt_belongs_to_the_start() {
        let script = "kate: start\n---\nkate: a new guest book\n";
        let turns = turns(Path::new("nodes.script"), script, &(0..3)).unwrap();
        assert_eq!(turns[0].lines[1], shown("a new guest book"));
    }

    #[test]
    fn what_is_not_certain_is_refused() {
        let script = "kate: list\nkate: help\n---\nkate: a\nkate: b\nkate: c\n";
        let failed = turns(Path::new("nodes.script"), script, &(0..9)).unwrap_err();
        assert!(format!("{failed:#}").contains("Split the block"), "{failed:#}");
    }
}
