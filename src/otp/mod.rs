//! What programs are made of: patterns over processes, with the semantics of Erlang's OTP,
//! and what they are configured with.

mod application;
mod call;
mod erpc;
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
