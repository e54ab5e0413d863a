//! A node of your own network: `cargo exercise names_and_cookies`.

use moebi::Config;

/// TODO: a node that is called NAME@localhost and has this cookie. As it is, it has no
/// name, and nobody can reach it.
pub fn config(name: &str, cookie: &str) -> Config {
    let _ = (name, cookie);
    Config::new()
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/nodes/names_and_cookies.rs"]
mod tests;
