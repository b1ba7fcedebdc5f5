//! Findings: what a person is told.
//!
//! **Invariant:** plain data with places of the IR; no line, column or protocol type.

mod finding;
pub mod fingerprint;
pub mod suppress;

pub use finding::*;
