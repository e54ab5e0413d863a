//! Distributed programming in Rust, the Erlang/OTP way.

pub mod dist;
pub mod process;
pub mod signal;

pub use process::{IoError, IoRequest, Output, Process};
pub use signal::*;
