//! Showing that a folder is being read.

use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::lsp::{Client, ProgressToken};

/// Shown until it is ended, or dropped.
pub struct Shown(oneshot::Sender<String>);

impl Shown {
    /// Ends it with a last word.
    pub fn end(self, word: String) {
        // Where the client never took the token there is nothing to end.
        let _ = self.0.send(word);
    }
}

/// Shows progress under a title, if the client agrees.
pub fn show(client: Client, runtime: &Handle, token: u32, title: String) -> Shown {
    let (end, ended) = oneshot::channel();
    runtime.spawn(async move {
        let token = ProgressToken::String(format!("routewarden/{token}"));
        if client.create_work_done_progress(token.clone()).await.is_ok() {
            let progress = client.progress(token, title).begin().await;
            let word = ended.await.unwrap_or_default();
            progress.finish_with_message(word).await;
        }
    });
    Shown(end)
}
