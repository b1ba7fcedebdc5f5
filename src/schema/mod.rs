//! Entities: tables, models and collections from the project's own schema.
//!
//! One reader a source turns text into a [`Draft`]; [`Schema::build`] adds what follows from all of them together (inverse
//! relations, principals, owner paths, memberships, sensitive and privileged fields).
//!
//! **Invariant:** nothing here knows routes or values; what a schema does not say, names say with less confidence (`names`).

pub mod code;
mod draft;
mod entity;
mod finish;
pub mod mongoose;
pub mod names;
pub mod prisma;
mod questions;
pub mod sql;
pub mod supabase_types;
mod tables;
mod typeorm;

pub use draft::{Draft, Source};
pub use entity::*;
