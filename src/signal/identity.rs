//! What a message type is on the wire: a hash of all that serde knows of it.
//!
//! Two programs may both have a `Greeting` and mean different things by it. bincode
//! writes no names, so bytes alone would be misread. Every message therefore carries
//! its type's identity, a hash of the container's name, the names of variants and
//! fields, and the types of the fields, as deep as they go. A receiver whose definition
//! differs has another hash, and the message is simply of a type it does not ask for.
//!
//! serde tells all this to a deserializer that asks: [`Tracer`] is one. It has no input;
//! it writes down what it is asked for and answers with dummies. An enum shows one
//! variant a run, so it runs until every variant has been seen.

use std::any::{TypeId, type_name};
use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use md5::{Digest, Md5};
use parking_lot::RwLock;
use serde::de::value::{Error, U32Deserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _,
    IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use tracing::warn;

use super::NodeName;

/// The identity of a message type.
#[derive(Debug)]
pub struct Kind {
    /// The hash that goes over the wire.
    pub hash: u64,
    /// The type's name for people: serde's, or Rust's where serde has none (a tuple).
    pub name: &'static str,
}

/// Nesting deeper than this is a recursive type, which the wire does not allow.
const MAX_DEPTH: usize = 64;

/// So many types of peers are remembered by name.
const MAX_FOREIGN: usize = 4096;

/// A type with more variants than this, all in all, is told apart by its first ones.
const MAX_RUNS: usize = 4096;

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
    peer: NodeName,
}

static KINDS: LazyLock<RwLock<Kinds>> = LazyLock::new(RwLock::default);

thread_local! {
    /// The last type asked for: a loop that sends one type does not pay for the lock.
    static LAST: Cell<Option<(TypeId, &'static Kind)>> = const { Cell::new(None) };
}

impl Kind {
    /// The identity of `M`, computed once in the life of the program.
    pub fn of<M: DeserializeOwned + 'static>() -> &'static Self {
        let id = TypeId::of::<M>();
        if let Some((last, kind)) = LAST.get()
            && last == id
        {
            return kind;
        }
        let known = KINDS.read().by_type.get(&id).copied();
        let kind = known.unwrap_or_else(|| Self::learn::<M>(id));
        LAST.set(Some((id, kind)));
        kind
    }

    /// A peer says that it calls this hash by this name. If this program means something
    /// else by the name, the two will never read each other's messages: that is said
    /// once, for it is what somebody wants to know who restarted only one of two nodes.
    pub(crate) fn announced(peer: NodeName, hash: u64, name: &str) {
        let mut kinds = KINDS.write();
        if !kinds.foreign.contains_key(&hash) && kinds.foreign.len() < MAX_FOREIGN {
            let name: &'static str = Box::leak(name.into());
            kinds.foreign.insert(hash, Foreign { name, peer });
        }
        let ours = kinds.by_name.get(name).copied();
        if let Some(ours) = ours.filter(|ours| ours.hash != hash) {
            kinds.warn(peer, ours.name);
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
        let (hash, name) = trace::<M>();
        let mut kinds = KINDS.write();
        if let Some(known) = kinds.by_type.get(&id) {
            return known;
        }
        let name = name.unwrap_or_else(type_name::<M>);
        let kind: &'static Self = Box::leak(Box::new(Self { hash, name }));
        kinds.by_type.insert(id, kind);
        kinds.by_hash.entry(hash).or_insert(kind);
        kinds.by_name.entry(name).or_insert(kind);
        let theirs: Vec<NodeName> = kinds
            .foreign
            .iter()
            .filter(|(other, foreign)| **other != hash && foreign.name == name)
            .map(|(_, foreign)| foreign.peer)
            .collect();
        for peer in theirs {
            kinds.warn(peer, name);
        }
        kind
    }
}

impl Kinds {
    fn warn(&mut self, peer: NodeName, name: &'static str) {
        if self.warned.insert((peer, name)) {
            warn!(
                target: "moebi::signal",
                "** {peer} has another definition of {name} than this program: such \
                 messages stay in the mailbox. Are both nodes of the same build? **"
            );
        }
    }
}

fn trace<M: DeserializeOwned>() -> (u64, Option<&'static str>) {
    let mut trace = Trace::default();
    for _ in 0..MAX_RUNS {
        trace.complete = true;
        trace.depth = 0;
        // A type may refuse a dummy ("must be a valid date"): what it asked for until
        // then is what is known of it, in both programs alike.
        let refused = M::deserialize(Tracer(&mut trace)).is_err();
        if trace.complete || refused && !trace.progress {
            break;
        }
        trace.progress = false;
    }
    let digest = trace.seen.finalize();
    let mut hash = [0; 8];
    hash.copy_from_slice(&digest[..8]);
    (u64::from_be_bytes(hash), trace.name)
}

/// An enum, told apart from another of the same name by its variants.
type EnumKey = (&'static str, &'static [&'static str]);

#[derive(Default)]
struct Trace {
    seen: Md5,
    /// The name of the outermost container.
    name: Option<&'static str>,
    enums: HashMap<EnumKey, Progress>,
    /// Has this run met no enum with variants still to be seen?
    complete: bool,
    /// Has this run finished a variant?
    progress: bool,
    depth: usize,
}

#[derive(Default, Clone, Copy)]
struct Progress {
    next: usize,
    /// Being looked into further up: a recursive type.
    inside: bool,
}

impl Trace {
    fn note(&mut self, what: &str) {
        self.seen.update(what);
        self.seen.update([0]);
    }

    fn container(&mut self, sort: &str, name: &'static str, parts: &[&str]) {
        if self.depth == 1 {
            self.name.get_or_insert(name);
        }
        self.note(sort);
        self.note(name);
        for part in parts {
            self.note(part);
        }
    }
}

struct Tracer<'t>(&'t mut Trace);

impl Tracer<'_> {
    fn enter(&mut self) -> Result<(), Error> {
        self.0.depth += 1;
        if self.0.depth > MAX_DEPTH {
            return Err(Error::custom("recursive"));
        }
        Ok(())
    }

    fn items<'de, V: Visitor<'de>>(
        mut self,
        count: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.enter()?;
        let value = visitor.visit_seq(Items { trace: self.0, left: count })?;
        self.0.depth -= 1;
        Ok(value)
    }
}

macro_rules! plain {
    ($($method:ident $visit:ident $dummy:expr;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.0.note(stringify!($method));
            visitor.$visit($dummy)
        }
    )*};
}

impl<'de> Deserializer<'de> for Tracer<'_> {
    type Error = Error;

    // The dummies are 1 and "a" rather than 0 and "": fewer types refuse them.
    plain! {
        deserialize_bool visit_bool true;
        deserialize_i8 visit_i8 1;
        deserialize_i16 visit_i16 1;
        deserialize_i32 visit_i32 1;
        deserialize_i64 visit_i64 1;
        deserialize_i128 visit_i128 1;
        deserialize_u8 visit_u8 1;
        deserialize_u16 visit_u16 1;
        deserialize_u32 visit_u32 1;
        deserialize_u64 visit_u64 1;
        deserialize_u128 visit_u128 1;
        deserialize_f32 visit_f32 1.0;
        deserialize_f64 visit_f64 1.0;
        deserialize_char visit_char 'a';
        deserialize_str visit_str "a";
        deserialize_string visit_str "a";
        deserialize_bytes visit_bytes b"a";
        deserialize_byte_buf visit_bytes b"a";
    }

    fn deserialize_unit<V: Visitor<'de>>(
        self,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.0.note("()");
        visitor.visit_unit()
    }

    fn deserialize_option<V: Visitor<'de>>(
        mut self,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.enter()?;
        self.0.note("option");
        let value = visitor.visit_some(Tracer(&mut *self.0))?;
        self.0.depth -= 1;
        Ok(value)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        mut self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.enter()?;
        self.0.container("struct", name, &[]);
        self.0.depth -= 1;
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        mut self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.enter()?;
        self.0.container("newtype", name, &[]);
        let value = visitor.visit_newtype_struct(Tracer(&mut *self.0))?;
        self.0.depth -= 1;
        Ok(value)
    }

    fn deserialize_seq<V: Visitor<'de>>(
        self,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.0.note("seq");
        self.items(1, visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.0.note(&format!("tuple {len}"));
        self.items(len, visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        mut self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.enter()?;
        self.0.container("tuple struct", name, &[&len.to_string()]);
        self.0.depth -= 1;
        self.items(len, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(
        mut self,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.enter()?;
        self.0.note("map");
        let value = visitor.visit_map(Items { trace: self.0, left: 1 })?;
        self.0.depth -= 1;
        Ok(value)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        mut self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.enter()?;
        self.0.container("struct", name, fields);
        self.0.depth -= 1;
        self.items(fields.len(), visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        mut self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.enter()?;
        self.0.container("enum", name, variants);
        let before =
            self.0.enums.get(&(name, variants)).copied().unwrap_or_default();
        let variant = before.next.min(variants.len().saturating_sub(1));
        self.0.enums.insert((name, variants), Progress { inside: true, ..before });
        let outside = std::mem::replace(&mut self.0.complete, true);
        let result = visitor.visit_enum(Variant { trace: self.0, variant });
        self.0.depth -= usize::from(result.is_ok());
        let mut after = before;
        if !before.inside {
            // On to the next variant once all that lies in this one has been seen.
            if before.next < variants.len() && (self.0.complete || result.is_err()) {
                after.next += 1;
                self.0.progress = true;
            }
            self.0.complete = outside && after.next >= variants.len();
        } else {
            self.0.complete = outside;
        }
        self.0.enums.insert((name, variants), after);
        result
    }

    fn deserialize_identifier<V: Visitor<'de>>(
        self,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("bincode does not describe itself"))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(
        self,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }

    fn is_human_readable(&self) -> bool {
        false
    }
}

/// The items of a sequence, or the entries of a map.
struct Items<'t> {
    trace: &'t mut Trace,
    left: usize,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        seed.deserialize(Tracer(self.trace)).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

impl<'de> MapAccess<'de> for Items<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        self.next_element_seed(seed)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, Error> {
        seed.deserialize(Tracer(self.trace))
    }
}

struct Variant<'t> {
    trace: &'t mut Trace,
    variant: usize,
}

impl<'de> EnumAccess<'de> for Variant<'_> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Self), Error> {
        let index = u32::try_from(self.variant).map_err(Error::custom)?;
        let index: U32Deserializer<Error> = index.into_deserializer();
        Ok((seed.deserialize(index)?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        self.trace.note("unit variant");
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<T::Value, Error> {
        self.trace.note("newtype variant");
        seed.deserialize(Tracer(self.trace))
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.trace.note("tuple variant");
        Tracer(self.trace).items(len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.trace.note("struct variant");
        for field in fields {
            self.trace.note(field);
        }
        Tracer(self.trace).items(fields.len(), visitor)
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
