//! Where the commands come from: `--eval`, standard input, or a person at a terminal.
//!
//! Reading blocks, so it has a thread of its own. It lives outside the prompt's process:
//! a prompt that crashes while somebody types takes no line with it.

use std::collections::VecDeque;
use std::io::BufRead;

use tokio::sync::mpsc;

/// What was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Input {
    /// A line.
    Line(String),
    /// Ctrl-C at an empty line: the person wants out, or does not know how.
    Interrupt,
    /// There is no more.
    End,
}

/// Where the commands come from.
pub(super) enum Source {
    /// `--eval`.
    Given(VecDeque<String>),
    /// A thread that reads a line each time it is asked to.
    Thread {
        ask: std::sync::mpsc::Sender<()>,
        lines: mpsc::UnboundedReceiver<Input>,
        /// It reads already: whoever asked is gone.
        asked: bool,
    },
}

impl Source {
    /// The commands of `--eval`.
    pub(super) fn given(commands: Vec<String>) -> Self {
        Self::Given(commands.into())
    }

    /// Asks `read` for each line, on a thread of its own.
    pub(super) fn thread(mut read: impl FnMut() -> Input + Send + 'static) -> Self {
        let (ask, asked) = std::sync::mpsc::channel();
        let (found, lines) = mpsc::unbounded_channel();
        std::thread::spawn(move || {
            for () in asked {
                if found.send(read()).is_err() {
                    return;
                }
            }
        });
        Self::Thread { ask, lines, asked: false }
    }

    /// Standard input, line by line.
    pub(super) fn standard_input() -> Self {
        Self::thread(|| {
            let mut line = Vec::new();
            match std::io::stdin().lock().read_until(b'\n', &mut line) {
                Ok(1..) => Input::Line(String::from_utf8_lossy(&line).into_owned()),
                Ok(0) | Err(_) => Input::End,
            }
        })
    }

    /// Is a line being read that nobody has got yet?
    pub(super) fn is_asked(&self) -> bool {
        matches!(self, Self::Thread { asked: true, .. })
    }

    /// The next line. If the future is dropped, the line is not lost: who asks next
    /// gets it.
    pub(super) async fn next(&mut self) -> Input {
        match self {
            Self::Given(commands) => {
                commands.pop_front().map_or(Input::End, Input::Line)
            }
            Self::Thread { ask, lines, asked } => {
                if !*asked && ask.send(()).is_err() {
                    return Input::End;
                }
                *asked = true;
                let input = lines.recv().await.unwrap_or(Input::End);
                *asked = false;
                input
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::timeout;

    #[tokio::test]
    async fn given_commands_come_in_order() {
        let mut source = Source::given(vec!["one".into(), "two".into()]);
        assert_eq!(source.next().await, Input::Line("one".into()));
        assert_eq!(source.next().await, Input::Line("two".into()));
        assert_eq!(source.next().await, Input::End);
    }

    #[tokio::test]
    async fn a_line_typed_for_a_prompt_that_crashed_goes_to_the_next() {
        let (typing, typed) = std::sync::mpsc::channel();
        let read = move || typed.recv().map_or(Input::End, Input::Line);
        let mut source = Source::thread(read);
        let waited = timeout(std::time::Duration::from_millis(10), source.next());
        assert!(waited.await.is_err());
        typing.send("late".to_owned()).expect("the thread reads");
        assert_eq!(source.next().await, Input::Line("late".into()));
        drop(typing);
        assert_eq!(source.next().await, Input::End);
    }
}
