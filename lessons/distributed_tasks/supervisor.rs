//! The supervisor of tasks that each node has.
//!
//! A task for somebody on another node needs a parent on its own: one that is there
//! before anybody asks, and has a name by which it is found from anywhere. It lives as
//! long as its node, and when it ends, so do its tasks.

use moebi::Node;
use moebi::otp::{
    Application, ChildSpec, Settings, Strategy, Supervisor, TaskSupervisor,
};
use moebi::shell::CommandError;

// ANCHOR: start
/// The same on every node: `(NAME, node)` is the one of that node.
pub const NAME: &str = "Lesson.TaskSupervisor";

/// Starts it, when the node is up, under a supervisor of its own.
pub async fn start(node: Node, _settings: Settings) -> Result<(), CommandError> {
    let tasks = ChildSpec::server::<TaskSupervisor>(NAME, ());
    let tree = Supervisor::new(Strategy::OneForOne).child(tasks);
    Application::start(&node, "distributed_tasks", tree).await?;
    Ok(())
}
// ANCHOR_END: start
