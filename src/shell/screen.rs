//! Where text for the person goes.
//!
//! Without a terminal that is standard output and standard error. On a terminal somebody
//! may be typing when text arrives: then the line editor has to take the half-typed line
//! away, print, and put it back. It does so in [`rustyline::ExternalPrinter`], which may
//! wait for the editor, and so a thread of its own feeds it.

use std::io::Write;
use std::sync::mpsc;
use std::time::Duration;

use rustyline::ExternalPrinter;
use tokio::sync::oneshot;

use crate::process::Output;

/// Longer than this nobody waits for the terminal to catch up.
const CATCH_UP: Duration = Duration::from_millis(500);

/// Where text for the person goes.
#[derive(Clone)]
pub(super) struct Screen(Option<mpsc::Sender<Item>>);

enum Item {
    Text(String),
    Flush(oneshot::Sender<()>),
}

impl Screen {
    /// Standard output and standard error, as they are.
    pub(super) fn plain() -> Self {
        Self(None)
    }

    /// The terminal that a line editor reads from.
    pub(super) fn terminal(printer: Box<dyn ExternalPrinter + Send>) -> Self {
        let (queue, items) = mpsc::channel();
        std::thread::spawn(move || feed(printer, &items));
        Self(Some(queue))
    }

    /// An answer, or what a process prints.
    pub(super) fn out(&self, text: &str) -> std::io::Result<()> {
        match &self.0 {
            Some(queue) => {
                // The feeder lives as long as the program.
                let _ = queue.send(Item::Text(text.to_owned()));
                Ok(())
            }
            None => write(&mut std::io::stdout().lock(), text),
        }
    }

    /// An error or a log line.
    pub(super) fn err(&self, text: &str) {
        match &self.0 {
            Some(_) => drop(self.out(text)),
            // If nobody can be told, nobody can be told that either.
            None => drop(write(&mut std::io::stderr().lock(), text)),
        }
    }

    /// Waits until all text is on the terminal, so that the prompt comes after it.
    pub(super) async fn flush(&self) {
        let Some(queue) = &self.0 else { return };
        let (done, shown) = oneshot::channel();
        if queue.send(Item::Flush(done)).is_ok() {
            // The editor takes what came in its last moment only when it reads again.
            let _ = tokio::time::timeout(CATCH_UP, shown).await;
        }
    }
}

fn write(to: &mut dyn Write, text: &str) -> std::io::Result<()> {
    to.write_all(text.as_bytes())?;
    to.flush()
}

fn feed(mut printer: Box<dyn ExternalPrinter + Send>, items: &mpsc::Receiver<Item>) {
    for item in items {
        match item {
            // A terminal that is gone takes nothing; SIGHUP ends the program.
            Item::Text(text) => drop(printer.print(text)),
            Item::Flush(done) => drop(done.send(())),
        }
    }
}

/// What the node's group leader prints goes to the screen.
impl Output for Screen {
    fn write(&mut self, text: &str) -> std::io::Result<()> {
        self.out(text)
    }
}
