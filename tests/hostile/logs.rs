//! Everything the program logs, kept to be counted.

use std::fmt::{self, Debug, Write};
use std::sync::LazyLock;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::timeout;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};

/// A log line comes sooner than this, or not at all.
const DEADLINE: Duration = Duration::from_secs(10);

static LINES: LazyLock<Lines> = LazyLock::new(|| {
    let subscriber =
        tracing_subscriber::registry().with(Recorder.with_filter(LevelFilter::INFO));
    tracing::subscriber::set_global_default(subscriber).expect("the only one");
    Lines::default()
});

#[derive(Default)]
struct Lines {
    all: Mutex<Vec<String>>,
    /// Of whom there is one line, and must not be two.
    once: Mutex<Vec<String>>,
    more: Notify,
}

struct Recorder;

struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = match field.name() {
            "message" => write!(self.0, "{value:?}"),
            name => write!(self.0, " {name}={value:?}"),
        };
    }
}

impl<S: Subscriber> Layer<S> for Recorder {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut text = Text(String::new());
        event.record(&mut text);
        LINES.all.lock().push(text.0);
        LINES.more.notify_waiters();
    }
}

/// Begins to record, with nothing: what the ports are of now were others' ports before.
pub fn record() {
    LINES.all.lock().clear();
    LINES.once.lock().clear();
}

/// The lines that speak of `whom`.
pub fn about(whom: &dyn fmt::Display) -> Vec<String> {
    let whom = whom.to_string();
    let all = LINES.all.lock();
    all.iter().filter(|line| speaks_of(line, &whom)).cloned().collect()
}

/// `127.0.0.1:4000` is not `127.0.0.1:40001`.
fn speaks_of(line: &str, whom: &str) -> bool {
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric());
    line.match_indices(whom).any(|(at, _)| ends(&line[at + whom.len()..]))
}

/// The one line that speaks of `whom`; waits for it.
pub async fn the_one_about(whom: impl fmt::Display) -> String {
    let found = async {
        loop {
            let more = LINES.more.notified();
            tokio::pin!(more);
            more.as_mut().enable();
            if !about(&whom).is_empty() {
                return about(&whom);
            }
            more.await;
        }
    };
    let found = timeout(DEADLINE, found).await;
    let mut found = found.unwrap_or_else(|_| panic!("no log line about {whom}"));
    assert_eq!(found.len(), 1, "one line about {whom}: {found:#?}");
    LINES.once.lock().push(whom.to_string());
    found.remove(0)
}

/// No second line has come since about any of those there was one about.
pub fn nobody_is_named_twice() {
    for whom in LINES.once.lock().iter() {
        let lines = about(whom);
        assert_eq!(lines.len(), 1, "one line about {whom}: {lines:#?}");
    }
}
