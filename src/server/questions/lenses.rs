//! `textDocument/codeLens`: a route's posture above its handler.

use std::path::Path;

use crate::check::Snapshot;
use crate::report;
use crate::server::convert::Places;
use crate::server::lsp::*;
use crate::server::view::View;

/// The postures of the routes whose handler stands in the file.
pub fn answer(path: &Path, snapshot: &Snapshot, view: &View) -> Option<Vec<CodeLens>> {
    if !view.settings.code_lens {
        return None;
    }
    let mut places = Places::new(view, snapshot);
    let lens = |route: &crate::check::Posture| {
        let range = places.range(route.handler.file, route.handler.span)?;
        // A lens without a command's name is text: there is nothing to do but to read it.
        let command = Command { title: report::posture(route), command: String::new(), arguments: None };
        Some(CodeLens { range: Range { start: range.start, end: range.start }, command: Some(command), data: None })
    };
    Some(snapshot.routes().iter().filter(|it| *it.handler.path == *path).filter_map(lens).collect())
}
