//! Positions as editors count them, and edits in both notions.

/// What a column counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// Bytes of UTF-8.
    Utf8,
    /// Code units of UTF-16: what every client understands.
    #[default]
    Utf16,
    /// Unicode scalar values.
    Utf32,
}

impl Encoding {
    /// How many columns `text` takes.
    pub fn width(self, text: &str) -> usize {
        match self {
            Encoding::Utf8 => text.len(),
            Encoding::Utf16 => text.chars().map(char::len_utf16).sum(),
            Encoding::Utf32 => text.chars().count(),
        }
    }

    /// The byte of `line` at `column`: rounded down within a character, and clamped to the end.
    pub fn byte_at(self, line: &str, column: usize) -> usize {
        let mut passed = 0;
        for (byte, character) in line.char_indices() {
            passed += match self {
                Encoding::Utf8 => character.len_utf8(),
                Encoding::Utf16 => character.len_utf16(),
                Encoding::Utf32 => 1,
            };
            if passed > column {
                return byte;
            }
        }
        line.len()
    }
}

/// A zero-based line, and a zero-based column in an [`Encoding`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// Zero-based; LF, CRLF and CR end a line.
    pub line: u32,
    /// Zero-based, in units of the encoding.
    pub character: u32,
}

impl Position {
    /// That line and column.
    pub fn new(line: u32, character: u32) -> Self {
        Position { line, character }
    }
}

/// A change as an editor reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What is replaced, start and end; `None` for the whole text.
    pub range: Option<(Position, Position)>,
    /// The new text.
    pub text: String,
}

/// A row and column as tree-sitter counts them: rows end at LF only, columns are bytes, both zero-based.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Point {
    /// Zero-based.
    pub row: usize,
    /// Bytes since the last LF.
    pub column: usize,
}

impl Point {
    /// The point after `text`, which begins here.
    pub fn after(self, text: &str) -> Self {
        match text.rfind('\n') {
            Some(last) => {
                let rows = memchr::memchr_iter(b'\n', text.as_bytes()).count();
                Point { row: self.row + rows, column: text.len() - last - 1 }
            }
            None => Point { row: self.row, column: self.column + text.len() },
        }
    }
}

/// An applied change in bytes: `start..old_end` of the text before became `start..new_end` of the text after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edit {
    /// First byte.
    pub start: usize,
    /// End before.
    pub old_end: usize,
    /// End after.
    pub new_end: usize,
    /// `start` as a point.
    pub start_point: Point,
    /// `old_end` as a point of the text before.
    pub old_end_point: Point,
    /// `new_end` as a point of the text after.
    pub new_end_point: Point,
}
