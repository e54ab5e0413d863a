//! What comes from outside of the conversation: SIGTERM, SIGINT; and the terminal's
//! settings, which have to outlive them.

use std::io::Write;

use nix::sys::termios::{self, SetArg, Termios};
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::session::Session;

/// The signals of the operating system.
pub(super) struct Signals {
    terminate: Signal,
    interrupt: Signal,
    /// Does SIGINT interrupt the command that runs, if one does, and not the program?
    pub(super) interrupts: bool,
}

impl Signals {
    pub(super) fn new() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            interrupts: false,
        })
    }

    /// Waits for one that ends the program.
    pub(super) async fn wait(&mut self, session: &Session) {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => {
                    let notice = "[notice] SIGTERM received - shutting down\n";
                    session.screen.err(notice);
                    return;
                }
                _ = self.interrupt.recv() => {
                    if !(self.interrupts && session.is_busy()) {
                        return;
                    }
                    session.interrupt.notify_waiters();
                }
            }
        }
    }
}

/// How the terminal was before a line was edited on it. A program that is told to stop
/// while somebody types has to leave it so.
pub(super) struct TerminalState(Option<Termios>);

impl TerminalState {
    pub(super) fn now(edited: bool) -> Self {
        let settings = edited.then(|| termios::tcgetattr(std::io::stdin()).ok());
        Self(settings.flatten())
    }

    /// `reading`: somebody is typing, and the cursor stands after half a line.
    pub(super) fn restore(self, reading: bool) {
        let Some(settings) = &self.0 else { return };
        // A terminal that is gone needs no restoring.
        let _ = termios::tcsetattr(std::io::stdin(), SetArg::TCSANOW, settings);
        if reading {
            // Not through the screen: its editor would put this above the half line.
            let _ = std::io::stdout().lock().write_all(b"\n");
        }
    }
}
