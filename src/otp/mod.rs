//! What programs are made of: patterns over processes, with the semantics of Erlang's OTP,
//! and what they are configured with.

mod application;
mod ask;
mod call;
mod child;
mod children;
mod control;
mod erpc;
mod intensity;
mod reply;
mod server;
mod settings;
mod start;
mod supervision;
mod supervisor;
mod task;
mod task_supervisor;

pub use application::{Application, ApplicationError};
pub use call::{Caller, Request};
pub use child::{ChildKind, ChildSpec, Restart, Shutdown, StartFn};
pub use control::{ChildCount, ChildInfo, ChildState, ControlError};
pub use server::{Answer, Server};
pub use settings::{Settings, SettingsError};
pub use start::StartLinkError;
pub use supervisor::{Strategy, Supervisor};
pub use task::{Task, Tasks, await_many};
pub use task_supervisor::TaskSupervisor;
