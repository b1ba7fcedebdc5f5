//! What library calls mean, as data: one TOML a library (`src/catalog/libraries/*.toml`), in the form that users write, too.
//!
//! **Invariant:** what a library call means stands in a catalogue file, never in a code path.

mod answer;
mod argument;
mod condition;
mod index;
mod load;
mod middleware;
mod model;
mod paths;
mod result;
mod schema_form;
mod terms;
mod validators;

#[cfg(test)]
mod tests;

pub use argument::{ArgPath, Args, Found, Number, Role, Site, Start};
pub use condition::{Condition, Kind, Literal, Order};
pub use index::OWNER;
pub use load::{CatalogError, Declarations, builtin, lowest};
pub use middleware::decides;
pub use model::*;
pub use schema_form::*;
pub use terms::*;
pub use validators::{validated, validator_member};
