//! A message as the prompt would show it, whatever its type is: by what serde knows of it.
//!
//! `Rally::Ping(pid)` is `{ping, #PID<alex@localhost.131.0>}`: a name becomes a word, what
//! is in it follows, as Elixir's tuples do it. For people only; nothing reads it back.

use std::fmt;

use serde::ser::{self, Serialize, Serializer};

/// The text of a value; `?` for what serde cannot write.
pub(super) fn show<T: Serialize + ?Sized>(value: &T) -> String {
    value.serialize(Show).unwrap_or_else(|_| "?".into())
}

#[derive(Clone, Copy)]
struct Show;

/// What is between the brackets of something.
struct Parts {
    /// A struct is shown in its own way if it is one of ours.
    name: &'static str,
    brackets: [&'static str; 2],
    values: Vec<String>,
}

impl Parts {
    fn new(name: &'static str, brackets: [&'static str; 2]) -> Self {
        Self { name, brackets, values: Vec::new() }
    }

    /// A tuple that begins with a word.
    fn tagged(name: &'static str, tag: &str) -> Self {
        Self { values: vec![word(tag)], ..Self::new(name, ["{", "}"]) }
    }

    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> fmt::Result {
        self.values.push(value.serialize(Show)?);
        Ok(())
    }

    fn close(self) -> String {
        let [_, fields @ ..] = &self.values[..] else {
            return self.brackets.concat();
        };
        match (self.name, fields) {
            ("Pid", [node, id, serial, _]) => {
                format!("#PID<{node}.{id}.{serial}>")
            }
            ("Reference", [node, creation, id]) => {
                format!("#Reference<{node}.{creation}.{id}>")
            }
            ("Alias", [owner, id]) => format!("#Alias<{owner}.{id}>"),
            ("FunctionName", [module, name, arity]) => {
                format!("{}.{}/{arity}", bare(module), bare(name))
            }
            ("Term", [_, name, _]) => format!("#Message<{}>", bare(name)),
            _ => {
                let [open, close] = self.brackets;
                format!("{open}{}{close}", self.values.join(", "))
            }
        }
    }
}

fn bare(text: &str) -> &str {
    text.trim_matches('"')
}

/// `AnswerHi` is `answer_hi`; what begins otherwise, as `$gen_call`, is as it is.
fn word(name: &str) -> String {
    let mut word = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !word.is_empty() {
            word.push('_');
        }
        word.extend(letter.to_lowercase());
    }
    word
}

macro_rules! plain {
    ($($method:ident $type:ty;)*) => {$(
        fn $method(self, value: $type) -> Result<String, fmt::Error> {
            Ok(value.to_string())
        }
    )*};
}

impl Serializer for Show {
    type Ok = String;
    type Error = fmt::Error;
    type SerializeSeq = Parts;
    type SerializeTuple = Parts;
    type SerializeTupleStruct = Parts;
    type SerializeTupleVariant = Parts;
    type SerializeMap = Parts;
    type SerializeStruct = Parts;
    type SerializeStructVariant = Parts;

    plain! {
        serialize_bool bool;
        serialize_i8 i8;
        serialize_i16 i16;
        serialize_i32 i32;
        serialize_i64 i64;
        serialize_i128 i128;
        serialize_u8 u8;
        serialize_u16 u16;
        serialize_u32 u32;
        serialize_u64 u64;
        serialize_u128 u128;
        serialize_f32 f32;
        serialize_f64 f64;
    }

    fn serialize_char(self, value: char) -> Result<String, fmt::Error> {
        Ok(format!("{value:?}"))
    }

    fn serialize_str(self, text: &str) -> Result<String, fmt::Error> {
        Ok(format!("{text:?}"))
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<String, fmt::Error> {
        Ok(format!("<<{} bytes>>", bytes.len()))
    }

    fn serialize_none(self) -> Result<String, fmt::Error> {
        Ok("nil".into())
    }

    fn serialize_some<T: Serialize + ?Sized>(
        self,
        value: &T,
    ) -> Result<String, fmt::Error> {
        value.serialize(self)
    }

    /// What a function gives that has nothing to say.
    fn serialize_unit(self) -> Result<String, fmt::Error> {
        Ok("ok".into())
    }

    fn serialize_unit_struct(
        self,
        name: &'static str,
    ) -> Result<String, fmt::Error> {
        Ok(word(name))
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<String, fmt::Error> {
        Ok(word(variant))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<String, fmt::Error> {
        if name == "NodeName" {
            return Ok(bare(&value.serialize(self)?).to_owned());
        }
        self.serialize_newtype_variant(name, 0, name, value)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<String, fmt::Error> {
        let mut parts = Parts::tagged(name, variant);
        parts.push(value)?;
        Ok(parts.close())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Parts, fmt::Error> {
        Ok(Parts::new("", ["[", "]"]))
    }

    fn serialize_tuple(self, _: usize) -> Result<Parts, fmt::Error> {
        Ok(Parts::new("", ["{", "}"]))
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        _: usize,
    ) -> Result<Parts, fmt::Error> {
        Ok(Parts::tagged("", name))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Parts, fmt::Error> {
        Ok(Parts::tagged("", variant))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Parts, fmt::Error> {
        Ok(Parts::new("", ["%{", "}"]))
    }

    fn serialize_struct(
        self,
        name: &'static str,
        _: usize,
    ) -> Result<Parts, fmt::Error> {
        Ok(Parts::tagged(name, name))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Parts, fmt::Error> {
        Ok(Parts::tagged("", variant))
    }
}

macro_rules! parts {
    ($($trait:ident $method:ident;)*) => {$(
        impl ser::$trait for Parts {
            type Ok = String;
            type Error = fmt::Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> fmt::Result {
                self.push(value)
            }

            fn end(self) -> Result<String, fmt::Error> {
                Ok(self.close())
            }
        }
    )*};
}

parts! {
    SerializeSeq serialize_element;
    SerializeTuple serialize_element;
    SerializeTupleStruct serialize_field;
    SerializeTupleVariant serialize_field;
}

macro_rules! named_parts {
    ($($trait:ident)*) => {$(
        impl ser::$trait for Parts {
            type Ok = String;
            type Error = fmt::Error;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                _: &'static str,
                value: &T,
            ) -> fmt::Result {
                self.push(value)
            }

            fn end(self) -> Result<String, fmt::Error> {
                Ok(self.close())
            }
        }
    )*};
}

named_parts! { SerializeStruct SerializeStructVariant }

impl ser::SerializeMap for Parts {
    type Ok = String;
    type Error = fmt::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> fmt::Result {
        self.push(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> fmt::Result {
        let shown = value.serialize(Show)?;
        if let Some(key) = self.values.last_mut() {
            *key += " => ";
            *key += &shown;
        }
        Ok(())
    }

    fn end(self) -> Result<String, fmt::Error> {
        Ok(self.close())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::show;
    use crate::signal::{Alias, FunctionName, NodeName, Pid, Reason};
    use serde::Serialize;

    #[derive(Serialize)]
    enum Said {
        ReadSlowly,
        Hi(Pid),
        Both(u8, Option<bool>),
        Named { text: &'static str, list: Vec<i64> },
    }

    #[derive(Serialize)]
    struct Sign(String);

    #[derive(Serialize)]
    struct Empty;

    #[test]
    fn a_message_is_shown_as_it_would_be_typed() {
        let node = NodeName::from("kate@localhost");
        let pid = Pid { node, id: 131, serial: 0, creation: 4 };
        let hi = "{hi, #PID<kate@localhost.131.0>}";
        assert_eq!(show(&Said::Hi(pid)), hi);
        assert_eq!(show(&Said::ReadSlowly), "read_slowly");
        assert_eq!(show(&Said::Both(1, Some(true))), "{both, 1, true}");
        let named = Said::Named { text: "a \"b\"", list: vec![-1, 2] };
        assert_eq!(show(&named), r#"{named, "a \"b\"", [-1, 2]}"#);
        assert_eq!(show(&Sign("alex".into())), r#"{sign, "alex"}"#);
        assert_eq!(show(&(Empty, (), node)), "{empty, ok, kate@localhost}");
        assert_eq!(show(&BTreeMap::from([(1, 'a')])), "%{1 => 'a'}");
        assert_eq!(show(&Vec::<u8>::new()), "[]");
        let function =
            FunctionName { module: "Kate".into(), name: "fly".into(), arity: 0 };
        assert_eq!(show(&function), "Kate.fly/0");
        let alias = Alias { owner: pid, id: 7 };
        assert_eq!(show(&alias), "#Alias<#PID<kate@localhost.131.0>.7>");
        assert_eq!(show(&Reason::Normal), "normal");
    }
}
