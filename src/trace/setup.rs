//! What the top-level code of a file makes: its bindings, and what it registers with frameworks.

use std::sync::Arc;

use super::interp::Interp;
use crate::base::{ItemId, Name};
use crate::db::{self, Db, File};
use crate::values::{Registration, Value};

/// What one top-level item makes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setup {
    /// Top-level names it binds.
    pub bindings: Arc<[(Name, Value)]>,
    /// What it registers, in order.
    pub registrations: Arc<[Registration]>,
}

/// Runs one top-level item. Items that need each other in a circle know nothing of each other.
#[salsa::tracked(returns(ref), cycle_result = unknown_setup)]
pub fn item_setup(db: &dyn Db, file: File, item: ItemId) -> Setup {
    let mut run = Interp::new(db);
    run.run_item(file, item);
    let own = std::mem::take(&mut run.own);
    let mut bindings: Vec<(Name, Value)> = own.iter().map(|(name, value)| (*name, run.freeze(value))).collect();
    bindings.sort_by_key(|(name, _)| *name);
    let registrations = run.registered().into();
    Setup { bindings: bindings.into(), registrations }
}

fn unknown_setup(_db: &dyn Db, _id: salsa::Id, _file: File, _item: ItemId) -> Setup {
    Setup::default()
}

/// The value of a top-level name of a file.
pub fn global(db: &dyn Db, file: File, name: Name) -> Value {
    let mut joined: Option<Value> = None;
    let mut later = false;
    for item in db::binders(db, file).get(&name).into_iter().flatten() {
        let setup = item_setup(db, file, *item);
        // A function assigns it, whenever that runs.
        later |= !setup.bindings.iter().any(|(it, _)| *it == name);
        if let Some((_, value)) = setup.bindings.iter().find(|(it, _)| *it == name) {
            joined = Some(match joined {
                // `let x; … x = make()`: what was assigned is what counts.
                Some(other) if other.shape == crate::values::Shape::Nullish => value.clone(),
                Some(other) => other.join(value),
                None => value.clone(),
            });
        }
    }
    joined.filter(|it| !(later && it.shape == crate::values::Shape::Nullish)).unwrap_or_else(Value::unknown)
}

/// Everything a file registers, in order.
#[salsa::tracked(returns(ref))]
pub fn registrations(db: &dyn Db, file: File) -> Arc<[Registration]> {
    let ids = db::item_ids(db, file);
    ids.iter().flat_map(|item| item_setup(db, file, *item).registrations.iter().cloned()).collect()
}
