//! Restart intensity: how many restarts in what time are too many.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// A limit, and the restarts that count towards it.
///
/// A process that crashes again each time it is started will not be healed by starting
/// it once more: then its supervisor gives up, and its own supervisor, with a larger part
/// of the system to start anew, has a better chance.
#[derive(Clone)]
pub(super) struct Intensity {
    pub(super) restarts: usize,
    pub(super) period: Duration,
    recent: VecDeque<Instant>,
}

impl Intensity {
    pub(super) fn new(restarts: usize, period: Duration) -> Self {
        Self { restarts, period, recent: VecDeque::new() }
    }

    /// Notes that something is to be restarted now; `false` if that is once too often.
    pub(super) fn allows_another(&mut self) -> bool {
        let now = Instant::now();
        self.recent.push_back(now);
        while self.recent.front().is_some_and(|then| now - *then > self.period) {
            self.recent.pop_front();
        }
        self.recent.len() <= self.restarts
    }
}
