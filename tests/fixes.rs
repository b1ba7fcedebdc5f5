//! Every fix that is offered closes its finding: applied alone, the file still parses, the finding is gone and no other one came.

#![allow(clippy::disallowed_methods, reason = "a test reads the disk itself")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use routewarden::base::Span;
use routewarden::check::{Options, Report, STACK, Session, apply};
use routewarden::findings::RouteName;
use routewarden::fixes::{Fix, TextEdit};
use routewarden::ir::lower::lower;
use routewarden::project::Memory;
use routewarden::syntax::{Language, parse};

const APPS: &[&str] = &[
    "examples/todo-api",
    "tests/corpus/naive/todo-express-prisma",
    "tests/corpus/naive/notes-next-supabase",
    "tests/corpus/naive/pm-next-prisma-nextauth",
];

type Files = Vec<(PathBuf, Vec<u8>)>;

/// What tells one flaw from another across an edit.
type Flaw = (&'static str, Option<RouteName>);

fn read(folder: &Path, below: &Path, files: &mut Files) {
    for entry in std::fs::read_dir(folder).expect("the app is there").flatten() {
        let (path, at) = (entry.path(), below.join(entry.file_name()));
        if path.is_dir() {
            read(&path, &at, files);
        } else {
            files.push((at, std::fs::read(&path).expect("a file of the app")));
        }
    }
}

fn app(name: &str) -> Files {
    let mut files = Vec::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(name), Path::new("/app"), &mut files);
    files
}

fn open(files: &Files) -> Session {
    Session::open(Arc::new(Memory::new(files.iter().cloned())), Path::new("/app"), Options::default())
}

fn flaw(report: &Report) -> Flaw {
    (report.rule, report.route.clone())
}

/// Where a byte of the text is after the edits.
fn moved(at: u32, edits: &[&TextEdit]) -> u32 {
    let before = edits.iter().filter(|edit| edit.span.end <= at);
    let delta: i64 = before.map(|edit| edit.text.len() as i64 - i64::from(edit.span.len())).sum();
    u32::try_from(i64::from(at) + delta).unwrap_or(0)
}

/// Whether a finding of the same rule and route begins at the same place of the edited text.
fn same_place(before: &Report, after: &Report, edits: &[&TextEdit]) -> bool {
    let here: Vec<&TextEdit> = edits.iter().copied().filter(|edit| edit.file == before.place.file).collect();
    flaw(before) == flaw(after)
        && before.place.path == after.place.path
        && moved(before.place.span.start, &here) == after.place.span.start
}

/// What is wrong with a fix, in a person's words.
fn tried(session: &mut Session, before: &[Report], report: &Report, fix: &Fix) -> Vec<String> {
    let mut wrong = Vec::new();
    let edits: Vec<&TextEdit> = fix.edits.iter().collect();
    let snapshot = session.snapshot();
    let mut touched = Vec::new();
    for file in fix.edits.iter().map(|it| it.file).collect::<std::collections::BTreeSet<_>>() {
        let (Some(path), Some(text)) = (snapshot.path(file), snapshot.text(file)) else { continue };
        let own: Vec<TextEdit> = fix.edits.iter().filter(|it| it.file == file).cloned().collect();
        let Some(new) = apply(&text, &own) else {
            wrong.push(format!("edits do not fit: {own:?}"));
            continue;
        };
        if !untouched(&text, &new, &own) {
            wrong.push("text beside the edits changed".to_owned());
        }
        touched.push((path, new));
    }
    drop(snapshot);
    for (path, new) in &touched {
        let broken = parse(new, Language::of(path)).map(|tree| lower(&tree, new).items.iter().any(|it| it.item.broken));
        if broken != Some(false) {
            wrong.push("does not parse".to_owned());
        }
        session.open_document(path, new.clone(), 1);
    }
    let after = session.snapshot().findings();
    let known: Vec<Flaw> = before.iter().map(flaw).collect();
    let here = |all: &[Report], moved: &[&TextEdit]| all.iter().filter(|it| same_place(report, it, moved)).count();
    if here(&after, &edits) >= here(before, &[]) {
        wrong.push("still found".to_owned());
    }
    // A body that was written whole was not validated either: one flaw, one finding, until the first is mended.
    let covered = |it: &Report| report.rule == "mass-assignment" && it.rule == "missing-validation" && it.route == report.route;
    let new = after.iter().filter(|it| !known.contains(&flaw(it)) && !covered(it));
    wrong.extend(new.map(|it| format!("new: {} {:?}", it.rule, it.message)));
    for (path, new) in &touched {
        session.close_document(path);
        if !wrong.is_empty() {
            wrong.push(diff(&fix.edits, new));
        }
    }
    wrong
}

/// The texts between the edits are there, in order, byte for byte.
fn untouched(old: &str, new: &str, edits: &[TextEdit]) -> bool {
    let (mut rest, mut at) = (new, 0);
    for edit in edits {
        let Some(after) = rest.strip_prefix(&old[at..edit.span.start as usize]) else { return false };
        let Some(after) = after.strip_prefix(edit.text.as_str()) else { return false };
        (rest, at) = (after, edit.span.end as usize);
    }
    rest == &old[at..]
}

fn diff(edits: &[TextEdit], _new: &str) -> String {
    edits.iter().map(|it| format!("{}..{} {:?}", it.span.start, it.span.end, it.text)).collect::<Vec<_>>().join("\n      ")
}

#[derive(Default)]
struct Count {
    findings: usize,
    offered: usize,
    closed: usize,
}

fn every_fix() -> (BTreeMap<(&'static str, &'static str), Count>, Vec<String>) {
    let mut table: BTreeMap<(&'static str, &'static str), Count> = BTreeMap::new();
    let mut failures = Vec::new();
    for name in APPS {
        let files = app(name);
        let mut session = open(&files);
        let before = session.snapshot().findings();
        for report in &before {
            let count = table.entry((report.rule, name)).or_default();
            count.findings += 1;
            let fixes = session.snapshot().fixes(report.key);
            for fix in &fixes {
                count.offered += 1;
                let wrong = tried(&mut session, &before, report, fix);
                if wrong.is_empty() {
                    count.closed += 1;
                } else {
                    let route = report.route.as_ref().map_or(String::new(), |it| format!("{} {}", it.method, it.path));
                    failures.push(format!("{name}: {} {route}: {}\n    {}", report.rule, fix.title, wrong.join("\n    ")));
                }
            }
        }
    }
    (table, failures)
}

#[test]
fn every_offered_fix_closes_its_finding_and_opens_no_other() {
    let run = std::thread::Builder::new().stack_size(STACK).spawn(every_fix).expect("a thread");
    let (table, failures) = run.join().expect("the analysis ends");
    for ((rule, app), count) in &table {
        println!("{rule:28} {app:45} findings {:3}  offered {:3}  closed {:3}", count.findings, count.offered, count.closed);
    }
    assert!(failures.is_empty(), "{} fixes are wrong:\n{}", failures.len(), failures.join("\n"));
    let closed =
        |rule: &str, part: &str| table.iter().any(|((it, app), count)| *it == rule && app.contains(part) && count.closed > 0);
    for (rule, apps) in [
        ("missing-ownership", &["express", "next-supabase"][..]),
        ("mass-assignment", &["express", "next-supabase"]),
        ("missing-validation", &["express", "next-supabase", "next-prisma"]),
        ("data-exposure", &["todo-api", "next-prisma"]),
    ] {
        for app in apps {
            assert!(closed(rule, app), "no fix of {rule} was tried on {app}");
        }
    }
}

#[test]
fn a_place_moves_with_the_text_before_it() {
    let edit = TextEdit { file: routewarden::base::FileId(0), span: Span::new(2, 4), text: "abcde".to_owned() };
    assert_eq!(moved(9, &[&edit]), 12);
    assert_eq!(moved(2, &[&edit]), 2);
}
