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

/// A node of an item. It is named by what it is and not by where it stands: it keeps its name while letters are typed in it and before
/// it, and what the analysis found out about it stays the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Node {
    /// The item's first byte.
    Start,
    /// The whole item.
    Whole,
    /// A class of the item.
    Class(u32),
    /// A member of a class of the item, in the order of the text.
    Member {
        /// The class.
        class: u32,
        /// Counts its members.
        nth: u32,
    },
    /// A function of the item.
    Function(u32),
    /// An expression. What is added to a function does not rename the expressions of another.
    Expr {
        /// The function whose own code it stands in.
        function: u32,
        /// Counts the expressions there, in the order of evaluation.
        nth: u32,
    },
}

/// A place in the code. Bytes are asked of the item: [`crate::ir::Item::span_of`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Loc {
    /// The file.
    pub file: FileId,
    /// The item in it.
    pub item: ItemId,
    /// The node of the item.
    pub node: Node,
}

/// A 1-based line and a 1-based column counted in Unicode scalar values, as the reports print it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LineCol {
    /// 1-based.
    pub line: u32,
    /// 1-based.
    pub column: u32,
}
