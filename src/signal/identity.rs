//! What a message type is on the wire: a hash of all that serde knows of it.
//!
//! Two programs may both have a `Greeting` and mean different things by it. bincode
//! writes no names, so bytes alone would be misread. Every message therefore carries
//! its type's identity, a hash of the container's name, the names of variants and
//! fields, and the types of the fields, as deep as they go. A receiver whose definition
//! differs has another hash, and the message is simply of a type it does not ask for.
//!
//! serde tells all this to who asks the way `shape.rs` does.

use std::any::{TypeId, type_name};
use std::cell::Cell;
use std::hash::{Hash, Hasher};
use std::sync::LazyLock;

use foldhash::{HashMap, HashSet};
use parking_lot::RwLock;
use serde::de::DeserializeOwned;
use tracing::warn;

use super::{NodeName, shape};

/// The identity of a message type.
#[derive(Debug)]
pub struct Kind {
    /// The hash that goes over the wire.
    pub hash: u64,
    /// The type's name for people: serde's, and what a generic type is made of; or Rust's
    /// where serde has none (a tuple).
    pub name: &'static str,
}

/// So many types of peers are remembered by name.
const MAX_FOREIGN: usize = 4096;

/// And no name longer than this, in bytes: what is remembered is remembered for good.
const MAX_FOREIGN_NAME: usize = 1024;

#[derive(Default)]
struct Kinds {
    by_type: HashMap<TypeId, &'static Kind>,
    by_hash: HashMap<u64, &'static Kind>,
    by_name: HashMap<&'static str, &'static Kind>,
    /// What peers call the types they send.
    foreign: HashMap<u64, Foreign>,
    /// What has been said already.
    warned: HashSet<(NodeName, &'static str)>,
}

struct Foreign {
    name: &'static str,
    /// Who announced it; nobody, if it was only read beside a message.
    peer: Option<NodeName>,
}

static KINDS: LazyLock<RwLock<Kinds>> = LazyLock::new(RwLock::default);

/// So many types a thread finds without the lock.
const RECENT: usize = 16;

thread_local! {
    /// The types asked for last, each in the one place its id gives it.
    static LAST: [Cell<Option<(TypeId, &'static Kind)>>; RECENT] =
        const { [const { Cell::new(None) }; RECENT] };
}

/// A type's id is a hash already.
#[derive(Default)]
struct Place(u64);

impl Hasher for Place {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, id: u64) {
        self.0 ^= id;
    }
}

impl Kind {
    /// The identity of `M`, computed once in the life of the program.
    pub fn of<M: DeserializeOwned + 'static>() -> &'static Self {
        let id = TypeId::of::<M>();
        let mut place = Place::default();
        id.hash(&mut place);
        let place = (place.0 % RECENT as u64) as usize;
        if let Some((last, kind)) = LAST.with(|last| last[place].get())
            && last == id
        {
            return kind;
        }
        let known = KINDS.read().by_type.get(&id).copied();
        let kind = known.unwrap_or_else(|| Self::learn::<M>(id));
        LAST.with(|last| last[place].set(Some((id, kind))));
        kind
    }

    /// A peer says that it calls this hash by this name. If this program means something
    /// else by the name, the two will never read each other's messages: that is said
    /// once, for it is what somebody wants to know who restarted only one of two nodes.
    pub(crate) fn announced(peer: NodeName, hash: u64, name: &str) {
        let mut kinds = KINDS.write();
        kinds.remember(hash, name, Some(peer));
        let ours = kinds.by_name.get(name).copied();
        if let Some(ours) = ours.filter(|ours| ours.hash != hash) {
            kinds.warn(peer, ours.name);
        }
    }

    /// A message inside another says what its type is called.
    pub(crate) fn mentioned(hash: u64, name: &str) {
        let known = {
            let kinds = KINDS.read();
            kinds.by_hash.contains_key(&hash) || kinds.foreign.contains_key(&hash)
        };
        if !known {
            KINDS.write().remember(hash, name, None);
        }
    }

    /// What a type is called that may be known only to peers.
    pub(crate) fn name_of(hash: u64) -> &'static str {
        let kinds = KINDS.read();
        let foreign = || kinds.foreign.get(&hash).map(|foreign| foreign.name);
        kinds
            .by_hash
            .get(&hash)
            .map(|kind| kind.name)
            .or_else(foreign)
            .unwrap_or("?")
    }

    fn learn<M: DeserializeOwned + 'static>(id: TypeId) -> &'static Self {
        let (hash, name) = shape::of::<M>();
        let mut kinds = KINDS.write();
        if let Some(known) = kinds.by_type.get(&id) {
            return known;
        }
        let rust = plain(type_name::<M>());
        let name = match (name, rust.find('<')) {
            (Some(name), None) => name,
            // serde has one name for all that a generic type can be made of.
            (Some(name), Some(made_of)) => {
                format!("{name}{}", &rust[made_of..]).leak()
            }
            (None, _) => rust.leak(),
        };
        let kind: &'static Self = Box::leak(Box::new(Self { hash, name }));
        kinds.by_type.insert(id, kind);
        kinds.by_hash.entry(hash).or_insert(kind);
        kinds.by_name.entry(name).or_insert(kind);
        let theirs: Vec<NodeName> = kinds
            .foreign
            .iter()
            .filter(|(other, foreign)| **other != hash && foreign.name == name)
            .filter_map(|(_, foreign)| foreign.peer)
            .collect();
        for peer in theirs {
            kinds.warn(peer, name);
        }
        kind
    }
}

/// A type's name as people write it, without the paths of its modules.
fn plain(name: &str) -> String {
    // Functions and closures are part of a path, as `{{closure}}`.
    let ends = |c: char| !c.is_alphanumeric() && !"_:{}#".contains(c);
    let last = |part: &'_ str| part.rfind("::").map_or(0, |at| at + "::".len());
    name.split_inclusive(ends).map(|part| &part[last(part)..]).collect()
}

impl Kinds {
    fn remember(&mut self, hash: u64, name: &str, peer: Option<NodeName>) {
        if let Some(known) = self.foreign.get_mut(&hash) {
            known.peer = known.peer.or(peer);
        } else if name.len() <= MAX_FOREIGN_NAME && self.foreign.len() < MAX_FOREIGN
        {
            let name: &'static str = Box::leak(name.into());
            self.foreign.insert(hash, Foreign { name, peer });
        }
    }

    fn warn(&mut self, peer: NodeName, name: &'static str) {
        if self.warned.insert((peer, name)) {
            // ANCHOR: warning
            warn!(
                target: "moebi::signal",
                "** {peer} has another definition of {name} than this program: such \
                 messages stay in the mailbox. Are both nodes of the same build? **"
            );
            // ANCHOR_END: warning
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::signal::Pid;

    fn hash<M: DeserializeOwned + 'static>() -> u64 {
        Kind::of::<M>().hash
    }

    #[test]
    fn definitions_that_differ_have_other_hashes() {
        mod kate {
            use super::*;
            #[derive(Serialize, Deserialize)]
            pub enum Greeting {
                Hi(Pid),
                Sup,
            }
            #[derive(Serialize, Deserialize)]
            pub struct Point {
                x: u32,
                y: u32,
            }
        }
        mod alex {
            use super::*;
            #[derive(Serialize, Deserialize)]
            pub enum Greeting {
                Hi(Pid),
                Sup,
            }
            #[derive(Serialize, Deserialize)]
            pub struct Point {
                x: f32,
                y: f32,
            }
        }
        assert_eq!(hash::<kate::Greeting>(), hash::<alex::Greeting>());
        assert_eq!(Kind::of::<kate::Greeting>().name, "Greeting");
        assert_ne!(
            hash::<kate::Point>(),
            hash::<alex::Point>(),
            "field types differ"
        );
        assert_ne!(hash::<(u8, u8)>(), hash::<(u8, u16)>());
        assert_ne!(hash::<Vec<kate::Point>>(), hash::<Vec<alex::Point>>());
    }

    #[test]
    fn a_name_that_many_types_have_is_completed() {
        #[derive(Serialize, Deserialize)]
        #[serde(rename = "$call")]
        struct Call<Q>(Q);
        let name = Kind::of::<Call<u8>>().name;
        assert_eq!(name, "$call<u8>");
        assert_ne!(name, Kind::of::<Call<u16>>().name);
    }

    #[test]
    fn a_type_without_a_name_is_called_as_it_is_written() {
        let name = Kind::of::<(String, Vec<Option<Pid>>)>().name;
        assert_eq!(name, "(String, Vec<Option<Pid>>)");
    }

    #[test]
    fn the_last_variant_of_an_enum_in_an_enum_counts() {
        mod one {
            use super::*;
            #[derive(Serialize, Deserialize)]
            pub enum Inner {
                A,
                B(u8),
                C { at: u16 },
            }
            #[derive(Serialize, Deserialize)]
            pub enum Outer {
                X(Inner),
                Y(Option<Vec<Inner>>),
            }
        }
        mod two {
            use super::*;
            #[derive(Serialize, Deserialize)]
            pub enum Inner {
                A,
                B(u8),
                C { at: u32 },
            }
            #[derive(Serialize, Deserialize)]
            pub enum Outer {
                X(Inner),
                Y(Option<Vec<Inner>>),
            }
        }
        assert_ne!(hash::<one::Outer>(), hash::<two::Outer>());
        assert_ne!(
            hash::<(one::Outer, one::Outer)>(),
            hash::<(one::Outer, two::Outer)>()
        );
    }

    #[test]
    fn a_recursive_type_does_not_hang() {
        #[derive(Serialize, Deserialize)]
        enum Tree {
            Node(Box<Tree>, Box<Tree>),
            Leaf(u8),
        }
        assert_eq!(hash::<Tree>(), hash::<Tree>());
    }
}
