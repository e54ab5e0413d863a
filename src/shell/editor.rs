//! The line editor: history, completion, and a terminal that is put back in order.

use std::cell::Cell;
use std::path::PathBuf;
use std::sync::Arc;

use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::Validator;
use rustyline::{CompletionType, Config, Context, Editor, ExternalPrinter, Helper};

use super::prompt::{Commands, Known};
use super::reader::{Input, Source};
use super::screen::Screen;
use crate::node::Node;

/// What can be completed.
pub(super) struct Completion {
    pub(super) node: Node,
    pub(super) commands: Arc<Commands>,
    pub(super) known: Arc<Known>,
}

/// A terminal opened for editing.
pub(super) struct Terminal(Editor<Words, FileHistory>);

impl Terminal {
    /// The terminal and what prints on it; `None` if it cannot be edited on.
    pub(super) fn open() -> Option<(Self, Screen)> {
        let config = Config::builder()
            .completion_type(CompletionType::List)
            // Several lines pasted at once are several commands, not one.
            .bracketed_paste(false)
            .build();
        let mut editor = Editor::with_config(config).ok()?;
        let printer: Box<dyn ExternalPrinter + Send> =
            Box::new(editor.create_external_printer().ok()?);
        if let Some(path) = history_path() {
            // The first time there is none.
            let _ = editor.load_history(&path);
        }
        Some((Self(editor), Screen::terminal(printer)))
    }

    /// Reads from it, with the node's name as the prompt.
    pub(super) fn read(self, completion: Completion) -> Source {
        let mut editor = self.0;
        let prompt = format!("{}> ", completion.node.name());
        editor.set_helper(Some(Words { completion, empty: Cell::new(true) }));
        Source::thread(move || read(&mut editor, &prompt))
    }
}

fn read(editor: &mut Editor<Words, FileHistory>, prompt: &str) -> Input {
    loop {
        if let Some(words) = editor.helper() {
            words.empty.set(true);
        }
        match editor.readline(prompt) {
            Ok(line) => {
                remember(editor, &line);
                return Input::Line(line);
            }
            Err(ReadlineError::Interrupted) => {
                if editor.helper().is_some_and(|words| words.empty.get()) {
                    return Input::Interrupt;
                }
            }
            Err(_) => return Input::End,
        }
    }
}

/// A history that cannot be kept is no reason to stop.
fn remember(editor: &mut Editor<Words, FileHistory>, line: &str) {
    if line.trim().is_empty() {
        return;
    }
    let added = editor.add_history_entry(line);
    if let (Ok(true), Some(path)) = (added, history_path()) {
        let _ = editor.append_history(&path);
    }
}

/// `~/.moebi_history`
fn history_path() -> Option<PathBuf> {
    let home = std::env::var_os("HOME").filter(|home| !home.is_empty())?;
    Some(PathBuf::from(home).join(".moebi_history"))
}

struct Words {
    completion: Completion,
    /// Is the line empty that is being typed?
    empty: Cell<bool>,
}

impl Helper for Words {}
impl Highlighter for Words {}
impl Validator for Words {}

/// Gives no hints; but it is shown every change of the line.
impl Hinter for Words {
    type Hint = String;

    fn hint(&self, line: &str, _: usize, _: &Context<'_>) -> Option<String> {
        self.empty.set(line.is_empty());
        None
    }
}

impl Completer for Words {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        pos: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let (start, typed) = word_before(line, pos);
        let Completion { node, commands, known } = &self.completion;
        let before = line[..start].trim_end();
        let first = before.is_empty() || before.ends_with('=');
        let (start, typed, slash) = match typed.strip_prefix('/') {
            Some(name) if first => (start + 1, name, true),
            _ => (start, typed, false),
        };
        let mut words = Vec::new();
        if !slash {
            words.clone_from(&known.variables.lock());
        }
        if first {
            words.extend(commands.names().into_iter().map(String::from));
        } else {
            words.push("self".into());
            let nodes = node.list().into_iter().chain([node.name()]);
            words.extend(nodes.map(|node| node.to_string()));
        }
        words.retain(|word| word.starts_with(typed));
        words.sort();
        words.dedup();
        if let [only] = &mut words[..] {
            only.push(' ');
        }
        Ok((start, words))
    }
}

/// The word the cursor stands at the end of, and where it starts.
fn word_before(line: &str, pos: usize) -> (usize, &str) {
    let typed = &line[..pos];
    let ends = |c: char| c.is_whitespace() || "{}[],=\"".contains(c);
    let start = typed
        .rfind(ends)
        .map_or(0, |at| at + typed[at..].chars().next().map_or(1, char::len_utf8));
    (start, &typed[start..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_before_the_cursor_is_completed() {
        assert_eq!(word_before("spa", 3), (0, "spa"));
        assert_eq!(word_before("ping kate@loc", 13), (5, "kate@loc"));
        assert_eq!(word_before("send pid {hi, se", 16), (14, "se"));
        assert_eq!(word_before("a é", 4), (2, "é"));
    }

    #[tokio::test]
    async fn a_slash_is_followed_by_a_command_and_by_nothing_else() {
        let node = Node::start(crate::node::Config::new())
            .await
            .expect("a node without a name starts");
        let completion = Completion {
            node: node.clone(),
            commands: Arc::default(),
            known: Arc::default(),
        };
        completion.known.variables.lock().push("hero".into());
        let words = Words { completion, empty: Cell::new(false) };
        let history = rustyline::history::MemHistory::new();
        for (line, start, expected) in [
            ("he", 0, &["help", "hero"][..]),
            ("/he", 1, &["help "]),
            ("x = /he", 5, &["help "]),
            ("/", 1, &["help", "quit"]),
            ("help /he", 5, &[]),
        ] {
            let context = Context::new(&history);
            let completed = words.complete(line, line.len(), &context);
            let (at, words) = completed.expect("completing cannot fail");
            assert_eq!((at, &words[..]), (start, &strings(expected)[..]), "{line}");
        }
        node.stop().await;
    }

    fn strings(words: &[&str]) -> Vec<String> {
        words.iter().map(ToString::to_string).collect()
    }
}
