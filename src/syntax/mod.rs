//! Syntax trees of TypeScript and JavaScript, kept up to date while a text is edited.
//!
//! A tree that was updated may recover from an error otherwise than one that was parsed afresh. So that what is found never depends on
//! the way a text was typed, a tree is updated only as long as it holds no error but the grammar's known gaps; else it is parsed afresh.
//!
//! **Invariant:** parsing never fails and never hangs: it gives up after its [`budget`], and the caller keeps what it had.

mod gaps;
mod parse;
#[cfg(test)]
mod tests;
mod tree;

pub use gaps::{Gap, gap_of, real_error};
pub use parse::{budget, parse, reparse};
pub use tree::{Language, SyntaxTree};
