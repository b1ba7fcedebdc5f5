//! What is supported, as fixtures: `tests/support/<kind>/<id>/` is a tiny project. Its main file begins with `// <Library> <versions>`
//! and `// rules: a, b`: the rules it is exhaustive for. `// finds: rule` ends a line that must be flagged; `// finds-next: rule` stands
//! above it. Nothing else may be found, and at least one route must have no finding.
//!
//! `docs/support.md` is this table, written by `cargo test --test support -- --bless` and compared by the test.

#![allow(clippy::disallowed_methods, reason = "a test reads the disk itself")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use routewarden::check::{Options, Session};
use routewarden::findings::Confidence;
use routewarden::project::Disk;
use routewarden::text::LineIndex;

/// Kinds of fixtures, with their headings in the table.
const KINDS: &[(&str, &str)] = &[
    ("framework", "Frameworks"),
    ("data", "Data layers"),
    ("auth", "Identity"),
    ("policy", "Policies"),
    ("validator", "Validation"),
    ("limiter", "Limiters"),
];

/// A line that must be flagged: file relative to the fixture, 1-based line, rule.
type Expected = (String, u32, String);

struct Fixture {
    folder: PathBuf,
    kind: &'static str,
    id: String,
    title: String,
    rules: BTreeSet<String>,
    expected: BTreeSet<Expected>,
}

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let fixtures = match fixtures(&root.join("tests/support")) {
        Ok(fixtures) => fixtures,
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::FAILURE;
        }
    };
    let table = table(&fixtures);
    let page = root.join("docs/support.md");
    let (bless, others): (Vec<String>, Vec<String>) = std::env::args().partition(|it| it == "--bless");
    if !bless.is_empty() {
        fs::write(&page, &table).expect("docs/support.md can be written");
    }
    let mut trials: Vec<Trial> = fixtures
        .into_iter()
        .map(|fixture| Trial::test(format!("{}/{}", fixture.kind, fixture.id), move || check(&fixture)))
        .collect();
    trials.push(Trial::test("docs/support.md is the table of these fixtures", move || {
        let written = fs::read_to_string(&page).unwrap_or_default();
        if written == table {
            return Ok(());
        }
        Err("run `cargo test --test support -- --bless`".into())
    }));
    libtest_mimic::run(&Arguments::from_iter(others), trials).exit_code()
}

fn fixtures(root: &Path) -> Result<Vec<Fixture>, String> {
    let mut all = Vec::new();
    for (kind, _) in KINDS {
        let Ok(folder) = fs::read_dir(root.join(kind)) else { continue };
        let mut folders: Vec<PathBuf> = folder.flatten().map(|it| it.path()).filter(|it| it.is_dir()).collect();
        folders.sort();
        for folder in folders {
            all.push(fixture(kind, &folder).map_err(|problem| format!("{}: {problem}", folder.display()))?);
        }
    }
    Ok(all)
}

fn fixture(kind: &'static str, folder: &Path) -> Result<Fixture, String> {
    let id = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut fixture = Fixture {
        folder: folder.to_path_buf(),
        kind,
        id,
        title: String::new(),
        rules: BTreeSet::new(),
        expected: BTreeSet::new(),
    };
    let mut paths = Vec::new();
    files(folder, &mut paths);
    paths.sort();
    for path in paths {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let relative = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let mut lines = text.lines();
        if let (Some(title), Some(rules)) = (lines.next(), lines.next().and_then(|it| it.strip_prefix("// rules:"))) {
            fixture.title = title.strip_prefix("// ").ok_or("the first line must be `// <Library> <versions>`")?.to_owned();
            fixture.rules = split(rules);
        }
        for (number, line) in (1..).zip(text.lines()) {
            let expected = [("// finds:", number), ("// finds-next:", number + 1)];
            for (mark, number) in expected {
                if let Some((_, rules)) = line.split_once(mark) {
                    fixture.expected.extend(split(rules).into_iter().map(|rule| (relative.clone(), number, rule)));
                }
            }
        }
    }
    let known = routewarden::rules::ids();
    let named = fixture.rules.iter().chain(fixture.expected.iter().map(|(.., rule)| rule));
    if let Some(unknown) = named.into_iter().find(|it| !known.contains(&it.as_str())) {
        return Err(format!("there is no rule `{unknown}`"));
    }
    match () {
        () if fixture.title.is_empty() => Err("no file begins with a title and `// rules:`".into()),
        () if fixture.expected.is_empty() => Err("nothing must be found in it".into()),
        () => Ok(fixture),
    }
}

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|it| it.path()) {
        if path.is_dir() { files(&path, into) } else { into.push(path) }
    }
}

fn split(text: &str) -> BTreeSet<String> {
    text.split(',').map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect()
}

fn check(fixture: &Fixture) -> Result<(), Failed> {
    let session = Session::open(Arc::new(Disk), &fixture.folder, Options::default());
    let snapshot = session.snapshot();
    let root = snapshot.root().to_path_buf();
    let mut found: BTreeSet<Expected> = BTreeSet::new();
    let mut flagged = BTreeSet::new();
    for report in snapshot.findings() {
        if report.confidence == Confidence::NotProven || !fixture.rules.contains(report.rule) {
            continue;
        }
        let text = snapshot.text(report.place.file).unwrap_or_default();
        let line = LineIndex::new(&text).line_col(&text, report.place.span.start as usize).line;
        let path = report.place.path.strip_prefix(&root).unwrap_or(&report.place.path).to_string_lossy().replace('\\', "/");
        flagged.extend(report.route.as_ref().map(|it| (it.method.clone(), it.path.clone())));
        found.insert((path, line, report.rule.to_owned()));
    }
    let mut problem = String::new();
    for (path, line, rule) in fixture.expected.difference(&found) {
        writeln!(problem, "not found: {path}:{line} {rule}")?;
    }
    for (path, line, rule) in found.difference(&fixture.expected) {
        writeln!(problem, "found, and should not be: {path}:{line} {rule}")?;
    }
    if flagged.len() == snapshot.routes().len() {
        writeln!(problem, "every route is flagged: it shows nothing that is done right")?;
    }
    if problem.is_empty() { Ok(()) } else { Err(problem.into()) }
}

fn table(fixtures: &[Fixture]) -> String {
    let mut page = String::from(
        "# What Routewarden understands\n\n\
         Every row is a fixture: a tiny project with something that must be found and the same thing done right, which must not be.\n\
         `cargo test --test support` runs them; `-- --bless` writes this page.\n",
    );
    for (kind, heading) in KINDS {
        let of_kind: Vec<&Fixture> = fixtures.iter().filter(|it| it.kind == *kind).collect();
        if of_kind.is_empty() {
            continue;
        }
        let _ = write!(page, "\n## {heading}\n\n| library | must be found | fixture |\n|---|---|---|\n");
        for fixture in of_kind {
            let rules: BTreeSet<&str> = fixture.expected.iter().map(|(.., rule)| rule.as_str()).collect();
            let rules: Vec<String> = rules.iter().map(|it| format!("`{it}`")).collect();
            let path = format!("tests/support/{}/{}", fixture.kind, fixture.id);
            let _ = writeln!(page, "| {} | {} | [{path}](../{path}) |", fixture.title, rules.join(", "));
        }
    }
    page
}
