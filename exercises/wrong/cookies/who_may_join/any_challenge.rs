//! A door and its questions.

use moebi::dist::cookie::Cookie;

/// The door of a network whose nodes know a cookie.
pub struct Door {
    pub cookie: Cookie,
}

impl Door {
    /// One that nobody has knocked at.
    pub fn new(cookie: Cookie) -> Self {
        Self { cookie }
    }

    /// A challenge for somebody who knocks.
    pub fn challenge(&mut self) -> u32 {
        rand::random()
    }

    /// Does this answer to a challenge let somebody in?
    pub fn lets_in(&mut self, challenge: u32, answer: &[u8; 16]) -> bool {
        self.cookie.verify(challenge, answer)
    }

    /// What this door answers to a challenge of somebody else's.
    pub fn answer(&self, challenge: u32) -> Option<[u8; 16]> {
        Some(self.cookie.digest(challenge))
    }
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/cookies/who_may_join.rs"]
mod tests;
