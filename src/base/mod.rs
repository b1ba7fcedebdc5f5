//! Ids, interned names and spans: the vocabulary that every other room shares.
//!
//! **Invariant:** nothing here knows what source code, a route or an editor is.

mod name;
mod span;

pub use name::Name;
pub use span::{FileId, ItemId, LineCol, Loc, Node, Span};
