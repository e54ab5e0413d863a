//! Distributed programming in Rust, the Erlang/OTP way: the runtime under the lessons.
//!
//! A *node* is a program with a name. On it live *processes*, each with a mailbox and a
//! pid, and *signals* go from process to process: messages, links, exits, monitors.
//! Whether the other one is on this node or on another makes no difference to who sends.
//!
//! ```
//! use moebi::{Config, Function, Node, Pid, Process, Reason, receive};
//! use serde::{Deserialize, Serialize};
//!
//! /// What kate offers; whoever knows the name may run it.
//! const ANSWER_HI: Function<(), ()> = Function::new("Kate", "answer_hi");
//!
//! #[derive(Debug, Serialize, Deserialize)]
//! enum Greeting {
//!     Hi(Pid),
//!     Sup,
//! }
//!
//! async fn answer_hi(mut me: Process, (): ()) -> Result<(), Reason> {
//!     receive! { me,
//!         Greeting::Hi(who) => me.send(who, Greeting::Sup).await,
//!     }
//!     Ok(())
//! }
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), moebi::StartError> {
//! // With a name it could be another node's process: `.short_name("kate@localhost")`.
//! let node = Node::start(Config::new()).await?;
//! node.offer(ANSWER_HI, answer_hi);
//! let (done, answered) = tokio::sync::oneshot::channel();
//! node.spawn(async move |mut me: Process| {
//!     let kate = me.spawn_link(me.node(), ANSWER_HI, ()).await;
//!     me.send(kate, Greeting::Hi(me.pid())).await;
//!     let _ = done.send(me.receive::<Greeting>().await);
//!     Ok(())
//! });
//! assert!(matches!(answered.await, Ok(Greeting::Sup)));
//! # Ok(()) }
//! ```
//!
//! Where to read about what, from the bottom up; nothing below knows what is above it:
//!
//! | module | what it is about |
//! |---|---|
//! | [`signal`] | the vocabulary: names, pids, reasons, messages, and the one enum of all that crosses |
//! | [`process`] | mailbox, receive, spawn, links, monitors, exits, group leaders, registered names |
//! | [`dist`] | port mapper, handshake, frames, one connection |
//! | [`node`] | the node that joins the two: start, stop, the table of connections, the mesh |
//! | [`otp`] | what programs are made of: servers, supervisors, tasks, remote calls |
//! | [`shell`] | what lesson programs share: options, the prompt, parsing and printing |
//!
//! To walk with a message: [`Process::send`] hands a [`Signal`] to the processes of its
//! node, which deliver it to a mailbox, or append it to the [`signal::Line`] that leads to
//! the other node; there the reader of the connection puts it into the mailbox it is for.
//!
//! Every signal, process and node leaves a `tracing` event: targets `moebi::signal`,
//! `moebi::process` and `moebi::node`, level `TRACE`. When nobody listens they cost
//! nothing.

pub mod dist;
pub mod node;
pub mod otp;
pub mod process;
pub mod shell;
pub mod signal;

pub use node::{Config, Connected, Node, Ping, StartError};
pub use process::{IoError, IoRequest, Output, Process};
pub use signal::*;
