//! Where does a task run? The environment says: `cargo exercise environment`.

use moebi::otp::{Settings, SettingsError};
use moebi::{CallError, Function, NodeName, Process};

/// Each node has a task supervisor of this name.
pub const TASKS: &str = "Work.Tasks";

/// What is to be run: every node offers it, and gives a word of its own.
pub const WORD: Function<(), String> = Function::new("Work", "word");

/// Whose supervisor runs a task. In the settings it is `runs_on = "there"` or
/// `runs_on = "here"`.
#[derive(Debug, Clone, Copy)]
pub enum RunsOn {
    /// The other node's.
    There,
    /// This node's own.
    Here,
}

impl RunsOn {
    /// TODO: what the settings say.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let _ = settings;
        Ok(Self::There)
    }

    /// TODO: runs `WORD` as a task under the supervisor of `node`, or of this node, and
    /// gives what it gives.
    pub async fn word(
        self,
        me: &Process,
        node: NodeName,
    ) -> Result<String, CallError> {
        let _ = (me, node);
        Ok(String::new())
    }
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/environments/environment.rs"]
mod tests;
