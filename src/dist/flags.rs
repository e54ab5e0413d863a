//! What a node understands, as a set of bits that it tells its peers.
//!
//! The bits and their names are Erlang's. Each side tells its own set in the handshake;
//! what both have may be used. This is how nodes of different age live in one cluster:
//! nobody asks for a version, everybody says what they can do.

use std::fmt;
use std::ops::{BitAnd, BitOr};

/// A set of capabilities.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Flags(pub u64);

/// One constant and one line in the table of names for each flag.
macro_rules! flags {
    ($($(#[$doc:meta])+ $name:ident = $bit:literal;)+) => {
        impl Flags {
            $($(#[$doc])+ pub const $name: Self = Self(1 << $bit);)+
        }

        const NAMES: &[(Flags, &str)] = &[$((Flags::$name, stringify!($name))),+];
    };
}

flags! {
    /// The node is visible: it shows up in `list()` and joins the mesh.
    PUBLISHED = 0;
    /// References of more than one word.
    EXTENDED_REFERENCES = 2;
    /// Monitors across nodes.
    DIST_MONITOR = 3;
    /// Functions as terms, the first form.
    FUN_TAGS = 4;
    /// Monitors of registered names across nodes.
    DIST_MONITOR_NAME = 5;
    /// Functions as terms, today's form.
    NEW_FUN_TAGS = 7;
    /// Pids and ports of more bits.
    EXTENDED_PIDS_PORTS = 8;
    /// Named functions, `fun M:F/A`, as terms.
    EXPORT_PTR_TAG = 9;
    /// Bit strings.
    BIT_BINARIES = 10;
    /// Floats as eight bytes instead of text.
    NEW_FLOATS = 11;
    /// Input and output requests say their encoding.
    UNICODE_IO = 12;
    /// Atoms of up to 255 bytes in a shorter form.
    SMALL_ATOM_TAGS = 14;
    /// Atoms in UTF-8.
    UTF8_ATOMS = 16;
    /// Maps.
    MAP_TAG = 17;
    /// A creation of 32 bits: a pid of an earlier run is never taken for one of now.
    BIG_CREATION = 18;
    /// Exit reasons travel as the payload of a signal.
    EXIT_PAYLOAD = 22;
    /// Version 6 of the handshake.
    HANDSHAKE_23 = 24;
    /// An unlink is acknowledged, so that no late exit comes after it.
    UNLINK_ID = 25;
    /// Short for everything that became mandatory with OTP 25.
    MANDATORY_25_DIGEST = 26;
    /// Asynchronous spawn requests.
    SPAWN = 32;
    /// The node asks its peer for a name.
    NAME_ME = 33;
    /// Pids, ports and references in their newest form.
    V4_NC = 34;
    /// A process can be reached by an alias.
    ALIAS = 35;
    /// Ours: the node is one of this crate. The bits belong to OTP, so nothing relies
    /// on it until [`check`](super::handshake::check) has confirmed it.
    RUST = 62;
}

impl Flags {
    /// What a peer must have for us to understand it.
    pub const MANDATORY: Self = Self(
        Self::EXTENDED_REFERENCES.0
            | Self::NEW_FUN_TAGS.0
            | Self::EXTENDED_PIDS_PORTS.0
            | Self::EXPORT_PTR_TAG.0
            | Self::BIT_BINARIES.0
            | Self::NEW_FLOATS.0
            | Self::UTF8_ATOMS.0
            | Self::MAP_TAG.0
            | Self::BIG_CREATION.0
            | Self::HANDSHAKE_23.0,
    );

    /// What a node of ours says: all that a BEAM may use toward it, and [`Flags::RUST`].
    pub const OURS: Self = Self(
        Self::MANDATORY.0
            | Self::PUBLISHED.0
            | Self::DIST_MONITOR.0
            | Self::FUN_TAGS.0
            | Self::DIST_MONITOR_NAME.0
            | Self::UNICODE_IO.0
            | Self::SMALL_ATOM_TAGS.0
            | Self::EXIT_PAYLOAD.0
            | Self::UNLINK_ID.0
            | Self::MANDATORY_25_DIGEST.0
            | Self::SPAWN.0
            | Self::V4_NC.0
            | Self::ALIAS.0
            | Self::RUST.0,
    );

    /// What a node of ours says, hidden or not.
    pub const fn ours(hidden: bool) -> Self {
        if hidden { Self::OURS.without(Self::PUBLISHED) } else { Self::OURS }
    }

    /// Are all of these in the set?
    pub const fn has(self, flags: Self) -> bool {
        self.0 & flags.0 == flags.0
    }

    /// The set without these.
    pub const fn without(self, flags: Self) -> Self {
        Self(self.0 & !flags.0)
    }

    /// With everything that [`Flags::MANDATORY_25_DIGEST`] stands for.
    #[must_use]
    pub fn expanded(self) -> Self {
        if self.has(Self::MANDATORY_25_DIGEST) {
            self | Self::MANDATORY | Self::FUN_TAGS
        } else {
            self
        }
    }

    /// The names of the mandatory flags that a peer with these flags has not.
    pub fn missing(theirs: Self) -> Vec<&'static str> {
        Self::MANDATORY.without(theirs.expanded()).names().collect()
    }

    /// OTP's names of the flags in the set.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        NAMES.iter().filter(move |(flag, _)| self.has(*flag)).map(|(_, name)| *name)
    }
}

impl BitOr for Flags {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for Flags {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Flags({:#x})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_are_the_flags_that_otp_25_was_tried_with() {
        assert_eq!(Flags::OURS.without(Flags::RUST).0, 0xD07475FBD);
        assert_eq!(Flags::ours(true).0 | 1, Flags::ours(false).0);
        assert!(!Flags::ours(true).has(Flags::PUBLISHED));
    }

    #[test]
    fn missing_flags_have_names() {
        assert!(Flags::missing(Flags::OURS).is_empty());
        assert!(Flags::missing(Flags::ours(true)).is_empty());
        let old = Flags::OURS
            .without(Flags::MANDATORY_25_DIGEST)
            .without(Flags::MAP_TAG | Flags::BIG_CREATION);
        assert_eq!(Flags::missing(old), ["MAP_TAG", "BIG_CREATION"]);
    }

    #[test]
    fn the_digest_flag_stands_for_all_of_otp_25() {
        assert!(Flags::missing(Flags::MANDATORY_25_DIGEST).is_empty());
        assert_eq!(Flags::missing(Flags(0)).len(), 10);
    }
}
