//! Every example of every rule's page runs: what it says is found is found there, and nothing else of the page's rule.
//!
//! A page may hold one block `ts setup` with files that all of its examples share. An example is a block `ts flagged` or `ts silent`;
//! `// file: path` begins each of its files. `// error: [rule] "part of the message"` stands at the flagged line or above it.

#![allow(clippy::disallowed_methods, reason = "a test reads the disk itself")]

use std::path::Path;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use routewarden::check::{Options, Session};
use routewarden::findings::Confidence;
use routewarden::project::Memory;
use routewarden::rules::RULES;
use routewarden::text::LineIndex;

/// A finding as a person sees it.
struct Seen {
    path: String,
    line: u32,
    end_line: u32,
    rule: String,
    message: String,
}

/// What the analysis says of these files.
fn analyse(files: &[(String, String)]) -> Vec<Seen> {
    let system = Memory::new(files.iter().map(|(path, text)| (format!("/app/{path}"), text.clone())));
    let session = Session::open(Arc::new(system), Path::new("/app"), Options::default());
    let snapshot = session.snapshot();
    let reports = snapshot.findings().into_iter().filter(|it| it.confidence != Confidence::NotProven);
    reports
        .map(|report| {
            let text = snapshot.text(report.place.file).unwrap_or_default();
            let lines = LineIndex::new(&text);
            let line = lines.line_col(&text, report.place.span.start as usize).line;
            let end_line = lines.line_col(&text, report.place.span.end as usize).line;
            let path = report.place.path.strip_prefix("/app").unwrap_or(&report.place.path);
            Seen {
                path: path.to_string_lossy().into_owned(),
                line,
                end_line,
                rule: report.rule.to_owned(),
                message: report.message,
            }
        })
        .collect()
}

/// An assertion in an example.
#[derive(Debug)]
struct Expected {
    path: String,
    /// The comment's line; the finding begins there or on the next line.
    line: u32,
    rule: String,
    part: String,
}

struct Example {
    flagged: bool,
    files: Vec<(String, String)>,
    line: usize,
}

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = vec![Trial::test("every page on disk is that of a rule", pages_on_disk)];
    for rule in RULES {
        let examples = examples(rule.page);
        let said = read(&examples);
        trials.push(Trial::test(format!("{}: examples say what they show", rule.id), move || said));
        for example in examples {
            let name = format!("{}:{} {}", rule.id, example.line, if example.flagged { "flagged" } else { "silent" });
            trials.push(Trial::test(name, move || run(rule.id, &example)));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn pages_on_disk() -> Result<(), Failed> {
    let rules = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    let mut pages: Vec<String> = Vec::new();
    for folder in std::fs::read_dir(rules)?.flatten().filter(|it| it.path().is_dir()) {
        let names = std::fs::read_dir(folder.path())?.flatten().map(|it| it.file_name().to_string_lossy().into_owned());
        pages.extend(names.filter_map(|it| it.strip_suffix(".md").map(|it| it.replace('_', "-"))));
    }
    let mut ids: Vec<&str> = RULES.iter().map(|it| it.id).collect();
    pages.sort();
    ids.sort_unstable();
    if pages == ids { Ok(()) } else { Err(Failed::from(format!("pages {pages:?}, rules {ids:?}"))) }
}

/// Whether a page has a flagged example, each of them says where, and a silent one says nothing.
fn read(examples: &[Example]) -> Result<(), Failed> {
    if !examples.iter().any(|it| it.flagged) {
        return Err(Failed::from("no `ts flagged` block"));
    }
    match examples.iter().find(|it| it.flagged == expected(it).is_empty()) {
        Some(it) => Err(Failed::from(format!("line {}: a flagged example says where, and a silent one says nothing", it.line))),
        None => Ok(()),
    }
}

fn expected(example: &Example) -> Vec<Expected> {
    example.files.iter().flat_map(|(path, text)| expectations(path, text)).collect()
}

fn run(rule: &str, example: &Example) -> Result<(), Failed> {
    let expected = expected(example);
    let seen = analyse(&example.files);
    let mut wrong = Vec::new();
    for it in &expected {
        let hit = seen.iter().any(|seen| {
            seen.rule == it.rule
                && seen.path == it.path
                && seen.line <= it.line + 1
                && it.line <= seen.end_line
                && seen.message.contains(&it.part)
        });
        if !hit {
            wrong.push(format!("not found: {it:?}"));
        }
    }
    for it in seen.iter().filter(|it| it.rule == rule) {
        let said = expected.iter().any(|said| said.rule == it.rule && said.path == it.path && it.line <= said.line + 1);
        if !said {
            wrong.push(format!("found unasked: {}:{} {}", it.path, it.line, it.message));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(Failed::from(wrong.join("\n"))) }
}

/// The examples of a page, each with the files that all share.
fn examples(page: &str) -> Vec<Example> {
    let mut shared: Vec<(String, String)> = Vec::new();
    let mut examples: Vec<Example> = Vec::new();
    let mut block: Option<(&str, usize, String)> = None;
    for (index, line) in page.lines().enumerate() {
        match (&mut block, line.strip_prefix("```")) {
            (None, Some(info)) => block = Some((info, index + 1, String::new())),
            (Some(_), Some(_)) => {
                let Some((info, line, text)) = block.take() else { continue };
                match info.strip_prefix("ts ").map(|it| it.split_whitespace().next().unwrap_or("")) {
                    Some("setup") => shared = files(info, &text),
                    Some(kind @ ("flagged" | "silent")) => {
                        examples.push(Example { flagged: kind == "flagged", files: files(info, &text), line });
                    }
                    _ => {}
                }
            }
            (Some((_, _, text)), None) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    for example in &mut examples {
        example.files.extend(shared.iter().cloned());
    }
    examples
}

/// The files of a block: its first may be named by `file=` in the block's head, each other by a `// file:` line.
fn files(info: &str, text: &str) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    if let Some(path) = info.split_whitespace().find_map(|it| it.strip_prefix("file=")) {
        files.push((path.to_owned(), String::new()));
    }
    for line in text.lines() {
        match line.strip_prefix("// file: ") {
            Some(path) => files.push((path.trim().to_owned(), String::new())),
            None => {
                if files.is_empty() {
                    files.push(("app/api/example/route.ts".to_owned(), String::new()));
                }
                if let Some((_, text)) = files.last_mut() {
                    text.push_str(line);
                    text.push('\n');
                }
            }
        }
    }
    files
}

fn expectations(path: &str, text: &str) -> Vec<Expected> {
    let read = |(index, line): (usize, &str)| {
        let rest = line.split_once("// error: [")?.1;
        let (rule, rest) = rest.split_once(']')?;
        let part = rest.trim().trim_matches('"').to_owned();
        Some(Expected { path: path.to_owned(), line: index as u32 + 1, rule: rule.to_owned(), part })
    };
    text.lines().enumerate().filter_map(read).collect()
}
