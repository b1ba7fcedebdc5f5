//! Lines of a text that is not open.

use super::{Encoding, Position};
use crate::base::LineCol;

/// Where the lines of a text begin. It does not hold the text: give the same one to each question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Finds the lines of `text`.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (index, byte) in bytes.iter().enumerate() {
            if *byte == b'\n' || (*byte == b'\r' && bytes.get(index + 1) != Some(&b'\n')) {
                starts.push(index as u32 + 1);
            }
        }
        LineIndex { starts }
    }

    /// The number of lines; at least one.
    pub fn lines(&self) -> usize {
        self.starts.len()
    }

    /// The bytes of a line without its terminator; `None` past the last line.
    pub fn line(&self, text: &str, line: usize) -> Option<std::ops::Range<usize>> {
        let start = *self.starts.get(line)? as usize;
        let end = self.starts.get(line + 1).map_or(text.len(), |next| *next as usize);
        let content = text.get(start..end)?.trim_end_matches(['\r', '\n']);
        Some(start..start + content.len())
    }

    /// The byte at a position, clamped as [`super::Buffer::byte`] does.
    pub fn byte(&self, text: &str, position: Position, encoding: Encoding) -> usize {
        match self.line(text, position.line as usize) {
            Some(line) => line.start + encoding.byte_at(&text[line], position.character as usize),
            None => text.len(),
        }
    }

    /// The position of a byte; inside a line's terminator it is the line's end, inside a character its start.
    pub fn position(&self, text: &str, byte: usize, encoding: Encoding) -> Position {
        let (line, before) = self.place(text, byte);
        Position::new(line as u32, encoding.width(before) as u32)
    }

    /// The line and column of a byte as reports print them.
    pub fn line_col(&self, text: &str, byte: usize) -> LineCol {
        let (line, before) = self.place(text, byte);
        LineCol { line: line as u32 + 1, column: before.chars().count() as u32 + 1 }
    }

    /// The line of a byte, and what stands before it in that line.
    fn place<'a>(&self, text: &'a str, byte: usize) -> (usize, &'a str) {
        let mut byte = byte.min(text.len());
        while !text.is_char_boundary(byte) {
            byte -= 1;
        }
        let line = self.starts.partition_point(|start| *start as usize <= byte).saturating_sub(1);
        let range = self.line(text, line).unwrap_or(byte..byte);
        (line, text.get(range.start..byte.min(range.end)).unwrap_or(""))
    }
}
