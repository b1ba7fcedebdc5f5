//! `textDocument/codeAction`: what can be done about findings.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::base::Span;
use crate::check::{Patch, Report, Snapshot};
use crate::fixes::{Applicability, Fix, TextEdit as FixEdit};
use crate::server::analysed::single;
use crate::server::capabilities::FIX_ALL;
use crate::server::convert::Places;
use crate::server::lsp::*;
use crate::server::view::View;

use super::edits::workspace_edit;

/// Which fix of which finding an action is, kept by the client until it is chosen. It is not believed: the finding is looked up again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Data {
    /// The document.
    pub uri: Uri,
    /// Its version when the action was offered.
    pub version: Option<i32>,
    /// The finding's rule.
    pub rule: String,
    /// Its fingerprint.
    pub fingerprint: String,
    /// The fix's title.
    pub title: String,
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
    let touched: Vec<(&Report, Vec<Fix>)> =
        reports.iter().filter(|it| touches(it)).map(|it| (it, snapshot.fixes(it.key))).collect();
    let mut actions = Vec::new();
    let wanted = |kind: &CodeActionKind| wants(params.context.only.as_deref(), kind);
    if wanted(&CodeActionKind::QUICKFIX) {
        for (report, fixes) in &touched {
            actions.extend(fixes.iter().filter_map(|fix| offer.fix(report, fix, &mut places)));
        }
        for (report, _) in &touched {
            actions.extend(offer.suppression(report, &mut places));
        }
    }
    // All fixes of a file are planned only for who asks for them: editors ask for actions wherever the cursor goes.
    let safe_here = touched.iter().any(|(_, fixes)| fixes.iter().any(|it| it.applicability == Applicability::Safe));
    if wanted(&FIX_ALL) && (safe_here || params.context.only.is_some()) {
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
    fn fix(&self, report: &Report, fix: &Fix, places: &mut Places<'_>) -> Option<CodeAction> {
        let title = &fix.title;
        let (rule, fingerprint) = (report.rule.to_owned(), report.fingerprint.clone());
        let data = || Data { uri: self.uri.clone(), version: self.version, rule, fingerprint, title: title.clone() };
        let lazy = self.view.flags.lazy_actions;
        Some(CodeAction {
            title: match fix.applicability {
                Applicability::Safe => title.clone(),
                Applicability::Review => format!("{title} (review)"),
                Applicability::Sketch => format!("{title} (sketch)"),
            },
            kind: Some(CodeActionKind::QUICKFIX),
            diagnostics: single(report, places, self.view).map(|it| vec![it]),
            is_preferred: (self.view.flags.preferred && fix.applicability == Applicability::Safe).then_some(true),
            edit: if lazy {
                None
            } else {
                Some(workspace_edit(&fix.edits, report.place.file, self.snapshot, places, self.view)?)
            },
            data: if lazy { serde_json::to_value(data()).ok() } else { None },
            ..CodeAction::default()
        })
    }

    /// Whether there is anything to do is known only with the edit, so this one is never left for later.
    fn all(&self, reports: &[Report], places: &mut Places<'_>) -> Option<CodeAction> {
        let first_safe = |it: &Report| self.snapshot.fixes(it.key).into_iter().find(|it| it.applicability == Applicability::Safe);
        let fixes: Vec<Fix> = reports.iter().filter_map(first_safe).collect();
        let edits = Patch::of(&fixes).edits;
        let home = edits.first()?.file;
        Some(CodeAction {
            title: "Routewarden: apply all safe fixes of this file".to_owned(),
            kind: Some(FIX_ALL),
            edit: Some(workspace_edit(&edits, home, self.snapshot, places, self.view)?),
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
