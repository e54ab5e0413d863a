//! Distributed programming in Rust, the Erlang/OTP way.

pub mod signal;
pub use signal::*;
