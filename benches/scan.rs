//! What reading a whole project costs, beside a bare tree-sitter parse of the same files in the same run, both on all cores.
//!
//! `cargo bench --bench scan -- FOLDER`; without a folder the example is read.

#![allow(clippy::disallowed_methods, reason = "a test reads the disk itself")]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use rayon::prelude::*;
use routewarden::check::{Options, STACK, Session};
use routewarden::project::{Disk, MAX_FILE_BYTES, System};
use routewarden::syntax::{self, Language};

const ROUNDS: usize = 3;

fn main() {
    let given = std::env::args().skip(1).find(|it| !it.starts_with("--"));
    let root = given.map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/todo-api"), PathBuf::from);
    // The session recurses with a bound that is made for this stack.
    let work = std::thread::Builder::new().stack_size(STACK).spawn(move || measure(&root)).map(std::thread::JoinHandle::join);
    assert!(matches!(work, Ok(Ok(()))), "the benchmark ends");
}

fn measure(root: &Path) {
    let files: Vec<PathBuf> = Disk
        .walk(root, Arc::new(|path: &Path| !path.ends_with("node_modules")))
        .files
        .into_iter()
        .filter(|it| Language::reads(it) && !it.to_string_lossy().ends_with(".d.ts"))
        .collect();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let bytes: usize = files.par_iter().map(|path| bare(path)).sum();
        let parse = start.elapsed().as_secs_f64() * 1e3;
        let start = Instant::now();
        let session = Session::open(Arc::new(Disk), root, Options::default());
        let opened = start.elapsed().as_secs_f64() * 1e3;
        let start = Instant::now();
        let snapshot = session.snapshot();
        let findings = black_box(snapshot.findings()).len();
        let found = start.elapsed().as_secs_f64() * 1e3;
        let counts = snapshot.counts();
        println!("bare parse of all {} files ({bytes} bytes): {parse:.0} ms", files.len());
        println!("open ({} files reached): {opened:.0} ms, {:.2} of a bare parse", counts.files, opened / parse);
        println!("{} routes, {findings} findings: {found:.0} ms, {:.2} of a bare parse", counts.routes, found / parse);
        println!("together: {:.2} of a bare parse", (opened + found) / parse);
    }
}

/// Reads and parses one file; its bytes.
fn bare(path: &Path) -> usize {
    let Ok(bytes) = Disk.read(path, MAX_FILE_BYTES) else { return 0 };
    let text = String::from_utf8_lossy(&bytes);
    black_box(syntax::parse(&text, Language::of(path)));
    bytes.len()
}
