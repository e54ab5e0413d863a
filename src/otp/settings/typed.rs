//! A setting as a type of Rust.
//!
//! The configuration crate would do this too, but generously: a switch that is `"on"`
//! would count as the number 1, and 2.7 workers as 3. Here a value is of the type that
//! is asked for, or is wrong; and what is wrong says what would be right, down to the
//! names of an enum's variants.

use std::collections::BTreeMap;
use std::fmt;

use config::{FileFormat, Format, Value, ValueKind};
use serde::de::value::{MapAccessDeserializer, MapDeserializer, SeqDeserializer};
use serde::de::{self, DeserializeOwned, Expected, IntoDeserializer, Unexpected};
use serde::forward_to_deserialize_any;

/// What the value might be instead.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Wrong(String);

/// A value of the file.
pub(super) fn read<T: DeserializeOwned>(value: &Value) -> Result<T, Wrong> {
    T::deserialize(Plain(value.clone()))
}

/// A value of an environment variable, which is always a text: as such, or as TOML.
pub(super) fn read_text<T: DeserializeOwned>(value: &Value) -> Result<T, Wrong> {
    read(value).or_else(|wrong| {
        let toml = FileFormat::Toml.parse(None, &format!("value = {value}"));
        match toml.ok().as_ref().and_then(|table| table.get("value")) {
            Some(value) => read(value),
            None => Err(wrong),
        }
    })
}

/// The value as TOML writes it.
pub(super) fn shown(value: &Value) -> String {
    match &value.kind {
        ValueKind::String(text) => format!("{text:?}"),
        ValueKind::Array(values) => {
            let values: Vec<String> = values.iter().map(shown).collect();
            format!("[{}]", values.join(", "))
        }
        ValueKind::Table(values) => {
            // In an order that is the same each time.
            let values: BTreeMap<_, _> = values.iter().collect();
            let values = values.iter().map(|(k, v)| format!("{k} = {}", shown(v)));
            format!("{{ {} }}", values.collect::<Vec<_>>().join(", "))
        }
        plain => plain.to_string(),
    }
}

struct Plain(Value);

impl<'de> de::Deserializer<'de> for Plain {
    type Error = Wrong;

    fn deserialize_any<V: de::Visitor<'de>>(
        self,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        match self.0.kind {
            ValueKind::Nil => visitor.visit_unit(),
            ValueKind::Boolean(yes) => visitor.visit_bool(yes),
            ValueKind::I64(number) => visitor.visit_i64(number),
            ValueKind::I128(number) => visitor.visit_i128(number),
            ValueKind::U64(number) => visitor.visit_u64(number),
            ValueKind::U128(number) => visitor.visit_u128(number),
            ValueKind::Float(number) => visitor.visit_f64(number),
            ValueKind::String(text) => visitor.visit_string(text),
            ValueKind::Array(values) => {
                let values = values.into_iter().map(Self);
                SeqDeserializer::new(values).deserialize_any(visitor)
            }
            ValueKind::Table(values) => {
                let values = values.into_iter().map(|(key, v)| (key, Self(v)));
                MapDeserializer::new(values).deserialize_any(visitor)
            }
        }
    }

    fn deserialize_option<V: de::Visitor<'de>>(
        self,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: de::Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: de::Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        match self.0.kind {
            ValueKind::String(text) => visitor.visit_enum(text.into_deserializer()),
            // A variant that carries something: its name is the only key.
            ValueKind::Table(values) if values.len() == 1 => {
                let values = values.into_iter().map(|(key, v)| (key, Self(v)));
                let values = MapDeserializer::new(values);
                visitor.visit_enum(MapAccessDeserializer::new(values))
            }
            _ => Err(de::Error::unknown_variant("", variants)),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string
        bytes byte_buf unit unit_struct seq tuple tuple_struct map struct
        identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de, Wrong> for Plain {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// The sentence has said already what the value is; here is only what it should be.
impl de::Error for Wrong {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self(format!("expected {expected}"))
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self(format!("expected {expected}"))
    }

    fn unknown_variant(_: &str, variants: &'static [&'static str]) -> Self {
        let names: Vec<String> = variants.iter().map(|v| format!("{v:?}")).collect();
        match &names[..] {
            [only] => Self(format!("expected {only}")),
            _ => Self(format!("expected one of {}", names.join(", "))),
        }
    }
}
