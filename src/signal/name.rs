//! The name of a node, `alive@host`.
//!
//! Names are interned: a [`NodeName`] is one pointer, is `Copy`, and two are equal if
//! the pointers are. A name once seen is never forgotten, as an atom in Erlang; a
//! stranger's name is therefore interned only after it has proved the cookie.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::LazyLock;

use parking_lot::RwLock;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The longest node name in bytes: that of an atom in Erlang.
pub const MAX_NAME: usize = 255;

const NOBODY: &str = "nonode@nohost";

/// The name of a node: `kate@localhost`, or `nonode@nohost` for a node without one.
///
/// [`str::parse`] checks the rules; `From<&str>` does not, because a name that no node
/// can have is, to whoever sends to it, just a node that cannot be reached.
#[derive(Clone, Copy)]
pub struct NodeName(&'static Interned);

/// Boxed once more so that a `NodeName` is one thin pointer: a pid has one in it, and
/// there are many pids.
struct Interned(Box<str>);

static NAMES: LazyLock<RwLock<HashMap<&'static str, NodeName>>> =
    LazyLock::new(RwLock::default);

thread_local! {
    /// The name looked up last: the pids that a peer sends are mostly of one node.
    static LAST: Cell<Option<NodeName>> = const { Cell::new(None) };
}

/// Why a text is not a node's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// There is not exactly one `@`.
    #[error("{0:?} is not a node name: it must look like name@host")]
    Shape(String),
    /// The part before the `@` has other characters than Erlang allows.
    #[error(
        "{0:?} is not a node name: before the @ only letters, digits, _ and - may stand"
    )]
    Alive(String),
    /// The host part is empty or has white space or control characters.
    #[error(
        "{0:?} is not a node name: the host after the @ is missing or malformed"
    )]
    Host(String),
    /// Longer than [`MAX_NAME`].
    #[error("a node name has at most {MAX_NAME} bytes, this one has {0}")]
    Long(usize),
    /// A short name (`--sname`) was given a host with a dot in it.
    #[error(
        "the host name {0} is illegal in a short name: use --name for full names"
    )]
    NotShort(String),
}

impl NodeName {
    /// What a node is called that was started without a name.
    pub fn nobody() -> Self {
        Self::from(NOBODY)
    }

    /// Is this `nonode@nohost`?
    pub fn is_nobody(self) -> bool {
        self.as_str() == NOBODY
    }

    /// The whole name.
    pub fn as_str(self) -> &'static str {
        &self.0.0
    }

    /// What stands before the `@`; EPMD knows the node by it.
    pub fn alive(self) -> &'static str {
        self.as_str().split_once('@').map_or(self.as_str(), |(alive, _)| alive)
    }

    /// What stands after the `@`.
    pub fn host(self) -> &'static str {
        self.as_str().split_once('@').map_or("", |(_, host)| host)
    }

    /// Has the host a dot or a colon? Such names are *long*; short and long names do
    /// not mix in one cluster.
    pub fn is_long(self) -> bool {
        self.host().contains(['.', ':'])
    }

    /// The name if some part of this program has met it, without interning it.
    pub fn known(name: &str) -> Option<Self> {
        if let Some(last) = LAST.get()
            && last.as_str() == name
        {
            return Some(last);
        }
        let known = NAMES.read().get(name).copied();
        LAST.set(known);
        known
    }

    /// Checks Erlang's rules for names without interning.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence.
    pub fn check(name: &str) -> Result<(), NameError> {
        if name.len() > MAX_NAME {
            return Err(NameError::Long(name.len()));
        }
        let shape = || NameError::Shape(name.to_owned());
        let (alive, host) = name.split_once('@').ok_or_else(shape)?;
        if host.contains('@') {
            return Err(shape());
        }
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if alive.is_empty() || !alive.chars().all(allowed) {
            return Err(NameError::Alive(name.to_owned()));
        }
        let malformed = |c: char| c.is_whitespace() || c.is_control();
        if host.is_empty() || host.chars().any(malformed) {
            return Err(NameError::Host(name.to_owned()));
        }
        Ok(())
    }
}

impl From<&str> for NodeName {
    fn from(name: &str) -> Self {
        if let Some(known) = Self::known(name) {
            return known;
        }
        let mut names = NAMES.write();
        if let Some(known) = names.get(name) {
            return *known;
        }
        let interned: &'static Interned = Box::leak(Box::new(Interned(name.into())));
        names.insert(&interned.0, Self(interned));
        Self(interned)
    }
}

impl From<&String> for NodeName {
    fn from(name: &String) -> Self {
        Self::from(name.as_str())
    }
}

impl FromStr for NodeName {
    type Err = NameError;

    fn from_str(name: &str) -> Result<Self, NameError> {
        Self::check(name)?;
        Ok(Self::from(name))
    }
}

impl PartialEq for NodeName {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl Eq for NodeName {}

impl Hash for NodeName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::ptr::hash(self.0, state);
    }
}

impl PartialOrd for NodeName {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// By text, as Erlang compares atoms: simultaneous connects are decided by it.
impl Ord for NodeName {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl fmt::Display for NodeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for NodeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for NodeName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct("NodeName", self.as_str())
    }
}

impl<'de> Deserialize<'de> for NodeName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename = "NodeName")]
        struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
        let Text(name) = Text::deserialize(deserializer)?;
        if name.len() > MAX_NAME {
            return Err(serde::de::Error::custom(NameError::Long(name.len())));
        }
        Ok(Self::from(&*name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_for_names() {
        let long = format!("{}@h", "a".repeat(300));
        for (name, ok) in [
            ("kate@localhost", true),
            ("apothik_1@10.0.0.5", true),
            ("kate", false),
            ("@localhost", false),
            ("kate@", false),
            ("ka te@localhost", false),
            ("kate@local host", false),
            ("a@b@c", false),
            ("élan@localhost", false),
            (long.as_str(), false),
        ] {
            assert_eq!(name.parse::<NodeName>().is_ok(), ok, "{name}");
        }
    }

    #[test]
    fn equal_names_are_the_same_pointer() {
        let one = NodeName::from("moebi@localhost");
        let two = NodeName::from(String::from("moebi@localhost").as_str());
        assert_eq!(one, two);
        assert!(std::ptr::eq(one.as_str(), two.as_str()));
    }
}
