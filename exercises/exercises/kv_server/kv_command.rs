//! What a client types, and what it is told: `cargo exercise kv_command`.

use std::collections::HashMap;

/// The buckets by their names; in each, the values by their keys.
pub type Store = HashMap<String, HashMap<String, String>>;

/// TODO: does what a line says. The answer is one line or two, each ended by `\r\n`.
pub fn answer(store: &mut Store, line: &str) -> String {
    let _ = (store, line);
    String::new()
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/kv_server/kv_command.rs"]
mod tests;
