//! What lesson binaries share: options, the prompt, the log.
//!
//! A lesson is a node with a prompt, as `iex` is. The shell parses and prints; it knows
//! `help`, `quit` and `NAME = COMMAND`, and no more; `/help` is `help`, as people type it
//! in chats. What a command *does* is written, with the public API, in the lesson that
//! teaches it.
//!
//! ```no_run
//! use std::process::ExitCode;
//! use moebi::shell::{Args, Command, Outcome, Prompt, Shell, Value};
//!
//! async fn list(at: &mut Prompt, mut args: Args) -> Outcome {
//!     args.end()?;
//!     Ok(Value::list(at.node.list()))
//! }
//!
//! #[tokio::main]
//! async fn main() -> ExitCode {
//!     Shell::new("nodes", "Nodes that find each other.")
//!         .commands(vec![Command::new("list", "", "The nodes we are connected to.", list)])
//!         .run()
//!         .await
//! }
//! ```
//!
//! | read about | in |
//! |---|---|
//! | options | `options.rs` |
//! | what is typed and printed | `value.rs`, `parse.rs` |
//! | commands and their arguments | `command.rs`, `prompt.rs` |
//! | typed messages at the prompt | `messages.rs` |
//! | the prompt's process, and who restarts it | `session.rs` |
//! | terminal, history, completion | `reader.rs`, `editor.rs`, `screen.rs` |
//! | SIGTERM, SIGINT | `signals.rs` |
//! | the log | `log.rs` |
//!
//! With `MOEBI_SCRIPT` in its environment a lesson is driven by a script: after the
//! node is up, and after each command, it writes a line with the single byte 4 to
//! standard output, and sentences about failures go there too. `MOEBI_LOG=trace` shows
//! every signal; `MOEBI_TRACE=FILE` writes what the processes of this node do to each
//! other to the end of FILE ([`crate::process::trace`]). `--env test` or
//! `MOEBI_ENV=test` chooses the settings of a lesson that has some, and
//! `MOEBI_SET_KEY=VALUE` overrides one; see [`Settings`].

mod command;
mod editor;
mod log;
mod messages;
mod options;
mod parse;
mod prompt;
mod reader;
mod screen;
mod session;
mod signals;
mod value;

use std::ffi::OsString;
use std::future::ready;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{CommandFactory, FromArgMatches};
use tokio::sync::{Mutex, Notify, mpsc};

pub use command::{Args, Command, CommandError, CommandFn, Outcome, Target};
pub use messages::{Letter, Messages};
pub use options::{Environment, Options};
pub use prompt::Prompt;
pub use value::Value;

use crate::node::{Connected, Node};
use crate::otp::{Settings, SettingsError};
use crate::process::trace;
use crate::signal::BoxFuture;
use editor::{Completion, Terminal};
use options::{Given, OwnOption};
use prompt::Commands;
use reader::Source;
use screen::Screen;
use session::{Manner, Session};
use signals::{Signals, TerminalState};

/// Longer than this a node does not take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(5);

/// What is done when the node is up.
type Start = Box<
    dyn FnOnce(Node, Settings) -> BoxFuture<'static, Result<(), CommandError>>
        + Send,
>;

/// A lesson's program, before it runs.
pub struct Shell {
    name: &'static str,
    about: &'static str,
    commands: Commands,
    messages: Messages,
    settings: Option<PathBuf>,
    arguments: Vec<OsString>,
    interrupt_quits: bool,
    own_options: Vec<OwnOption>,
    start: Vec<Start>,
}

impl Shell {
    /// A lesson of this name, and what it is about in one line.
    pub fn new(name: &'static str, about: &'static str) -> Self {
        Self {
            name,
            about,
            commands: Commands::default(),
            messages: Messages::default(),
            settings: None,
            arguments: std::env::args_os().collect(),
            interrupt_quits: false,
            own_options: Vec::new(),
            start: Vec::new(),
        }
    }

    /// Adds commands. One with the name of an earlier one takes its place.
    #[must_use]
    pub fn commands(mut self, commands: Vec<Command>) -> Self {
        self.commands.add(commands);
        self
    }

    /// Teaches the prompt message types.
    #[must_use]
    pub fn messages(mut self, register: impl FnOnce(&mut Messages)) -> Self {
        register(&mut self.messages);
        self
    }

    /// Where the lesson's settings are: a folder with `dev.toml` and `test.toml` in it.
    /// The file that `--env` names is read before the node starts; its values are the
    /// prompt's [`settings`](Prompt::settings).
    #[must_use]
    pub fn settings(mut self, folder: impl Into<PathBuf>) -> Self {
        self.settings = Some(folder.into());
        self
    }

    /// What is on the command line, if it is not what the program was started with: the
    /// program's name comes first. For a lesson that has a short form of some options.
    #[must_use]
    pub fn arguments(mut self, arguments: Vec<OsString>) -> Self {
        self.arguments = arguments;
        self
    }

    /// With `true`, Ctrl-C at the prompt is `quit`, and not only a hint at it; a command
    /// that runs it interrupts in any case.
    #[must_use]
    pub fn interrupt_quits(mut self, quits: bool) -> Self {
        self.interrupt_quits = quits;
        self
    }

    /// Adds an option of the lesson's own: `option("port", "PORT", ...)` is `--port PORT`.
    /// Its value is that of the setting `port`, whatever else says what that is.
    #[must_use]
    pub fn option(
        mut self,
        key: &'static str,
        value: &'static str,
        help: &'static str,
    ) -> Self {
        self.own_options.push(OwnOption { key, value, help });
        self
    }

    /// Does this when the node is up, before its first command: offers functions, starts
    /// processes.
    #[must_use]
    pub fn on_start(self, start: impl FnOnce(&Node) + Send + 'static) -> Self {
        self.application(|node, _settings| {
            start(&node);
            ready(Ok(()))
        })
    }

    /// The same for what takes its time, depends on settings, or can fail: then the
    /// program says why, and ends.
    #[must_use]
    pub fn application<F, Fut>(mut self, start: F) -> Self
    where
        F: FnOnce(Node, Settings) -> Fut + Send + 'static,
        Fut: Future<Output = Result<(), CommandError>> + Send + 'static,
    {
        let start: Start =
            Box::new(|node, settings| Box::pin(start(node, settings)));
        self.start.push(start);
        self
    }

    /// Starts the node and holds the conversation, until it ends. Must run inside a
    /// tokio runtime.
    ///
    /// The exit status is 0 after `quit`, the end of the commands, or SIGTERM; 1 if the
    /// settings cannot be read, the node or the application cannot start, or a command
    /// of `--eval` fails.
    pub async fn run(self) -> ExitCode {
        let (options, own) = self.options();
        let script = std::env::var_os("MOEBI_SCRIPT").is_some();
        let eval = !options.eval.is_empty();
        let (terminal, screen) = match open_terminal(eval || script) {
            Some((terminal, screen)) => (Some(terminal), screen),
            None => (None, Screen::plain()),
        };
        log::install(screen.clone());
        let manner = Manner {
            eval,
            no_halt: options.no_halt,
            interrupt_quits: self.interrupt_quits,
            script,
        };
        let well = match self.hold(options, own, manner, terminal, &screen).await {
            Ok(well) => well,
            Err(error) => {
                screen.err(&format!("{error}\n"));
                false
            }
        };
        screen.flush().await;
        if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn options(&self) -> (Options, Given) {
        let command = Options::command().name(self.name).about(self.about);
        let command = command.args(self.own_options.iter().map(OwnOption::arg));
        let matches = command.get_matches_from(&self.arguments);
        let options = Options::from_arg_matches(&matches);
        let own =
            self.own_options.iter().filter_map(|option| option.given(&matches));
        (options.unwrap_or_else(|error| error.exit()), own.collect())
    }

    async fn hold(
        self,
        options: Options,
        own: Given,
        manner: Manner,
        terminal: Option<Terminal>,
        screen: &Screen,
    ) -> Result<bool, Box<dyn std::error::Error>> {
        let settings = settings(self.settings, &options, own)?;
        if let Some(file) = std::env::var_os("MOEBI_TRACE") {
            trace::to_file(Path::new(&file))
                .map_err(|why| format!("MOEBI_TRACE: {why}"))?;
        }
        // Before the node is up: from then on a signal must not just kill it.
        let mut signals = Signals::new()?;
        let as_it_was = TerminalState::now(terminal.is_some());
        let config = options.config().output(screen.clone());
        let node = Node::start(config).await?;
        for start in self.start {
            if let Err(error) = start(node.clone(), settings.clone()).await {
                node.stop().await;
                return Err(error.to_string().into());
            }
        }
        connect(&node, &options, screen).await;
        let (ended, mut end) = mpsc::unbounded_channel();
        let commands = Arc::new(self.commands);
        let known = Arc::default();
        signals.interrupts = terminal.is_some();
        let source = match terminal {
            Some(terminal) => {
                screen.err(&greeting(self.name));
                terminal.read(Completion {
                    node: node.clone(),
                    commands: Arc::clone(&commands),
                    known: Arc::clone(&known),
                })
            }
            None if manner.eval => Source::given(options.eval),
            None => Source::standard_input(),
        };
        let session = Arc::new(Session {
            node: node.clone(),
            settings,
            commands,
            messages: Arc::new(self.messages),
            known,
            screen: screen.clone(),
            source: Mutex::new(source),
            manner,
            ended,
            interrupt: Notify::new(),
            state: session::State::default(),
        });
        let keeper = Arc::clone(&session);
        node.spawn(|me| keeper.keep(me));
        let well = tokio::select! {
            well = end.recv() => well.unwrap_or(true),
            () = signals.wait(&session) => true,
            // An application has ended that the node cannot do without.
            () = node.stopped() => false,
        };
        session.stop();
        let _ = tokio::time::timeout(GOODBYE, node.stop()).await;
        as_it_was.restore(session.is_reading());
        Ok(well)
    }
}

/// What the lesson is started with: it says where that is, the options which of it.
fn settings(
    folder: Option<PathBuf>,
    options: &Options,
    own: Given,
) -> Result<Settings, SettingsError> {
    let settings = match folder {
        Some(folder) => Settings::read(folder, options.env.as_str())?,
        None => Settings::none(),
    };
    let with = |settings: Settings, (key, value): (_, String)| {
        settings.with_option(key, &value)
    };
    Ok(own.into_iter().fold(settings, with))
}

fn greeting(lesson: &str) -> String {
    format!(
        "Lesson {lesson}: help shows the commands, quit or Ctrl-D stops the node.\n"
    )
}

/// The terminal, if a person sits at one.
fn open_terminal(otherwise: bool) -> Option<(Terminal, Screen)> {
    let person = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    if otherwise || !person {
        return None;
    }
    Terminal::open()
}

/// `--connect`: a node that is not there yet may come later.
async fn connect(node: &Node, options: &Options, screen: &Screen) {
    for &peer in &options.connect {
        if node.connect(peer).await != Connected::True {
            screen.err(&format!("** cannot connect to {peer}\n"));
        }
    }
}
