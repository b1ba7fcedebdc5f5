//! The findings of a file as diagnostics.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustc_hash::FxHashMap;
use serde_json::json;
use xxhash_rust::xxh3::xxh3_64;

use crate::check::{Report, Snapshot};
use crate::report;

use super::convert::{self, Places};
use super::lsp;
use super::view::View;

/// The findings of a file at one revision.
#[derive(Clone, Debug)]
pub struct Analysed {
    /// The file.
    pub path: PathBuf,
    /// The version of the document, if it is open.
    pub version: Option<i32>,
    /// The folder's count of changes.
    pub changes: u64,
    /// How long it took.
    pub took: Duration,
    /// The findings that are shown.
    pub diagnostics: Vec<lsp::Diagnostic>,
    /// The same as JSON.
    pub json: Box<str>,
    /// Of the JSON: two files with the same hash look the same.
    pub hash: u64,
}

impl Analysed {
    /// The findings of one file; `version` is that of the document when the snapshot was taken, `changes` the folder's count.
    ///
    /// The version is the loop's, not the snapshot's: a document that no session reads (too large, left out) has one as well.
    pub fn of(snapshot: &Snapshot, path: &Path, view: &View, version: Option<i32>, changes: u64) -> Self {
        let began = Instant::now();
        let diagnostics = diagnostics(&snapshot.findings_in(path), snapshot, view);
        // Diagnostics are plain data: there is nothing in them that JSON cannot hold.
        let json = serde_json::to_string(&diagnostics).unwrap_or_else(|_| "[]".to_owned()).into_boxed_str();
        let hash = xxh3_64(json.as_bytes());
        Analysed { path: path.to_owned(), version, changes, took: began.elapsed(), diagnostics, json, hash }
    }
}

/// Findings as diagnostics, in their order, without those that are not shown.
fn diagnostics(reports: &[Report], snapshot: &Snapshot, view: &View) -> Vec<lsp::Diagnostic> {
    let mut places = Places::new(view, snapshot);
    let mut pages = FxHashMap::default();
    let shown = reports.iter().filter(|report| view.settings.shows(report));
    shown.filter_map(|report| diagnostic(report, &mut places, &mut pages, view)).collect()
}

/// The addresses of rule pages, each parsed once.
type Pages = FxHashMap<&'static str, Option<lsp::CodeDescription>>;

fn diagnostic(report: &Report, places: &mut Places<'_>, pages: &mut Pages, view: &View) -> Option<lsp::Diagnostic> {
    let page = || Some(lsp::CodeDescription { href: report::page_url(report.rule)?.parse().ok()? });
    Some(lsp::Diagnostic {
        range: places.range(report.place.file, report.place.span)?,
        severity: Some(convert::severity(report.severity)),
        code: Some(lsp::NumberOrString::String(report.rule.to_owned())),
        code_description: if view.flags.code_description { pages.entry(report.rule).or_insert_with(page).clone() } else { None },
        source: Some("routewarden".to_owned()),
        message: report.message.clone(),
        related_information: (view.flags.related && !report.related.is_empty()).then(|| related(report, places)),
        tags: None,
        data: view.flags.diagnostic_data.then(|| {
            json!({
                "rule": report.rule,
                "fingerprint": report.fingerprint,
                "key": [report.key.route, report.key.index],
            })
        }),
    })
}

fn related(report: &Report, places: &mut Places<'_>) -> Vec<lsp::DiagnosticRelatedInformation> {
    let step = |(place, message): &(_, String)| {
        Some(lsp::DiagnosticRelatedInformation { location: places.location(place)?, message: message.clone() })
    };
    report.related.iter().filter_map(step).collect()
}

/// One finding as a diagnostic, as an action carries it.
pub fn single(report: &Report, places: &mut Places<'_>, view: &View) -> Option<lsp::Diagnostic> {
    diagnostic(report, places, &mut Pages::default(), view)
}
