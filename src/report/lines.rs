//! Lines and columns of findings: the one place in this room that knows how text is indexed.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::base::{FileId, LineCol, Span};
use crate::check::Snapshot;
use crate::text::LineIndex;

/// The texts that a report quotes, each fetched once.
pub struct Sources<'a> {
    snapshot: &'a Snapshot,
    known: FxHashMap<FileId, Option<Source>>,
}

type Source = (Arc<str>, Arc<LineIndex>);

/// Some whole lines of a file.
pub struct Excerpt {
    /// The lines.
    pub text: String,
    /// The 1-based number of the first.
    pub first_line: usize,
    /// The byte of the file at which they begin.
    pub start: u32,
}

impl<'a> Sources<'a> {
    /// The texts of that snapshot.
    pub fn new(snapshot: &'a Snapshot) -> Self {
        Sources { snapshot, known: FxHashMap::default() }
    }

    fn of(&mut self, file: FileId) -> Option<&Source> {
        let snapshot = self.snapshot;
        self.known.entry(file).or_insert_with(|| Some((snapshot.text(file)?, snapshot.lines(file)?))).as_ref()
    }

    /// Line and column of a byte; the first of the file where its text is gone.
    pub fn line_col(&mut self, file: FileId, byte: u32) -> LineCol {
        self.of(file).map_or(LineCol { line: 1, column: 1 }, |(text, lines)| lines.line_col(text, byte as usize))
    }

    /// The whole lines around these spans, with `margin` lines more on either side.
    pub fn excerpt(&mut self, file: FileId, spans: &[Span], margin: u32) -> Option<Excerpt> {
        let (start, end) = (spans.iter().map(|it| it.start).min()?, spans.iter().map(|it| it.end).max()?);
        let (text, lines) = self.of(file)?;
        let line_of = |byte: u32| lines.line_col(text, byte as usize).line - 1;
        let first = line_of(start).saturating_sub(margin) as usize;
        let last = (line_of(end) + margin).min(lines.lines() as u32 - 1) as usize;
        let (from, to) = (lines.line(text, first)?.start, lines.line(text, last)?.end);
        Some(Excerpt { text: text.get(from..to)?.to_owned(), first_line: first + 1, start: from as u32 })
    }
}
