//! What the room can be asked, what it answers, and what it tells its members.

use moebi::otp::Request;
use serde::{Deserialize, Serialize};

/// The room is a process of this name, on one of the nodes.
pub const ROOM: &str = "Room";

/// A question. Whoever makes the call is meant by it: the caller's pid says who that is.
#[derive(Debug, Serialize, Deserialize)]
pub enum Ask {
    /// Take me in, under this name: told `Done`. If I am in already, nothing changes.
    Join { name: String },
    /// Tell all the others this: told `Done`, or `NotHere` if I am not in.
    Say { text: String },
    /// I am going: told `Done`, or `NotHere`.
    Leave,
    /// Who is in? Told `Names`, sorted. Anybody may ask.
    Who,
}

/// An answer.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Told {
    Done,
    NotHere,
    Names(Vec<String>),
}

/// What the room sends to members. Nobody is sent what they have done themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum News {
    /// Somebody has come in.
    Came { name: String },
    /// Somebody has said something.
    Said { name: String, text: String },
    /// Somebody has left, or has ended, or is out of reach.
    Went { name: String },
}

impl Request for Ask {
    type Reply = Told;
}
