//! Distributed programming in Rust, the Erlang/OTP way.

pub mod dist;
pub mod node;
pub mod process;
pub mod shell;
pub mod signal;

pub use node::{Config, Connected, Node, Ping, StartError};
pub use process::{IoError, IoRequest, Output, Process};
pub use signal::*;
