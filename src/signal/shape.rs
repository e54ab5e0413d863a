//! The shape of a type: all that serde knows of it.
//!
//! serde tells a deserializer what it asks for: a struct of this name with these fields,
//! an enum with these variants. [`Tracer`] is a deserializer without input. It writes down
//! what it is asked for, and answers with dummies. An enum shows one variant a run, so it
//! runs until every variant has been seen.

use std::collections::HashMap;

use md5::{Digest, Md5};
use serde::de::value::{Error, U32Deserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _,
    IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor,
};

/// Nesting deeper than this is a recursive type, which the wire does not allow.
const MAX_DEPTH: usize = 64;

/// A type with more variants than this, all in all, is told apart by its first ones.
const MAX_RUNS: usize = 4096;

/// The hash of a type's shape, and its name if it has one.
pub(super) fn of<M: DeserializeOwned>() -> (u64, Option<&'static str>) {
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
