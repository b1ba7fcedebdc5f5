//! An open document.

use std::sync::{Arc, OnceLock};

use ropey::{Rope, RopeSlice};

use super::{Change, Edit, Encoding, Point, Position};
use crate::base::LineCol;

/// The text of an open document at one version. Cloning is cheap and gives a snapshot.
#[derive(Clone, Debug)]
pub struct Buffer {
    rope: Rope,
    version: i32,
    encoding: Encoding,
    /// The text of this version, made when first asked for.
    text: OnceLock<Arc<str>>,
}

impl Buffer {
    /// A document as it was opened; `encoding` is the one that the session agreed on.
    pub fn new(text: &str, version: i32, encoding: Encoding) -> Self {
        Buffer { rope: Rope::from_str(text), version, encoding, text: OnceLock::new() }
    }

    /// The editor's version of it.
    pub fn version(&self) -> i32 {
        self.version
    }

    /// What columns count.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Bytes.
    pub fn len(&self) -> usize {
        self.rope.len_bytes()
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The whole text, made once a version.
    pub fn text(&self) -> Arc<str> {
        self.text.get_or_init(|| String::from(&self.rope).into()).clone()
    }

    /// Applies changes in order, each to the text that the one before left, and says what they did in bytes.
    ///
    /// Positions outside the text are clamped to it; a range whose ends are swapped is read the right way round.
    pub fn apply(&mut self, changes: &[Change], version: i32) -> Vec<Edit> {
        self.version = version;
        if !changes.is_empty() {
            self.text = OnceLock::new();
        }
        changes.iter().map(|change| self.replace(change)).collect()
    }

    fn replace(&mut self, change: &Change) -> Edit {
        let Some((from, to)) = change.range else {
            let old_end_point = self.point(self.len());
            let edit = Edit {
                start: 0,
                old_end: self.len(),
                new_end: change.text.len(),
                start_point: Point::default(),
                old_end_point,
                new_end_point: Point::default().after(&change.text),
            };
            self.rope = Rope::from_str(&change.text);
            return edit;
        };
        let (from, to) = (self.byte(from), self.byte(to));
        let (start, old_end) = (from.min(to), from.max(to));
        let (start_point, old_end_point) = (self.point(start), self.point(old_end));
        let chars = self.rope.byte_to_char(start)..self.rope.byte_to_char(old_end);
        self.rope.remove(chars.clone());
        self.rope.insert(chars.start, &change.text);
        let new_end = start + change.text.len();
        Edit { start, old_end, new_end, start_point, old_end_point, new_end_point: start_point.after(&change.text) }
    }

    /// The byte at a position: past the last line it is the end of the text, past the end of a line that line's end, inside a
    /// character its start.
    pub fn byte(&self, position: Position) -> usize {
        let line = position.line as usize;
        if line >= self.rope.len_lines() {
            return self.len();
        }
        let (start, content) = (self.rope.line_to_char(line), content_chars(self.rope.line(line)));
        let column = position.character as usize;
        let char = match self.encoding {
            Encoding::Utf8 => {
                let byte = self.rope.char_to_byte(start).saturating_add(column).min(self.len());
                self.rope.byte_to_char(byte)
            }
            Encoding::Utf16 => {
                let unit = self.rope.char_to_utf16_cu(start).saturating_add(column).min(self.rope.len_utf16_cu());
                self.rope.utf16_cu_to_char(unit)
            }
            Encoding::Utf32 => start.saturating_add(column),
        };
        self.rope.char_to_byte(char.min(start + content))
    }

    /// The position of a byte; inside a line's terminator it is the line's end.
    pub fn position(&self, byte: usize) -> Position {
        let (line, start, char) = self.place(byte);
        let character = match self.encoding {
            Encoding::Utf8 => self.rope.char_to_byte(char) - self.rope.char_to_byte(start),
            Encoding::Utf16 => self.rope.char_to_utf16_cu(char) - self.rope.char_to_utf16_cu(start),
            Encoding::Utf32 => char - start,
        };
        Position::new(line as u32, character as u32)
    }

    /// The line and column of a byte as reports print them.
    pub fn line_col(&self, byte: usize) -> LineCol {
        let (line, start, char) = self.place(byte);
        LineCol { line: line as u32 + 1, column: (char - start) as u32 + 1 }
    }

    /// The row and column of a byte as tree-sitter counts them.
    pub fn point(&self, byte: usize) -> Point {
        let end = self.rope.byte_to_char(byte.min(self.len()));
        self.rope.slice(..end).chunks().fold(Point::default(), Point::after)
    }

    /// The line of a byte, the line's first char, and the byte's char within the line's content.
    fn place(&self, byte: usize) -> (usize, usize, usize) {
        let char = self.rope.byte_to_char(byte.min(self.len()));
        let line = self.rope.char_to_line(char);
        let start = self.rope.line_to_char(line);
        (line, start, char.min(start + content_chars(self.rope.line(line))))
    }
}

/// Chars of a line without its terminator.
fn content_chars(line: RopeSlice<'_>) -> usize {
    let mut chars = line.len_chars();
    if chars > 0 && line.char(chars - 1) == '\n' {
        chars -= 1;
    }
    if chars > 0 && line.char(chars - 1) == '\r' {
        chars -= 1;
    }
    chars
}
