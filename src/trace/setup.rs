//! What the top-level code of a file makes: its bindings, and what it registers with frameworks.

use std::sync::Arc;

use super::interp::Interp;
use crate::base::{ItemId, Loc, Name, Node};
use crate::db::{self, Db, File};
use crate::ir::{AssignOp, Expr, FnId, Pattern};
use crate::values::{Registration, Shape, Value};

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
                Some(other) if other.shape == Shape::Nullish => value.clone(),
                Some(other) => other.join(value),
                None => value.clone(),
            });
        }
    }
    let known = joined.filter(|it| !(later && it.shape == Shape::Nullish));
    known.unwrap_or_else(|| if later { made_later(db, file, name) } else { Value::unknown() })
}

/// What functions make and keep in a top-level variable (`let db; function connect() { db = new Client() }`), whenever they run.
fn made_later(db: &dyn Db, file: File, name: Name) -> Value {
    let items = db::binders(db, file).get(&name).into_iter().flatten();
    let all = items.flat_map(|item| assigned(db, file, *item)).filter(|(it, value)| *it == name && value.shape != Shape::Nullish);
    all.map(|(_, value)| value.clone()).reduce(|one, other| one.join(&other)).unwrap_or_else(Value::unknown)
}

/// What an item's functions assign to top-level variables, where that is something newly made.
#[salsa::tracked(returns(ref), cycle_result = nothing_assigned)]
fn assigned(db: &dyn Db, file: File, item: ItemId) -> Vec<(Name, Value)> {
    let Some(code) = db::item(db, file, item).clone() else { return Vec::new() };
    let mut found: Vec<(Name, Value)> = Vec::new();
    for (index, expr) in code.exprs.iter().enumerate() {
        let Expr::Assign { op: AssignOp::Set | AssignOp::Logical(_), target: Pattern::Global(name), value } = expr else {
            continue;
        };
        let function = code.expr_names[index].0;
        let mut made = *value;
        while let Expr::Await(inner) = code.expr(made) {
            made = *inner;
        }
        if function != FnId(0) && matches!(code.expr(made), Expr::New { .. } | Expr::Call { .. }) {
            let mut run = Interp::new(db);
            let value = run.eval_alone(file, item, function, *value);
            let value = run.freeze(&value);
            if !found.iter().any(|it| *it == (*name, value.clone())) {
                found.push((*name, value));
            }
        }
    }
    found
}

fn nothing_assigned(_db: &dyn Db, _id: salsa::Id, _file: File, _item: ItemId) -> Vec<(Name, Value)> {
    Vec::new()
}

/// What functions of a file register that start a server and that something outside of the project's code calls (a command, a container).
#[salsa::tracked(returns(ref))]
pub fn started(db: &dyn Db, file: File) -> Arc<[Registration]> {
    let ids = db::item_ids(db, file);
    ids.iter().filter(|item| *listens(db, file, **item)).flat_map(|item| started_by(db, file, *item).iter().cloned()).collect()
}

/// Whether a function of the item calls `listen` on something.
#[salsa::tracked]
fn listens(db: &dyn Db, file: File, item: ItemId) -> bool {
    let Some(code) = db::item(db, file, item) else { return false };
    let is_listen = |(index, expr): (usize, &Expr)| match expr {
        Expr::Call { callee, .. } if code.expr_names[index].0 != FnId(0) => {
            matches!(code.expr(*callee), Expr::Member { name, .. } if *name == "listen")
        }
        _ => false,
    };
    !code.binds.is_empty() && code.exprs.iter().enumerate().any(is_listen)
}

#[salsa::tracked(returns(ref), cycle_result = nothing_started)]
fn started_by(db: &dyn Db, file: File, item: ItemId) -> Arc<[Registration]> {
    let mut run = Interp::new(db);
    for (_, value) in item_setup(db, file, item).bindings.iter() {
        let Shape::Closure(closure) = &value.shape else { continue };
        let loc = Loc { file: closure.file, item: closure.item, node: Node::Function(closure.function.0) };
        let value = run.call(value, Vec::new(), loc);
        run.awaited(value, loc);
    }
    run.registered().into()
}

fn nothing_started(_db: &dyn Db, _id: salsa::Id, _file: File, _item: ItemId) -> Arc<[Registration]> {
    Arc::from([])
}

/// Everything a file registers, in order.
#[salsa::tracked(returns(ref))]
pub fn registrations(db: &dyn Db, file: File) -> Arc<[Registration]> {
    let ids = db::item_ids(db, file);
    ids.iter().flat_map(|item| item_setup(db, file, *item).registrations.iter().cloned()).collect()
}
