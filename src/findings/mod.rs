//! Findings: what a person is told.
//!
//! **Invariant:** plain data with places of the IR; no line, column or protocol type.

mod finding;
mod one_flaw;

pub use finding::*;
pub use one_flaw::one_flaw;
