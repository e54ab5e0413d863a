//! A conversation: lines come in, the prompt's process does what they say, and if that
//! process goes down another takes its place.
//!
//! ```text
//!   reader's thread ── line ──> prompt (a process) ── answer ──> group leader ──> screen
//!                                  │ crashes with what it is linked to
//!                               keeper (a process that monitors it): says so, starts
//!                                  another, which knows none of the variables
//! ```

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{Mutex, Notify, mpsc};
use tokio::task::yield_now;

use crate::node::Node;
use crate::otp::Settings;
use crate::process::{Process, trace};
use crate::signal::{Down, Reason};

use super::command::CommandError;
use super::messages::Messages;
use super::prompt::{Commands, Done, Known, Prompt};
use super::reader::{Input, Source};
use super::screen::Screen;

/// Ends a command's output in a script: nobody types this.
const END_OF_ANSWER: &str = "\u{4}\n";

/// What a conversation consists of, whichever process leads it.
pub(super) struct Session {
    pub(super) node: Node,
    pub(super) settings: Settings,
    pub(super) commands: Arc<Commands>,
    pub(super) messages: Arc<Messages>,
    pub(super) known: Arc<Known>,
    pub(super) screen: Screen,
    pub(super) source: Mutex<Source>,
    pub(super) manner: Manner,
    /// Ends the program: did all go well?
    pub(super) ended: mpsc::UnboundedSender<bool>,
    /// Ctrl-C while a command runs.
    pub(super) interrupt: Notify,
    pub(super) state: State,
}

/// How the conversation is held.
#[derive(Clone, Copy, Default)]
pub(super) struct Manner {
    /// The commands are those of `--eval`: the first that fails ends it.
    pub(super) eval: bool,
    /// The end of the commands is not the end of the node.
    pub(super) no_halt: bool,
    /// Ctrl-C at an empty line is `quit`.
    pub(super) interrupt_quits: bool,
    /// A script reads along (`MOEBI_SCRIPT`): each answer's end is marked.
    pub(super) script: bool,
}

/// Where it stands.
#[derive(Default)]
pub(super) struct State {
    /// A command runs.
    busy: AtomicBool,
    /// There are no more commands.
    out_of_commands: AtomicBool,
    /// The node stops; what ends now ends for that reason.
    stopping: AtomicBool,
}

impl Session {
    /// Holds the conversation; the body of the keeper's process.
    pub(super) async fn keep(
        self: Arc<Self>,
        mut me: Process,
    ) -> Result<(), Reason> {
        trace::name(me.pid(), "keeper");
        let mut answers = true;
        loop {
            let session = Arc::clone(&self);
            me.spawn_monitor_here(|me| session.converse(me));
            // Not before there is a prompt: what a script does next starts processes,
            // and their pids shall be the same in each run.
            if answers {
                self.mark();
            }
            let Down { reason, .. } = me.receive().await;
            // It runs on until its next await, and until then the lines are its own. Not
            // before is it said, and a script goes on.
            drop(self.source.lock().await);
            if self.state.stopping.load(Ordering::Acquire) {
                return Ok(());
            }
            let why = reason.sentence();
            self.complain(&format!("shell process exited with reason: {why}"));
            answers = self.state.busy.swap(false, Ordering::AcqRel);
            let over = self.state.out_of_commands.load(Ordering::Acquire);
            if self.manner.eval && !over {
                self.end(false);
                return Ok(());
            }
        }
    }

    /// The node is about to stop.
    pub(super) fn stop(&self) {
        self.state.stopping.store(true, Ordering::Release);
    }

    /// Is a line being read? Asked when no prompt asks for lines any more.
    pub(super) fn is_reading(&self) -> bool {
        self.source.try_lock().is_ok_and(|source| source.is_asked())
    }

    /// Does a command run?
    pub(super) fn is_busy(&self) -> bool {
        self.state.busy.load(Ordering::Acquire)
    }

    /// The body of the prompt's process.
    async fn converse(self: Arc<Self>, me: Process) -> Result<(), Reason> {
        trace::name(me.pid(), "shell");
        let mut at = Prompt::new(me, &self);
        let mut source = self.source.lock().await;
        loop {
            // One that has been ended takes no more lines: they are the next one's.
            yield_now().await;
            self.screen.flush().await;
            let input = source.next().await;
            let goes_on = match input {
                Input::Line(line) => self.obey(&mut at, &line).await,
                Input::Interrupt if self.manner.interrupt_quits => {
                    self.end(true);
                    false
                }
                Input::Interrupt => {
                    self.screen.err("(quit or Ctrl-D stops the node)\n");
                    true
                }
                Input::End => {
                    self.state.out_of_commands.store(true, Ordering::Release);
                    if !self.manner.no_halt {
                        self.end(true);
                    }
                    false
                }
            };
            if !goes_on {
                drop(source);
                // What it is linked to may still depend on it.
                return pending().await;
            }
        }
    }

    /// Does what a line says; `false` if it was the last.
    async fn obey(&self, at: &mut Prompt, line: &str) -> bool {
        self.state.busy.store(true, Ordering::Release);
        trace::typed(at.me.pid(), line);
        let outcome = tokio::select! {
            outcome = at.run(line) => outcome,
            () = self.interrupt.notified() => Err(CommandError::new("interrupted")),
        };
        let goes_on = match self.print(at, outcome).await {
            Ok(Done::Quit) => {
                self.end(true);
                false
            }
            Ok(_) => true,
            Err(error) => {
                self.complain(&error.to_string());
                if self.manner.eval {
                    self.end(false);
                }
                !self.manner.eval
            }
        };
        self.state.busy.store(false, Ordering::Release);
        self.mark();
        goes_on
    }

    /// Prints an answer where everything else is printed: at the group leader's.
    async fn print(
        &self,
        at: &Prompt,
        outcome: Result<Done, CommandError>,
    ) -> Result<Done, CommandError> {
        let done = outcome?;
        match &done {
            Done::Value(value) => at.me.puts(value).await?,
            Done::Help(lines) => at.me.puts(lines).await?,
            Done::Nothing | Done::Quit => {}
        }
        Ok(done)
    }

    /// Says what went wrong: to a script among the answers, so that it is in order.
    fn complain(&self, sentence: &str) {
        let line = format!("** {sentence}\n");
        if self.manner.script {
            let _ = self.screen.out(&line);
        } else {
            self.screen.err(&line);
        }
    }

    fn mark(&self) {
        if self.manner.script {
            let _ = self.screen.out(END_OF_ANSWER);
        }
    }

    fn end(&self, well: bool) {
        // Whoever waited for it has gone on to stop the node.
        let _ = self.ended.send(well);
    }
}

#[cfg(test)]
impl Session {
    /// One with these commands, on no terminal.
    pub(super) fn with(
        node: Node,
        commands: Vec<super::command::Command>,
        source: Source,
    ) -> Self {
        let mut all = Commands::default();
        all.add(commands);
        Self {
            node,
            settings: Settings::none(),
            commands: Arc::new(all),
            messages: Arc::default(),
            known: Arc::default(),
            screen: Screen::plain(),
            source: Mutex::new(source),
            manner: Manner::default(),
            ended: mpsc::unbounded_channel().0,
            interrupt: Notify::new(),
            state: State::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Condvar, Mutex, OnceLock};
    use std::time::Duration;

    use tokio::time::timeout;

    use super::super::Args;
    use super::super::command::{Command, Outcome};
    use super::super::value::Value;
    use super::*;
    use crate::node::Config;
    use crate::signal::Pid;

    const DEADLINE: Duration = Duration::from_secs(10);

    static PROMPT: OnceLock<Pid> = OnceLock::new();
    static COMPUTES: Notify = Notify::const_new();
    static GOES_ON: (Mutex<bool>, Condvar) = (Mutex::new(false), Condvar::new());
    static NEXT: OnceLock<Pid> = OnceLock::new();
    static SAID: Notify = Notify::const_new();

    /// Computes without an await, until the test lets it go on.
    async fn compute(at: &mut Prompt, _: Args) -> Outcome {
        let _ = PROMPT.set(at.me.pid());
        COMPUTES.notify_one();
        let (may, changed) = &GOES_ON;
        let may = may.lock().expect("nobody panics with it");
        let waited = changed.wait_timeout_while(may, DEADLINE, |may| !*may);
        drop(waited);
        // An answer would be printed, and awaited.
        Err(CommandError::new("no result"))
    }

    async fn say(at: &mut Prompt, _: Args) -> Outcome {
        let _ = NEXT.set(at.me.pid());
        SAID.notify_one();
        Ok(Value::ok())
    }

    /// A prompt that has been ended runs on to its next await, and must not take along
    /// what is there for the next.
    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn a_line_that_comes_while_a_prompt_ends_is_for_the_next() {
        let node = Node::start(Config::new()).await;
        let node = node.expect("a node without a name starts");
        let source = Source::given(vec!["compute".into(), "say".into()]);
        let commands = vec![
            Command::new("compute", "", "Takes long.", compute),
            Command::new("say", "", "Says it.", say),
        ];
        let session = Arc::new(Session::with(node.clone(), commands, source));
        node.spawn(|me| session.keep(me));
        let computes = timeout(DEADLINE, COMPUTES.notified()).await;
        computes.expect("the command runs");
        let prompt = *PROMPT.get().expect("the command has said whose it is");
        node.spawn(async move |me: Process| {
            me.exit(prompt, Reason::Kill).await;
            Ok(())
        });
        let gone = async {
            while node.processes().contains(&prompt) {
                yield_now().await;
            }
        };
        timeout(DEADLINE, gone).await.expect("the prompt ends");
        *GOES_ON.0.lock().expect("nobody panics with it") = true;
        GOES_ON.1.notify_one();
        timeout(DEADLINE, SAID.notified()).await.expect("somebody obeys");
        assert_ne!(NEXT.get(), Some(&prompt));
        node.stop().await;
    }
}
