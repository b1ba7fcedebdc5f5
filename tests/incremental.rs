//! Any sequence of edits leaves the session where a fresh one would begin: same text, same lowered code, same routes, same findings.

#![allow(clippy::disallowed_methods, reason = "a test reads the disk itself")]

mod projects;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use routewarden::check::{DocumentEdit, Options, Place, STACK, Session, Snapshot};
use routewarden::ir::{Module, lower};
use routewarden::project::Memory;
use routewarden::syntax::{self, Language, SyntaxTree};
use routewarden::text::{Buffer, Change, Encoding, Position};

use projects::{PROJECTS, Project, ROOT};

/// Chars that break and mend structure more often than letters do.
const PIECES: &[&str] = &[
    "}",
    "{",
    "(",
    ")",
    "`",
    "\"",
    "'",
    "/*",
    "*/",
    "//",
    "\n",
    "\r\n",
    ";",
    "await ",
    "return;",
    "x",
    "é",
    "😀",
    "\t",
    "=> ",
    "if (!a) return;\n",
    "export ",
    "import z from './z';\n",
    "\u{0}",
    "<T>",
    "?.",
    "${",
];

/// One thing that a person or a tool does.
#[derive(Clone, Debug)]
enum Step {
    /// Types a piece.
    Insert { file: usize, at: usize, piece: usize },
    /// Deletes some chars.
    Delete { file: usize, at: usize, chars: usize },
    /// Takes a line out.
    DeleteLine { file: usize, line: usize },
    /// Renames what stands everywhere, in one change of many edits.
    Rename { file: usize, name: usize },
    /// Puts a statement on a line of its own.
    Statement { file: usize, line: usize },
    /// Takes a closing brace out and puts it back: two changes.
    Brace { file: usize, which: usize, back: bool },
    /// The whole text is sent anew.
    Reset { file: usize },
}

fn step(files: usize) -> impl Strategy<Value = Step> {
    let (file, place) = (0..files, 0..10_000usize);
    prop_oneof![
        3 => (file.clone(), place.clone(), 0..PIECES.len()).prop_map(|(file, at, piece)| Step::Insert { file, at, piece }),
        3 => (file.clone(), place.clone(), 1..24usize).prop_map(|(file, at, chars)| Step::Delete { file, at, chars }),
        3 => (file.clone(), place.clone()).prop_map(|(file, line)| Step::DeleteLine { file, line }),
        1 => (file.clone(), 0..NAMES.len()).prop_map(|(file, name)| Step::Rename { file, name }),
        2 => (file.clone(), place.clone()).prop_map(|(file, line)| Step::Statement { file, line }),
        2 => (file.clone(), place, any::<bool>()).prop_map(|(file, which, back)| Step::Brace { file, which, back }),
        1 => file.prop_map(|file| Step::Reset { file }),
    ]
}

const NAMES: &[(&str, &str)] =
    &[("userId", "ownerId"), ("req", "request"), ("user", "caller"), ("requireAuth", "signedIn"), ("todo", "item")];

/// Edits in bytes of the text, from the last to the first, so that each is right where it stands.
fn edits(step: &Step, text: &str, original: &str) -> Vec<Vec<(usize, usize, String)>> {
    let char_at =
        |at: usize| text.char_indices().map(|it| it.0).chain([text.len()]).nth(at % (text.chars().count() + 1)).unwrap_or(0);
    let line_at = |line: usize| {
        let starts: Vec<usize> = std::iter::once(0).chain(text.match_indices('\n').map(|it| it.0 + 1)).collect();
        let at = line % starts.len();
        (starts[at], starts.get(at + 1).copied().unwrap_or(text.len()))
    };
    match step {
        Step::Insert { at, piece, .. } => vec![vec![(char_at(*at), char_at(*at), PIECES[*piece].to_owned())]],
        Step::Delete { at, chars, .. } => {
            let start = char_at(*at);
            let end = start + text[start..].chars().take(*chars).map(char::len_utf8).sum::<usize>();
            vec![vec![(start, end, String::new())]]
        }
        Step::DeleteLine { line, .. } => {
            let (start, end) = line_at(*line);
            vec![vec![(start, end, String::new())]]
        }
        Step::Rename { name, .. } => {
            let (from, to) = NAMES[*name];
            let all = text.match_indices(from).map(|(at, _)| (at, at + from.len(), to.to_owned()));
            vec![all.collect::<Vec<_>>().into_iter().rev().collect()]
        }
        Step::Statement { line, .. } => {
            let at = line_at(*line).0;
            vec![vec![(at, at, "const extra = await prisma.user.findMany();\n".to_owned())]]
        }
        Step::Brace { which, back, .. } => {
            let all: Vec<usize> = text.match_indices('}').map(|it| it.0).collect();
            let Some(at) = all.get(which % all.len().max(1)).copied() else { return Vec::new() };
            let mut changes = vec![vec![(at, at + 1, String::new())]];
            if *back {
                changes.push(vec![(at, at, "}".to_owned())]);
            }
            changes
        }
        Step::Reset { .. } => vec![vec![(0, text.len(), original.to_owned())]],
    }
}

/// What a person sees of a project, without the numbers that a session gives out.
#[derive(Debug, PartialEq)]
struct Seen {
    texts: Vec<(&'static str, Option<String>)>,
    routes: Vec<String>,
    findings: Vec<String>,
}

fn seen(snapshot: &Snapshot, project: &Project) -> Seen {
    let at = |place: &Place| format!("{}:{}-{}", place.path.display(), place.span.start, place.span.end);
    let evidence = |it: &routewarden::check::Evidence| format!("{} {:?}", it.what, it.place.as_ref().map(at));
    let texts = project.files.iter().map(|(path, _)| {
        let text = snapshot.file_at(&absolute(path)).and_then(|id| snapshot.text(id));
        (*path, text.map(|it| it.to_string()))
    });
    let mut routes: Vec<String> = snapshot
        .routes()
        .iter()
        .map(|it| {
            let ties: Vec<String> = it.ties.iter().map(evidence).collect();
            let proofs = [&it.identity, &it.enforced, &it.limit].map(|it| it.as_ref().map(evidence));
            format!(
                "{} {} {} {} {proofs:?} {ties:?} {:?} {:?}",
                it.route.method,
                it.route.path,
                at(&it.place),
                at(&it.handler),
                it.clients,
                it.unvalidated
            )
        })
        .collect();
    let mut findings: Vec<String> = snapshot
        .findings()
        .iter()
        .map(|it| {
            let steps: Vec<String> = it.related.iter().map(|(place, said)| format!("{} {said}", at(place))).collect();
            let fixes: Vec<&str> = it.fixes.iter().map(|it| it.0.as_str()).collect();
            format!("{} {:?} {} {} {steps:?} {fixes:?} {}", it.rule, it.confidence, at(&it.place), it.message, it.fingerprint)
        })
        .collect();
    routes.sort();
    findings.sort();
    Seen { texts: texts.collect(), routes, findings }
}

fn absolute(path: &str) -> PathBuf {
    Path::new(ROOT).join(path)
}

/// An open file beside the session: the same steps by hand, so that lowering is seen as well.
struct Open {
    buffer: Buffer,
    tree: SyntaxTree,
    module: Module,
}

impl Open {
    fn new(path: &Path, text: &str) -> Self {
        let tree = syntax::parse(text, Language::of(path)).expect("a small text parses in time");
        Open { buffer: Buffer::new(text, 0, Encoding::default()), module: lower::lower(&tree, text), tree }
    }

    fn change(&mut self, changes: &[Change]) {
        let edits = self.buffer.apply(changes, 0);
        let text = self.buffer.text();
        self.tree = syntax::reparse(&self.tree, &edits, &text).expect("a small text parses in time");
        self.module = lower::relower(&self.module, &edits, &self.tree, &text);
    }

    /// The module without the ids of its items.
    fn lowered(&self) -> String {
        lowered(&self.module)
    }
}

fn lowered(module: &Module) -> String {
    let items: Vec<_> = module.items.iter().map(|it| &it.item).collect();
    format!("{:#?} {:?} {} {items:#?}", module.interface, module.starts, module.len)
}

/// A project as one person works on it: open files are edited in buffers, the others on disk.
struct Desk {
    project: &'static Project,
    disk: Arc<Memory>,
    session: Session,
    texts: Vec<String>,
    open: Vec<Option<Open>>,
    version: i32,
}

impl Desk {
    fn new(project: &'static Project) -> Self {
        let texts: Vec<String> = project.files.iter().map(|(_, text)| (*text).to_owned()).collect();
        let disk = Arc::new(memory(project, &texts));
        let mut session = Session::open(disk.clone(), Path::new(ROOT), Options::default());
        let open = project
            .files
            .iter()
            .zip(&texts)
            .map(|((path, _), text)| {
                let path = absolute(path);
                project.open.iter().any(|it| absolute(it) == path).then(|| {
                    session.open_document(&path, text.clone(), 0);
                    Open::new(&path, text)
                })
            })
            .collect();
        Desk { project, disk, session, texts, open, version: 0 }
    }

    fn take(&mut self, step: &Step) {
        let (Step::Insert { file, .. }
        | Step::Delete { file, .. }
        | Step::DeleteLine { file, .. }
        | Step::Rename { file, .. }
        | Step::Statement { file, .. }
        | Step::Brace { file, .. }
        | Step::Reset { file }) = step;
        let (path, original) = self.project.files[*file];
        for change in edits(step, &self.texts[*file], original) {
            self.change(*file, &absolute(path), &change);
        }
    }

    fn change(&mut self, file: usize, path: &Path, edits: &[(usize, usize, String)]) {
        let old = self.texts[file].clone();
        for (start, end, text) in edits {
            self.texts[file].replace_range(*start..*end, text);
        }
        let Some(open) = &mut self.open[file] else {
            self.disk.write(path, self.texts[file].as_bytes());
            self.session.files_changed(&[path.to_path_buf()]);
            return;
        };
        self.version += 1;
        let lines = Buffer::new(&old, 0, Encoding::default());
        // Inside a line's `\r\n` there is no position: such an edit is sent as the whole text.
        let whole = edits.iter().flat_map(|it| [it.0, it.1]).any(|at| lines.byte(lines.position(at)) != at);
        let at = |byte: usize| lines.position(byte);
        let ranges: Vec<(Option<(Position, Position)>, String)> = match whole {
            true => vec![(None, self.texts[file].clone())],
            false => edits.iter().map(|(start, end, text)| (Some((at(*start), at(*end))), text.clone())).collect(),
        };
        let pair = |it: Position| (it.line, it.character);
        let edits: Vec<DocumentEdit> = ranges
            .iter()
            .map(|(range, text)| DocumentEdit { range: range.map(|(start, end)| (pair(start), pair(end))), text: text.clone() })
            .collect();
        open.change(&ranges.into_iter().map(|(range, text)| Change { range, text }).collect::<Vec<_>>());
        self.session.change_document(path, &edits, self.version);
    }

    /// A session that never saw an edit, on the same texts.
    fn compare(&self) -> Result<(), TestCaseError> {
        for ((path, _), (text, open)) in self.project.files.iter().zip(self.texts.iter().zip(&self.open)) {
            if let Some(open) = open {
                prop_assert_eq!(&*open.buffer.text(), text.as_str(), "the text of {}", path);
                let fresh = lowered(&Open::new(&absolute(path), text).module);
                prop_assert!(
                    open.lowered() == fresh,
                    "the lowered code of {path}: {}",
                    first_difference(&open.lowered(), &fresh)
                );
            }
        }
        let fresh = Session::open(Arc::new(memory(self.project, &self.texts)), Path::new(ROOT), Options::default());
        let (mut kept, mut fresh) = (seen(&self.session.snapshot(), self.project), seen(&fresh.snapshot(), self.project));
        // A file that nothing reaches has a text only while it is open.
        for (kept, fresh) in kept.texts.iter_mut().zip(&mut fresh.texts) {
            if fresh.1.is_none() {
                kept.1 = None;
            }
        }
        prop_assert_eq!(kept.texts, fresh.texts);
        prop_assert_eq!(kept.routes, fresh.routes);
        prop_assert_eq!(kept.findings, fresh.findings);
        Ok(())
    }
}

fn first_difference(kept: &str, fresh: &str) -> String {
    let at = kept.lines().zip(fresh.lines()).position(|(one, other)| one != other).unwrap_or(0);
    let around = |text: &str| text.lines().skip(at.saturating_sub(12)).take(20).collect::<Vec<_>>().join("\n");
    format!("kept\n{}\nfresh\n{}", around(kept), around(fresh))
}

fn memory(project: &Project, texts: &[String]) -> Memory {
    Memory::new(project.files.iter().zip(texts).map(|((path, _), text)| (absolute(path), text.as_bytes())))
}

/// Random edits of one project; `PROPTEST_CASES` says how many sequences.
fn check(project: &'static Project) {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|it| it.parse().ok()).unwrap_or(12);
    let work = move || {
        let config = Config { cases, failure_persistence: None, max_shrink_iters: 300, ..Config::default() };
        let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
        let steps = prop::collection::vec(step(project.files.len()), 1..10);
        let result = runner.run(&steps, |steps| {
            let mut desk = Desk::new(project);
            desk.compare()?;
            for step in &steps {
                desk.take(step);
                // Asked at every step: what is not asked is not memoized, and so cannot be stale.
                desk.session.snapshot().findings();
            }
            desk.compare()
        });
        if let Err(error) = result {
            panic!("{error}");
        }
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(work).expect("a thread can be started");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

#[test]
fn projects_have_routes_and_findings_to_lose() {
    for project in PROJECTS {
        let seen = seen(&Desk::new(project).session.snapshot(), project);
        assert!(!seen.routes.is_empty() && !seen.findings.is_empty(), "{}: {seen:#?}", project.name);
    }
}

#[test]
fn edits_of_an_express_app_equal_a_fresh_reading() {
    check(&PROJECTS[0]);
}

#[test]
fn edits_of_an_app_router_with_a_wrapper_equal_a_fresh_reading() {
    check(&PROJECTS[1]);
}

#[test]
fn edits_of_an_app_in_crlf_with_a_closed_helper_equal_a_fresh_reading() {
    check(&PROJECTS[2]);
}

#[test]
fn a_new_file_that_is_typed_from_nothing_is_seen() {
    let disk =
        Arc::new(Memory::new([(absolute("package.json"), r#"{"dependencies":{"express":"5"}}"#), (absolute("src/a.ts"), "")]));
    let mut session = Session::open(disk, Path::new(ROOT), Options::default());
    let path = absolute("src/a.ts");
    session.open_document(&path, String::new(), 0);
    let text = "import express from 'express';\nconst app = express();\napp.get('/x', (req, res) => { res.json(1); });\n";
    for (version, line) in text.lines().enumerate() {
        let at = (version as u32, 0);
        let edit = DocumentEdit { range: Some((at, at)), text: format!("{line}\n") };
        session.change_document(&path, &[edit], version as i32 + 1);
    }
    let snapshot = session.snapshot();
    assert_eq!(snapshot.file_at(&path).and_then(|id| snapshot.text(id)).as_deref(), Some(text));
    assert_eq!(snapshot.routes().len(), 1);
}
