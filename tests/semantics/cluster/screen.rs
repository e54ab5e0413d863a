//! What somebody writes and a test waits for.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;

use moebi::Output;
use parking_lot::Mutex;
use tokio::sync::Notify;

use super::within;

/// Text that others write and a test waits for: a terminal, the log.
#[derive(Clone, Default)]
pub struct Screen(Arc<ScreenInner>);

#[derive(Default)]
struct ScreenInner {
    lines: Mutex<Vec<String>>,
    changed: Notify,
}

impl Screen {
    /// Adds a line.
    pub fn push(&self, line: String) {
        self.0.lines.lock().push(line);
        self.0.changed.notify_waiters();
    }

    /// The lines that contain all of these words.
    pub fn lines_with(&self, words: &[&str]) -> Vec<String> {
        let lines = self.0.lines.lock();
        let wanted = |line: &&String| words.iter().all(|word| line.contains(word));
        lines.iter().filter(wanted).cloned().collect()
    }

    /// All that was written.
    pub fn lines(&self) -> Vec<String> {
        self.lines_with(&[])
    }

    /// Waits for a line that contains all of these words.
    #[track_caller]
    pub fn shows(&self, words: &[&str]) -> impl Future<Output = String> {
        within(async move {
            loop {
                let changed = self.0.changed.notified();
                let mut changed = pin!(changed);
                changed.as_mut().enable();
                if let Some(line) = self.lines_with(words).pop() {
                    return line;
                }
                changed.await;
            }
        })
    }
}

impl Output for Screen {
    fn write(&mut self, text: &str) -> std::io::Result<()> {
        text.lines().for_each(|line| self.push(line.to_owned()));
        Ok(())
    }
}
