//! Rows about the key-value server: the lesson's program with clients at its socket, and
//! the lesson's parts by themselves.
#![allow(clippy::disallowed_names, reason = "the lesson's nodes are foo and bar")]

mod client;
mod lesson;
mod lines;
mod protocol;
mod routing;
mod server;
mod table;
