//! A supervisor that runs: how it hears of the end of a child, and what it does then.

use std::ops::ControlFlow::{self, Break, Continue};

use serde::{Deserialize, Serialize};
use tracing::{error, info, warn};

use super::super::call::Call;
use super::super::start::{Ready, StartLinkError, take_name, told};
use super::children::Children;
use super::control::{ChildState, SupervisorRequest};
use super::intensity::Intensity;
use super::{Strategy, Supervisor};
use crate::process::{Process, trace};
use crate::signal::{Envelope, Exit, Pid, Reason};

/// A child could not be restarted, and it is to be tried again. The supervisor sends this
/// to itself instead of trying at once: so what has come meanwhile is heard first, above
/// all that it is to end.
#[derive(Serialize, Deserialize)]
struct TryAgain(String);

/// The state of a supervisor's process.
pub(super) struct Supervision {
    pub(super) me: Process,
    pub(super) children: Children,
    parent: Pid,
    /// For the log.
    name: String,
    strategy: Strategy,
    intensity: Intensity,
}

/// The body of a supervisor's process.
pub(super) async fn supervise(
    me: Process,
    parent: Pid,
    supervisor: Supervisor,
    ready: Ready,
) -> Result<(), Reason> {
    trace::name(me.pid(), "supervisor");
    me.trap_exit(true);
    if let Some(name) = &supervisor.name
        && let Err(taken) = take_name(&me, name)
    {
        let _ = ready.send(Err(taken));
        return Ok(());
    }
    let mut supervision = Supervision::new(me, parent, supervisor);
    let started = supervision.start().await;
    let failure = started.as_ref().err().map(StartLinkError::reason);
    let _ = ready.send(started);
    if let Some(reason) = failure {
        return Err(reason);
    }
    let reason = supervision.serve().await;
    supervision.end().await;
    Err(reason)
}

impl Supervision {
    fn new(me: Process, parent: Pid, supervisor: Supervisor) -> Self {
        let Supervisor { strategy, intensity, name, children } = supervisor;
        Self {
            name: name.unwrap_or_else(|| me.pid().to_string()),
            children: Children::new(children),
            me,
            parent,
            strategy,
            intensity,
        }
    }

    /// Starts all children; if one does not start, none of them runs in the end.
    async fn start(&mut self) -> Result<(), StartLinkError> {
        let all = self.children.all();
        let started = self.children.start_each(&mut self.me, all).await;
        let Err((place, reason)) = started else {
            return Ok(());
        };
        let child = self.children.0[place].spec.id.clone();
        self.end().await;
        Err(StartLinkError::Child { child, reason })
    }

    /// Ends all children.
    async fn end(&mut self) {
        let all = self.children.all();
        self.children.end_each(&mut self.me, all).await;
    }

    /// Does its work; returns why it is to end.
    async fn serve(&mut self) -> Reason {
        loop {
            let message = self.me.receive_any().await;
            if let Break(reason) = self.obey(message).await {
                return reason;
            }
        }
    }

    async fn obey(&mut self, message: Envelope) -> ControlFlow<Reason> {
        let message = match message.open::<Exit>() {
            Ok(exit) => return self.exited(exit).await,
            Err(other) => other,
        };
        let message = match message.open::<TryAgain>() {
            Ok(TryAgain(id)) => return self.try_again(&id).await,
            Err(other) => other,
        };
        match message.open::<Call<SupervisorRequest>>() {
            Ok(Call(caller, request)) => {
                let reply = self.handle(request).await;
                caller.reply(&self.me, reply).await;
            }
            Err(other) => {
                warn!(target: "moebi::otp", "Supervisor {} received unexpected message: {other}", self.name);
            }
        }
        Continue(())
    }

    async fn exited(&mut self, Exit { from, reason }: Exit) -> ControlFlow<Reason> {
        if from == self.parent {
            return Break(reason);
        }
        // Somebody else's exit signal, or one of a child that was replaced long ago.
        let Some(place) = self.children.with_pid(from) else {
            return Continue(());
        };
        // A child that ended is not linked any more. This one has not: it asked its
        // supervisor to end, and that is not for a child to ask.
        if self.me.links().contains(&from) {
            return Continue(());
        }
        let child = &mut self.children.0[place];
        child.state = ChildState::Stopped;
        let id = &child.spec.id;
        info!(target: "moebi::otp", supervisor = self.name, child = id, pid = %from, %reason, "child ended");
        if child.spec.restart.applies(&reason) {
            return self.restart(place).await;
        }
        self.children.forget_temporary(place);
        Continue(())
    }

    /// Restarts a child, and with it those that the strategy says.
    async fn restart(&mut self, place: usize) -> ControlFlow<Reason> {
        if !self.intensity.allows_another() {
            self.give_up(place);
            return Break(Reason::Shutdown);
        }
        let affected = match self.strategy {
            Strategy::OneForOne => place..place + 1,
            Strategy::OneForAll => self.children.all(),
            Strategy::RestForOne => place..self.children.0.len(),
        };
        let (me, children) = (&mut self.me, &mut self.children);
        let affected = children.end_each(me, affected).await;
        if let Err((place, reason)) = children.start_each(me, affected).await {
            let child = &mut self.children.0[place];
            let id = child.spec.id.clone();
            warn!(target: "moebi::otp", "Child {id} of Supervisor {} failed to restart: {}", self.name, told(&reason));
            child.state = ChildState::Restarting;
            self.me.send(self.me.pid(), TryAgain(id)).await;
        }
        Continue(())
    }

    async fn try_again(&mut self, id: &str) -> ControlFlow<Reason> {
        match self.children.with_id(id) {
            // Otherwise somebody has ended it or started it by hand.
            Some(place)
                if self.children.0[place].state == ChildState::Restarting =>
            {
                self.restart(place).await
            }
            _ => Continue(()),
        }
    }

    fn give_up(&self, place: usize) {
        let Intensity { restarts, period, .. } = &self.intensity;
        let (name, id) = (&self.name, &self.children.0[place].spec.id);
        error!(target: "moebi::otp", "Supervisor {name} gives up: to restart child {id} would be more than {restarts} restarts in {period:?}");
    }
}
