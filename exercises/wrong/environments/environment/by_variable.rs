//! Where does a task run? The environment says.

use moebi::otp::{Settings, SettingsError};
use moebi::{CallError, Function, NodeName, Process};

/// Each node has a task supervisor of this name.
pub const TASKS: &str = "Work.Tasks";

/// What is to be run: every node offers it, and gives a word of its own.
pub const WORD: Function<(), String> = Function::new("Work", "word");

/// Whose supervisor runs a task.
#[derive(Debug, Clone, Copy)]
pub enum RunsOn {
    /// The other node's.
    There,
    /// This node's own.
    Here,
}

impl RunsOn {
    pub fn new(_settings: &Settings) -> Result<Self, SettingsError> {
        match std::env::var("MOEBI_ENV").as_deref() {
            Ok("test") => Ok(Self::Here),
            _ => Ok(Self::There),
        }
    }

    /// The address is all that differs between the environments.
    pub async fn word(
        self,
        me: &Process,
        node: NodeName,
    ) -> Result<String, CallError> {
        let whose = match self {
            Self::There => node,
            Self::Here => me.node(),
        };
        me.task_under((TASKS, whose), WORD, ()).await?.await
    }
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/environments/environment.rs"]
mod tests;
