//! Ids, interned names, spans and patterns of paths: the vocabulary that every other room shares.
//!
//! **Invariant:** nothing here knows what source code, a route or an editor is.

mod name;
mod pattern;
mod span;

pub use name::Name;
pub use pattern::Pattern;
pub use span::{FileId, ItemId, LineCol, Loc, Node, Span};
