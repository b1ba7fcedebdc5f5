//! Findings: what a person is told.
//!
//! **Invariant:** plain data with places of the IR; no line, column or protocol type.

mod finding;
pub mod fingerprint;
mod one_flaw;
pub mod suppress;

pub use finding::*;
pub use one_flaw::one_flaw;
