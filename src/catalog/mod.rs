//! What library calls mean, as data: one TOML a library (`src/catalog/libraries/*.toml`), in the form that users write, too.
//!
//! **Invariant:** what a library call means stands in a catalogue file, never in a code path.

mod model;

pub use model::*;

use crate::base::Name;
use crate::values::{Call, Lib, Outcome, Value};

impl Catalog {
    /// What a call means; `None` if no file speaks of it.
    pub fn call(&self, _call: &Call<'_>) -> Option<Outcome> {
        None
    }

    /// What a member of an object of the catalogue is; `None` leaves it a path below the object.
    pub fn member(&self, _lib: &Lib, _name: Name) -> Option<Value> {
        None
    }

    /// What a call of a file of the project means, where the user declared it.
    pub fn declared_call(&self, _specifier: &str, _export: &str, _call: &Call<'_>) -> Option<Outcome> {
        None
    }

    /// Whether any file speaks of that package: a call of it that no entry names is then known to prove nothing.
    pub fn knows_package(&self, _specifier: &str) -> bool {
        false
    }
}
