//! The mailbox: what others put in, and what the owner has taken out to look at.
//!
//! The shared half is a queue under a lock, with the waker of the owner if it waits. The
//! owner swaps the whole queue for an empty one and then looks through it without a lock.
//! What it does not want now stays in `saved`, in order, and is looked at first the next
//! time: Erlang's selective receive.

use std::collections::VecDeque;
use std::task::Waker;

use crate::signal::run::Run;
use crate::signal::{Candidate, Envelope, Wire};

/// An entry of the queue.
pub(super) enum Queued {
    One(Envelope),
    Run(Run),
}

impl Queued {
    /// How many messages it is.
    pub(super) fn count(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Run(run) => run.len(),
        }
    }
}

/// The half that others put messages into; inside the process's lock.
#[derive(Default)]
pub(super) struct Inbox {
    queue: VecDeque<Queued>,
    waiting: Option<Waker>,
}

impl Inbox {
    // ANCHOR: push
    /// Puts one in; wakes the returned waker after the lock is released.
    pub(super) fn push(&mut self, queued: Queued) -> Option<Waker> {
        self.queue.push_back(queued);
        self.waiting.take()
    }
    // ANCHOR_END: push

    pub(super) fn wait(&mut self, waker: &Waker) {
        if !self.waiting.as_ref().is_some_and(|known| known.will_wake(waker)) {
            self.waiting = Some(waker.clone());
        }
    }

    pub(super) fn swap(&mut self, emptied: &mut VecDeque<Queued>) {
        std::mem::swap(&mut self.queue, emptied);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }
}

/// The owner's half.
#[derive(Default)]
pub(super) struct Taken {
    /// Looked at and not wanted then.
    saved: VecDeque<Envelope>,
    /// Not looked at yet.
    pub(super) fresh: VecDeque<Queued>,
    /// What is left of a run that is being walked.
    run: Option<Run>,
}

impl Taken {
    /// The first message that `wanted` takes. Those before `from` have been looked at;
    /// returns where to go on.
    pub(super) fn scan(
        &mut self,
        from: &mut usize,
        wanted: &mut impl FnMut(&mut Candidate<'_>) -> bool,
    ) -> bool {
        while let Some(envelope) = self.saved.get_mut(*from) {
            if wanted(&mut Candidate::envelope(envelope)) {
                self.saved.remove(*from);
                return true;
            }
            *from += 1;
        }
        loop {
            while let Some(run) = &mut self.run {
                let Some(front) = run.front() else {
                    self.run = None;
                    break;
                };
                let mut candidate = Candidate::bytes(front);
                if wanted(&mut candidate) {
                    run.skip();
                    return true;
                }
                let decoded = candidate.into_decoded();
                let message = run.next().map(Envelope::Wire);
                self.saved.extend(decoded.or(message));
                *from += 1;
            }
            match self.fresh.pop_front() {
                None => return false,
                Some(Queued::Run(run)) => self.run = Some(run),
                Some(Queued::One(mut envelope)) => {
                    if wanted(&mut Candidate::envelope(&mut envelope)) {
                        return true;
                    }
                    self.saved.push_back(envelope);
                    *from += 1;
                }
            }
        }
    }
}

impl From<Wire> for Queued {
    fn from(message: Wire) -> Self {
        Self::One(Envelope::Wire(message))
    }
}
