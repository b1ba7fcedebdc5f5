//! What the client can do, asked once, and what the server offers to such a client.

use crate::text::Encoding;

use super::lsp::*;

/// The kind of the action that applies all safe fixes of a file.
pub const FIX_ALL: CodeActionKind = CodeActionKind::new("source.fixAll.routewarden");

/// What the client can do.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// What a column counts.
    pub encoding: Encoding,
    /// It asks for diagnostics and can be told to ask again; otherwise they are sent to it.
    pub pull: bool,
    /// Diagnostics may have related places.
    pub related: bool,
    /// Diagnostics may have an address of their rule.
    pub code_description: bool,
    /// Diagnostics may carry data.
    pub diagnostic_data: bool,
    /// Code actions may be objects with edits.
    pub action_literals: bool,
    /// Edits of code actions may come later.
    pub lazy_actions: bool,
    /// Actions may be marked as preferred.
    pub preferred: bool,
    /// Edits may name the version of the document they are for.
    pub document_changes: bool,
    /// Edits may ask the user to confirm.
    pub annotations: bool,
    /// Symbols may have a detail and children.
    pub symbol_trees: bool,
    /// Hovers may be Markdown.
    pub markdown: bool,
    /// Progress may be shown.
    pub progress: bool,
    /// It can watch files for the server.
    pub watch: bool,
}

impl Flags {
    /// Reads the client's capabilities.
    pub fn of(client: &ClientCapabilities) -> Self {
        let workspace = client.workspace.as_ref();
        let document = client.text_document.as_ref();
        let publish = document.and_then(|it| it.publish_diagnostics.as_ref());
        let actions = document.and_then(|it| it.code_action.as_ref());
        let edits = workspace.and_then(|it| it.workspace_edit.as_ref());
        let pull = document.and_then(|it| it.diagnostic.as_ref());
        let refresh = workspace.and_then(|it| it.diagnostics.as_ref()).and_then(|it| it.refresh_support);
        let resolves_edit = |it: &CodeActionClientCapabilities| {
            it.data_support == Some(true)
                && it.resolve_support.as_ref().is_some_and(|it| it.properties.iter().any(|property| property == "edit"))
        };
        let pulls = pull.is_some() && refresh == Some(true);
        // A client that pulls says what a diagnostic may hold in either place.
        let either = |pushed: Option<bool>, pulled: Option<bool>| pushed == Some(true) || pulls && pulled == Some(true);
        Flags {
            encoding: encoding(client),
            pull: pulls,
            related: either(publish.and_then(|it| it.related_information), pull.and_then(|it| it.related_information)),
            code_description: either(
                publish.and_then(|it| it.code_description_support),
                pull.and_then(|it| it.code_description_support),
            ),
            diagnostic_data: either(publish.and_then(|it| it.data_support), pull.and_then(|it| it.data_support)),
            action_literals: actions.is_some_and(|it| it.code_action_literal_support.is_some()),
            lazy_actions: actions.is_some_and(resolves_edit),
            preferred: actions.and_then(|it| it.is_preferred_support) == Some(true),
            document_changes: edits.and_then(|it| it.document_changes) == Some(true),
            annotations: edits.is_some_and(|it| it.change_annotation_support.is_some())
                && actions.and_then(|it| it.honors_change_annotations) == Some(true),
            symbol_trees: document
                .and_then(|it| it.document_symbol.as_ref())
                .and_then(|it| it.hierarchical_document_symbol_support)
                == Some(true),
            markdown: document
                .and_then(|it| it.hover.as_ref())
                .and_then(|it| it.content_format.as_ref())
                .is_some_and(|it| it.contains(&MarkupKind::Markdown)),
            progress: client.window.as_ref().and_then(|it| it.work_done_progress) == Some(true),
            watch: workspace.and_then(|it| it.did_change_watched_files.as_ref()).and_then(|it| it.dynamic_registration)
                == Some(true),
        }
    }
}

/// Bytes if the client takes them, since that is what findings are in; UTF-16 is what every client understands.
fn encoding(client: &ClientCapabilities) -> Encoding {
    let offered = client.general.as_ref().and_then(|it| it.position_encodings.as_deref()).unwrap_or_default();
    if offered.contains(&PositionEncodingKind::UTF8) {
        Encoding::Utf8
    } else if offered.contains(&PositionEncodingKind::UTF32) {
        Encoding::Utf32
    } else {
        Encoding::Utf16
    }
}

/// What the server offers to such a client.
pub fn of_server(flags: &Flags) -> ServerCapabilities {
    ServerCapabilities {
        position_encoding: Some(match flags.encoding {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
            Encoding::Utf32 => PositionEncodingKind::UTF32,
        }),
        text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::INCREMENTAL),
            save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions { include_text: Some(false) })),
            ..TextDocumentSyncOptions::default()
        })),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        code_action_provider: flags.action_literals.then(|| {
            CodeActionProviderCapability::Options(CodeActionOptions {
                code_action_kinds: Some(vec![CodeActionKind::QUICKFIX, FIX_ALL]),
                resolve_provider: Some(flags.lazy_actions),
                ..CodeActionOptions::default()
            })
        }),
        code_lens_provider: Some(CodeLensOptions { resolve_provider: Some(false) }),
        document_symbol_provider: Some(OneOf::Left(true)),
        workspace_symbol_provider: Some(OneOf::Left(true)),
        diagnostic_provider: flags.pull.then(|| {
            DiagnosticServerCapabilities::Options(DiagnosticOptions {
                identifier: Some("routewarden".to_owned()),
                inter_file_dependencies: true,
                workspace_diagnostics: false,
                ..DiagnosticOptions::default()
            })
        }),
        workspace: Some(WorkspaceServerCapabilities {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(OneOf::Left(true)),
            }),
            file_operations: None,
        }),
        ..ServerCapabilities::default()
    }
}
