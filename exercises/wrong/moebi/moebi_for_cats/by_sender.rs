//! Every cat answers: `cargo exercise moebi_for_cats`.

use moebi::{Function, Node, NodeName, Process, Reason};

/// Who is a cat: the nodes of exactly these names.
pub const CATS: [&str; 2] = ["moebi@localhost", "mimi@localhost"];

/// Each node has a task supervisor of this name.
pub const TASKS: &str = "Chat.TaskSupervisor";

/// A message, and the node of whoever wrote it.
pub const HEAR: Function<(String, NodeName), ()> = Function::new("Chat", "hear");

/// A text that is printed, and no more.
pub const SHOW: Function<(String,), ()> = Function::new("Chat", "show");

/// People and cats: every node offers the same two functions.
pub fn offer(node: &Node) {
    node.offer(HEAR, hear);
    node.offer(SHOW, show);
}

/// Prints the text, and answers it if this is a cat.
async fn hear(me: Process, (text, from): (String, NodeName)) -> Result<(), Reason> {
    me.puts(text).await?;
    // `from` is the node it is about.
    if is_cat(from) {
        let answer = "meow".to_owned();
        me.task_under((TASKS, from), SHOW, (answer,)).await?.await?;
    }
    Ok(())
}

fn is_cat(node: NodeName) -> bool {
    CATS.contains(&node.as_str())
}

async fn show(me: Process, (text,): (String,)) -> Result<(), Reason> {
    me.puts(text).await?;
    Ok(())
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/moebi/moebi_for_cats.rs"]
mod tests;
