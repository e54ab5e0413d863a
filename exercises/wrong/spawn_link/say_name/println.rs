//! Kate offers a function that says her name.

use moebi::{Function, Node, Process, Reason};

/// Whoever knows this constant can ask for it.
pub const SAY_NAME: Function<(), ()> = Function::new("Kate", "say_name");

/// Kate's side.
pub fn offer(node: &Node) {
    node.offer(SAY_NAME, say_name);
}

async fn say_name(me: Process, (): ()) -> Result<(), Reason> {
    println!("Hi, my name is {}", me.node().alive());
    Ok(())
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/spawn_link/say_name.rs"]
mod tests;
