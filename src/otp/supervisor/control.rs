//! What a supervisor that runs can be asked, and what it does about it.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::super::start::told;
use super::child::{ChildKind, ChildSpec, Restart};
use super::children::Child;
use super::supervision::Supervision;
use crate::signal::{Address, CallError, NodeName, Pid, Reason};

/// A child, as its supervisor describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChildInfo {
    /// What its supervisor calls it.
    pub id: String,
    /// Does it run?
    pub state: ChildState,
    /// When it is started again.
    pub restart: Restart,
    /// What it is.
    pub kind: ChildKind,
}

/// Where a child stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChildState {
    /// It runs, as this process.
    Running(Pid),
    /// It does not run, and will not without being asked to.
    Stopped,
    /// Its last restart failed, and the next is about to be tried.
    Restarting,
}

impl ChildState {
    /// The process, if it runs.
    pub fn pid(self) -> Option<Pid> {
        match self {
            Self::Running(pid) => Some(pid),
            Self::Stopped | Self::Restarting => None,
        }
    }
}

/// As Erlang shows it.
impl fmt::Display for ChildState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Running(pid) => pid.fmt(f),
            Self::Stopped => f.write_str("undefined"),
            Self::Restarting => f.write_str("restarting"),
        }
    }
}

/// How many children a supervisor has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChildCount {
    /// All of them.
    pub specs: usize,
    /// Those that run.
    pub active: usize,
    /// Those that are supervisors, whether they run or not.
    pub supervisors: usize,
    /// The others, whether they run or not.
    pub workers: usize,
}

/// Why a supervisor did not do what it was asked to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum ControlError {
    /// It has no such child.
    #[error("the supervisor has no child {0:?}")]
    NotFound(String),
    /// The child runs; end it first.
    #[error("child {child:?} runs, as {pid}")]
    Running {
        /// Its id.
        child: String,
        /// Its process.
        pid: Pid,
    },
    /// The child is about to be restarted; end it first.
    #[error("child {0:?} is being restarted")]
    Restarting(String),
    /// The child is there but does not run; restart it, or delete it first.
    #[error("the supervisor has a child {0:?} already, which does not run")]
    AlreadyPresent(String),
    /// The child does not start.
    #[error("child {child:?} does not start: {}", told(.reason))]
    Start {
        /// Its id.
        child: String,
        /// What its start function says.
        reason: Reason,
    },
    /// The supervisor is on another node, and the child's code is not.
    #[error(
        "a child of a supervisor on {0} can only be added there: code does not cross"
    )]
    Elsewhere(NodeName),
    /// The supervisor is gone, or its node.
    #[error(transparent)]
    Call(#[from] CallError),
    /// Something else came back.
    #[error("{0} answered another question: its node runs another version")]
    Misunderstood(Address),
}

/// What a supervisor can be asked.
#[derive(Serialize, Deserialize)]
pub(super) enum SupervisorRequest {
    WhichChildren,
    CountChildren,
    StartChild(Local<ChildSpec>),
    TerminateChild(String),
    RestartChild(String),
    DeleteChild(String),
}

/// What it answers.
#[derive(Serialize, Deserialize)]
pub(super) enum SupervisorReply {
    Children(Vec<ChildInfo>),
    Count(ChildCount),
    Started(Pid),
    Done,
    Refused(ControlError),
}

impl From<Result<Pid, ControlError>> for SupervisorReply {
    fn from(result: Result<Pid, ControlError>) -> Self {
        result.map_or_else(Self::Refused, Self::Started)
    }
}

impl From<Result<(), ControlError>> for SupervisorReply {
    fn from(result: Result<(), ControlError>) -> Self {
        result.map_or_else(Self::Refused, |()| Self::Done)
    }
}

/// A part of a message that moves inside a node, and does not arrive on any other.
pub(super) struct Local<T>(pub(super) Option<T>);

impl<T> Serialize for Local<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl<'de, T> Deserialize<'de> for Local<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        <()>::deserialize(from).map(|()| Self(None))
    }
}

impl Supervision {
    /// Does what is asked, and says what came of it.
    pub(super) async fn handle(
        &mut self,
        request: SupervisorRequest,
    ) -> SupervisorReply {
        match request {
            SupervisorRequest::WhichChildren => {
                let children = self.children.0.iter().map(ChildInfo::from);
                SupervisorReply::Children(children.collect())
            }
            SupervisorRequest::CountChildren => {
                SupervisorReply::Count(self.count_children())
            }
            SupervisorRequest::StartChild(spec) => {
                self.start_child(spec).await.into()
            }
            SupervisorRequest::TerminateChild(id) => {
                self.terminate_child(id).await.into()
            }
            SupervisorRequest::RestartChild(id) => {
                self.restart_child(id).await.into()
            }
            SupervisorRequest::DeleteChild(id) => self.delete_child(id).into(),
        }
    }

    fn count_children(&self) -> ChildCount {
        let children = &self.children.0;
        let supervisor = |child: &&Child| child.spec.kind == ChildKind::Supervisor;
        let supervisors = children.iter().filter(supervisor).count();
        let active = children.iter().filter_map(|child| child.state.pid()).count();
        let specs = children.len();
        ChildCount { specs, active, supervisors, workers: specs - supervisors }
    }

    async fn start_child(
        &mut self,
        Local(spec): Local<ChildSpec>,
    ) -> Result<Pid, ControlError> {
        let spec = spec.ok_or(ControlError::Elsewhere(self.me.node()))?;
        if let Some(place) = self.children.with_id(&spec.id) {
            self.must_be_stopped(place)?;
            return Err(ControlError::AlreadyPresent(spec.id));
        }
        self.children.0.push(Child { spec, state: ChildState::Stopped });
        let started = self.start_at(self.children.0.len() - 1).await;
        if started.is_err() {
            self.children.0.pop();
        }
        started
    }

    async fn terminate_child(&mut self, id: String) -> Result<(), ControlError> {
        let place = self.place(id)?;
        self.children.end(&mut self.me, place).await;
        self.children.forget_temporary(place);
        Ok(())
    }

    async fn restart_child(&mut self, id: String) -> Result<Pid, ControlError> {
        let place = self.place(id)?;
        self.must_be_stopped(place)?;
        self.start_at(place).await
    }

    fn delete_child(&mut self, id: String) -> Result<(), ControlError> {
        let place = self.place(id)?;
        self.must_be_stopped(place)?;
        self.children.0.remove(place);
        Ok(())
    }

    async fn start_at(&mut self, place: usize) -> Result<Pid, ControlError> {
        let started = self.children.start(&mut self.me, place).await;
        started.map_err(|reason| {
            let child = self.children.0[place].spec.id.clone();
            ControlError::Start { child, reason }
        })
    }

    fn place(&self, id: String) -> Result<usize, ControlError> {
        self.children.with_id(&id).ok_or(ControlError::NotFound(id))
    }

    fn must_be_stopped(&self, place: usize) -> Result<(), ControlError> {
        let Child { spec, state } = &self.children.0[place];
        let child = spec.id.clone();
        match *state {
            ChildState::Stopped => Ok(()),
            ChildState::Running(pid) => Err(ControlError::Running { child, pid }),
            ChildState::Restarting => Err(ControlError::Restarting(child)),
        }
    }
}

impl From<&Child> for ChildInfo {
    fn from(Child { spec, state }: &Child) -> Self {
        let ChildSpec { id, restart, kind, .. } = spec;
        Self { id: id.clone(), state: *state, restart: *restart, kind: *kind }
    }
}
