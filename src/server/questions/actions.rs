//! `textDocument/codeAction`: what can be done about findings.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::base::Span;
use crate::check::{Report, Snapshot};
use crate::fixes::{Applicability, TextEdit as FixEdit};
use crate::server::analysed::single;
use crate::server::capabilities::FIX_ALL;
use crate::server::convert::Places;
use crate::server::lsp::*;
use crate::server::view::View;

use super::edits::workspace_edit;
use super::resolve::{edit_of, edits_of_all};

/// What an action is, kept by the client until it is chosen. It is not believed: the finding is looked up again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Data {
    /// The document.
    pub uri: Uri,
    /// Its version when the action was offered.
    pub version: Option<i32>,
    /// What to do.
    pub what: What,
}

/// What an action does.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum What {
    /// A fix of one finding.
    Fix {
        /// The finding's rule.
        rule: String,
        /// Its fingerprint.
        fingerprint: String,
        /// The fix's title.
        title: String,
    },
    /// All safe fixes of the document.
    All,
}

impl Data {
    /// The data of an action that was made here.
    pub fn of(action: &CodeAction) -> Option<Self> {
        Data::deserialize(action.data.as_ref()?).ok()
    }
}

/// The actions for the findings that the range touches.
pub fn answer(params: &CodeActionParams, path: &Path, snapshot: &Snapshot, view: &View) -> Option<CodeActionResponse> {
    let mut reports = snapshot.findings_in(path);
    reports.retain(|it| view.settings.shows(it));
    let file = reports.first()?.place.file;
    let mut places = Places::new(view, snapshot);
    let asked = places.span(file, params.range)?;
    let touches = |it: &Report| it.place.span.start <= asked.end && asked.start <= it.place.span.end;
    let offer = Offer { uri: places.uri(file)?, version: snapshot.version(path), snapshot, view };
    let mut actions = Vec::new();
    for report in reports.iter_mut() {
        report.fixes = snapshot.fix_titles(report.key);
    }
    let wanted = |kind: &CodeActionKind| wants(params.context.only.as_deref(), kind);
    if wanted(&CodeActionKind::QUICKFIX) {
        for report in reports.iter().filter(|it| touches(it)) {
            actions.extend(report.fixes.iter().filter_map(|fix| offer.fix(report, fix, &mut places)));
        }
        for report in reports.iter().filter(|it| touches(it)) {
            actions.extend(offer.suppression(report, &mut places));
        }
    }
    let safe = |it: &Report| it.fixes.iter().any(|(_, applicability)| *applicability == Applicability::Safe);
    if wanted(&FIX_ALL) && reports.iter().any(safe) {
        actions.extend(offer.all(&reports, &mut places));
    }
    Some(actions.into_iter().map(CodeActionOrCommand::CodeAction).collect())
}

/// Whether a client that wants `only` these kinds wants `kind`: kinds are trees.
fn wants(only: Option<&[CodeActionKind]>, kind: &CodeActionKind) -> bool {
    let below = |it: &CodeActionKind| {
        kind.as_str()
            .strip_prefix(it.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || it.as_str().is_empty())
    };
    only.is_none_or(|only| only.iter().any(below))
}

/// What every offered action has in common.
struct Offer<'a> {
    uri: Uri,
    version: Option<i32>,
    snapshot: &'a Snapshot,
    view: &'a View,
}

impl Offer<'_> {
    fn data(&self, what: What) -> Option<serde_json::Value> {
        serde_json::to_value(Data { uri: self.uri.clone(), version: self.version, what }).ok()
    }

    fn fix(
        &self,
        report: &Report,
        (title, applicability): &(String, Applicability),
        places: &mut Places<'_>,
    ) -> Option<CodeAction> {
        let what = What::Fix { rule: report.rule.to_owned(), fingerprint: report.fingerprint.clone(), title: title.clone() };
        let lazy = self.view.flags.lazy_actions;
        Some(CodeAction {
            title: match applicability {
                Applicability::Safe => title.clone(),
                Applicability::Review => format!("{title} (review)"),
                Applicability::Sketch => format!("{title} (sketch)"),
            },
            kind: Some(CodeActionKind::QUICKFIX),
            diagnostics: single(report, places, self.view).map(|it| vec![it]),
            is_preferred: (self.view.flags.preferred && *applicability == Applicability::Safe).then_some(true),
            edit: if lazy { None } else { Some(edit_of(report, title, self.snapshot, places, self.view)?) },
            data: if lazy { self.data(what) } else { None },
            ..CodeAction::default()
        })
    }

    fn all(&self, reports: &[Report], places: &mut Places<'_>) -> Option<CodeAction> {
        let lazy = self.view.flags.lazy_actions;
        Some(CodeAction {
            title: "Routewarden: apply all safe fixes of this file".to_owned(),
            kind: Some(FIX_ALL),
            edit: if lazy { None } else { Some(edits_of_all(reports, self.snapshot, places, self.view)?) },
            data: if lazy { self.data(What::All) } else { None },
            ..CodeAction::default()
        })
    }

    /// A comment above the finding's line that says why it is no flaw.
    fn suppression(&self, report: &Report, places: &mut Places<'_>) -> Option<CodeAction> {
        let file = report.place.file;
        let (start, indentation) = places.indentation(file, report.place.span.start)?;
        let text = format!("{indentation}// routewarden-ignore {}: say why this is safe\n", report.rule);
        let edit = FixEdit { file, span: Span::new(start, start), text };
        Some(CodeAction {
            title: format!("Ignore {} here, with a reason", report.rule),
            kind: Some(CodeActionKind::QUICKFIX),
            diagnostics: single(report, places, self.view).map(|it| vec![it]),
            edit: Some(workspace_edit(&[edit], file, self.snapshot, places, self.view)?),
            ..CodeAction::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_trees() {
        let wanted = |only: &'static str, kind: CodeActionKind| wants(Some(&[CodeActionKind::new(only)]), &kind);
        assert!(wanted("source.fixAll", FIX_ALL));
        assert!(wanted("source", FIX_ALL));
        assert!(wanted("", CodeActionKind::QUICKFIX));
        assert!(!wanted("source.fixAll.eslint", FIX_ALL));
        assert!(!wanted("quick", CodeActionKind::QUICKFIX));
    }
}
