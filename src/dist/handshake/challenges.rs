//! The challenges of one node.

use std::fmt;
use std::sync::Arc;

use parking_lot::Mutex;

/// Where challenges come from, and which of them are out.
///
/// Handshakes that are going on at the same time share it, so that none of them answers
/// a challenge that another one of the same node has sent. Clones are the same.
#[derive(Clone)]
pub struct Challenges(Arc<Mutex<Inner>>);

struct Inner {
    source: Box<dyn FnMut() -> u32 + Send>,
    /// As many as handshakes go on: few, so nothing cleverer than a list is needed.
    out: Vec<u32>,
}

/// A challenge that is out until this is dropped.
pub(super) struct Issued {
    number: u32,
    challenges: Challenges,
}

impl Challenges {
    /// With another source of numbers, so that a test can know them beforehand.
    pub fn from_source(source: impl FnMut() -> u32 + Send + 'static) -> Self {
        let source = Box::new(source);
        Self(Arc::new(Mutex::new(Inner { source, out: Vec::new() })))
    }

    pub(super) fn issue(&self) -> Issued {
        let mut inner = self.0.lock();
        let number = (inner.source)();
        inner.out.push(number);
        Issued { number, challenges: self.clone() }
    }

    /// Is this one of ours?
    pub(super) fn has(&self, number: u32) -> bool {
        self.0.lock().out.contains(&number)
    }
}

impl Default for Challenges {
    fn default() -> Self {
        Self::from_source(rand::random)
    }
}

impl fmt::Debug for Challenges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Challenges(..)")
    }
}

impl Issued {
    pub(super) fn number(&self) -> u32 {
        self.number
    }
}

impl Drop for Issued {
    fn drop(&mut self) {
        let out = &mut self.challenges.0.lock().out;
        if let Some(at) = out.iter().position(|number| *number == self.number) {
            out.swap_remove(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_is_out_until_it_is_dropped() {
        let challenges = Challenges::from_source(|| 7);
        assert!(!challenges.has(7));
        let one = challenges.issue();
        let two = challenges.clone().issue();
        assert_eq!((one.number(), two.number()), (7, 7));
        drop(one);
        assert!(challenges.has(7), "the other one is still out");
        drop(two);
        assert!(!challenges.has(7));
    }

    #[test]
    fn challenges_differ() {
        let challenges = Challenges::default();
        let numbers: Vec<u32> =
            (0..4).map(|_| challenges.issue().number()).collect();
        assert!(numbers.iter().any(|number| *number != numbers[0]));
    }
}
