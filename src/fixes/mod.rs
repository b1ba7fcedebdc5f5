//! Edits that close findings.
//!
//! **Invariant:** an edit is planned from the finding, the trace and the text it was computed for; nothing is written here.

mod edit;

pub use edit::*;
