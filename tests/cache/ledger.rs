//! What was put under which key, and what may be answered.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

/// So many clients there are, each of which alone writes
pub const CLIENTS: usize = 4;
/// so many keys.
pub const KEYS: usize = 25;

/// A key is written again and again, each time with the next number.
#[derive(Default)]
struct Written {
    /// The last number that was sent.
    sent: AtomicU64,
    /// The last one that was acknowledged.
    done: AtomicU64,
}

pub struct Ledger {
    written: Vec<Written>,
    /// May a key be lost, or be as it was before?
    forgiving: bool,
}

impl Ledger {
    pub fn new(forgiving: bool) -> Self {
        let written = std::iter::repeat_with(Written::default);
        Self { written: written.take(CLIENTS * KEYS).collect(), forgiving }
    }

    pub fn keys(&self) -> usize {
        self.written.len()
    }

    /// What to type to put the next number.
    pub fn put(&self, key: usize) -> (u64, String) {
        let number = self.written[key].sent.fetch_add(1, SeqCst) + 1;
        (number, format!("put key_{key} {key}:{number}"))
    }

    pub fn acknowledged(&self, key: usize, number: u64) {
        self.written[key].done.store(number, SeqCst);
    }

    /// What must be found by whoever begins to look now.
    pub fn least(&self, key: usize) -> u64 {
        if self.forgiving { 0 } else { self.written[key].done.load(SeqCst) }
    }

    /// Checks an answer: `nil`, or `"key:number"`.
    pub fn check(&self, key: usize, least: u64, answer: &str) {
        let sent = self.written[key].sent.load(SeqCst);
        if answer == "nil" {
            assert_eq!(least, 0, "key {key} is lost");
            return;
        }
        let value = answer.trim_matches('"').split_once(':');
        let value =
            value.and_then(|(k, n)| Some((k.parse().ok()?, n.parse().ok()?)));
        let Some((of, number)) = value else {
            panic!("{answer} was never put under any key");
        };
        assert_eq!(key, of, "{answer} was put under another key than {key}");
        assert!((1..=sent).contains(&number), "nobody has put {answer} so far");
        assert!(number >= least, "{answer} is older than {least}");
    }
}
