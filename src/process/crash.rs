//! Panics: how they are caught, what they come to, and where a crash is reported.

use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use tracing::error;

use super::entry::Entry;
use super::processes::Processes;
use crate::signal::{Reason, Signal};

// ANCHOR: caught
/// What a panic comes to: an exception with its message.
pub(super) fn caught<T>(polled: impl FnOnce() -> T) -> Result<T, Reason> {
    catch_unwind(AssertUnwindSafe(polled))
        .map_err(|panic| Reason::Exception(message_of(&*panic)))
}
// ANCHOR_END: caught

/// Runs something whose panic is an error of the caller's, and no crash of the process.
pub(crate) async fn catch<T, F>(work: F) -> Result<T, Reason>
where
    F: Future<Output = Result<T, Reason>>,
{
    let mut work = pin!(work);
    poll_fn(|cx| match caught(|| work.as_mut().poll(cx)) {
        Ok(polled) => polled,
        Err(crash) => Poll::Ready(Err(crash)),
    })
    .await
}

fn message_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a panic without a message").to_owned()
}

impl Processes {
    /// A crash is logged where it happened, and where its output goes.
    pub(super) fn report(&self, entry: &Entry, reason: &Reason) {
        if !reason.is_crash() || entry.sender.ended() {
            return;
        }
        let from = entry.pid();
        error!(target: "moebi::process", "Process {from} raised an exception: {}", reason.raised());
        let to = entry.lock().leader;
        if to.node != self.node() {
            self.route(Signal::CrashReport { to, from, reason: reason.clone() });
        }
    }
}
