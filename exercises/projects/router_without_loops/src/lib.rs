//! A router whose requests come to an end: `cargo exercise router_without_loops`.
//!
//! Read `request.rs` first, then `router.rs`.

mod request;
mod router;

pub use request::RouteError;
pub use router::{Router, TASKS};
