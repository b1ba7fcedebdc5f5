//! Places in source text.

/// A file of the project: an index that is stable for the life of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A top-level item of a file. Kept by an item that is edited in place, never given to another one of the same file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ItemId(pub u32);

/// A half-open range of UTF-8 bytes. In the IR and in values it is relative to the start of its item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// Byte after the last.
    pub end: u32,
}

impl Span {
    /// A span from `start` up to, not including, `end`.
    pub fn new(start: u32, end: u32) -> Self {
        Span { start, end }
    }

    /// The same span, moved by `offset` bytes towards the end of the file.
    pub fn shifted(self, offset: u32) -> Self {
        Span { start: self.start + offset, end: self.end + offset }
    }

    /// Whether `other` lies within this span.
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The number of bytes.
    pub fn len(self) -> u32 {
        self.end - self.start
    }

    /// Whether it holds no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
}

/// A place that survives edits elsewhere in its file: the span is relative to the item's first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Loc {
    /// The file.
    pub file: FileId,
    /// The item in it.
    pub item: ItemId,
    /// Bytes relative to the item's start.
    pub span: Span,
}

/// A 1-based line and a 1-based column counted in Unicode scalar values, as the reports print it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LineCol {
    /// 1-based.
    pub line: u32,
    /// 1-based.
    pub column: u32,
}
