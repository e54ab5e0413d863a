//! The text of a script: blocks of commands and what was observed.

use std::iter::Peekable;
use std::str::{Chars, FromStr};

use super::Failure;

/// Commands, and what the script says they show.
pub struct Block {
    /// Where it begins in the file, counted from 1.
    pub line: usize,
    /// Comments and commands as they were written, to write them again.
    pub literal: String,
    /// None in a last block that is only comments.
    pub commands: Vec<Command>,
    /// The lines after `---`.
    pub expected: Vec<String>,
}

/// One line of a script: a node, and what happens there.
pub struct Command {
    /// Where it stands in the file, counted from 1.
    pub line: usize,
    /// What stands before the colon.
    pub node: String,
    /// What is to happen.
    pub action: Action,
    /// The command as it was written, for messages.
    pub text: String,
}

/// What a command asks for.
#[derive(Debug, PartialEq)]
pub enum Action {
    /// Start a node, and wait until it is ready.
    Start(Program),
    /// Start a node, and wait until it has ended.
    Run(Program),
    /// Type a line, and wait for the answer.
    Type(String, Option<Count>),
    /// Wait for lines on the terminal that nobody asked for.
    Sees(Count),
    /// Wait for lines of the log.
    Log(Count),
    /// End the node.
    End(Ending),
}

/// Which lesson, and its arguments.
#[derive(Debug, PartialEq)]
pub struct Program {
    /// Another lesson than the script's own.
    pub lesson: Option<String>,
    /// What stands after it.
    pub args: Vec<String>,
}

/// How a node is ended.
#[derive(Debug, PartialEq, Clone, Copy)]
pub enum Ending {
    /// Its input ends.
    Stop,
    /// SIGTERM.
    Term,
    /// SIGKILL.
    Kill,
}

/// How many lines to wait for.
#[derive(Debug, PartialEq, Clone, Copy)]
pub struct Count {
    /// At least 1.
    pub lines: usize,
    /// The lines are sorted before they are compared.
    pub any_order: bool,
}

impl FromStr for Count {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        let text = text.trim();
        let (number, any_order) = match text.strip_suffix("in any order") {
            Some(number) => (number.trim(), true),
            None => (text, false),
        };
        let lines = match number {
            "" if !any_order => 1,
            number => number.parse().unwrap_or(0),
        };
        if lines == 0 {
            return Err(format!("{text:?} is no count: write 2, or 2 in any order"));
        }
        Ok(Self { lines, any_order })
    }
}

/// The blocks of a script.
pub fn parse(text: &str) -> Result<Vec<Block>, Failure> {
    let mut blocks = Vec::new();
    let mut lines = text.lines().zip(1..);
    loop {
        let mut block = Block {
            line: 0,
            literal: String::new(),
            commands: Vec::new(),
            expected: Vec::new(),
        };
        let mut separated = false;
        for (line, number) in lines.by_ref() {
            if line == "---" {
                separated = true;
                break;
            }
            block.literal += line;
            block.literal.push('\n');
            let command = line.trim();
            if !command.is_empty() && !command.starts_with('#') {
                block.commands.push(parse_command(command, number)?);
            }
        }
        block.line = block.commands.first().map_or(0, |command| command.line);
        match (separated, block.commands.is_empty()) {
            (true, true) => return Err("a --- without a command before it".into()),
            (false, false) => {
                return Err(format!(
                    "no --- after the command of line {}",
                    block.line
                ));
            }
            _ => {}
        }
        block.expected = lines
            .by_ref()
            .map(|(line, _)| line)
            .take_while(|l| !l.is_empty())
            .map(str::to_string)
            .collect();
        if !block.literal.is_empty() {
            blocks.push(block);
        }
        if !separated {
            return Ok(blocks);
        }
    }
}

/// The script as it would be with this observed: the inverse of [`parse`].
pub fn render(blocks: &[Block], observed: &[Vec<String>]) -> String {
    let mut text = String::new();
    for (block, observed) in blocks.iter().zip(observed) {
        if !text.is_empty() {
            text.push('\n');
        }
        text += &block.literal;
        if block.commands.is_empty() {
            continue;
        }
        text += "---\n";
        for line in observed {
            text += line;
            text.push('\n');
        }
    }
    text
}

fn parse_command(text: &str, line: usize) -> Result<Command, Failure> {
    let wrong = |why: &str| format!("line {line}: {text}\n  {why}");
    let (node, rest) = text
        .split_once(':')
        .filter(|(node, _)| is_name(node))
        .ok_or_else(|| wrong("a command begins with a node's name and a colon"))?;
    Ok(Command {
        line,
        node: node.to_string(),
        action: parse_action(rest.trim()).map_err(|why| wrong(&why))?,
        text: text.to_string(),
    })
}

fn is_name(text: &str) -> bool {
    let in_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    !text.is_empty() && text.chars().all(in_name)
}

fn parse_action(text: &str) -> Result<Action, Failure> {
    let (verb, rest) = text.split_once(' ').unwrap_or((text, ""));
    let alone = |ending| match rest {
        "" => Ok(Action::End(ending)),
        _ => Err(format!("{verb} stands alone; to type it, write > {verb}")),
    };
    match verb {
        "" => Err("nothing to do: write start, or what is to be typed".into()),
        "start" => Ok(Action::Start(parse_program(rest)?)),
        "run" => Ok(Action::Run(parse_program(rest)?)),
        "sees" => Ok(Action::Sees(rest.parse()?)),
        "log" => Ok(Action::Log(rest.parse()?)),
        "stop" => alone(Ending::Stop),
        "term" => alone(Ending::Term),
        "kill" => alone(Ending::Kill),
        _ => parse_typed(text),
    }
}

fn parse_typed(text: &str) -> Result<Action, Failure> {
    let (count, line) = match text.strip_prefix('[').and_then(|t| t.split_once(']'))
    {
        Some((count, line)) => (Some(count.parse()?), line.trim_start()),
        None => (None, text),
    };
    let line = line.strip_prefix('>').map_or(line, str::trim_start);
    Ok(Action::Type(line.to_string(), count))
}

fn parse_program(text: &str) -> Result<Program, Failure> {
    let mut args = split_words(text)?;
    let lesson = match args.as_slice() {
        [flag, lesson, ..] if flag == "--bin" => Some(lesson.clone()),
        _ => None,
    };
    if lesson.is_some() {
        args.drain(..2);
    }
    Ok(Program { lesson, args })
}

/// Words as a shell splits them: at spaces, but not inside quotes.
fn split_words(text: &str) -> Result<Vec<String>, Failure> {
    let mut words = Vec::new();
    let mut chars = text.chars().peekable();
    loop {
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        if chars.peek().is_none() {
            return Ok(words);
        }
        words.push(next_word(&mut chars)?);
    }
}

fn next_word(chars: &mut Peekable<Chars<'_>>) -> Result<String, Failure> {
    let mut word = String::new();
    while let Some(c) = chars.next_if(|c| !c.is_whitespace()) {
        if c != '\'' && c != '"' {
            word.push(c);
            continue;
        }
        loop {
            match chars.next() {
                Some(next) if next == c => break,
                Some(next) => word.push(next),
                None => return Err(format!("the {c} is not closed")),
            }
        }
    }
    Ok(word)
}
