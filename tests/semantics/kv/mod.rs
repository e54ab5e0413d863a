//! Rows about the key-value server: the lesson's program with clients at its socket, and
//! the lesson's parts by themselves.

mod client;
mod lesson;
mod lines;
mod protocol;
mod routing;
mod server;
mod table;
