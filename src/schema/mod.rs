//! Entities: tables, models and collections from the project's own schema.
//!
//! One reader a source turns text into [`Entity`] values; [`Schema::finish`] adds what follows from all of them together (inverse
//! relations, principals, owner paths, memberships, sensitive and privileged fields).
//!
//! **Invariant:** nothing here knows routes or values; what a schema does not say, names say with less confidence (`names`).

mod entity;
pub mod names;

pub use entity::*;
