//! What the client can send. A doorman hands it to the loop and, if there is something to answer, waits for the reply.
//!
//! **Invariant:** the first statement of a notification is one synchronous `send`: the connection polls handlers side by side, and
//! whatever stands behind an `await` may run in any order. Nothing is parsed or analysed here: all handlers share one task.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;

use tokio::sync::oneshot;

use super::capabilities::{self, Flags};
use super::event::{Event, Question, Reply, Start};
use super::lsp::*;
use super::settings::Settings;
use super::{folders, parent};

/// The side of the server that the connection sees.
pub struct Doormen {
    /// To the loop.
    pub events: Sender<Event>,
    /// Whether the client asked for the end before it sent `exit`: the exit code says so.
    pub shut_down: Arc<AtomicBool>,
}

impl Doormen {
    fn send(&self, event: Event) {
        // The loop ends only after the connection.
        let _ = self.events.send(event);
    }

    async fn ask<T>(&self, question: impl FnOnce(Reply<T>) -> Question) -> Answer<T> {
        let (reply, answer) = oneshot::channel();
        self.send(Event::Ask(question(reply)));
        answer.await.unwrap_or_else(|_| Err(Error::new(ErrorCode::RequestCancelled)))
    }
}

impl LanguageServer for Doormen {
    async fn initialize(&self, params: InitializeParams) -> Answer<InitializeResult> {
        let flags = Flags::of(&params.capabilities);
        let capabilities = capabilities::of_server(&flags);
        let settings = Settings::default().with(params.initialization_options.as_ref());
        self.send(Event::Start(Box::new(Start { flags, settings, roots: folders::roots(&params) })));
        if let Some(id) = params.process_id {
            parent::follow(id);
        }
        Ok(InitializeResult {
            capabilities,
            server_info: Some(ServerInfo { name: "routewarden".to_owned(), version: Some(env!("CARGO_PKG_VERSION").to_owned()) }),
            ..InitializeResult::default()
        })
    }

    async fn initialized(&self, _: InitializedParams) {
        self.send(Event::Ready);
    }

    async fn shutdown(&self) -> Answer<()> {
        self.shut_down.store(true, Ordering::Release);
        self.send(Event::Gone);
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        self.send(Event::Open(params));
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        self.send(Event::Change(params));
    }

    async fn did_save(&self, params: DidSaveTextDocumentParams) {
        self.send(Event::Save(params));
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        self.send(Event::Close(params));
    }

    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        self.send(Event::Watched(params));
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        self.send(Event::Folders(params));
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        self.send(Event::Configure(params));
    }

    async fn diagnostic(&self, params: DocumentDiagnosticParams) -> Answer<DocumentDiagnosticReportResult> {
        self.ask(|reply| Question::Diagnostics(params, reply)).await
    }

    async fn hover(&self, params: HoverParams) -> Answer<Option<Hover>> {
        self.ask(|reply| Question::Hover(params, reply)).await
    }

    async fn code_action(&self, params: CodeActionParams) -> Answer<Option<CodeActionResponse>> {
        self.ask(|reply| Question::Actions(params, reply)).await
    }

    async fn code_action_resolve(&self, params: CodeAction) -> Answer<CodeAction> {
        self.ask(|reply| Question::Resolve(Box::new(params), reply)).await
    }

    async fn document_symbol(&self, params: DocumentSymbolParams) -> Answer<Option<DocumentSymbolResponse>> {
        self.ask(|reply| Question::Symbols(params, reply)).await
    }

    async fn symbol(&self, params: WorkspaceSymbolParams) -> Answer<Option<WorkspaceSymbolResponse>> {
        self.ask(|reply| Question::Search(params, reply)).await
    }

    async fn code_lens(&self, params: CodeLensParams) -> Answer<Option<Vec<CodeLens>>> {
        self.ask(|reply| Question::Lenses(params, reply)).await
    }
}
