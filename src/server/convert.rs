//! Between bytes and what the protocol counts: the only place with positions, ranges and addresses of files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::base::{FileId, Span};
use crate::check::{Disk, DocumentEdit, Place, Snapshot, real_path};
use crate::findings::Severity;
use crate::fixes::TextEdit;
use crate::text::{Change, Encoding, LineIndex};

use super::lsp;
use super::view::View;

/// The places of a snapshot in a client's terms. Each file's lines are fetched once.
pub struct Places<'a> {
    view: &'a View,
    snapshot: &'a Snapshot,
    known: FxHashMap<FileId, Option<Known>>,
}

#[derive(Clone)]
struct Known {
    text: Arc<str>,
    lines: Arc<LineIndex>,
    uri: Option<lsp::Uri>,
}

impl<'a> Places<'a> {
    /// Places of that snapshot.
    pub fn new(view: &'a View, snapshot: &'a Snapshot) -> Self {
        Places { view, snapshot, known: FxHashMap::default() }
    }

    fn of(&mut self, file: FileId) -> Option<&Known> {
        let (view, snapshot) = (self.view, self.snapshot);
        let fetch = || {
            let path = snapshot.path(file)?;
            Some(Known { text: snapshot.text(file)?, lines: snapshot.lines(file)?, uri: view.uri_of(&path) })
        };
        self.known.entry(file).or_insert_with(fetch).as_ref()
    }

    /// A range of bytes of a file.
    pub fn range(&mut self, file: FileId, span: Span) -> Option<lsp::Range> {
        let encoding = self.view.flags.encoding;
        let known = self.of(file)?;
        let at = |byte: u32| position(&known.text, &known.lines, byte, encoding);
        Some(lsp::Range { start: at(span.start), end: at(span.end) })
    }

    /// A place as an address and a range.
    pub fn location(&mut self, place: &Place) -> Option<lsp::Location> {
        let range = self.range(place.file, place.span)?;
        Some(lsp::Location { uri: self.uri(place.file)?, range })
    }

    /// The address of a file.
    pub fn uri(&mut self, file: FileId) -> Option<lsp::Uri> {
        self.of(file)?.uri.clone()
    }

    /// The byte at a position.
    pub fn byte(&mut self, file: FileId, position: lsp::Position) -> Option<u32> {
        let encoding = self.view.flags.encoding;
        let known = self.of(file)?;
        let position = crate::text::Position::new(position.line, position.character);
        u32::try_from(known.lines.byte(&known.text, position, encoding)).ok()
    }

    /// A range as bytes.
    pub fn span(&mut self, file: FileId, range: lsp::Range) -> Option<Span> {
        Some(Span::new(self.byte(file, range.start)?, self.byte(file, range.end)?))
    }

    /// An edit of a file.
    pub fn edit(&mut self, edit: &TextEdit) -> Option<lsp::TextEdit> {
        Some(lsp::TextEdit { range: self.range(edit.file, edit.span)?, new_text: edit.text.clone() })
    }

    /// The first byte of the line of `byte`, and the white space that it begins with.
    pub fn indentation(&mut self, file: FileId, byte: u32) -> Option<(u32, String)> {
        let known = self.of(file)?;
        let before = known.text.get(..byte as usize)?;
        let start = before.rfind(['\n', '\r']).map_or(0, |it| it + 1);
        let indentation = known.text[start..].chars().take_while(|it| *it == ' ' || *it == '\t').collect();
        Some((start as u32, indentation))
    }

    /// The 1-based line of a byte.
    pub fn line(&mut self, file: FileId, byte: u32) -> Option<u32> {
        let known = self.of(file)?;
        Some(known.lines.line_col(&known.text, byte as usize).line)
    }
}

fn position(text: &str, lines: &LineIndex, byte: u32, encoding: Encoding) -> lsp::Position {
    let at = lines.position(text, byte as usize, encoding);
    lsp::Position { line: at.line, character: at.character }
}

/// What the client changed, for the session.
pub fn edits(changes: Vec<lsp::TextDocumentContentChangeEvent>) -> Vec<DocumentEdit> {
    let pair = |it: lsp::Position| (it.line, it.character);
    let edit = |it: lsp::TextDocumentContentChangeEvent| DocumentEdit {
        range: it.range.map(|range| (pair(range.start), pair(range.end))),
        text: it.text,
    };
    changes.into_iter().map(edit).collect()
}

/// The same for a text that no session holds yet.
pub fn changes(edits: &[DocumentEdit]) -> Vec<Change> {
    let position = |(line, character)| crate::text::Position::new(line, character);
    let change = |it: &DocumentEdit| Change {
        range: it.range.map(|(start, end)| (position(start), position(end))),
        text: it.text.clone(),
    };
    edits.iter().map(change).collect()
}

/// The file that an address names, without links, so that each file has one name; `None` for what is no file.
pub fn path_of(uri: &lsp::Uri) -> Option<PathBuf> {
    if !uri.scheme().as_str().eq_ignore_ascii_case("file") {
        return None;
    }
    let path = uri.to_file_path()?;
    path.is_absolute().then(|| real_path(&Disk, &path))
}

/// The address of a file that is not open.
pub fn uri_of(path: &Path) -> Option<lsp::Uri> {
    lsp::Uri::from_file_path(path)
}

/// A severity.
pub fn severity(severity: Severity) -> lsp::DiagnosticSeverity {
    match severity {
        Severity::Error => lsp::DiagnosticSeverity::ERROR,
        Severity::Warning => lsp::DiagnosticSeverity::WARNING,
        Severity::Info => lsp::DiagnosticSeverity::INFORMATION,
        Severity::Hint => lsp::DiagnosticSeverity::HINT,
    }
}
