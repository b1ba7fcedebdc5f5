//! Values that outlive the run that made them.

use std::sync::Arc;

use super::{CAPTURED, Interp};
use crate::db;
use crate::ir::LocalId;
use crate::values::{Closure, Instance, Object, Shape, Value};

/// Deepest nesting of values that is kept.
const MOST_DEPTH: usize = 10;

impl Interp<'_> {
    /// The value by itself: closures take their variables along, instances their fields.
    pub(crate) fn freeze(&self, value: &Value) -> Value {
        self.freeze_at(value, 0)
    }

    fn freeze_at(&self, value: &Value, depth: usize) -> Value {
        if depth > MOST_DEPTH {
            return Value::unknown();
        }
        let inner = |value: &Value| self.freeze_at(value, depth + 1);
        let shape = match &value.shape {
            Shape::Closure(closure) => Shape::Closure(Arc::new(self.freeze_closure(closure, depth))),
            Shape::Instance(instance) => {
                let fields = match instance.cell.and_then(|cell| self.state.cells.get(cell as usize)) {
                    Some(fields) => (**fields).clone(),
                    None => instance.fields.clone(),
                };
                Shape::Instance(Arc::new(Instance {
                    class: instance.class,
                    fields: self.freeze_object(&fields, depth),
                    cell: None,
                }))
            }
            Shape::Object(object) => Shape::Object(Arc::new(self.freeze_object(object, depth))),
            Shape::Array(all) => Shape::Array(all.iter().map(inner).collect()),
            Shape::List(element) => Shape::List(inner(element)),
            Shape::OneOf(all) => Shape::OneOf(all.iter().map(inner).collect()),
            Shape::Promise(value) => Shape::Promise(inner(value)),
            Shape::Method { of, name } => Shape::Method { of: inner(of), name: *name },
            Shape::Lib(lib) => {
                let mut own = (**lib).clone();
                own.cell = None;
                own.data = lib.data.iter().map(|(name, value)| (*name, inner(value))).collect();
                Shape::Lib(Arc::new(own))
            }
            _ => return value.clone(),
        };
        Value::new(shape, value.origin.clone(), value.truth.clone())
    }

    fn freeze_object(&self, object: &Object, depth: usize) -> Object {
        Object {
            fields: object.fields.iter().map(|(name, value)| (*name, self.freeze_at(value, depth + 1))).collect(),
            spreads: object.spreads.iter().map(|value| self.freeze_at(value, depth + 1)).collect(),
            locs: object.locs.clone(),
            computed: object.computed,
        }
    }

    fn freeze_closure(&self, closure: &Closure, depth: usize) -> Closure {
        let mut captured: Vec<(LocalId, Value)> = closure.captured.to_vec();
        if !closure.scopes.is_empty()
            && let Some(file) = db::file(self.db, closure.file)
            && let Some(item) = db::item(self.db, file, closure.item)
        {
            for local in &item.function(closure.function).captures {
                let owner = item.local(*local).owner;
                let scope = closure.scopes.iter().find(|(function, _)| *function == owner);
                let scope = scope.or_else(|| closure.scopes.iter().find(|(function, _)| *function == CAPTURED));
                let Some(value) = scope.and_then(|(_, act)| self.state.get(*act, *local)) else { continue };
                let itself =
                    matches!(&value.shape, Shape::Closure(it) if it.function == closure.function && it.item == closure.item);
                if !itself && !captured.iter().any(|(id, _)| id == local) {
                    captured.push((*local, self.freeze_at(value, depth + 1)));
                }
            }
        }
        Closure {
            captured: captured.into(),
            scopes: Arc::from([]),
            this: closure.this.as_ref().map(|this| self.freeze_at(this, depth + 2)),
            bound: closure.bound.iter().map(|value| self.freeze_at(value, depth + 1)).collect(),
            ..closure.clone()
        }
    }
}
