//! A terminal that a test reads.

use std::pin::pin;
use std::sync::Arc;

use moebi::Output;
use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::timeout;

use super::PATIENCE;

/// What was printed on it, line by line.
#[derive(Clone, Default)]
pub struct Screen(Arc<Inner>);

#[derive(Default)]
struct Inner {
    lines: Mutex<Vec<String>>,
    changed: Notify,
}

impl Screen {
    /// All lines so far.
    pub fn lines(&self) -> Vec<String> {
        self.0.lines.lock().clone()
    }

    /// Is the text on it now?
    pub fn has(&self, text: &str) -> bool {
        self.0.lines.lock().iter().any(|line| line.contains(text))
    }

    /// Waits for the text. False if it does not come.
    pub async fn shows(&self, text: &str) -> bool {
        let shown = async {
            loop {
                let mut changed = pin!(self.0.changed.notified());
                changed.as_mut().enable();
                if self.has(text) {
                    return;
                }
                changed.await;
            }
        };
        timeout(PATIENCE, shown).await.is_ok()
    }
}

impl Output for Screen {
    fn write(&mut self, text: &str) -> std::io::Result<()> {
        self.0.lines.lock().extend(text.lines().map(str::to_owned));
        self.0.changed.notify_waiters();
        Ok(())
    }
}
