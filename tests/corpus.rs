//! Precision and recall on the labelled corpus, per rule, against floors that only rise (`tests/corpus/floor.toml`).
//!
//! The measure: a labelled flaw is found where a finding of its rule touches its route or one of its other places; a finding of a core
//! rule that no label explains is a false alarm; `arguable` labels and the consequences of a flaw on the same route count neither way.
//! `--show` prints every miss and every false alarm.

#![allow(clippy::disallowed_methods, reason = "a test reads the disk itself")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use routewarden::check::{Options, Report, Session};
use routewarden::project::Disk;
use routewarden::text::LineIndex;
use serde::Deserialize;

#[derive(Deserialize)]
struct Labels {
    routes: Vec<Route>,
    #[serde(default)]
    app_findings: Vec<Label>,
}

#[derive(Deserialize)]
struct Route {
    route: String,
    file: String,
    start: u32,
    end: u32,
    findings: Vec<Label>,
}

#[derive(Deserialize)]
struct Label {
    rule: String,
    verdict: String,
    file: Option<String>,
    line: Option<u32>,
    #[serde(default)]
    also: Vec<Also>,
    #[serde(default)]
    why: String,
}

#[derive(Deserialize)]
struct Also {
    file: String,
    start: Option<u32>,
    end: Option<u32>,
    line: Option<u32>,
}

/// What must hold of a group of apps.
#[derive(Deserialize)]
struct Floor {
    apps: Vec<String>,
    rules: Vec<String>,
    precision: f64,
    recall: f64,
}

#[derive(Deserialize)]
struct Floors {
    naive: Floor,
    /// Apps on which no finding of `naive.rules` may appear.
    silent: Vec<String>,
}

/// Where a rule's flaw stands, the findings of these rules at the same place are its consequences ("One flaw, one finding").
const CONSEQUENCES: &[(&str, &[&str])] = &[
    (
        "missing-authentication",
        &[
            "missing-ownership",
            "missing-role-check",
            "client-supplied-identity",
            "unenforced-authentication",
            "privileged-client",
        ],
    ),
    ("unenforced-authentication", &["missing-authentication", "missing-ownership", "privileged-client", "missing-validation"]),
    ("missing-ownership", &["client-supplied-identity", "privileged-client", "missing-role-check"]),
    ("client-supplied-identity", &["missing-ownership", "missing-authentication"]),
    ("mass-assignment", &["missing-validation", "missing-role-check", "client-supplied-identity", "missing-ownership"]),
    ("nosql-injection", &["missing-validation"]),
    ("sql-injection", &["missing-validation"]),
    ("missing-validation", &["nosql-injection", "unenforced-authentication"]),
];

type Spot = (String, u32, u32);

struct Found {
    rule: &'static str,
    message: String,
    spots: Vec<Spot>,
}

fn main() -> ExitCode {
    let show = std::env::args().any(|it| it == "--show");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let floors: Floors = toml::from_str(&fs::read_to_string(root.join("floor.toml")).expect("floor.toml")).expect("floors");
    let rules = &floors.naive.rules;
    let mut counts: BTreeMap<String, (u32, u32, u32)> = BTreeMap::new();
    let mut lines = Vec::new();
    for app in &floors.naive.apps {
        score(&root.join("naive").join(app), app, rules, &mut counts, &mut lines);
    }
    let (mut tp, mut fn_, mut fp) = (0, 0, 0);
    for (rule, (found, missed, wrong)) in &counts {
        println!("{rule:28} tp {found:3} fn {missed:3} fp {wrong:3}");
        tp += found;
        fn_ += missed;
        fp += wrong;
    }
    let recall = f64::from(tp) / f64::from((tp + fn_).max(1));
    let precision = f64::from(tp) / f64::from((tp + fp).max(1));
    println!(
        "{} apps: recall {recall:.3} (floor {:.3}), precision {precision:.3} (floor {:.3})",
        floors.naive.apps.len(),
        floors.naive.recall,
        floors.naive.precision
    );
    let mut noisy = Vec::new();
    for app in &floors.silent {
        for found in findings(&root.join("secure").join(app)) {
            if rules.iter().any(|it| it == found.rule) {
                noisy.push(format!("ALARM {app} {} {:?}: {}", found.rule, found.spots.first(), found.message));
            }
        }
    }
    println!("{} careful apps: {} findings (floor 0)", floors.silent.len(), noisy.len());
    if show {
        lines.iter().for_each(|line| println!("{line}"));
    }
    noisy.iter().for_each(|line| println!("{line}"));
    let good = recall >= floors.naive.recall && precision >= floors.naive.precision && noisy.is_empty();
    println!("{} passed, {} failed", u8::from(good), u8::from(!good));
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn findings(app: &Path) -> Vec<Found> {
    let session = Session::open(Arc::new(Disk), app, Options::default());
    let snapshot = session.snapshot();
    let shown = |report: &Report| report.confidence != routewarden::findings::Confidence::NotProven;
    let root = snapshot.root().to_path_buf();
    snapshot
        .findings()
        .into_iter()
        .filter(shown)
        .map(|report| {
            let spot = |place: &routewarden::check::Place| -> Spot {
                let text = snapshot.text(place.file).unwrap_or_default();
                let lines = LineIndex::new(&text);
                let line = |byte: u32| lines.line_col(&text, byte as usize).line;
                let path: PathBuf = place.path.strip_prefix(&root).unwrap_or(&place.path).to_path_buf();
                (path.to_string_lossy().replace('\\', "/"), line(place.span.start), line(place.span.end))
            };
            let mut spots = vec![spot(&report.place)];
            spots.extend(report.related.iter().map(|(place, _)| {
                let (path, line, _) = spot(place);
                (path, line, line)
            }));
            Found { rule: report.rule, message: report.message, spots }
        })
        .collect()
}

fn score(app: &Path, name: &str, rules: &[String], counts: &mut BTreeMap<String, (u32, u32, u32)>, lines: &mut Vec<String>) {
    let labels: Labels = serde_json::from_str(&fs::read_to_string(app.join("labels.json")).expect("labels")).expect("labels");
    let found: Vec<Found> = findings(app).into_iter().filter(|it| rules.iter().any(|rule| rule == it.rule)).collect();
    let mut explained = vec![false; found.len()];
    let all = labels
        .routes
        .iter()
        .flat_map(|route| route.findings.iter().map(move |label| (label, Some(route))))
        .chain(labels.app_findings.iter().map(|label| (label, None)));
    let all: Vec<(&Label, Option<&Route>, Vec<Spot>)> = all.map(|(label, route)| (label, route, spots(label, route))).collect();
    for (label, route, spots) in &all {
        let hits: Vec<usize> =
            (0..found.len()).filter(|at| found[*at].rule == label.rule && touches(&found[*at], spots)).collect();
        hits.iter().for_each(|at| explained[*at] = true);
        if label.verdict != "vuln" || !rules.contains(&label.rule) {
            continue;
        }
        let count = counts.entry(label.rule.clone()).or_default();
        if hits.is_empty() {
            count.1 += 1;
            let place = route.map_or_else(String::new, |it| format!("{} {}", it.route, it.file));
            lines.push(format!("MISS  {name} {} {place}:{}: {}", label.rule, label.line.unwrap_or(0), label.why));
        } else {
            count.0 += 1;
        }
    }
    for (label, _, spots) in all.iter().filter(|(label, ..)| label.verdict == "vuln") {
        let consequences = CONSEQUENCES.iter().find(|(rule, _)| *rule == label.rule).map_or(&[][..], |(_, all)| all);
        for (at, it) in found.iter().enumerate() {
            explained[at] |= consequences.contains(&it.rule) && touches(it, spots);
        }
    }
    for (it, _) in found.iter().zip(&explained).filter(|(_, explained)| !**explained) {
        counts.entry(it.rule.to_owned()).or_default().2 += 1;
        lines.push(format!("ALARM {name} {} {:?}: {}", it.rule, it.spots.first(), it.message));
    }
}

fn spots(label: &Label, route: Option<&Route>) -> Vec<Spot> {
    let mut all: Vec<Spot> = route.map(|it| (it.file.clone(), it.start, it.end)).into_iter().collect();
    if let Some(file) = &label.file {
        let line = label.line.unwrap_or(1);
        all.push((file.clone(), line.saturating_sub(2), line + 2));
    }
    all.extend(label.also.iter().map(|it| {
        let start = it.start.or(it.line).unwrap_or(1);
        (it.file.clone(), start, it.end.or(it.line).unwrap_or(start))
    }));
    all
}

fn touches(found: &Found, spots: &[Spot]) -> bool {
    found
        .spots
        .iter()
        .any(|(path, start, end)| spots.iter().any(|(file, first, last)| file == path && first <= end && last >= start))
}
