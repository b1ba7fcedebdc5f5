//! What happens to documents.

use std::sync::Arc;

use crate::text::Buffer;

use super::convert;
use super::lsp::*;
use super::main_loop::Loop;

impl Loop {
    /// A document was opened: from now on its text is the editor's, not the disk's.
    pub(super) fn open(&mut self, params: DidOpenTextDocumentParams) {
        let document = params.text_document;
        let Some(path) = convert::path_of(&document.uri) else {
            tracing::debug!("{} is not a file", document.uri.as_str());
            return;
        };
        let text = Buffer::new(&document.text, document.version, self.view.flags.encoding);
        Arc::make_mut(&mut self.view).open.insert(path.clone(), document.uri.clone());
        self.documents.open(&document.uri, path.clone(), text);
        self.add_stray(&path);
        self.settle_in(&path);
    }

    /// A document was edited.
    pub(super) fn change(&mut self, params: DidChangeTextDocumentParams) {
        let Some(path) = self.documents.path(&params.text_document.uri).map(ToOwned::to_owned) else { return };
        let Some(document) = self.documents.get(&path) else { return };
        let (edits, version) = (convert::edits(params.content_changes), params.text_document.version);
        document.text.apply(&convert::changes(&edits), version);
        document.touched = true;
        if let Some(folder) = document.home.and_then(|home| self.folders.get(home)) {
            if let Some(session) = folder.session() {
                session.change_document(&path, &edits, version);
            }
            folder.changed();
        }
        self.disturbed();
    }

    /// A document was saved. Where the client watches files it says so itself.
    pub(super) fn save(&mut self, params: &DidSaveTextDocumentParams) {
        if !self.view.flags.watch
            && let Some(path) = convert::path_of(&params.text_document.uri)
        {
            self.files_changed(vec![path]);
        }
    }

    /// A document was closed: its text is the disk's again. What is shown of it stays shown, as long as it is true.
    pub(super) fn close(&mut self, params: &DidCloseTextDocumentParams) {
        let Some((path, document)) = self.documents.close(&params.text_document.uri) else { return };
        Arc::make_mut(&mut self.view).open.remove(&path);
        if let Some(folder) = document.home.and_then(|home| self.folders.get(home)) {
            if let Some(session) = folder.session() {
                session.close_document(&path);
            }
            folder.changed();
        }
        self.disturbed();
        self.drop_stray(&path);
    }
}
