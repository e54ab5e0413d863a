//! A door and its questions: `cargo exercise who_may_join`.

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

    /// TODO: a challenge for somebody who knocks, another one each time.
    pub fn challenge(&mut self) -> u32 {
        0
    }

    /// TODO: does this answer to a challenge let somebody in? To each challenge of this
    /// door there is one answer only, right or wrong.
    pub fn lets_in(&mut self, challenge: u32, answer: &[u8; 16]) -> bool {
        let _ = (challenge, answer);
        false
    }

    /// TODO: what this door answers to a challenge of somebody else's; nothing, if the
    /// challenge is one of its own that waits for an answer.
    pub fn answer(&self, challenge: u32) -> Option<[u8; 16]> {
        Some(self.cookie.digest(challenge))
    }
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/cookies/who_may_join.rs"]
mod tests;
