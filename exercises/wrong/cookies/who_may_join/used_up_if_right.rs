//! A door and its questions.

use std::collections::HashSet;

use moebi::dist::cookie::Cookie;

/// The door of a network whose nodes know a cookie.
pub struct Door {
    pub cookie: Cookie,
    open: HashSet<u32>,
}

impl Door {
    /// One that nobody has knocked at.
    pub fn new(cookie: Cookie) -> Self {
        Self { cookie, open: HashSet::new() }
    }

    /// A challenge for somebody who knocks.
    pub fn challenge(&mut self) -> u32 {
        let challenge = rand::random();
        self.open.insert(challenge);
        challenge
    }

    /// Does this answer to a challenge let somebody in?
    pub fn lets_in(&mut self, challenge: u32, answer: &[u8; 16]) -> bool {
        let right =
            self.open.contains(&challenge) && self.cookie.verify(challenge, answer);
        if right {
            self.open.remove(&challenge);
        }
        right
    }

    /// What this door answers to a challenge of somebody else's.
    pub fn answer(&self, challenge: u32) -> Option<[u8; 16]> {
        let own = self.open.contains(&challenge);
        (!own).then(|| self.cookie.digest(challenge))
    }
}

fn main() {}

// The tests are in a file of their own: each one is a function with #[test]
#[cfg(test)]
#[path = "../../tests/cookies/who_may_join.rs"]
mod tests;
