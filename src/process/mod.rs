//! Processes: what runs on a node, and how signals change it.
//!
//! A process is a tokio task with a mailbox, a pid, links, monitors, a group leader and a
//! trap-exit flag. It knows no sockets: a signal goes to a process of this node or to a
//! [`crate::signal::Line`], and which of the two is decided in one place, `Processes`.
//!
//! | read about | in |
//! |---|---|
//! | what a process can do | `me.rs`, `tie.rs` (links, monitors, remote spawn) |
//! | questions, whose answers come outside the mailbox | `ask.rs` |
//! | the mailbox and selective receive | `mailbox.rs`, `receive.rs` |
//! | what each signal does | `deliver.rs` |
//! | start, panic, end | `spawn.rs`, `crash.rs`, `end.rs` |
//! | where output goes | `leader.rs` |
//! | when what is sent is written | `poll.rs` |
//! | what processes do, written down | `trace.rs` |

mod ask;
mod crash;
mod deliver;
mod end;
mod entry;
mod leader;
mod mailbox;
mod me;
mod offer;
mod poll;
mod processes;
mod receive;
mod spawn;
mod table;
mod tie;
pub mod trace;

pub(crate) use ask::Asked;
pub(crate) use crash::catch;
pub(crate) use entry::Answer;
pub use leader::{IoError, IoRequest, Output, Stdout};
pub use me::{NotLocal, Process, RegisterError, TrySendError};
pub(crate) use offer::{EXECUTE_CALL, Raised};
pub use poll::is_polling;
pub use processes::Processes;
#[doc(hidden)]
pub use receive::take;
pub(crate) use spawn::Owner;
