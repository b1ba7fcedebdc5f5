//! The language server.
//!
//! ```text
//! client ─► inbox ─► doormen ─event─► main loop ─job─► workers
//!    ▲                                │  │  ▲            │
//!    └──────────── outbox ◄───────────┘  │  └───event────┘
//!                                     sessions
//! ```
//!
//! Doormen (`doormen`) hand on what arrives, in order. One thread (`main_loop`, with `on_document`, `on_folder`, `analysis`,
//! `asking`) owns everything that changes; it decides, and does only what is quicker done than handed over. Workers get snapshots.
//! `convert` is where bytes become lines and columns, `questions` has one file for each thing that a client can ask.
//!
//! **Invariant:** protocol types come from `lsp` and do not leave this room; no handler does anything before it has sent its event.

mod analysed;
mod analysis;
mod asking;
mod capabilities;
mod convert;
mod documents;
mod doormen;
mod event;
mod folders;
mod inbox;
mod log;
mod lsp;
mod main_loop;
mod on_document;
mod on_folder;
mod outbox;
mod parent;
mod progress;
mod questions;
mod settings;
mod view;
mod watch;
mod workers;

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use tokio::io::AsyncRead;

use crate::check::STACK;

use doormen::Doormen;
use inbox::{Inbox, Lenient};
use main_loop::Loop;
use outbox::Outbox;

/// How many messages the connection takes in before the first is answered. With fewer, edits wait behind questions.
const SLOTS: usize = 64;
/// How long the last messages may take to leave.
const FAREWELL: Duration = Duration::from_secs(2);

/// Serves standard input and output until the client ends it.
pub fn serve_stdio() -> ExitCode {
    let served = outbox::stdout().and_then(|out| {
        // One thread for the connection: everything that takes time is elsewhere, and fewer hand-overs are felt.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let code = runtime.block_on(serve(tokio::io::stdin(), out));
        // A client may keep standard input open for ever.
        runtime.shutdown_background();
        code
    });
    served.unwrap_or(ExitCode::from(2))
}

/// Serves a client over a pair of streams; `output` must not buffer. Runs within a tokio runtime.
///
/// The exit code is 0 if the client asked for the end before it left, else 1.
pub async fn serve(input: impl AsyncRead + Unpin, output: Box<dyn Write + Send>) -> io::Result<ExitCode> {
    let runtime = tokio::runtime::Handle::current();
    let outbox = Outbox::new(output);
    let (writer, carrying) = outbox.writer()?;
    let (events, arriving) = channel();
    let shut_down = Arc::new(AtomicBool::new(false));
    let (service, socket) = lsp::LspService::build(|client| {
        log::install(client.clone(), &runtime);
        let main_loop = Loop::new(arriving, events.clone(), client, runtime.clone(), outbox);
        let thread = std::thread::Builder::new().name("main loop".to_owned()).stack_size(STACK);
        // Without this thread every question is answered as cancelled.
        let _ = thread.spawn(move || main_loop.run());
        Doormen { events: events.clone(), shut_down: shut_down.clone() }
    })
    .finish();
    let inbox = Inbox { stream: input, events };
    lsp::Server::new(inbox, writer, socket).concurrency_level(SLOTS).serve(Lenient(service)).await;
    let until = Instant::now() + FAREWELL;
    while !carrying.is_finished() && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Ok(if shut_down.load(Ordering::Acquire) { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
