//! Messages: typed for whoever sends and receives, anonymous in between.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::codec::{self, CodecError};
use super::identity::Kind;
use super::show::show;

/// Anything that can be sent to a process: every `Serialize + DeserializeOwned` type.
///
/// Inside a node a message moves and is never encoded; between nodes it is bincode. The
/// type must not be recursive, and must not use serde's `flatten`, `untagged` or
/// `skip_serializing_if`, which bincode cannot read back.
pub trait Message: Serialize + DeserializeOwned + Send + 'static {}

impl<M: Serialize + DeserializeOwned + Send + 'static> Message for M {}

/// A message whose type only it knows itself.
pub trait AnyMessage: Any + Send {
    /// Its type's identity.
    fn kind(&self) -> &'static Kind;
    /// Appends its encoding.
    ///
    /// # Errors
    /// See [`codec::encode`].
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError>;
    /// The message for people to read: `{ping, #PID<alex@localhost.131.0>}`.
    fn show(&self) -> String;
}

impl<M: Message> AnyMessage for M {
    fn kind(&self) -> &'static Kind {
        Kind::of::<M>()
    }

    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        codec::encode(self, out)
    }

    fn show(&self) -> String {
        show(self)
    }
}

/// A message on its way: moved to a process of this node, encoded for another.
pub trait Parcel: Send {
    /// Takes the message out, for a mailbox of this node.
    fn unpack(&mut self) -> Envelope;
    /// The hash of its type.
    fn kind(&self) -> u64;
    /// The name of its type, if this program knows it.
    fn name(&self) -> &'static str;
    /// Appends its encoding.
    ///
    /// # Errors
    /// See [`codec::encode`].
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError>;
    /// The message for people to read.
    fn show(&self) -> String;
}

/// A parcel is empty only after it was unpacked, which ends its way.
const EMPTY: &str = "a parcel is unpacked once, at its end";

impl<M: Message> Parcel for Option<M> {
    fn unpack(&mut self) -> Envelope {
        Envelope::Moved(Box::new(self.take().expect(EMPTY)))
    }

    fn kind(&self) -> u64 {
        Kind::of::<M>().hash
    }

    fn name(&self) -> &'static str {
        Kind::of::<M>().name
    }

    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        codec::encode(self.as_ref().expect(EMPTY), out)
    }

    fn show(&self) -> String {
        show(self.as_ref().expect(EMPTY))
    }
}

/// An envelope that is passed on.
pub struct Passed(pub Option<Envelope>);

impl Parcel for Passed {
    fn unpack(&mut self) -> Envelope {
        self.0.take().expect(EMPTY)
    }

    fn kind(&self) -> u64 {
        self.0.as_ref().expect(EMPTY).kind()
    }

    fn name(&self) -> &'static str {
        self.0.as_ref().expect(EMPTY).name()
    }

    fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        self.0.as_ref().expect(EMPTY).encode(out)
    }

    fn show(&self) -> String {
        self.0.as_ref().expect(EMPTY).show()
    }
}

/// A message as it lies in a mailbox.
pub enum Envelope {
    /// From this node.
    Moved(Box<dyn AnyMessage>),
    /// From another, not decoded before somebody asks for its type.
    Wire(Wire),
}

/// An encoded message and the hash of its type.
pub struct Wire {
    pub(crate) kind: u64,
    body: Body,
}

/// Up to this many bytes are copied: sharing them would cost more, and keep the whole
/// 64-KiB block they were read with.
const INLINE: usize = 38;

enum Body {
    Inline(u8, [u8; INLINE]),
    Shared(Bytes),
}

impl Wire {
    /// A message out of `block`, at `body`.
    pub fn slice(kind: u64, block: &Bytes, body: std::ops::Range<usize>) -> Self {
        let bytes = &block[body.clone()];
        let body =
            Self::inline(bytes).unwrap_or_else(|| Body::Shared(block.slice(body)));
        Self { kind, body }
    }

    /// A message out of `bytes`, copied.
    pub fn copy(kind: u64, bytes: &[u8]) -> Self {
        let shared = || Body::Shared(Bytes::copy_from_slice(bytes));
        Self { kind, body: Self::inline(bytes).unwrap_or_else(shared) }
    }

    fn inline(bytes: &[u8]) -> Option<Body> {
        let len = bytes.len();
        if len > INLINE {
            return None;
        }
        let mut copy = [0; INLINE];
        copy[..len].copy_from_slice(bytes);
        Some(Body::Inline(u8::try_from(len).ok()?, copy))
    }

    /// The encoding.
    pub fn bytes(&self) -> &[u8] {
        match &self.body {
            Body::Inline(len, bytes) => &bytes[..usize::from(*len)],
            Body::Shared(bytes) => bytes,
        }
    }
}

// ANCHOR: decode
pub(super) fn decode<M: Message>(kind: u64, bytes: &[u8]) -> Option<M> {
    if kind != Kind::of::<M>().hash {
        return None;
    }
    codec::decode(bytes).ok()
}
// ANCHOR_END: decode

impl Envelope {
    /// Wraps a message of this node.
    pub fn new<M: Message>(message: M) -> Self {
        Self::Moved(Box::new(message))
    }

    /// The hash of its type.
    pub fn kind(&self) -> u64 {
        match self {
            Self::Moved(message) => message.kind().hash,
            Self::Wire(wire) => wire.kind,
        }
    }

    /// The name of its type, if this program knows it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Moved(message) => message.kind().name,
            Self::Wire(wire) => Kind::name_of(wire.kind),
        }
    }

    /// Appends its encoding.
    ///
    /// # Errors
    /// See [`codec::encode`].
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), CodecError> {
        match self {
            Self::Moved(message) => message.encode(out),
            Self::Wire(wire) => {
                out.extend_from_slice(wire.bytes());
                Ok(())
            }
        }
    }

    /// The message for people to read; of one from another node, which is not decoded
    /// yet, its type and its size.
    pub fn show(&self) -> String {
        match self {
            Self::Moved(message) => message.show(),
            Self::Wire(_) => self.to_string(),
        }
    }

    /// The message, if it is an `M` that `wanted` agrees to; else the envelope stays as
    /// it was, but decoded, so that this is not done twice.
    pub fn take_if<M: Message>(
        &mut self,
        wanted: impl FnOnce(&M) -> bool,
    ) -> Option<M> {
        match self {
            Self::Moved(message) => {
                let message: &dyn Any = &**message;
                if !message.downcast_ref::<M>().is_some_and(wanted) {
                    return None;
                }
                let taken = std::mem::replace(self, Self::Moved(Box::new(())));
                taken.into_moved::<M>()
            }
            Self::Wire(wire) => {
                let message = decode::<M>(wire.kind, wire.bytes())?;
                if wanted(&message) {
                    return Some(message);
                }
                *self = Self::new(message);
                None
            }
        }
    }

    /// The message, if it is an `M`.
    ///
    /// # Errors
    /// The envelope as it was, if it holds something else.
    pub fn open<M: Message>(mut self) -> Result<M, Self> {
        self.take_if::<M>(|_| true).ok_or(self)
    }

    /// Looks at the message, if it is an `M`.
    pub fn peek<M: Message, T>(&mut self, look: impl FnOnce(&M) -> T) -> Option<T> {
        let mut seen = None;
        self.take_if::<M>(|message| {
            seen = Some(look(message));
            false
        });
        seen
    }

    fn into_moved<M: Message>(self) -> Option<M> {
        let Self::Moved(message) = self else {
            return None;
        };
        let message: Box<dyn Any> = message;
        message.downcast::<M>().ok().map(|message| *message)
    }
}

impl From<Wire> for Envelope {
    fn from(wire: Wire) -> Self {
        Self::Wire(wire)
    }
}

/// A message nobody has registered a way to show: its type and its size.
impl fmt::Display for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = Vec::new();
        let size = self.encode(&mut bytes).map_or(0, |()| bytes.len());
        write!(f, "#Message<{}, {size} bytes>", self.name())
    }
}

impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A message inside another, with its type's hash and name beside it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    kind: u64,
    name: String,
    #[serde(with = "serde_bytes")]
    bytes: Vec<u8>,
}

impl Term {
    /// Encodes a value.
    ///
    /// # Panics
    /// If bincode cannot encode such a type (see [`Message`]).
    pub fn of<M: Message>(value: &M) -> Self {
        let mut bytes = Vec::new();
        let encoded = codec::encode(value, &mut bytes);
        let kind = Kind::of::<M>();
        if let Err(error) = encoded {
            panic!("{} {error}", kind.name);
        }
        Self { kind: kind.hash, name: kind.name.into(), bytes }
    }

    /// The value, if it is an `M`.
    pub fn get<M: Message>(&self) -> Option<M> {
        if self.kind != Kind::of::<M>().hash {
            return None;
        }
        codec::decode(&self.bytes).ok()
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#Term<{}, {} bytes>", self.name, self.bytes.len())
    }
}

impl fmt::Debug for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A [`Term`] that is written from where it lies, and read there.
#[derive(Serialize, Deserialize)]
#[serde(rename = "Term")]
struct Borrowed<'a> {
    kind: u64,
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow, with = "serde_bytes")]
    bytes: Cow<'a, [u8]>,
}

/// Most messages are shorter, in bytes.
const SMALL: usize = 128;

/// On the wire an envelope inside a signal is a [`Term`].
impl Serialize for Envelope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut bytes = Vec::with_capacity(SMALL);
        self.encode(&mut bytes).map_err(serde::ser::Error::custom)?;
        let (name, bytes) = (Cow::Borrowed(self.name()), Cow::Owned(bytes));
        Borrowed { kind: self.kind(), name, bytes }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Envelope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Borrowed { kind, name, bytes } = Borrowed::deserialize(deserializer)?;
        Kind::mentioned(kind, &name);
        Ok(Self::Wire(Wire::copy(kind, &bytes)))
    }
}
