//! Distributed programming in Rust, the Erlang/OTP way.

pub mod dist;
pub mod signal;
