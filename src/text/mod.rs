//! Versioned text, its lines, and the encodings in which an editor counts columns.
//!
//! Bytes inside; lines and columns only at the edges. A line ends at LF, CRLF or CR, as the protocol says; tree-sitter's rows, which
//! end at LF only, are computed beside every edit. Ropey is known to `buffer` alone.
//!
//! **Invariant:** no position that an editor sends, however wrong, is an error: it is clamped to the text.

mod buffer;
mod changes;
mod line_index;
mod position;
#[cfg(test)]
mod tests;

pub use buffer::Buffer;
pub use changes::{Moved, compose};
pub use line_index::LineIndex;
pub use position::{Change, Edit, Encoding, Point, Position};
