//! Everything that can happen to the server.

use std::path::PathBuf;

use tokio::sync::oneshot;

use crate::check::{ConfigError, Session};

use super::analysed::Analysed;
use super::capabilities::Flags;
use super::folders::FolderId;
use super::lsp;
use super::settings::Settings;
use super::workers::Outcome;

/// What happened. Events are taken in order of arrival by the one thread that owns the state.
pub enum Event {
    /// The client said who it is.
    Start(Box<Start>),
    /// The client is ready for requests from here.
    Ready,
    /// A document was opened.
    Open(lsp::DidOpenTextDocumentParams),
    /// A document was edited.
    Change(lsp::DidChangeTextDocumentParams),
    /// A document was saved.
    Save(lsp::DidSaveTextDocumentParams),
    /// A document was closed.
    Close(lsp::DidCloseTextDocumentParams),
    /// Files changed on disk.
    Watched(lsp::DidChangeWatchedFilesParams),
    /// Workspace folders came or went.
    Folders(lsp::DidChangeWorkspaceFoldersParams),
    /// Settings changed.
    Configure(lsp::DidChangeConfigurationParams),
    /// The client asks something.
    Ask(Question),
    /// A folder was read, or its configuration cannot be used.
    Loaded(FolderId, Box<Outcome<Result<Session, ConfigError>>>),
    /// A worker is done.
    Worked(Work),
    /// The client was told to pull again, and answered.
    Refreshed,
    /// The client is gone or about to go: nothing more will be answered.
    Gone,
}

/// What the client said of itself, understood.
pub struct Start {
    /// What it can do.
    pub flags: Flags,
    /// What the user set.
    pub settings: Settings,
    /// The workspace's folders; none for a single file.
    pub roots: Vec<PathBuf>,
}

/// What a worker did.
pub enum Work {
    /// The findings of a document that was touched.
    Touched(PathBuf, Outcome<Analysed>),
    /// The findings of what may have changed with it.
    Surveyed(FolderId, Outcome<Vec<Analysed>>),
    /// A question; it comes back if it has to be asked of a newer state.
    Answered(Option<Question>),
}

/// Where a reply goes. It is closed if the client cancelled.
pub type Reply<T> = oneshot::Sender<lsp::Answer<T>>;

/// What the client can ask, and where the reply goes.
pub enum Question {
    /// The findings of a document.
    Diagnostics(lsp::DocumentDiagnosticParams, Reply<lsp::DocumentDiagnosticReportResult>),
    /// What a finding means.
    Hover(lsp::HoverParams, Reply<Option<lsp::Hover>>),
    /// What can be done about findings.
    Actions(lsp::CodeActionParams, Reply<Option<lsp::CodeActionResponse>>),
    /// The edit of an action.
    Resolve(Box<lsp::CodeAction>, Reply<lsp::CodeAction>),
    /// The routes of a document.
    Symbols(lsp::DocumentSymbolParams, Reply<Option<lsp::DocumentSymbolResponse>>),
    /// The routes of the workspace.
    Search(lsp::WorkspaceSymbolParams, Reply<Option<lsp::WorkspaceSymbolResponse>>),
    /// The posture of a document's routes.
    Lenses(lsp::CodeLensParams, Reply<Option<Vec<lsp::CodeLens>>>),
}
