//! The bytes of the port mapper's protocol.
//!
//! A request is a length of two bytes and that many bytes; the first says which request
//! it is. Answers have no length: the first byte says what comes, or the end of the
//! connection ends them. Numbers are big-endian.

use bytes::{Buf, BufMut, TryGetError};

/// The longest request that a server reads. The longest that makes sense has a name and
/// extra data of 255 bytes each.
pub(super) const MAX_REQUEST: u16 = 1024;
/// The longest name, that of an atom in Erlang.
pub(super) const MAX_ALIVE: usize = 255;

const ALIVE2_REQ: u8 = 120;
const PORT_PLEASE2_REQ: u8 = 122;
const NAMES_REQ: u8 = 110;
const DUMP_REQ: u8 = 100;
const KILL_REQ: u8 = 107;
const STOP_REQ: u8 = 115;

/// Answer to a registration, with a creation of 16 bits.
pub(super) const ALIVE2_RESP: u8 = 121;
/// Answer to a registration, with a creation of 32 bits.
pub(super) const ALIVE2_X_RESP: u8 = 118;
/// Answer to a look-up.
pub(super) const PORT2_RESP: u8 = 119;

/// The creation in an answer that refuses; real EPMD has the same.
const NO_CREATION: u32 = 99;

/// What a node says of itself when it registers, and others learn when they look it up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// The part of its name before the `@`.
    pub alive: String,
    /// Where it listens.
    pub port: u16,
    /// [`Entry::VISIBLE`] or [`Entry::HIDDEN`].
    pub kind: u8,
    /// 0 is TCP over IPv4.
    pub protocol: u8,
    /// The newest version of the handshake it speaks.
    pub highest: u16,
    /// The oldest one.
    pub lowest: u16,
    /// Nobody knows what for.
    pub extra: Vec<u8>,
}

impl Entry {
    pub(super) const VISIBLE: u8 = 77;
    pub(super) const HIDDEN: u8 = 72;
    /// The version of the handshake that we speak, and no other.
    const HANDSHAKE: u16 = 6;

    pub(super) fn new(alive: &str, port: u16, hidden: bool) -> Self {
        Self {
            alive: alive.to_owned(),
            port,
            kind: if hidden { Self::HIDDEN } else { Self::VISIBLE },
            protocol: 0,
            highest: Self::HANDSHAKE,
            lowest: Self::HANDSHAKE,
            extra: Vec::new(),
        }
    }
}

/// What a client may ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Request {
    /// Keep me, as long as this connection lives.
    Register(Entry),
    /// Which port has this node?
    Lookup(String),
    /// Who is there?
    Names,
    /// Show everything you know, for who repairs the mapper.
    Dump,
    /// End yourself.
    Kill,
    /// Forget this node.
    Stop,
}

impl Request {
    /// The request with its length before it.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut body = Vec::new();
        match self {
            Self::Register(entry) => {
                body.put_u8(ALIVE2_REQ);
                put_entry(&mut body, entry);
            }
            Self::Lookup(alive) => {
                body.put_u8(PORT_PLEASE2_REQ);
                body.put_slice(alive.as_bytes());
            }
            Self::Names => body.put_u8(NAMES_REQ),
            Self::Dump => body.put_u8(DUMP_REQ),
            Self::Kill => body.put_u8(KILL_REQ),
            Self::Stop => body.put_u8(STOP_REQ),
        }
        let mut request = Vec::with_capacity(2 + body.len());
        request.put_u16(u16::try_from(body.len()).unwrap_or(u16::MAX));
        request.extend(body);
        request
    }

    /// Reads a request without its length; `None` if it is not one.
    pub(super) fn decode(mut body: &[u8]) -> Option<Self> {
        match body.try_get_u8().ok()? {
            ALIVE2_REQ => get_entry(&mut body).map(Self::Register),
            PORT_PLEASE2_REQ => get_alive(body).map(Self::Lookup),
            NAMES_REQ => Some(Self::Names),
            DUMP_REQ => Some(Self::Dump),
            KILL_REQ => Some(Self::Kill),
            STOP_REQ => Some(Self::Stop),
            _ => None,
        }
    }
}

/// May a node be called so? A line end in a name would forge a line of the list.
pub(super) fn is_alive(name: &str) -> bool {
    let odd = |c: char| c.is_control() || c.is_whitespace();
    !name.is_empty() && name.len() <= MAX_ALIVE && !name.contains(odd)
}

fn put_entry(out: &mut Vec<u8>, entry: &Entry) {
    out.put_u16(entry.port);
    out.put_u8(entry.kind);
    out.put_u8(entry.protocol);
    out.put_u16(entry.highest);
    out.put_u16(entry.lowest);
    put_sized(out, entry.alive.as_bytes());
    put_sized(out, &entry.extra);
}

fn put_sized(out: &mut Vec<u8>, bytes: &[u8]) {
    // Names are checked to be short, extra data came in a request that was.
    out.put_u16(u16::try_from(bytes.len()).unwrap_or(u16::MAX));
    out.put_slice(bytes);
}

fn get_entry(body: &mut &[u8]) -> Option<Entry> {
    let mut numbers = || -> Result<_, TryGetError> {
        Ok((
            body.try_get_u16()?,
            body.try_get_u8()?,
            body.try_get_u8()?,
            body.try_get_u16()?,
            body.try_get_u16()?,
        ))
    };
    let (port, kind, protocol, highest, lowest) = numbers().ok()?;
    let alive = get_alive(get_sized(body)?)?;
    let extra = get_sized(body)?.to_vec();
    Some(Entry { alive, port, kind, protocol, highest, lowest, extra })
}

fn get_sized<'a>(body: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = body.try_get_u16().ok()?;
    body.split_off(..usize::from(length))
}

fn get_alive(name: &[u8]) -> Option<String> {
    let name = str::from_utf8(name).ok()?;
    is_alive(name).then(|| name.to_owned())
}

/// The answer to a registration: with `None` it is refused. A node that speaks version
/// 6 of the handshake knows the longer form.
pub(super) fn registered(highest: u16, creation: Option<u32>) -> Vec<u8> {
    let mut answer = Vec::with_capacity(6);
    let refused = u8::from(creation.is_none());
    let creation = creation.unwrap_or(NO_CREATION);
    if highest >= Entry::HANDSHAKE {
        answer.put_u8(ALIVE2_X_RESP);
        answer.put_u8(refused);
        answer.put_u32(creation);
    } else {
        answer.put_u8(ALIVE2_RESP);
        answer.put_u8(refused);
        // An old node keeps two bits of it, and 0 would mean "any".
        answer.put_u16(1 + (creation % 3) as u16);
    }
    answer
}

/// The answer to a look-up.
pub(super) fn found(entry: Option<&Entry>) -> Vec<u8> {
    let mut answer = vec![PORT2_RESP, u8::from(entry.is_none())];
    if let Some(entry) = entry {
        put_entry(&mut answer, entry);
    }
    answer
}

/// The answer to the question who is there: the mapper's own port, then text.
pub(super) fn listing<'a>(
    port: u16,
    nodes: impl Iterator<Item = (&'a str, u16)>,
) -> Vec<u8> {
    let mut answer = u32::from(port).to_be_bytes().to_vec();
    for (alive, port) in nodes {
        answer.extend(format!("name {alive} at port {port}\n").bytes());
    }
    answer
}

/// Reads the text of a listing; `None` if a line is of another shape.
pub(super) fn parse_listing(mut answer: &[u8]) -> Option<Vec<(String, u16)>> {
    answer.try_get_u32().ok()?;
    str::from_utf8(answer).ok()?.lines().map(parse_line).collect()
}

fn parse_line(line: &str) -> Option<(String, u16)> {
    let (alive, port) = line.strip_prefix("name ")?.rsplit_once(" at port ")?;
    Some((alive.to_owned(), port.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entries() -> impl Strategy<Value = Entry> {
        let numbers = (any::<u16>(), any::<u8>(), any::<u8>(), any::<(u16, u16)>());
        let extra = proptest::collection::vec(any::<u8>(), 0..255);
        ("[a-z][a-z0-9_-]{0,254}", numbers, extra).prop_map(
            |(alive, (port, kind, protocol, (highest, lowest)), extra)| Entry {
                alive,
                port,
                kind,
                protocol,
                highest,
                lowest,
                extra,
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(entry in entries()) {
            for request in [
                Request::Register(entry.clone()),
                Request::Lookup(entry.alive),
                Request::Names,
                Request::Dump,
                Request::Kill,
                Request::Stop,
            ] {
                let bytes = request.encode();
                let (length, body) = bytes.split_at(2);
                prop_assert_eq!(length, (body.len() as u16).to_be_bytes());
                prop_assert!(body.len() <= usize::from(MAX_REQUEST));
                prop_assert_eq!(Request::decode(body), Some(request));
            }
        }

        #[test]
        fn a_cut_registration_is_refused(entry in entries(), cut in 0usize..1000) {
            let bytes = Request::Register(entry).encode();
            let end = 2 + cut % (bytes.len() - 2);
            prop_assert_eq!(Request::decode(&bytes[2..end]), None);
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(bytes: Vec<u8>) {
            let _ = Request::decode(&bytes);
            let _ = parse_listing(&bytes);
        }
    }

    #[test]
    fn the_listing_is_that_of_epmd() {
        let nodes = [("alex", 1), ("kate", 65535)];
        let bytes = listing(4369, nodes.into_iter());
        let text = b"\0\0\x11\x11name alex at port 1\nname kate at port 65535\n";
        assert_eq!(bytes, text);
        let read = parse_listing(&bytes).unwrap();
        assert_eq!(read, nodes.map(|(alive, port)| (alive.to_owned(), port)));
    }

    #[test]
    fn names_that_would_forge_a_line_are_refused() {
        for name in ["", "kate\nname alex at port 1", "ka te", "k\0"] {
            assert_eq!(Request::decode(&[b"z", name.as_bytes()].concat()), None);
        }
    }

    #[test]
    fn an_old_node_gets_a_creation_of_two_bits() {
        for creation in 4..100 {
            let answer = registered(5, Some(creation));
            assert_eq!(answer[..3], [ALIVE2_RESP, 0, 0]);
            assert!((1..=3).contains(&answer[3]));
        }
    }
}
