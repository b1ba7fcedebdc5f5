//! The findings as JSON: the output contract that other programs read.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use crate::base::{FileId, Span};
use crate::check::{Place, Report};
use crate::findings::{Confidence, Severity};

use super::lines::Sources;
use super::paths::shown;

/// One object for a scan.
#[derive(Serialize)]
struct Scan<'a> {
    version: &'static str,
    findings: Vec<FindingOut<'a>>,
    routes: usize,
    files: usize,
    not_proven: usize,
}

#[derive(Serialize)]
struct FindingOut<'a> {
    rule: &'a str,
    severity: &'static str,
    confidence: &'static str,
    path: String,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    message: &'a str,
    route: Option<RouteOut<'a>>,
    related: Vec<RelatedOut<'a>>,
    fixes: Vec<FixOut<'a>>,
    fingerprint: &'a str,
}

/// A route's name.
#[derive(Serialize)]
pub(super) struct RouteOut<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
}

#[derive(Serialize)]
struct RelatedOut<'a> {
    path: String,
    line: u32,
    message: &'a str,
}

#[derive(Serialize)]
struct FixOut<'a> {
    title: &'a str,
}

/// Writes the findings of a scan with paths relative to `from`.
pub fn findings(
    out: &mut dyn Write,
    reports: &[Report],
    counts: crate::check::Counts,
    sources: &mut Sources<'_>,
    from: &Path,
) -> io::Result<()> {
    let scan = Scan {
        version: env!("CARGO_PKG_VERSION"),
        findings: reports.iter().map(|report| finding(report, sources, from)).collect(),
        routes: counts.routes,
        files: counts.files,
        not_proven: counts.not_proven,
    };
    serde_json::to_writer_pretty(&mut *out, &scan)?;
    out.write_all(b"\n")
}

fn finding<'a>(report: &'a Report, sources: &mut Sources<'_>, from: &Path) -> FindingOut<'a> {
    let (start, end) = ends(sources, report.place.file, report.place.span);
    let related = |(place, message): &'a (Place, String)| RelatedOut {
        path: shown(&place.path, from),
        line: sources.line_col(place.file, place.span.start).line,
        message,
    };
    FindingOut {
        rule: report.rule,
        severity: severity(report.severity),
        confidence: confidence(report.confidence),
        path: shown(&report.place.path, from),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        message: &report.message,
        route: report.route.as_ref().map(|it| RouteOut { method: &it.method, path: &it.path }),
        related: report.related.iter().map(related).collect(),
        fixes: report.fixes.iter().map(|(title, _)| FixOut { title }).collect(),
        fingerprint: &report.fingerprint,
    }
}

fn ends(sources: &mut Sources<'_>, file: FileId, span: Span) -> (crate::base::LineCol, crate::base::LineCol) {
    (sources.line_col(file, span.start), sources.line_col(file, span.end))
}

/// A severity's name in reports and on the command line.
pub(super) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Hint => "hint",
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

/// A confidence's name in reports and on the command line.
pub(super) fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::NotProven => "not-proven",
        Confidence::Medium => "medium",
        Confidence::High => "high",
    }
}
