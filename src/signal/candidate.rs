//! A message as it is looked at by who receives.

use super::message::{Envelope, Message, Wire, decode};

/// A message that somebody looks at and may take.
pub struct Candidate<'a>(Look<'a>);

enum Look<'a> {
    Envelope(&'a mut Envelope),
    /// Still among the bytes it came with: most messages are taken at once, and are
    /// decoded from there.
    Bytes(u64, &'a [u8], Option<Envelope>),
}

impl<'a> Candidate<'a> {
    /// A message in an envelope.
    pub fn envelope(envelope: &'a mut Envelope) -> Self {
        Self(Look::Envelope(envelope))
    }

    /// A message in a run: the hash of its type, and its encoding.
    pub fn bytes((kind, bytes): (u64, &'a [u8])) -> Self {
        Self(Look::Bytes(kind, bytes, None))
    }

    /// The message, if it is an `M` that `wanted` agrees to.
    pub fn take_if<M: Message>(
        &mut self,
        wanted: impl FnOnce(&M) -> bool,
    ) -> Option<M> {
        match &mut self.0 {
            Look::Envelope(envelope) => envelope.take_if(wanted),
            Look::Bytes(_, _, Some(decoded)) => decoded.take_if(wanted),
            Look::Bytes(kind, bytes, decoded) => {
                let message = decode::<M>(*kind, bytes)?;
                if wanted(&message) {
                    return Some(message);
                }
                *decoded = Some(Envelope::new(message));
                None
            }
        }
    }

    /// The message, whatever it is.
    pub fn take(&mut self) -> Envelope {
        match &mut self.0 {
            Look::Envelope(envelope) => {
                std::mem::replace(envelope, Envelope::new(()))
            }
            Look::Bytes(_, _, Some(decoded)) => {
                std::mem::replace(decoded, Envelope::new(()))
            }
            Look::Bytes(kind, bytes, None) => Wire::copy(*kind, bytes).into(),
        }
    }

    /// The hash of its type, and its encoding: for who keeps a log of what is taken.
    pub fn encoded(&self) -> (u64, Vec<u8>) {
        let of = |envelope: &Envelope| {
            let mut bytes = Vec::new();
            // It was encoded before, or never leaves this node: then it has no bytes.
            let _ = envelope.encode(&mut bytes);
            (envelope.kind(), bytes)
        };
        match &self.0 {
            Look::Envelope(envelope) => of(envelope),
            Look::Bytes(_, _, Some(decoded)) => of(decoded),
            Look::Bytes(kind, bytes, None) => (*kind, bytes.to_vec()),
        }
    }

    /// What to keep of a message nobody took.
    pub fn into_decoded(self) -> Option<Envelope> {
        match self.0 {
            Look::Envelope(_) => None,
            Look::Bytes(_, _, decoded) => decoded,
        }
    }
}
