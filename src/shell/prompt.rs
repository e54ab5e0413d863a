//! The prompt: a process that reads a line, does what it says, and prints the answer.
//!
//! Being a process it has a pid others can write to, a mailbox, links. If a process it is
//! linked to crashes, it goes down too, and all it knew with it; `session.rs` starts
//! another.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::node::Node;
use crate::otp::Settings;
use crate::process::Process;
use crate::signal::{Envelope, NodeName, Pid};

use super::command::{Args, Argument, Command, CommandError, Outcome};
use super::messages::Messages;
use super::parse::{Expression, Line};
use super::session::Session;
use super::value::Value;

/// What a command works with: the prompt it was typed at.
pub struct Prompt {
    /// The prompt's own process.
    pub me: Process,
    /// The node it runs on.
    pub node: Node,
    /// The message types this lesson knows.
    pub messages: Arc<Messages>,
    /// What the lesson was started with.
    pub settings: Settings,
    commands: Arc<Commands>,
    variables: BTreeMap<String, Value>,
    known: Arc<Known>,
}

/// What the line editor completes, and what outlives one prompt.
#[derive(Default)]
pub(super) struct Known {
    /// The names of the variables.
    pub(super) variables: Mutex<Vec<String>>,
    /// Pids by what they look like. A printed pid does not say which incarnation of its
    /// node it is of; this does.
    pids: Mutex<BTreeMap<String, Pid>>,
}

/// The commands of a lesson, by name.
#[derive(Default)]
pub(super) struct Commands(BTreeMap<&'static str, Command>);

/// What a line comes to.
pub(super) enum Done {
    /// This is to be printed.
    Value(Value),
    /// These lines are to be printed.
    Help(String),
    /// Nothing stood in it.
    Nothing,
    /// The person wants to leave.
    Quit,
}

impl Commands {
    /// Adds some; one with the name of another takes its place.
    pub(super) fn add(&mut self, commands: Vec<Command>) {
        let named = commands.into_iter().map(|command| (command.name, command));
        self.0.extend(named);
    }

    /// All names, those of the shell itself among them.
    pub(super) fn names(&self) -> Vec<&'static str> {
        self.0.keys().copied().chain(["help", "quit"]).collect()
    }

    fn help(&self) -> String {
        let own = [
            ("NAME = COMMAND".into(), "Keeps what a command answers."),
            (
                "help".into(),
                "Shows this list. A slash may stand before each: /help.",
            ),
            ("quit".into(), "Stops the node; so does Ctrl-D."),
        ];
        let commands = self.0.values().map(|c| (c.usage(), c.help));
        let all: Vec<(String, &str)> = commands.chain(own).collect();
        let width = all.iter().map(|(usage, _)| usage.len()).max().unwrap_or(0);
        let lines =
            all.iter().map(|(usage, help)| format!("  {usage:width$}  {help}"));
        lines.collect::<Vec<_>>().join("\n")
    }
}

impl Prompt {
    pub(super) fn new(me: Process, session: &Session) -> Self {
        session.known.variables.lock().clear();
        Self {
            me,
            node: session.node.clone(),
            messages: Arc::clone(&session.messages),
            settings: session.settings.clone(),
            commands: Arc::clone(&session.commands),
            variables: BTreeMap::new(),
            known: Arc::clone(&session.known),
        }
    }

    /// A message as a value: as the lesson shows it.
    pub fn show(&self, message: Envelope) -> Value {
        self.seen(self.messages.show_message(message))
    }

    /// Remembers the pids in what is printed, so that they can be typed.
    fn seen(&self, value: Value) -> Value {
        let mut pids = self.known.pids.lock();
        value.each_pid(&mut |pid| {
            pids.insert(pid.to_string(), pid);
        });
        value
    }

    /// Does what a line says.
    pub(super) async fn run(&mut self, text: &str) -> Result<Done, CommandError> {
        let line = Line::parse(text)?;
        let Some((first, _)) = line.words.first() else {
            return Ok(Done::Nothing);
        };
        let alone = line.words.len() == 1;
        match first {
            Expression::Word(word) => match (word.as_str(), alone) {
                ("quit" | "exit", true) => return Ok(Done::Quit),
                ("help", true) => return Ok(Done::Help(self.commands.help())),
                _ => {}
            },
            _ if !alone => {
                return Err(CommandError::new("a line begins with a command"));
            }
            _ => {}
        }
        let value = self.answer(text, &line).await?;
        let value = self.seen(value);
        if let Some(name) = line.name {
            self.variables.insert(name, value.clone());
            let names = self.variables.keys().cloned().collect();
            *self.known.variables.lock() = names;
        }
        Ok(Done::Value(value))
    }

    /// The answer of a command; or a value as it stands: `pid`, `{ping, self}`.
    async fn answer(&mut self, text: &str, line: &Line) -> Outcome {
        let (first, arguments) = line
            .words
            .split_first()
            .ok_or_else(|| CommandError::new("a line begins with a command"))?;
        let commands = Arc::clone(&self.commands);
        if let Expression::Word(word) = &first.0 {
            if let Some(command) = commands.0.get(word.as_str()) {
                let arguments = arguments
                    .iter()
                    .map(|(expression, place)| {
                        self.argument(text, expression, place)
                    })
                    .collect::<Result<_, _>>()?;
                let args = Args::new(command.usage(), text, arguments);
                return command.run(self, args).await;
            }
            let plain = matches!(self.value(&first.0), Ok(Value::Atom(_)));
            let bound = self.variables.contains_key(word);
            if line.slash || plain && !bound || !arguments.is_empty() {
                return Err(CommandError::new(format!(
                    "there is no command {word:?}: help shows those there are"
                )));
            }
        }
        self.value(&first.0)
    }

    fn argument(
        &self,
        line: &str,
        expression: &Expression,
        place: &std::ops::Range<usize>,
    ) -> Result<Argument, CommandError> {
        Ok(Argument {
            typed: line[place.clone()].to_owned(),
            start: place.start,
            value: self.value(expression)?,
        })
    }

    /// What an expression means here.
    fn value(&self, expression: &Expression) -> Outcome {
        let all = |values: &[Expression]| -> Result<Vec<Value>, CommandError> {
            values.iter().map(|value| self.value(value)).collect()
        };
        Ok(match expression {
            Expression::Word(word) => self.meaning(word),
            Expression::Text(text) => Value::Text(text.clone()),
            Expression::Pid(printed) => Value::Pid(self.printed_pid(printed)?),
            Expression::Tuple(values) => Value::Tuple(all(values)?),
            Expression::List(values) => Value::List(all(values)?),
        })
    }

    fn meaning(&self, word: &str) -> Value {
        if let Some(value) = self.variables.get(word) {
            return value.clone();
        }
        if word == "self" {
            return self.me.pid().into();
        }
        if let Ok(number) = word.parse() {
            return Value::Number(number);
        }
        if NodeName::check(word).is_ok() {
            return NodeName::from(word).into();
        }
        Value::atom(word)
    }

    fn printed_pid(&self, printed: &str) -> Result<Pid, CommandError> {
        if let Some(pid) = self.known.pids.lock().get(printed) {
            return Ok(*pid);
        }
        let own = self.node.processes().into_iter();
        own.into_iter().find(|pid| pid.to_string() == printed).ok_or_else(|| {
            CommandError::new(format!(
                "{printed} is not known here: a pid can be typed after it was \
                     printed at this prompt"
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::sync::oneshot;

    use super::super::reader::Source;
    use super::*;
    use crate::node::Config;

    const DEADLINE: Duration = Duration::from_secs(10);

    async fn say(_: &mut Prompt, mut args: Args) -> Outcome {
        Ok(Value::Text(args.text("TEXT")?))
    }

    fn shown(done: Result<Done, CommandError>) -> String {
        match done {
            Ok(Done::Value(value)) => value.to_string(),
            Ok(Done::Help(lines)) => lines,
            Ok(Done::Nothing) => "nothing".into(),
            Ok(Done::Quit) => "quit".into(),
            Err(error) => format!("** {error}"),
        }
    }

    /// What a prompt says to these lines, typed one after the other.
    async fn answers<const N: usize>(lines: [&'static str; N]) -> [String; N] {
        let node = Node::start(Config::new()).await;
        let node = node.expect("a node without a name starts");
        let commands = vec![Command::new("say", "TEXT", "Says it.", say)];
        let source = Source::given(Vec::new());
        let session = Session::with(node.clone(), commands, source);
        let (answered, answers) = oneshot::channel();
        node.spawn(async move |me: Process| {
            let mut at = Prompt::new(me, &session);
            let mut all = Vec::new();
            for line in lines {
                all.push(shown(at.run(line).await));
            }
            let _ = answered.send(all);
            Ok(())
        });
        let answers = tokio::time::timeout(DEADLINE, answers).await;
        let answers = answers.expect("the prompt answers before the deadline");
        let answers = answers.expect("the prompt answers each line");
        node.stop().await;
        answers.try_into().expect("a line has one answer")
    }

    #[tokio::test]
    async fn a_slash_before_a_command_changes_nothing() {
        let [help, slashed, quit, said, kept, again] = answers([
            "help",
            "/help",
            "/quit",
            "/say /tmp  is \"full\"",
            "x = /say /help",
            "x",
        ])
        .await;
        assert!(help.contains("say TEXT") && help == slashed, "{help}");
        assert_eq!(quit, "quit");
        assert_eq!(said, r#""/tmp  is \"full\"""#);
        assert_eq!([kept, again], [r#""/help""#; 2]);
    }

    #[tokio::test]
    async fn after_a_slash_only_a_command_will_do() {
        let none = |name| {
            format!("** there is no command {name:?}: help shows those there are")
        };
        let answers =
            answers(["/foo", "foo", "x = 5", "/x", "/foo 1", "//say"]).await;
        let [slashed, plain, bound, variable, more, two] = answers;
        assert_eq!([slashed, plain, more], [none("foo"), none("foo"), none("foo")]);
        assert_eq!(bound, "5");
        assert_eq!(variable, none("x"));
        assert_eq!(two, none("//say"));
    }
}
