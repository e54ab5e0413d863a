//! What is typed and printed at the prompt: terms as Elixir and Erlang write them, but
//! with no colon before an atom.

use std::fmt;

use crate::signal::{NodeName, Pid, Reason, Reference};

/// A value at the prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A bare word: `ok`, `pong`, `say_name`.
    Atom(String),
    /// A text in double quotes.
    Text(String),
    /// A whole number.
    Number(i64),
    /// A process.
    Pid(Pid),
    /// What names a monitor.
    Reference(Reference),
    /// A node's name.
    Node(NodeName),
    /// `{ping, #PID<alex@localhost.131.0>}`
    Tuple(Vec<Value>),
    /// `[kate@localhost, moebi@localhost]`
    List(Vec<Value>),
    /// What can be printed but not typed: a message of a type nobody registered.
    Opaque(String),
}

impl Value {
    /// What a command answers that has nothing else to say.
    pub fn ok() -> Self {
        Self::atom("ok")
    }

    /// A bare word.
    pub fn atom(word: impl Into<String>) -> Self {
        Self::Atom(word.into())
    }

    /// A tuple.
    pub fn tuple(values: impl IntoIterator<Item = Self>) -> Self {
        Self::Tuple(values.into_iter().collect())
    }

    /// A list.
    pub fn list<V: Into<Self>>(values: impl IntoIterator<Item = V>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }

    /// The word, if it is one.
    pub fn as_atom(&self) -> Option<&str> {
        match self {
            Self::Atom(word) => Some(word),
            _ => None,
        }
    }

    /// The pid, if it is one.
    pub fn as_pid(&self) -> Option<Pid> {
        match self {
            Self::Pid(pid) => Some(*pid),
            _ => None,
        }
    }

    /// The values of a tuple that begins with this word: `{ping, self}` is tagged
    /// `ping` and has one value.
    pub fn tagged(&self, tag: &str) -> Option<&[Self]> {
        match self {
            Self::Tuple(values) => match values.split_first()? {
                (Self::Atom(first), rest) if first == tag => Some(rest),
                _ => None,
            },
            _ => None,
        }
    }

    /// Shows `look` every pid in it, as deep as they are.
    pub(super) fn each_pid(&self, look: &mut impl FnMut(Pid)) {
        match self {
            Self::Pid(pid) => look(*pid),
            Self::Tuple(values) | Self::List(values) => {
                values.iter().for_each(|value| value.each_pid(look));
            }
            _ => {}
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Atom(word) => f.write_str(word),
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Number(number) => number.fmt(f),
            Self::Pid(pid) => pid.fmt(f),
            Self::Reference(reference) => reference.fmt(f),
            Self::Node(node) => node.fmt(f),
            Self::Tuple(values) => between(f, "{", values, "}"),
            Self::List(values) => between(f, "[", values, "]"),
            Self::Opaque(text) => f.write_str(text),
        }
    }
}

fn between(
    f: &mut fmt::Formatter<'_>,
    open: &str,
    values: &[Value],
    close: &str,
) -> fmt::Result {
    f.write_str(open)?;
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            f.write_str(", ")?;
        }
        fmt::Display::fmt(value, f)?;
    }
    f.write_str(close)
}

impl From<Pid> for Value {
    fn from(pid: Pid) -> Self {
        Self::Pid(pid)
    }
}

impl From<Reference> for Value {
    fn from(reference: Reference) -> Self {
        Self::Reference(reference)
    }
}

impl From<NodeName> for Value {
    fn from(node: NodeName) -> Self {
        Self::Node(node)
    }
}

impl From<bool> for Value {
    fn from(yes: bool) -> Self {
        Self::atom(yes.to_string())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<&Reason> for Value {
    fn from(reason: &Reason) -> Self {
        let word = Self::atom;
        match reason {
            Reason::Exception(message) => {
                Self::tuple([word("exception"), message.as_str().into()])
            }
            Reason::Undef(function) => {
                Self::tuple([word("undef"), Self::Opaque(function.clone())])
            }
            Reason::BadArgument(message) => {
                Self::tuple([word("badarg"), message.as_str().into()])
            }
            Reason::NodeDown(node) => {
                Self::tuple([word("nodedown"), (*node).into()])
            }
            Reason::Term(term) | Reason::ShutdownWith(term) => {
                let shown = Self::Opaque(term.to_string());
                if matches!(reason, Reason::Term(_)) {
                    return shown;
                }
                Self::tuple([word("shutdown"), shown])
            }
            plain => word(&plain.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_print_as_elixir_prints_terms() {
        let kate = Value::from(NodeName::from("kate@localhost"));
        let value = Value::tuple([
            Value::atom("hi"),
            "a \"text\"".into(),
            Value::List(vec![kate, Value::Number(-5)]),
        ]);
        let shown = r#"{hi, "a \"text\"", [kate@localhost, -5]}"#;
        assert_eq!(value.to_string(), shown);
        assert_eq!(Value::tuple([]).to_string(), "{}");
    }

    #[test]
    fn a_reason_prints_the_same_as_a_value() {
        for reason in [
            Reason::Normal,
            Reason::Word("oops".into()),
            Reason::Exception("boom".into()),
            Reason::Undef("Kate.fly/0".into()),
            Reason::of(&7_u32),
            Reason::NodeDown(NodeName::from("kate@localhost")),
        ] {
            assert_eq!(Value::from(&reason).to_string(), reason.to_string());
        }
    }

    #[test]
    fn a_tagged_tuple_gives_what_follows_the_tag() {
        let ping = Value::tuple([Value::atom("ping"), Value::Number(1)]);
        assert_eq!(ping.tagged("ping"), Some(&[Value::Number(1)][..]));
        assert_eq!(ping.tagged("pong"), None);
        assert_eq!(Value::atom("ping").tagged("ping"), None);
    }
}
