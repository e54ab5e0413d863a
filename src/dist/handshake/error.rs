//! Why two nodes did not come together.

use std::fmt;
use std::io;

use crate::signal::NameError;

/// Why there is no connection. `node` is what the other end calls itself; before the
/// cookie is proved anyone may call itself so.
#[derive(Debug, thiserror::Error)]
pub enum HandshakeError {
    /// The cookie of the node that dialled us is not ours, in Erlang's words.
    #[error(
        "** Connection attempt from node {} rejected. Invalid challenge reply. **",
        Atom(node)
    )]
    InvalidChallengeReply {
        /// Who dialled.
        node: String,
    },
    /// The node that we dialled has another cookie than we, and connects nevertheless.
    #[error("{node} did not prove that it has our cookie, so we do not talk to it")]
    InvalidChallengeAck {
        /// Whom we dialled.
        node: String,
    },
    /// The node that we dialled hung up when it had seen our proof.
    #[error("{node} refused us: probably its cookie is not the same as ours")]
    CookieRefused {
        /// Whom we dialled.
        node: String,
    },
    /// It hung up in the middle.
    #[error("{node} closed the connection during the handshake")]
    Closed {
        /// The other end.
        node: String,
    },
    /// It took too long.
    #[error("{node} did not complete the handshake in time")]
    Timeout {
        /// The other end.
        node: String,
    },
    /// The network.
    #[error("the connection with {node} broke during the handshake: {source}")]
    Io {
        /// The other end.
        node: String,
        /// What the operating system says.
        source: io::Error,
    },
    /// A frame longer than any of the handshake is.
    #[error("{node} sent a frame of {length} bytes during the handshake: too long")]
    TooLong {
        /// The other end.
        node: String,
        /// What it announced.
        length: usize,
    },
    /// Something else came than must.
    #[error("{node} does not keep to the handshake: {expected} should have come")]
    Malformed {
        /// The other end.
        node: String,
        /// What should have come.
        expected: &'static str,
    },
    /// Erlang before OTP 23.
    #[error("{node} speaks version 5 of the handshake, we speak version 6 only")]
    OldVersion {
        /// The other end.
        node: String,
    },
    /// Its name is against the rules.
    #[error("{node} has a name that no node can have: {source}")]
    BadName {
        /// The other end.
        node: String,
        /// What is wrong with the name.
        source: NameError,
    },
    /// Another node than the one we wanted.
    #[error("{expected} was dialled, but {said} answered")]
    WrongName {
        /// Whom we dialled.
        expected: String,
        /// Who it says it is.
        said: String,
    },
    /// A node does not connect to itself, nor to another one of its name.
    #[error("{node} cannot connect to itself, nor to another node of its name")]
    Ourselves {
        /// Our own name.
        node: String,
    },
    /// It cannot do what we need.
    #[error("{node} cannot handle {}, so we cannot talk to it", missing.join(", "))]
    MissingFlags {
        /// The other end.
        node: String,
        /// OTP's names of what it lacks.
        missing: Vec<&'static str>,
    },
    /// Both dialled at the same time, and this is the superfluous connection.
    #[error("{node} and we dialled each other at the same time: this call gave way")]
    GaveWay {
        /// The other end.
        node: String,
    },
    /// It does not want us.
    #[error("{node} does not allow this node to connect")]
    NotAllowed {
        /// Whom we dialled.
        node: String,
    },
    /// We do not want it, in Erlang's words.
    #[error("** Connection attempt from disallowed node {} **", Atom(node))]
    Disallowed {
        /// Who dialled.
        node: String,
    },
    /// The connection that was there before stays.
    #[error("the connection with {node} that is already up stays as it is")]
    StillAlive {
        /// The other end.
        node: String,
    },
    /// It wants us to answer a challenge of our own.
    #[error("{node} sent us a challenge of our own, so that we answer it ourselves")]
    Reflected {
        /// The other end.
        node: String,
    },
    /// Its flags or its first frame say that it is none of ours.
    #[error("{node} is no Rust node, and the wire of others is not spoken here yet")]
    NotRust {
        /// The other end.
        node: String,
    },
    /// It is of another release than we.
    #[error(
        "{node} speaks version {theirs} of the wire between Rust nodes, we {ours}"
    )]
    WireVersion {
        /// The other end.
        node: String,
        /// Its version.
        theirs: u16,
        /// Our version.
        ours: u16,
    },
    /// It told two different creations.
    #[error("{node} said it was run {first}, then {second}: not the same node")]
    Creation {
        /// The other end.
        node: String,
        /// In the handshake.
        first: u32,
        /// In the check frame.
        second: u32,
    },
}

impl HandshakeError {
    /// What reading or writing came to.
    pub(super) fn io(node: String, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe => Self::Closed { node },
            _ => Self::Io { node, source },
        }
    }
}

/// A name as Elixir shows an atom: `:kate@localhost`, `:"kate@10.0.0.5"`.
struct Atom<'a>(&'a str);

impl fmt::Display for Atom<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '@';
        let starts = |c: char| c.is_ascii_alphabetic() || c == '_';
        if self.0.starts_with(starts) && self.0.chars().all(plain) {
            write!(f, ":{}", self.0)
        } else {
            write!(f, ":{:?}", self.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_cookie_is_told_in_erlangs_words() {
        for (name, shown) in [
            ("alex@localhost", ":alex@localhost"),
            ("alex@10.0.0.5", ":\"alex@10.0.0.5\""),
            ("my-node@host", ":\"my-node@host\""),
            ("1st@host", ":\"1st@host\""),
        ] {
            let node = name.to_owned();
            let error = HandshakeError::InvalidChallengeReply { node };
            assert_eq!(
                error.to_string(),
                format!(
                    "** Connection attempt from node {shown} rejected. \
                     Invalid challenge reply. **"
                )
            );
        }
    }
}
