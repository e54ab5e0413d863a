//! The bytes of the EPMD protocol. Numbers are big endian; a request has its length in
//! front, an answer has not.

/// Registers a node; the socket stays open.
pub(super) const ALIVE2_REQ: u8 = 120;
/// Answers it with a creation of 16 bits, as old port mappers do.
pub(super) const ALIVE2_RESP: u8 = 121;
/// Answers it with a creation of 32 bits.
pub(super) const ALIVE2_X_RESP: u8 = 118;
/// Asks for a node.
pub(super) const PORT_PLEASE2_REQ: u8 = 122;
/// Answers that.
pub(super) const PORT2_RESP: u8 = 119;
/// Asks for all nodes.
pub(super) const NAMES_REQ: u8 = 110;
/// Asks for all nodes, for people who debug.
pub(super) const DUMP_REQ: u8 = 100;
/// Asks the port mapper to end itself.
pub(super) const KILL_REQ: u8 = 107;
/// Asks it to unregister a node.
pub(super) const STOP_REQ: u8 = 115;

/// No request is longer: two names of 255 bytes and some numbers.
pub(super) const MAX_REQUEST: usize = 1024;

/// The only handshake version spoken: 6.
const VERSION: u16 = 6;
const VISIBLE: u8 = 77;
const HIDDEN: u8 = 72;

/// What a node registers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NodeEntry {
    pub(super) alive: String,
    pub(super) port: u16,
    pub(super) kind: u8,
    pub(super) protocol: u8,
    pub(super) highest: u16,
    pub(super) lowest: u16,
    pub(super) extra: Vec<u8>,
}

impl NodeEntry {
    pub(super) fn new(alive: &str, port: u16, hidden: bool) -> Self {
        Self {
            alive: alive.to_owned(),
            port,
            kind: if hidden { HIDDEN } else { VISIBLE },
            protocol: 0,
            highest: VERSION,
            lowest: VERSION,
            extra: Vec::new(),
        }
    }

    /// All but the operation.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.port.to_be_bytes());
        out.extend_from_slice(&[self.kind, self.protocol]);
        out.extend_from_slice(&self.highest.to_be_bytes());
        out.extend_from_slice(&self.lowest.to_be_bytes());
        for part in [self.alive.as_bytes(), &self.extra] {
            let length = u16::try_from(part.len()).unwrap_or(u16::MAX);
            out.extend_from_slice(&length.to_be_bytes());
            out.extend_from_slice(part);
        }
    }

    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (fixed, rest) = bytes.split_at_checked(8)?;
        let (alive, rest) = counted(rest)?;
        let (extra, _) = counted(rest)?;
        let alive = std::str::from_utf8(alive).ok()?;
        let valid = !alive.is_empty() && alive.len() <= 255;
        valid.then(|| Self {
            alive: alive.to_owned(),
            port: number(&fixed[..2]),
            kind: fixed[2],
            protocol: fixed[3],
            highest: number(&fixed[4..6]),
            lowest: number(&fixed[6..8]),
            extra: extra.to_vec(),
        })
    }
}

/// A part with its length of two bytes in front, and what follows.
fn counted(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_at_checked(2)?;
    rest.split_at_checked(usize::from(number(length)))
}

pub(super) fn number(bytes: &[u8]) -> u16 {
    u16::from_be_bytes([bytes[0], bytes[1]])
}

/// A request with its length in front.
pub(super) fn request(operation: u8, rest: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut out = vec![0, 0, operation];
    rest(&mut out);
    let length = u16::try_from(out.len() - 2).unwrap_or(u16::MAX);
    out[..2].copy_from_slice(&length.to_be_bytes());
    out
}
