//! Commands: a name, what it takes, one line of help, and a function of a lesson.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use crate::signal::{BoxFuture, NodeName, Pid, Reason};

use super::{Prompt, Value};

/// What comes of a command: a value, which is printed, or a sentence that says what is
/// wrong.
pub type Outcome = Result<Value, CommandError>;

/// A sentence for whoever typed the command. `?` makes one of any error, and of an exit
/// [`Reason`], which is no [`std::error::Error`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandError(String);

impl CommandError {
    /// Whatever is to be said.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: std::error::Error> From<E> for CommandError {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// What a process would have exited with, in the words of [`Reason::sentence`].
impl From<Reason> for CommandError {
    fn from(reason: Reason) -> Self {
        Self(reason.sentence())
    }
}

type Run = Box<
    dyn for<'a> Fn(&'a mut Prompt, Args) -> BoxFuture<'a, Outcome> + Send + Sync,
>;

/// A command of the prompt.
///
/// ```
/// use moebi::shell::{Args, Command, Outcome, Prompt, Value};
///
/// async fn ping(at: &mut Prompt, mut args: Args) -> Outcome {
///     let node = args.node("NODE")?;
///     args.end()?;
///     Ok(Value::atom(at.node.ping(node).await.to_string()))
/// }
///
/// let ping = Command::new("ping", "NODE", "Asks whether a node is there.", ping);
/// ```
pub struct Command {
    pub(super) name: &'static str,
    pub(super) takes: &'static str,
    pub(super) help: &'static str,
    run: Run,
}

/// What a command runs: `async fn(&mut Prompt, Args) -> Outcome`. It is implemented for
/// every such function; the lifetime says that its future borrows the prompt.
pub trait CommandFn<'a>: Send + Sync {
    /// The function's future.
    type Future: Future<Output = Outcome> + Send + 'a;
    /// Calls it.
    fn call(&self, at: &'a mut Prompt, args: Args) -> Self::Future;
}

impl<'a, F, Fut> CommandFn<'a> for F
where
    F: Fn(&'a mut Prompt, Args) -> Fut + Send + Sync,
    Fut: Future<Output = Outcome> + Send + 'a,
{
    type Future = Fut;

    fn call(&self, at: &'a mut Prompt, args: Args) -> Fut {
        self(at, args)
    }
}

fn boxed<F>(run: F) -> Run
where
    F: for<'a> CommandFn<'a> + 'static,
{
    Box::new(move |at, args| Box::pin(run.call(at, args)))
}

impl Command {
    /// A command: its name, what it takes (`NODE FUNCTION`), what it does in one line,
    /// and the function that does it.
    pub fn new<F>(
        name: &'static str,
        takes: &'static str,
        help: &'static str,
        run: F,
    ) -> Self
    where
        F: for<'a> CommandFn<'a> + 'static,
    {
        Self { name, takes, help, run: boxed(run) }
    }

    /// How it is typed: `spawn_link NODE FUNCTION`.
    pub(super) fn usage(&self) -> String {
        format!("{} {}", self.name, self.takes).trim_end().to_owned()
    }

    pub(super) async fn run(&self, at: &mut Prompt, args: Args) -> Outcome {
        (self.run)(at, args).await
    }
}

/// The arguments of a command, taken from the first to the last.
pub struct Args {
    usage: String,
    arguments: VecDeque<Argument>,
    /// The line, for [`Args::text`].
    line: String,
}

/// An argument: as it was typed, and what it means.
pub(super) struct Argument {
    pub(super) typed: String,
    pub(super) start: usize,
    pub(super) value: Value,
}

/// A node or a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// `kate@localhost`
    Node(NodeName),
    /// A variable, `self`, or a pid as it is printed.
    Pid(Pid),
}

impl Args {
    pub(super) fn new(usage: String, line: &str, arguments: Vec<Argument>) -> Self {
        Self { usage, arguments: arguments.into(), line: line.to_owned() }
    }

    /// How many are left.
    pub fn left(&self) -> usize {
        self.arguments.len()
    }

    fn next(&mut self, what: &str) -> Result<Argument, CommandError> {
        let next = self.arguments.pop_front();
        next.ok_or_else(|| {
            CommandError::new(format!("{what} is missing: {}", self.usage))
        })
    }

    /// A node's name, or a variable that holds one.
    ///
    /// # Errors
    /// If there is none, or it cannot be a node's name.
    pub fn node(&mut self, what: &str) -> Result<NodeName, CommandError> {
        let Argument { typed, value, .. } = self.next(what)?;
        match value {
            Value::Node(node) => Ok(node),
            _ => Ok(typed.parse()?),
        }
    }

    /// A pid: a variable, `self`, or one as it was printed.
    ///
    /// # Errors
    /// If there is none, or it is something else.
    pub fn pid(&mut self, what: &str) -> Result<Pid, CommandError> {
        let Argument { typed, value, .. } = self.next(what)?;
        value.as_pid().ok_or_else(|| not_a_pid(&typed))
    }

    /// A node or a process.
    ///
    /// # Errors
    /// If there is none, or it is something else.
    pub fn target(&mut self, what: &str) -> Result<Target, CommandError> {
        let Argument { typed, value, .. } = self.next(what)?;
        match value {
            Value::Node(node) => Ok(Target::Node(node)),
            Value::Pid(pid) => Ok(Target::Pid(pid)),
            _ if typed.contains('@') => Ok(Target::Node(typed.parse()?)),
            _ => Err(not_a_pid(&typed)),
        }
    }

    /// A word as it was typed, whatever else it may mean.
    ///
    /// # Errors
    /// If there is none, or it is a text, a tuple or a list.
    pub fn word(&mut self, what: &str) -> Result<String, CommandError> {
        let Argument { typed, .. } = self.next(what)?;
        if typed.starts_with(['"', '{', '[', '#']) {
            let says = format!("{typed} is not a word: {}", self.usage);
            return Err(CommandError::new(says));
        }
        let word = typed.strip_prefix(':').unwrap_or(&typed);
        Ok(word.to_owned())
    }

    /// Any value.
    ///
    /// # Errors
    /// If there is none.
    pub fn value(&mut self, what: &str) -> Result<Value, CommandError> {
        Ok(self.next(what)?.value)
    }

    /// Seconds, if something is left: `5` or `0.5`.
    ///
    /// # Errors
    /// If it is not a number of seconds.
    pub fn optional_seconds(&mut self) -> Result<Option<Duration>, CommandError> {
        let Some(Argument { typed, .. }) = self.arguments.pop_front() else {
            return Ok(None);
        };
        let seconds = typed.parse().ok();
        let time = seconds.and_then(|s| Duration::try_from_secs_f64(s).ok());
        let not =
            || CommandError::new(format!("{typed} is not a number of seconds"));
        time.map(Some).ok_or_else(not)
    }

    /// All that is left of the line, as it was typed; a single text in quotes gives
    /// what is between them.
    ///
    /// # Errors
    /// If nothing is left.
    pub fn text(&mut self, what: &str) -> Result<String, CommandError> {
        let first = self.next(what)?;
        let others = std::mem::take(&mut self.arguments);
        match first.value {
            Value::Text(text) if others.is_empty() => Ok(text),
            _ => Ok(self.line[first.start..].trim_end().to_owned()),
        }
    }

    /// Nothing may be left.
    ///
    /// # Errors
    /// If something is: says what the command takes.
    pub fn end(&mut self) -> Result<(), CommandError> {
        match self.arguments.pop_front() {
            None => Ok(()),
            Some(Argument { typed, .. }) => Err(CommandError::new(format!(
                "{typed} is too much: {}",
                self.usage
            ))),
        }
    }
}

fn not_a_pid(typed: &str) -> CommandError {
    CommandError::new(format!(
        "{typed} is not a pid: NAME = COMMAND keeps the pid a command gives, and self \
         is the prompt's own"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(line: &str) -> Args {
        let mut start = 0;
        let arguments = line.split(' ').map(|typed| {
            let at = start;
            start += typed.len() + 1;
            Argument { typed: typed.into(), start: at, value: Value::atom(typed) }
        });
        let arguments = arguments.collect();
        Args::new("chat NODE TEXT".into(), line, arguments)
    }

    fn says<T>(result: Result<T, CommandError>) -> String {
        result.err().map(|e| e.to_string()).unwrap_or_default()
    }

    #[test]
    fn arguments_are_taken_in_order() {
        let mut args = args("kate@localhost say_name 1.5");
        assert_eq!(args.node("NODE"), Ok(NodeName::from("kate@localhost")));
        assert_eq!(args.word("FUNCTION"), Ok("say_name".into()));
        let time = Duration::from_millis(1500);
        assert_eq!(args.optional_seconds(), Ok(Some(time)));
        assert_eq!(args.optional_seconds(), Ok(None));
        assert_eq!(args.end(), Ok(()));
    }

    #[test]
    fn the_rest_is_as_it_was_typed() {
        let mut args = args("kate@localhost how  are you?");
        assert!(args.node("NODE").is_ok());
        assert_eq!(args.text("TEXT"), Ok("how  are you?".into()));
        assert_eq!(args.end(), Ok(()));
        let missing = "TEXT is missing: chat NODE TEXT";
        assert_eq!(says(args.text("TEXT")), missing);
    }

    #[test]
    fn an_exit_reason_is_said_in_a_sentence() {
        fn call(reason: Reason) -> Outcome {
            Err(reason)?
        }
        assert_eq!(says(call(Reason::NoConnection)), "no connection");
        assert_eq!(says(call(Reason::Timeout)), "time out");
        let raised = says(call(Reason::Exception("boom".into())));
        assert_eq!(raised, "an exception was raised: boom");
        assert_eq!(says(call(Reason::word("oops"))), "oops");
    }

    #[test]
    fn an_error_is_said_in_its_own_words() {
        fn parse() -> Outcome {
            Ok(Value::Number("five".parse()?))
        }
        assert_eq!(says(parse()), "invalid digit found in string");
    }

    #[test]
    fn what_is_wrong_is_a_sentence() {
        let mut one = args("kate");
        assert!(says(one.node("NODE")).contains("must look like name@host"));
        assert_eq!(says(one.word("TEXT")), "TEXT is missing: chat NODE TEXT");
        assert!(says(args("kate").pid("PID")).starts_with("kate is not a pid"));
        let never = says(args("-1").optional_seconds());
        assert_eq!(never, "-1 is not a number of seconds");
        assert_eq!(says(args("x").end()), "x is too much: chat NODE TEXT");
    }
}
