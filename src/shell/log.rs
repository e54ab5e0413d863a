//! The log: what the runtime warns of goes to standard error.
//!
//! The runtime reports through `tracing`, at each signal, process and node. Without
//! `MOEBI_LOG` only warnings and errors are wanted, and everything below costs one
//! comparison.

use std::fmt::{self, Write};

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use super::screen::Screen;

/// Sends the log to the screen from now on, and keeps panics of processes out of it: the
/// runtime reports them itself, as the crash of a process.
pub(super) fn install(screen: Screen) {
    let layer = ShellLog { screen, level: level() };
    // A program that logs in its own way keeps it.
    let _ = tracing_subscriber::registry().with(layer).try_init();
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !crate::process::is_polling() {
            default(panic);
        }
    }));
}

fn level() -> LevelFilter {
    match std::env::var("MOEBI_LOG").as_deref() {
        Ok("trace") => LevelFilter::TRACE,
        Ok("debug") => LevelFilter::DEBUG,
        Ok("info") => LevelFilter::INFO,
        _ => LevelFilter::WARN,
    }
}

struct ShellLog {
    screen: Screen,
    level: LevelFilter,
}

impl ShellLog {
    fn wants(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.level && metadata.target().starts_with("moebi")
    }
}

impl<S: Subscriber> Layer<S> for ShellLog {
    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level)
    }

    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        self.wants(metadata)
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        if !self.wants(metadata) {
            return;
        }
        let mut text = Text::default();
        event.record(&mut text);
        let Text { message, fields } = text;
        let line = match *metadata.level() {
            Level::ERROR => format!("[error] {message}\n"),
            Level::WARN => format!("[warning] {message}\n"),
            level => {
                let level = level.as_str().to_lowercase();
                format!("[{level}] {}: {message}{fields}\n", metadata.target())
            }
        };
        self.screen.err(&line);
    }
}

#[derive(Default)]
struct Text {
    message: String,
    fields: String,
}

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let written = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
        written.expect("a String takes all that is written to it");
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "message" => self.message.push_str(value),
            name => {
                write!(self.fields, " {name}={value}")
                    .expect("a String takes all that is written to it");
            }
        }
    }
}
