//! What programs are made of: patterns over processes, with the semantics of Erlang's OTP,
//! and what they are configured with.

mod call;
mod erpc;
mod reply;
mod server;
mod settings;
mod task;
mod task_supervisor;

pub use call::{Caller, Request};
pub use server::{Answer, Server, StartLinkError};
pub use settings::{Settings, SettingsError};
pub use task::{Task, Tasks, await_many};
pub use task_supervisor::TaskSupervisor;
