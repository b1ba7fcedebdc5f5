//! What a keystroke costs, stage by stage, at 500 and 5,000 lines; each beside a bare tree-sitter parse of the same file in the same run.

#![allow(clippy::disallowed_methods, reason = "a test reads the disk itself")]

use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use routewarden::check::{DocumentEdit, Options, Session};
use routewarden::ir::lower;
use routewarden::project::Disk;
use routewarden::syntax::{self, Language};
use routewarden::text::{Buffer, Change, Encoding, Position};

const ROUNDS: usize = 200;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for lines in [500usize, 5000] {
        let app = root.join(format!("target/latency/bench-{lines}"));
        let made = Command::new("node").arg(root.join("benches/lsp/generate.mjs")).arg(lines.to_string()).arg(&app).status();
        if !made.is_ok_and(|status| status.success()) {
            eprintln!("the keystroke benchmark needs Node to write its project");
            return;
        }
        measure(lines, &app);
    }
}

fn measure(lines: usize, app: &Path) {
    let file = app.join("src/routes/items.ts");
    let text = std::fs::read_to_string(&file).expect("the generated file");
    let bare = median(20, || {
        black_box(syntax::parse(&text, Language::of(&file)));
    });
    println!("{lines} lines, {} bytes; a bare parse takes {bare:.3} ms", text.len());

    let mut buffer = Buffer::new(&text, 0, Encoding::Utf8);
    let mut tree = syntax::parse(&text, Language::of(&file));
    let mut module = lower::lower(tree.as_ref().expect("a tree"), &text);
    let line = text.lines().position(|it| it.contains("toUpperCase")).expect("a line") as u32;
    let (mut reparse, mut lowering) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let change = toggle(round, line);
        let edits = buffer.apply(&[change], round as i32);
        let now = buffer.text();
        let start = Instant::now();
        tree = tree.and_then(|tree| syntax::reparse(&tree, &edits, &now));
        reparse.push(start.elapsed().as_secs_f64() * 1e3);
        let start = Instant::now();
        module = lower::relower(&module, &edits, tree.as_ref().expect("a tree"), &now);
        lowering.push(start.elapsed().as_secs_f64() * 1e3);
    }
    black_box(&module);
    row("re-parse", reparse, bare);
    row("lowering", lowering, bare);

    let mut session = Session::open(Arc::new(Disk), app, Options { encoding: Encoding::Utf8, config_path: None });
    session.open_document(&file, text.clone(), 0);
    black_box(session.snapshot().findings_in(&file));
    let (mut applied, mut found) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let start = Instant::now();
        session.change_document(&file, &[edit_of(toggle(round, line))], round as i32 + 1);
        applied.push(start.elapsed().as_secs_f64() * 1e3);
        let start = Instant::now();
        black_box(session.snapshot().findings_in(&file));
        found.push(start.elapsed().as_secs_f64() * 1e3);
    }
    row("change (parse, lower, inputs)", applied, bare);
    row("trace, rules, report", found, bare);
}

/// Types a letter at the beginning of a line, and takes it back.
fn toggle(round: usize, line: u32) -> Change {
    let (at, next) = (Position::new(line, 8), Position::new(line, 9));
    match round % 2 {
        0 => Change { range: Some((at, at)), text: "x".into() },
        _ => Change { range: Some((at, next)), text: String::new() },
    }
}

fn edit_of(change: Change) -> DocumentEdit {
    let pair = |it: Position| (it.line, it.character);
    DocumentEdit { range: change.range.map(|(from, to)| (pair(from), pair(to))), text: change.text }
}

fn row(name: &str, mut times: Vec<f64>, bare: f64) {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!("  {name:32} p50 {:.3} ms ({:.2} of a bare parse)  p99 {:.3} ms", at(0.5), at(0.5) / bare, at(0.99));
}

fn median(rounds: usize, mut run: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..rounds)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
