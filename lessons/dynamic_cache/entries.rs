//! What a node keeps, and which of two values is the newer one.
//!
//! While nodes come and go, an entry may be on its way to a node that has been given a
//! newer one already. So each entry has a version, and when two meet the newer one stays.
//! A deletion is an entry too, one without a value: without it, an old copy that arrives
//! late would bring back what was deleted.
//!
//! A version is the time of day. It is exact as long as the clocks of all machines agree,
//! which they do to some milliseconds at best: two writes of one key through two nodes in
//! less than that may be taken in the other order. A cache can live with that. What
//! cannot has to agree on an order without clocks, and that is another book.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use moebi::NodeName;
use serde::{Deserialize, Serialize};

/// So long a deletion is remembered. A copy that was on its way for longer is not.
const GRIEF: Duration = Duration::from_secs(60);

/// When an entry was written, in microseconds; and where, for no two to be equal.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct Version(u64, NodeName);

/// What is kept under a key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Entry {
    pub version: Version,
    /// None: it was deleted.
    pub value: Option<String>,
}

/// All that a node keeps.
#[derive(Default)]
pub struct Entries {
    kept: HashMap<String, Entry>,
    /// The deletions, the oldest first.
    deleted: VecDeque<(Version, String)>,
}

impl Entries {
    pub fn get(&self, key: &str) -> Option<&Entry> {
        self.kept.get(key)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&String, &Entry)> {
        self.kept.iter()
    }

    /// How many values there are.
    pub fn count(&self) -> u64 {
        self.kept.values().filter(|entry| entry.value.is_some()).count() as u64
    }

    // ANCHOR: write
    /// A write of this node's: newer than what is there, whatever its clock says.
    pub fn write(
        &mut self,
        node: NodeName,
        key: &str,
        value: Option<String>,
    ) -> Entry {
        let before = self.kept.get(key).map_or(0, |entry| entry.version.0);
        let version = Version(now().max(before + 1), node);
        let entry = Entry { version, value };
        self.merge(key.to_owned(), entry.clone());
        entry
    }
    // ANCHOR_END: write

    /// An entry that comes from elsewhere.
    pub fn merge(&mut self, key: String, entry: Entry) {
        if !self.lacks(&key, entry.version) {
            return;
        }
        if entry.value.is_none() {
            self.deleted.push_back((entry.version, key.clone()));
        }
        self.kept.insert(key, entry);
    }

    // ANCHOR: lacks
    /// Is what is there older than this version?
    pub fn lacks(&self, key: &str, version: Version) -> bool {
        self.kept.get(key).is_none_or(|entry| entry.version < version)
    }
    // ANCHOR_END: lacks

    /// Forgets an entry that others have, unless it is a newer one by now.
    pub fn forget(&mut self, key: &str, version: Version) {
        if self.kept.get(key).is_some_and(|entry| entry.version == version) {
            self.kept.remove(key);
        }
    }

    /// Forgets deletions that are old enough.
    pub fn bury(&mut self) {
        let old = now().saturating_sub(GRIEF.as_micros() as u64);
        while self.deleted.front().is_some_and(|(version, _)| version.0 < old) {
            if let Some((version, key)) = self.deleted.pop_front() {
                self.forget(&key, version);
            }
        }
    }
}

/// Microseconds since 1970.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_micros() as u64
}
