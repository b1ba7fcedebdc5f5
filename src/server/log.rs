//! The log: to the client's output window, and to standard error where `RUST_LOG` asks for it.

use std::fmt::{self, Write};

use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt as stderr};

use super::lsp::{Client, MessageType};

/// Sends what this program says to the client from now on.
pub fn install(client: Client, runtime: &Handle) {
    let (lines, mut said) = unbounded_channel::<(MessageType, String)>();
    runtime.spawn(async move {
        while let Some((level, line)) = said.recv().await {
            client.log_message(level, line).await;
        }
    });
    let asked = std::env::var_os("RUST_LOG")
        .map(|_| stderr::layer().with_writer(std::io::stderr).with_ansi(false).with_filter(EnvFilter::from_default_env()));
    // A second server in one process keeps the first one's log.
    let _ = tracing_subscriber::registry().with(ToClient { lines }).with(asked).try_init();
}

struct ToClient {
    lines: UnboundedSender<(MessageType, String)>,
}

impl<S: Subscriber> Layer<S> for ToClient {
    fn enabled(&self, _: &tracing::Metadata<'_>, _: Context<'_, S>) -> bool {
        true
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let meta = event.metadata();
        // The libraries below log every message that they carry.
        if !meta.target().starts_with("routewarden") || *meta.level() > Level::INFO {
            return;
        }
        let level = match *meta.level() {
            Level::ERROR => MessageType::ERROR,
            Level::WARN => MessageType::WARNING,
            _ => MessageType::INFO,
        };
        let mut line = Line(String::new());
        event.record(&mut line);
        let _ = self.lines.send((level, line.0));
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let written =
            if field.name() == "message" { write!(self.0, "{value:?}") } else { write!(self.0, " {}={value:?}", field.name()) };
        // Writing to a string does not fail.
        let _ = written;
    }
}
