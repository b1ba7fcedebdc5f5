//! The way to the client: one stream, shared by the protocol library and by the loop.
//!
//! Diagnostics are the one message whose delay a person feels. The library would turn them into a tree of JSON values, hand them
//! to its task and from there to a writer's thread; the loop writes them itself instead, serialised once, in one system call. A
//! client that does not read stops the loop, as it should, but never the task that reads from the client.

use std::io::{self, Write};
use std::pin::Pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::io::AsyncWrite;

/// The stream to the client.
#[derive(Clone)]
pub struct Outbox {
    stream: Arc<Mutex<Box<dyn Write + Send>>>,
}

impl Outbox {
    /// Shares a stream that writes without a buffer of its own.
    pub fn new(stream: Box<dyn Write + Send>) -> Self {
        Outbox { stream: Arc::new(Mutex::new(stream)) }
    }

    /// Sends a document's diagnostics, which are JSON already.
    pub fn publish(&self, uri: &str, version: Option<i32>, diagnostics: &str) {
        let uri = serde_json::Value::from(uri);
        let version = version.map_or(String::new(), |it| format!(r#","version":{it}"#));
        let head = format!(
            r#"{{"jsonrpc":"2.0","method":"textDocument/publishDiagnostics","params":{{"uri":{uri}{version},"diagnostics":"#
        );
        let length = head.len() + diagnostics.len() + 2;
        let mut frame = format!("Content-Length: {length}\r\n\r\n");
        frame.reserve(length);
        frame.push_str(&head);
        frame.push_str(diagnostics);
        frame.push_str("}}");
        if let Err(error) = self.write(frame.as_bytes()) {
            // The end of the connection is noticed where it is read.
            tracing::debug!("diagnostics could not be sent: {error}");
        }
    }

    /// What the protocol library writes to, and the thread that carries it out, to be joined when the library is done.
    pub fn writer(&self) -> io::Result<(Writer, std::thread::JoinHandle<()>)> {
        let (frames, carried) = channel();
        let outbox = self.clone();
        let thread = std::thread::Builder::new().name("writer".to_owned()).spawn(move || outbox.carry(&carried))?;
        Ok((Writer { frames }, thread))
    }

    fn carry(&self, frames: &Receiver<Vec<u8>>) {
        while let Ok(frame) = frames.recv() {
            if self.write(&frame).is_err() {
                return;
            }
        }
    }

    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let mut stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        stream.write_all(bytes)?;
        stream.flush()
    }
}

/// Takes what the protocol library writes. It takes all that it is given, so what it is given are whole messages, and never waits.
pub struct Writer {
    frames: Sender<Vec<u8>>,
}

impl AsyncWrite for Writer {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let sent = self.frames.send(bytes.to_vec());
        Poll::Ready(sent.map(|()| bytes.len()).map_err(|_| io::ErrorKind::BrokenPipe.into()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Standard output without the line buffer that would cut a message in two.
pub fn stdout() -> io::Result<Box<dyn Write + Send>> {
    #[cfg(unix)]
    let owned = std::os::fd::AsFd::as_fd(&io::stdout()).try_clone_to_owned()?;
    #[cfg(windows)]
    let owned = std::os::windows::io::AsHandle::as_handle(&io::stdout()).try_clone_to_owned()?;
    Ok(Box::new(std::fs::File::from(owned)))
}
