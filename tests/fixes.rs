//! Every fix that is offered closes its finding: applied alone, the file still parses, the finding is gone and no other one came.

#![allow(clippy::disallowed_methods, reason = "the apps are on disk")]

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
    "tests/support/data/mongodb",
    "tests/support/data/mongoose",
    "tests/support/data/firestore",
    "tests/support/data/realtime-database",
    "tests/support/data/dynamodb",
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

/// Findings that another one on the same route stood for: once fields are named, each of them is still unchecked. The fix of what is
/// shown must then close it without bringing the first one back.
const SHOWS: &[(&str, &str)] = &[("mass-assignment", "missing-validation")];

/// Whether a fix of a finding, applied to the text as it is, leaves fewer findings.
fn second_closes(session: &mut Session, came: &Report) -> bool {
    let snapshot = session.snapshot();
    let before = snapshot.findings().len();
    let Some(fix) = snapshot.fixes(came.key).into_iter().next() else { return false };
    let file = came.place.file;
    let (Some(path), Some(old)) = (snapshot.path(file), snapshot.text(file)) else { return false };
    drop(snapshot);
    let Some(new) = apply(&old, &fix.edits) else { return false };
    session.open_document(&path, new, 2);
    let after = session.snapshot().findings();
    session.open_document(&path, old.to_string(), 3);
    after.len() < before && !after.iter().any(|it| flaw(it) == flaw(came))
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
    for came in after.iter().filter(|it| !known.contains(&flaw(it))) {
        let is_shown = report.route == came.route && SHOWS.contains(&(report.rule, came.rule));
        if !is_shown || !second_closes(session, came) {
            wrong.push(format!("new: {} {:?}", came.rule, came.message));
        }
    }
    for (path, _) in &touched {
        session.close_document(path);
    }
    if !wrong.is_empty() {
        wrong.push(written(&fix.edits));
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

fn written(edits: &[TextEdit]) -> String {
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

/// Lines that a fix takes away and puts in, of the first finding of a rule in a file.
fn change(app_name: &str, file: &str, rule: &str, method: &str, restyle: fn(&str) -> String) -> String {
    let mut files = app(app_name);
    let path = Path::new("/app").join(file);
    for (at, bytes) in &mut files {
        if *at == path {
            *bytes = restyle(&String::from_utf8_lossy(bytes)).into_bytes();
        }
    }
    let run = move || {
        let snapshot = open(&files).snapshot();
        let is_it =
            |it: &&Report| it.rule == rule && *it.place.path == *path && it.route.as_ref().is_some_and(|it| it.method == method);
        let reports = snapshot.findings();
        let report = reports.iter().find(is_it).expect("the finding");
        let fix = snapshot.fixes(report.key).into_iter().next().expect("a fix");
        let old = snapshot.text(report.place.file).expect("a text");
        let new = apply(&old, &fix.edits).expect("edits that fit");
        let gone = old.lines().filter(|line| !new.lines().any(|it| it == *line)).map(|line| format!("-{line}\n"));
        let came = new.lines().filter(|line| !old.lines().any(|it| it == *line)).map(|line| format!("+{line}\n"));
        gone.chain(came).collect::<String>()
    };
    std::thread::scope(|scope| {
        std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run).expect("a thread").join().expect("it ends")
    })
}

fn as_is(text: &str) -> String {
    text.to_owned()
}

/// Single quotes, no semicolons.
fn bare(text: &str) -> String {
    text.replace('"', "'").lines().map(|line| line.strip_suffix(';').unwrap_or(line).to_owned() + "\n").collect()
}

#[test]
fn fixes_are_written_in_the_style_of_their_file() {
    let todos = ("examples/todo-api", "src/routes/todos.ts");
    let folders = ("tests/corpus/naive/notes-next-supabase", "app/api/folders/route.ts");
    let patch = ("tests/corpus/naive/todo-express-prisma", "src/routes/todos.ts");
    let expected = [
        (todos, "missing-ownership", "GET", OWNER),
        (todos, "missing-validation", "POST", SCHEMA_EXPRESS),
        (folders, "missing-validation", "POST", SCHEMA_NEXT),
        (patch, "mass-assignment", "PATCH", ALLOWLIST),
    ];
    for ((app, file), rule, method, lines) in expected {
        assert_eq!(change(app, file, rule, method, as_is), lines);
        assert_eq!(change(app, file, rule, method, bare), bare(lines));
    }
}

const OWNER: &str = r#"-  const todo = await prisma.todo.findUnique({ where: { id: req.params.id } });
+  const todo = await prisma.todo.findUnique({ where: { id: req.params.id, userId: req.userId } });
"#;

const SCHEMA_EXPRESS: &str = r#"-  const { title } = req.body;
+import { z } from "zod";
+const CreateTodoBody = z.object({
+  title: z.string().min(1).max(255),
+  const parsed = CreateTodoBody.safeParse(req.body);
+  if (!parsed.success) return res.status(400).json({ error: "Invalid request" });
+  const { title } = parsed.data;
"#;

const SCHEMA_NEXT: &str = r#"-  const { name, parent_id } = await req.json();
+import { z } from "zod";
+const CreateFolderBody = z.object({
+  name: z.string().min(1).max(255),
+  parent_id: z.string().uuid().nullish(),
+});
+  const parsed = CreateFolderBody.safeParse(await req.json());
+  if (!parsed.success) return NextResponse.json({ error: "Invalid request" }, { status: 400 });
+  const { name, parent_id } = parsed.data;
"#;

/// `dueDate` is taken out of `rest`: it is not read from there.
const ALLOWLIST: &str = r#"-        ...rest,
+        title: rest.title, notes: rest.notes, done: rest.done, priority: rest.priority,
"#;
