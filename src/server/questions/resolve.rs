//! `codeAction/resolve`: the edit of a fix, computed when it is chosen.

use std::path::Path;

use crate::check::Snapshot;
use crate::server::convert::Places;
use crate::server::lsp::*;
use crate::server::view::View;

use super::actions::Data;
use super::edits::workspace_edit;

/// The action with its edit. It stays without one if the text was edited meanwhile, or the finding is gone: an edit for another
/// text would damage this one.
pub fn answer(action: &CodeAction, path: &Path, snapshot: &Snapshot, view: &View) -> CodeAction {
    let edit = Data::of(action).filter(|data| data.version == snapshot.version(path)).and_then(|data| {
        let reports = snapshot.findings_in(path);
        let report = reports.iter().find(|it| it.rule == data.rule && it.fingerprint == data.fingerprint)?;
        let fix = snapshot.fixes(report.key).into_iter().find(|it| it.title == data.title)?;
        workspace_edit(&fix.edits, report.place.file, snapshot, &mut Places::new(view, snapshot), view)
    });
    CodeAction { edit, ..action.clone() }
}
