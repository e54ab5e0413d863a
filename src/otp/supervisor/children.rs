//! The children of a supervisor, in the order they were started.

use std::ops::Range;

use tracing::info;

use super::super::start::down;
use super::child::{ChildSpec, Restart, Shutdown};
use super::control::ChildState;
use crate::process::Process;
use crate::receive;
use crate::signal::{Down, Exit, Pid, Reason};

/// A child: what it is, and where it stands.
pub(super) struct Child {
    pub(super) spec: ChildSpec,
    pub(super) state: ChildState,
}

/// Children, started from the first to the last and ended from the last to the first:
/// each may rely on those before it.
#[derive(Default)]
pub(super) struct Children(pub(super) Vec<Child>);

impl Children {
    pub(super) fn new(specs: Vec<ChildSpec>) -> Self {
        let stopped = |spec| Child { spec, state: ChildState::Stopped };
        Self(specs.into_iter().map(stopped).collect())
    }

    pub(super) fn all(&self) -> Range<usize> {
        0..self.0.len()
    }

    /// Where the child of this id is.
    pub(super) fn with_id(&self, id: &str) -> Option<usize> {
        self.0.iter().position(|child| child.spec.id == id)
    }

    /// Where the child is that runs as this process.
    pub(super) fn with_pid(&self, pid: Pid) -> Option<usize> {
        self.0.iter().position(|child| child.state == ChildState::Running(pid))
    }

    /// Starts a child.
    pub(super) async fn start(
        &mut self,
        me: &mut Process,
        place: usize,
    ) -> Result<Pid, Reason> {
        let child = &mut self.0[place];
        let pid = child.spec.start(me).await?;
        // Nobody would ever hear of the end of a child that is not linked. To one that
        // is, this does nothing.
        me.link(pid).await;
        child.state = ChildState::Running(pid);
        Ok(pid)
    }

    /// Starts children in order, up to one that does not start.
    pub(super) async fn start_each(
        &mut self,
        me: &mut Process,
        places: Range<usize>,
    ) -> Result<(), (usize, Reason)> {
        for place in places {
            self.start(me, place).await.map_err(|reason| (place, reason))?;
        }
        Ok(())
    }

    /// Ends a child, if it runs; it will not be started again by itself.
    pub(super) async fn end(&mut self, me: &mut Process, place: usize) {
        let child = &mut self.0[place];
        let state = std::mem::replace(&mut child.state, ChildState::Stopped);
        if let ChildState::Running(pid) = state {
            let reason = end(me, pid, child.spec.shutdown).await;
            info!(target: "moebi::otp", child = child.spec.id, %pid, %reason, "ended by its supervisor");
        }
    }

    /// Ends children, the last one first. Temporary ones are forgotten: they will not be
    /// started again. Returns where the others are now.
    pub(super) async fn end_each(
        &mut self,
        me: &mut Process,
        places: Range<usize>,
    ) -> Range<usize> {
        let mut left = places.clone();
        for place in places.rev() {
            self.end(me, place).await;
            if self.forget_temporary(place) {
                left.end -= 1;
            }
        }
        left
    }

    /// Forgets a child that has ended, if it is temporary.
    pub(super) fn forget_temporary(&mut self, place: usize) -> bool {
        let temporary = self.0[place].spec.restart == Restart::Temporary;
        if temporary {
            self.0.remove(place);
        }
        temporary
    }
}

/// Ends a process that is linked to this one, and returns why it ended.
///
/// The link stays until the process has ended: if the supervisor is killed meanwhile, the
/// link ends the child. A child that ended by itself just before is as good.
async fn end(me: &mut Process, pid: Pid, shutdown: Shutdown) -> Reason {
    let monitor = me.monitor(pid).await;
    let in_time = match shutdown {
        Shutdown::BrutalKill => None,
        Shutdown::After(time) => {
            me.exit(pid, Reason::Shutdown).await;
            receive! { me,
                down @ Down { .. } if down.reference == monitor => Some(down.reason),
                after time => None,
            }
        }
        Shutdown::Infinity => {
            me.exit(pid, Reason::Shutdown).await;
            Some(down(me, monitor).await)
        }
    };
    let reason = match in_time {
        Some(reason) => reason,
        None => {
            me.exit(pid, Reason::Kill).await;
            down(me, monitor).await
        }
    };
    // Its exit signal is here by now, or, if the monitor found nobody, still on its way.
    me.unlink(pid);
    me.take_now::<Exit>(|exit| exit.from == pid);
    reason
}
