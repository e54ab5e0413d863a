//! What programs are made of: patterns over processes, with the semantics of Erlang's OTP.
//!
//! Everything here is written with what a process can do anyway: messages, links,
//! monitors, exits. What it adds is what one would otherwise write again in each program,
//! and get wrong in some.
//!
//! | read about | in |
//! |---|---|
//! | running a function there, and having its result | `erpc.rs` |
//! | a process with a state, which others ask | `server.rs`, `call.rs` |
//! | starting now, and awaiting later | `task.rs`, `task_supervisor.rs` |
//! | starting anew what has failed | `supervisor/` |
//! | a tree of processes that starts and stops with its node | `application.rs` |
//! | a start that is over when the process is ready | `start.rs` |
//! | what a program is configured with | `settings.rs` |

mod application;
mod call;
mod erpc;
pub mod phash2;
mod reply;
mod server;
mod settings;
mod start;
mod supervisor;
mod task;
mod task_supervisor;

pub use application::{Application, ApplicationError};
pub use call::{Caller, Request};
pub use server::{Answer, Server};
pub use settings::{Settings, SettingsError};
pub use start::StartLinkError;
pub use supervisor::{
    ChildCount, ChildInfo, ChildKind, ChildSpec, ChildState, ControlError, Restart,
    Shutdown, StartFn, Strategy, Supervisor,
};
pub use task::{Task, Tasks, await_many};
pub use task_supervisor::TaskSupervisor;
