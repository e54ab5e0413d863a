//! The end of a process's poll is when its lines are flushed.
//!
//! A process that sends ten thousand messages in a loop should not make ten thousand
//! system calls. What it sends gathers in the lines; a line it has touched is noted here,
//! for the thread that polls it, and flushed when the poll ends.

use std::cell::RefCell;
use std::sync::Arc;

use crate::signal::{Flush, Line, NodeName};

#[derive(Default)]
struct Touched {
    /// Polls on this thread, one within the other.
    depth: usize,
    lines: Vec<(NodeName, Arc<dyn Line>)>,
    /// Has a process been started meanwhile?
    started: bool,
}

thread_local! {
    static TOUCHED: RefCell<Touched> = RefCell::default();
}

/// Begins a poll of process `id`; dropped at its end.
pub(super) struct Poll(u32);

impl Poll {
    pub(super) fn begin(id: u32) -> Self {
        TOUCHED.with_borrow_mut(|touched| touched.depth += 1);
        Self(id)
    }
}

impl Drop for Poll {
    fn drop(&mut self) {
        let (lines, started) = TOUCHED.with_borrow_mut(|touched| {
            touched.depth -= 1;
            if touched.depth > 0 {
                return (Vec::new(), false);
            }
            let started = std::mem::take(&mut touched.started);
            (std::mem::take(&mut touched.lines), started)
        });
        if lines.capacity() == 0 {
            return;
        }
        let when = if started { Flush::WithOthers } else { Flush::After(self.0) };
        for (_, line) in &lines {
            line.flush(when);
        }
        reuse(lines);
    }
}

/// Is this thread just running a process? Then a panic is that process's crash, which
/// is reported as one.
pub fn is_polling() -> bool {
    TOUCHED.with_borrow(|touched| touched.depth > 0)
}

/// Keeps the vector's memory for the next poll.
fn reuse(mut lines: Vec<(NodeName, Arc<dyn Line>)>) {
    lines.clear();
    TOUCHED.with_borrow_mut(|touched| {
        if touched.lines.capacity() == 0 {
            touched.lines = lines;
        }
    });
}

/// Does something with the line to `peer` that this poll has already used, if it has.
pub(super) fn with_touched<T>(
    peer: NodeName,
    act: impl FnOnce(&Arc<dyn Line>) -> T,
) -> Option<T> {
    TOUCHED.with_borrow(|touched| {
        let line = touched.lines.iter().find(|(node, _)| *node == peer);
        line.map(|(_, line)| act(line))
    })
}

/// A line has something to write: now, if no process is being polled here, or when the
/// poll ends.
pub(super) fn touch(line: Arc<dyn Line>) {
    let now = TOUCHED.with_borrow_mut(|touched| {
        if touched.depth == 0 {
            return Some(line);
        }
        if !touched.lines.iter().any(|(_, known)| Arc::ptr_eq(known, &line)) {
            touched.lines.push((line.peer(), line));
        }
        None
    });
    if let Some(line) = now {
        line.flush(Flush::Now);
    }
}

/// A process was started.
pub(super) fn started() {
    TOUCHED.with_borrow_mut(|touched| touched.started = touched.depth > 0);
}

/// A line was found closed.
pub(super) fn forget(peer: NodeName) {
    TOUCHED
        .with_borrow_mut(|touched| touched.lines.retain(|(node, _)| *node != peer));
}
