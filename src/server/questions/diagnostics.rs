//! `textDocument/diagnostic`

use std::path::Path;

use crate::check::Snapshot;
use crate::server::analysed::Analysed;
use crate::server::lsp::*;
use crate::server::view::View;

/// The findings of a file that is not open.
pub fn answer(
    params: &DocumentDiagnosticParams,
    path: &Path,
    snapshot: &Snapshot,
    view: &View,
) -> DocumentDiagnosticReportResult {
    report(&Analysed::of(snapshot, path, view, None, 0), params.previous_result_id.as_deref())
}

/// Findings as the client pulls them; `previous` names those that it has.
pub fn report(analysed: &Analysed, previous: Option<&str>) -> DocumentDiagnosticReportResult {
    let id = format!("{:016x}", analysed.hash);
    if previous == Some(id.as_str()) {
        let unchanged_document_diagnostic_report = UnchangedDocumentDiagnosticReport { result_id: id };
        let report = RelatedUnchangedDocumentDiagnosticReport { related_documents: None, unchanged_document_diagnostic_report };
        return DocumentDiagnosticReport::Unchanged(report).into();
    }
    full(Some(id), analysed.diagnostics.clone())
}

/// No findings.
pub fn none() -> DocumentDiagnosticReportResult {
    full(None, Vec::new())
}

fn full(result_id: Option<String>, items: Vec<Diagnostic>) -> DocumentDiagnosticReportResult {
    let full_document_diagnostic_report = FullDocumentDiagnosticReport { result_id, items };
    let report = RelatedFullDocumentDiagnosticReport { related_documents: None, full_document_diagnostic_report };
    DocumentDiagnosticReport::Full(report).into()
}
