//! Asking a supervisor that runs: which children it has, to start one more, to end one.
//!
//! Questions and answers are messages, so a supervisor of another node can be asked just
//! as well. Only a child specification cannot cross: it is code.

use std::time::Duration;

use super::super::call::Request;
use super::Supervisor;
use super::child::ChildSpec;
use super::control::{
    ChildCount, ChildInfo, ControlError, Local, SupervisorReply, SupervisorRequest,
};
use crate::process::Process;
use crate::signal::{Address, Pid};

impl Request for SupervisorRequest {
    type Reply = SupervisorReply;
}

/// Asks, and waits for the answer or the end of who was asked.
async fn ask(
    me: &Process,
    supervisor: &Address,
    request: SupervisorRequest,
) -> Result<SupervisorReply, ControlError> {
    match me.call_within(Duration::MAX, supervisor.clone(), request).await? {
        SupervisorReply::Refused(error) => Err(error),
        reply => Ok(reply),
    }
}

/// Questions to a supervisor that runs. Its answer comes when it is done with what it
/// does at the moment, however long that takes: as in OTP there is no time limit.
///
/// # Errors
/// See [`ControlError`].
impl Supervisor {
    /// Its children, in the order they were started.
    pub async fn which_children(
        me: &Process,
        supervisor: impl Into<Address>,
    ) -> Result<Vec<ChildInfo>, ControlError> {
        let supervisor = supervisor.into();
        match ask(me, &supervisor, SupervisorRequest::WhichChildren).await? {
            SupervisorReply::Children(children) => Ok(children),
            _ => Err(ControlError::Misunderstood(supervisor)),
        }
    }

    /// How many children it has.
    pub async fn count_children(
        me: &Process,
        supervisor: impl Into<Address>,
    ) -> Result<ChildCount, ControlError> {
        let supervisor = supervisor.into();
        match ask(me, &supervisor, SupervisorRequest::CountChildren).await? {
            SupervisorReply::Count(count) => Ok(count),
            _ => Err(ControlError::Misunderstood(supervisor)),
        }
    }

    /// Adds a child after the others, and starts it. One that does not start is
    /// forgotten. The supervisor must be on this node.
    pub async fn start_child(
        me: &Process,
        supervisor: impl Into<Address>,
        child: ChildSpec,
    ) -> Result<Pid, ControlError> {
        let supervisor = supervisor.into();
        if supervisor.node() != me.node() {
            return Err(ControlError::Elsewhere(supervisor.node()));
        }
        started(me, supervisor, SupervisorRequest::StartChild(Local(Some(child))))
            .await
    }

    /// Ends a child, which is not started again before somebody asks for it. Its
    /// specification stays, unless it is temporary.
    pub async fn terminate_child(
        me: &Process,
        supervisor: impl Into<Address>,
        id: impl Into<String>,
    ) -> Result<(), ControlError> {
        done(me, supervisor.into(), SupervisorRequest::TerminateChild(id.into()))
            .await
    }

    /// Starts a child that does not run.
    pub async fn restart_child(
        me: &Process,
        supervisor: impl Into<Address>,
        id: impl Into<String>,
    ) -> Result<Pid, ControlError> {
        started(me, supervisor.into(), SupervisorRequest::RestartChild(id.into()))
            .await
    }

    /// Forgets a child that does not run.
    pub async fn delete_child(
        me: &Process,
        supervisor: impl Into<Address>,
        id: impl Into<String>,
    ) -> Result<(), ControlError> {
        done(me, supervisor.into(), SupervisorRequest::DeleteChild(id.into())).await
    }
}

async fn started(
    me: &Process,
    supervisor: Address,
    request: SupervisorRequest,
) -> Result<Pid, ControlError> {
    match ask(me, &supervisor, request).await? {
        SupervisorReply::Started(pid) => Ok(pid),
        _ => Err(ControlError::Misunderstood(supervisor)),
    }
}

async fn done(
    me: &Process,
    supervisor: Address,
    request: SupervisorRequest,
) -> Result<(), ControlError> {
    match ask(me, &supervisor, request).await? {
        SupervisorReply::Done => Ok(()),
        _ => Err(ControlError::Misunderstood(supervisor)),
    }
}
