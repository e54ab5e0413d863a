//! Every cat answers.

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

/// Where this runs says who answers, and who wrote says what.
async fn hear(me: Process, (text, from): (String, NodeName)) -> Result<(), Reason> {
    me.puts(text).await?;
    if is_cat(me.node()) {
        let answer = if is_cat(from) { "meow" } else { "chicken?" };
        // Shown, not heard: an answer is not answered. And it is waited for, so that
        // whoever wrote has it before they are told that all is done.
        me.task_under((TASKS, from), SHOW, (answer.to_owned(),)).await?.await?;
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
