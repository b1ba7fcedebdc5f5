//! `codeAction/resolve`: the edit of an action, computed when it is chosen.

use std::path::Path;

use crate::check::{Patch, Report, Snapshot};
use crate::fixes::{Applicability, Fix};
use crate::server::convert::Places;
use crate::server::lsp::*;
use crate::server::view::View;

use super::actions::{Data, What};
use super::edits::workspace_edit;

/// The action with its edit. It stays without one if the text was edited meanwhile, or the finding is gone: an edit for another
/// text would damage this one.
pub fn answer(action: &CodeAction, path: &Path, snapshot: &Snapshot, view: &View) -> CodeAction {
    let edit = Data::of(action).filter(|data| data.version == snapshot.version(path)).and_then(|data| {
        let mut places = Places::new(view, snapshot);
        let mut reports = snapshot.findings_in(path);
        match data.what {
            What::Fix { rule, fingerprint, title } => {
                let report = reports.iter().find(|it| it.rule == rule && it.fingerprint == fingerprint)?;
                edit_of(report, &title, snapshot, &mut places, view)
            }
            What::All => {
                reports.retain(|it| view.settings.shows(it));
                edits_of_all(&reports, snapshot, &mut places, view)
            }
        }
    });
    CodeAction { edit, ..action.clone() }
}

/// The edit of the fix with that title.
pub fn edit_of(report: &Report, title: &str, snapshot: &Snapshot, places: &mut Places<'_>, view: &View) -> Option<WorkspaceEdit> {
    let fix = snapshot.fixes(report.key).into_iter().find(|it| it.title == title)?;
    workspace_edit(&fix.edits, report.place.file, snapshot, places, view)
}

/// The edit of all safe fixes that fit together, the first of each finding.
pub fn edits_of_all(reports: &[Report], snapshot: &Snapshot, places: &mut Places<'_>, view: &View) -> Option<WorkspaceEdit> {
    let first_safe = |report: &Report| snapshot.fixes(report.key).into_iter().find(|it| it.applicability == Applicability::Safe);
    let fixes: Vec<Fix> = reports.iter().filter_map(first_safe).collect();
    let patch = Patch::of(&fixes);
    let home = reports.first()?.place.file;
    (!patch.edits.is_empty()).then(|| workspace_edit(&patch.edits, home, snapshot, places, view))?
}
