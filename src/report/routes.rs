//! Routes with their posture, as a table and as JSON.

use std::io::{self, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::check::{Evidence, Posture};
use crate::findings::Confidence;

use super::json::{RouteOut, confidence};
use super::lines::Sources;
use super::paths::shown;

/// The heads of the columns.
const HEADS: [&str; 9] = ["METHOD", "PATH", "HANDLER", "IDENTITY", "ENFORCED", "TIED BY", "CLIENT", "UNVALIDATED", "LIMIT"];
/// What stands where there is nothing.
const NOTHING: &str = "-";
const SPACE: usize = 2;

/// Writes the routes as a table with paths relative to `from`.
pub fn routes_table(
    out: &mut dyn Write,
    routes: &[Posture],
    sources: &mut Sources<'_>,
    from: &Path,
    colour: bool,
) -> io::Result<()> {
    let rows: Vec<[String; 9]> = routes.iter().map(|route| row(route, sources, from)).collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([HEADS[column].len()]).max().unwrap_or(0)
    };
    let widths: [usize; 9] = std::array::from_fn(width);
    line(out, &HEADS.map(str::to_owned), &widths, |_, _| if colour { Style::new().bold() } else { Style::new() })?;
    let style = |column: usize, cell: &str| {
        // What keeps strangers out, and is not there, is what the table is read for.
        let missing = (column == 4 || column == 5) && cell == NOTHING || column == 7 && cell != NOTHING;
        if colour && missing { AnsiColor::Yellow.on_default() } else { Style::new() }
    };
    rows.iter().try_for_each(|row| line(out, row, &widths, style))
}

fn line(out: &mut dyn Write, cells: &[String; 9], widths: &[usize; 9], style: impl Fn(usize, &str) -> Style) -> io::Result<()> {
    let mut text = String::new();
    let mut owed = 0;
    for (column, cell) in cells.iter().enumerate() {
        let style = style(column, cell);
        text.extend(std::iter::repeat_n(' ', owed));
        text.push_str(&format!("{style}{cell}{style:#}"));
        owed = widths[column] - cell.chars().count() + SPACE;
    }
    writeln!(out, "{text}")
}

fn row(route: &Posture, sources: &mut Sources<'_>, from: &Path) -> [String; 9] {
    let handler = sources.line_col(route.handler.file, route.handler.span.start);
    let what = |evidence: &Option<Evidence>| evidence.as_ref().map_or(NOTHING.to_owned(), |it| it.what.clone());
    let list = |items: &[String]| if items.is_empty() { NOTHING.to_owned() } else { items.join(", ") };
    [
        route.route.method.clone(),
        route.route.path.clone(),
        format!("{}:{}", shown(&route.handler.path, from), handler.line),
        what(&route.identity),
        what(&route.enforced),
        list(&route.ties.iter().map(|it| it.what.clone()).collect::<Vec<_>>()),
        list(&route.clients),
        list(&route.unvalidated),
        what(&route.limit),
    ]
    .map(|cell| cell.replace(|it: char| it.is_control(), " "))
}

/// A route's posture in one line, for an editor.
pub fn posture(route: &Posture) -> String {
    let mut parts = vec![format!("{} {}", route.route.method, route.route.path)];
    parts.push(match (&route.identity, &route.enforced) {
        (Some(identity), Some(_)) => format!("signed in ({})", identity.what),
        (Some(identity), None) => format!("{} not enforced", identity.what),
        (None, _) => "no identity".to_owned(),
    });
    if !route.clients.is_empty() || !route.ties.is_empty() {
        let ties: Vec<&str> = route.ties.iter().map(|it| it.what.as_str()).collect();
        parts.push(if ties.is_empty() { "data not tied".to_owned() } else { format!("tied by {}", ties.join(", ")) });
    }
    if !route.unvalidated.is_empty() {
        parts.push(format!("unvalidated {}", route.unvalidated.join(", ")));
    }
    if let Some(limit) = &route.limit {
        parts.push(format!("limit {}", limit.what));
    }
    parts.join(" · ")
}

#[derive(Serialize)]
struct Routes<'a> {
    version: &'static str,
    routes: Vec<PostureOut<'a>>,
}

#[derive(Serialize)]
struct PostureOut<'a> {
    #[serde(flatten)]
    route: RouteOut<'a>,
    framework: &'a str,
    file: String,
    line: u32,
    handler: PlaceOut,
    identity: Option<EvidenceOut<'a>>,
    enforced: Option<EvidenceOut<'a>>,
    ties: Vec<EvidenceOut<'a>>,
    clients: &'a [String],
    unvalidated: &'a [String],
    limit: Option<EvidenceOut<'a>>,
    findings: Vec<RuleOut<'a>>,
}

#[derive(Serialize)]
struct PlaceOut {
    path: String,
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct EvidenceOut<'a> {
    what: &'a str,
    #[serde(flatten)]
    place: Option<PlaceOut>,
}

#[derive(Serialize)]
struct RuleOut<'a> {
    rule: &'a str,
    confidence: &'static str,
}

/// Writes the routes as one JSON object with paths relative to `from`.
pub fn routes_json(out: &mut dyn Write, routes: &[Posture], sources: &mut Sources<'_>, from: &Path) -> io::Result<()> {
    let routes = routes.iter().map(|route| twin(route, sources, from)).collect();
    serde_json::to_writer_pretty(&mut *out, &Routes { version: env!("CARGO_PKG_VERSION"), routes })?;
    out.write_all(b"\n")
}

fn twin<'a>(route: &'a Posture, sources: &mut Sources<'_>, from: &Path) -> PostureOut<'a> {
    let mut place = |it: &crate::check::Place| {
        let at = sources.line_col(it.file, it.span.start);
        PlaceOut { path: shown(&it.path, from), line: at.line, column: at.column }
    };
    let mut evidence = |it: &'a Evidence| EvidenceOut { what: &it.what, place: it.place.as_ref().map(&mut place) };
    let (identity, enforced) = (route.identity.as_ref().map(&mut evidence), route.enforced.as_ref().map(&mut evidence));
    let (ties, limit) = (route.ties.iter().map(&mut evidence).collect(), route.limit.as_ref().map(&mut evidence));
    let (own, handler) = (place(&route.place), place(&route.handler));
    let rule = |(rule, sure): &(&'static str, Confidence)| RuleOut { rule, confidence: confidence(*sure) };
    PostureOut {
        route: RouteOut { method: &route.route.method, path: &route.route.path },
        framework: route.framework,
        file: own.path,
        line: own.line,
        handler,
        identity,
        enforced,
        ties,
        clients: &route.clients,
        unvalidated: &route.unvalidated,
        limit,
        findings: route.findings.iter().map(rule).collect(),
    }
}
