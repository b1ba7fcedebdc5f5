//! The interpreter: a route's chain and handler run on abstract values.
//!
//! It is the heart, and small: it asks `catalog`, `frameworks` and `data` what a call means and knows none of them by name.
//!
//! **Invariant:** no rule, framework or library stands in here; a trace that was cut says so and claims no absence.

mod types;

pub use types::*;
