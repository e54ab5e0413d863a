//! A room in which people of several nodes talk: `cargo exercise chat_room`.
//!
//! Read `ask.rs` and `visitor.rs` first, then `room.rs`, where there is something to do.

mod ask;
mod room;
mod visitor;

pub use ask::{Ask, News, ROOM, Told};
pub use room::open;
pub use visitor::{join, leave, say, who};
