//! Fixes as edits of the workspace.

use std::collections::HashMap;

use crate::base::FileId;
use crate::check::Snapshot;
use crate::fixes::TextEdit as FixEdit;
use crate::server::convert::Places;
use crate::server::lsp::*;
use crate::server::view::View;

/// The annotation of edits outside of the document in hand.
const ELSEWHERE: &str = "elsewhere";

/// Edits in order of file as one edit; `None` if a file is gone. Edits of files other than `home` ask for confirmation, where the
/// client can do that.
pub fn workspace_edit(
    edits: &[FixEdit],
    home: FileId,
    snapshot: &Snapshot,
    places: &mut Places<'_>,
    view: &View,
) -> Option<WorkspaceEdit> {
    let mut documents = Vec::new();
    for of_file in edits.chunk_by(|a, b| a.file == b.file) {
        let file = of_file[0].file;
        let converted = of_file.iter().map(|edit| places.edit(edit)).collect::<Option<Vec<_>>>()?;
        documents.push((file, places.uri(file)?, converted));
    }
    if !view.flags.document_changes {
        let changes: HashMap<Uri, Vec<TextEdit>> = documents.into_iter().map(|(_, uri, edits)| (uri, edits)).collect();
        return Some(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() });
    }
    let annotate = |file| view.flags.annotations && file != home;
    let annotations = documents.iter().any(|(file, ..)| annotate(*file)).then(|| {
        let annotation = ChangeAnnotation { label: "Another file".to_owned(), needs_confirmation: Some(true), description: None };
        HashMap::from([(ELSEWHERE.to_owned(), annotation)])
    });
    let documents = documents.into_iter().map(|(file, uri, edits)| {
        let version = snapshot.path(file).and_then(|path| snapshot.version(&path));
        let edit = |text_edit| {
            if annotate(file) {
                OneOf::Right(AnnotatedTextEdit { text_edit, annotation_id: ELSEWHERE.to_owned() })
            } else {
                OneOf::Left(text_edit)
            }
        };
        TextDocumentEdit {
            text_document: OptionalVersionedTextDocumentIdentifier { uri, version },
            edits: edits.into_iter().map(edit).collect(),
        }
    });
    Some(WorkspaceEdit {
        changes: None,
        document_changes: Some(DocumentChanges::Edits(documents.collect())),
        change_annotations: annotations,
    })
}
