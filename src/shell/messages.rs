//! Message types at the prompt.
//!
//! What is typed is a [`Value`], what is sent is a type of Rust. A lesson says, for each
//! of its types, how to read one and how to show one.

use crate::process::Process;
use crate::signal::{
    BoxFuture, Down, Envelope, Exit, Message, NodeDown, NodeUp, Pid,
};

use super::Value;
use super::command::CommandError;

type Read = Box<dyn Fn(&Value) -> Option<Letter> + Send + Sync>;
type Show = Box<dyn Fn(Envelope) -> Result<Value, Envelope> + Send + Sync>;

/// The message types a prompt can read and show.
pub struct Messages(Vec<Known>);

struct Known {
    /// How it is typed; empty for what is only shown.
    forms: &'static str,
    read: Read,
    show: Show,
}

/// A message that has found its type, ready to be sent.
pub struct Letter(Box<dyn Sendable>);

trait Sendable: Send {
    fn send<'a>(self: Box<Self>, me: &'a Process, to: Pid) -> BoxFuture<'a, ()>;
}

impl<M: Message> Sendable for M {
    fn send<'a>(self: Box<Self>, me: &'a Process, to: Pid) -> BoxFuture<'a, ()> {
        Box::pin(me.send(to, *self))
    }
}

impl Letter {
    /// Sends it.
    pub async fn send(self, me: &Process, to: Pid) {
        self.0.send(me, to).await;
    }
}

/// With the messages of the system itself, which can be shown.
impl Default for Messages {
    fn default() -> Self {
        let mut messages = Self(Vec::new());
        messages.show::<Exit>(|Exit { from, reason }| {
            Value::tuple([Value::atom("EXIT"), (*from).into(), reason.into()])
        });
        messages.show::<Down>(show_down);
        messages.show::<NodeUp>(|up| Value::Opaque(up.to_string()));
        messages.show::<NodeDown>(|down| Value::Opaque(down.to_string()));
        messages
    }
}

fn show_down(down: &Down) -> Value {
    let object = match &down.object {
        crate::signal::Address::Pid(pid) => (*pid).into(),
        other => Value::Opaque(other.to_string()),
    };
    Value::tuple([
        Value::atom("DOWN"),
        down.reference.into(),
        Value::atom("process"),
        object,
        (&down.reason).into(),
    ])
}

impl Messages {
    /// Teaches the prompt a message type: how it looks when it is typed (for the error
    /// message: `{hi, PID} or sup`), how to read one, and how to show one.
    pub fn register<M: Message>(
        &mut self,
        forms: &'static str,
        read: fn(&Value) -> Option<M>,
        show: fn(&M) -> Value,
    ) {
        let read = move |value: &Value| Some(Letter(Box::new(read(value)?)));
        self.add(forms, Box::new(read), show);
    }

    fn show<M: Message>(&mut self, show: fn(&M) -> Value) {
        self.add("", Box::new(|_| None), show);
    }

    fn add<M: Message>(
        &mut self,
        forms: &'static str,
        read: Read,
        show: fn(&M) -> Value,
    ) {
        let show = move |envelope: Envelope| Ok(show(&envelope.open::<M>()?));
        let show = Box::new(show);
        self.0.push(Known { forms, read, show });
    }

    /// Finds the type of a message that was typed.
    ///
    /// # Errors
    /// If it is of no registered type: says which there are.
    pub fn read(&self, value: &Value) -> Result<Letter, CommandError> {
        let read = self.0.iter().find_map(|known| (known.read)(value));
        read.ok_or_else(|| {
            let forms = self.0.iter().map(|known| known.forms);
            let forms: Vec<_> = forms.filter(|forms| !forms.is_empty()).collect();
            CommandError::new(match &forms[..] {
                [] => format!("{value} is no message: this lesson has none to send"),
                _ => format!(
                    "{value} is no message this lesson knows: it can be {}",
                    forms.join(" or ")
                ),
            })
        })
    }

    /// A received message as a value. One of a type that is not registered shows its
    /// type and its size.
    pub fn show_message(&self, mut envelope: Envelope) -> Value {
        for known in &self.0 {
            match (known.show)(envelope) {
                Ok(value) => return value,
                Err(other) => envelope = other,
            }
        }
        Value::Opaque(envelope.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::{NodeName, Reason};
    use serde::{Deserialize, Serialize};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Light {
        Red,
        Green,
    }

    #[derive(Serialize, Deserialize)]
    struct Stranger(u32);

    fn messages() -> Messages {
        let mut messages = Messages::default();
        messages.register(
            "red or green",
            |value| match value.as_atom()? {
                "red" => Some(Light::Red),
                "green" => Some(Light::Green),
                _ => None,
            },
            |light| match light {
                Light::Red => Value::atom("red"),
                Light::Green => Value::atom("green"),
            },
        );
        messages
    }

    #[test]
    fn a_registered_message_shows_as_it_is_typed() {
        let shown = messages().show_message(Envelope::new(Light::Green));
        assert_eq!(shown, Value::atom("green"));
    }

    #[test]
    fn a_strangers_message_shows_its_type_and_size() {
        let shown = messages().show_message(Envelope::new(Stranger(1)));
        assert_eq!(shown.to_string(), "#Message<Stranger, 1 bytes>");
    }

    #[test]
    fn the_systems_messages_show_as_erlang_prints_them() {
        let down = NodeDown {
            node: NodeName::from("kate@localhost"),
            hidden: false,
            reason: crate::signal::NodeDownReason::ConnectionClosed,
        };
        let shown = messages().show_message(Envelope::new(down));
        assert_eq!(
            shown.to_string(),
            "{nodedown, kate@localhost, connection_closed}"
        );
        let from = Pid {
            node: NodeName::from("kate@localhost"),
            id: 131,
            serial: 0,
            creation: 4,
        };
        let exit = Exit { from, reason: Reason::Exception("boom".into()) };
        let text = exit.to_string();
        let shown = messages().show_message(Envelope::new(exit));
        assert_eq!(shown.to_string(), text);
    }

    #[test]
    fn what_is_no_message_is_told_what_would_be_one() {
        let messages = messages();
        assert!(messages.read(&Value::atom("red")).is_ok());
        let Err(error) = messages.read(&Value::atom("blue")) else {
            panic!("blue is no light");
        };
        let says = "blue is no message this lesson knows: it can be red or green";
        assert_eq!(error.to_string(), says);
    }
}
