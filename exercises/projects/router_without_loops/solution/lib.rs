//! A router whose requests come to an end.
//!
//! Read `request.rs` first, then `router.rs`.

mod request;
mod router;

pub use request::RouteError;
pub use router::{Router, TASKS};
