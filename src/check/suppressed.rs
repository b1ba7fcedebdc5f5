//! Takes out what comments suppress, and reports comments that suppress nothing or give no reason.

use std::path::Path;
use std::sync::Arc;

use super::snapshot::Texts;
use super::types::{Place, Report, ReportKey};
use super::views::Views;
use crate::base::{FileId, Span};
use crate::findings::fingerprint::fingerprint;
use crate::findings::suppress::{Suppression, suppressions};
use crate::findings::{Confidence, Severity};
use crate::ir::Module;

/// The rule of a comment that hides nothing.
pub const UNUSED: &str = "unused-suppression";
/// The rule of a comment without a reason.
pub const UNEXPLAINED: &str = "unexplained-suppression";

/// The reports that no comment in `files` suppresses, with reports about the comments themselves.
pub(super) fn apply(root: &Path, views: &Views, texts: &mut Texts<'_>, reports: Vec<Report>, files: &[FileId]) -> Vec<Report> {
    let mut kept = reports;
    for file in files {
        let Some(view) = views.get(*file) else { continue };
        let Some(module) = &view.module else { continue };
        let Some(text) = texts.get(*file) else { continue };
        if !text.contains("routewarden-ignore") {
            continue;
        }
        for suppression in suppressions(&text) {
            let reach = reach(&suppression, module, &text);
            let before = kept.len();
            kept.retain(|it| {
                !(it.place.file == *file && suppression.names(it.rule) && reach.contains(it.place.span) && it.rule != UNUSED)
            });
            let place = Place { file: *file, path: view.path.clone(), span: suppression.span };
            if kept.len() == before {
                kept.push(about(root, UNUSED, Severity::Warning, "this suppression hides nothing: remove it", place));
            } else if suppression.reason.is_empty() {
                let message = "this suppression gives no reason: write why after a colon";
                kept.push(about(root, UNEXPLAINED, Severity::Hint, message, place));
            }
        }
    }
    kept
}

fn about(root: &Path, rule: &'static str, severity: Severity, message: &str, place: Place) -> Report {
    let fingerprint = fingerprint(rule, place.path.strip_prefix(root).unwrap_or(&place.path), None, message);
    Report {
        rule,
        severity,
        confidence: Confidence::High,
        message: message.to_owned(),
        place,
        route: None,
        related: Vec::new(),
        fixes: Vec::new(),
        fingerprint,
        unproven: Vec::new(),
        key: ReportKey { route: u32::MAX, index: 0 },
    }
}

/// The bytes that a suppression speaks of: the statement at its line, or the one that follows it.
fn reach(suppression: &Suppression, module: &Arc<Module>, text: &str) -> Span {
    if suppression.whole_file {
        return Span::new(0, module.len.max(text.len() as u32));
    }
    let at = suppression.span.start;
    let statements = module.items.iter().zip(module.starts.iter()).flat_map(|(entry, start)| {
        let own = std::iter::once(Span::new(*start, *start + entry.item.len));
        own.chain(entry.item.stmt_spans.iter().map(|span| span.shifted(*start)))
    });
    if suppression.trailing {
        let line = text[..at as usize].rfind('\n').map_or(0, |it| it as u32 + 1);
        // The largest statement that begins in this line, else the smallest around it.
        let begins = statements.clone().filter(|it| it.start >= line && it.start < at).max_by_key(|it| it.len());
        let around = || statements.clone().filter(|it| it.start <= line && it.end >= at).min_by_key(|it| it.len());
        return begins.or_else(around).unwrap_or(suppression.span);
    }
    let next = statements.filter(|it| it.start > at).min_by_key(|it| (it.start, u32::MAX - it.len()));
    next.unwrap_or(suppression.span)
}
