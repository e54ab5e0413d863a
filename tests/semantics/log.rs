//! What the nodes of all tests log: one log, for the runtime's threads have no other.
//! Names are random, so a test finds its own lines by them.

use std::fmt::Write;
use std::sync::{LazyLock, Once};

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry;

use super::cluster::Screen;

static LOG: LazyLock<Screen> = LazyLock::new(Screen::default);

/// The log.
pub fn log() -> &'static Screen {
    &LOG
}

/// Begins to record warnings and errors, once.
pub fn start() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        let recorder = Recorder.with_filter_of(LevelFilter::WARN);
        let set = tracing::subscriber::set_global_default(recorder);
        set.expect("nobody else records");
    });
}

struct Recorder;

impl Recorder {
    fn with_filter_of(self, level: LevelFilter) -> impl Subscriber + Send + Sync {
        registry().with(level).with(self)
    }
}

impl<S: Subscriber> Layer<S> for Recorder {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        LOG.push(line.0);
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, _: &Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0, " {value:?}");
    }
}
