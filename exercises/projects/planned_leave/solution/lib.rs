//! A cache that loses nothing when a node leaves as planned.
//!
//! Read `ask.rs` and `client.rs` first, then `cache.rs`.

mod ask;
mod cache;
mod client;
mod placement;

pub use ask::{Ask, CACHE, Told};
pub use cache::open;
pub use client::{count, get, leave, put};
