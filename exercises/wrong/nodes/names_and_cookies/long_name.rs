//! A node of your own network.

use moebi::Config;
use moebi::dist::cookie::Cookie;

/// What kate is started with, and whoever else is to be in her network.
pub fn config(name: &str, cookie: &str) -> Config {
    Config::new().long_name(format!("{name}@localhost")).cookie(Cookie::new(cookie))
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/nodes/names_and_cookies.rs"]
mod tests;
