//! A room imports only rooms above it: every `use crate::…` (and `crate::…` path) is held against the order in `docs/architecture.md`.

#![allow(clippy::disallowed_methods, reason = "a test reads the disk itself")]

use std::fs;
use std::path::{Path, PathBuf};

const ROOMS: &[&str] = &[
    "base",
    "text",
    "syntax",
    "ir",
    "project",
    "schema",
    "values",
    "catalog",
    "db",
    "frameworks",
    "data",
    "trace",
    "findings",
    "rules",
    "fixes",
    "check",
    "report",
    "server",
    "cli",
];

fn rust_files(folder: &Path, into: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).expect("src is readable").map(|it| it.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            rust_files(&path, into);
        } else if path.extension().is_some_and(|it| it == "rs") {
            into.push(path);
        }
    }
}

fn place(room: &str) -> Option<usize> {
    ROOMS.iter().position(|it| *it == room)
}

#[test]
fn rooms_import_only_rooms_above_them() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    let mut wrong = Vec::new();
    for path in files {
        let relative = path.strip_prefix(&src).expect("below src");
        let Some(room) = relative.components().next().and_then(|it| it.as_os_str().to_str()) else { continue };
        let Some(own) = place(room) else { continue };
        let text = fs::read_to_string(&path).expect("readable");
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or("");
            for part in code.split("crate::").skip(1) {
                let other: String = part.chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect();
                if place(&other).is_some_and(|at| at > own) {
                    wrong.push(format!("{}:{}: `{room}` imports `{other}`, which is below it", relative.display(), number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn syntax_trees_stay_in_their_room_and_the_protocol_in_the_server() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    for path in files {
        let relative = path.strip_prefix(&src).expect("below src").to_string_lossy().replace('\\', "/");
        let text = fs::read_to_string(&path).expect("readable");
        let code: String = text.lines().filter(|it| !it.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        if !relative.starts_with("syntax/") && !relative.starts_with("ir/lower") {
            assert!(!code.contains("tree_sitter"), "{relative} names tree-sitter");
        }
        if !relative.starts_with("server/") {
            assert!(!code.contains("tower_lsp"), "{relative} names the protocol");
        }
        if relative.starts_with("rules/") || relative.starts_with("trace/") {
            for name in ["prisma", "supabase", "express", "next-auth", "jsonwebtoken"] {
                assert!(!code.to_lowercase().contains(name), "{relative} names {name}");
            }
        }
    }
}
