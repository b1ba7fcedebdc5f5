//! Binding and assigning.

use std::sync::Arc;

use super::Interp;
use crate::base::Name;
use crate::ir::{Expr, ExprId, Key, Lit, LocalId, Pattern};
use crate::values::{EventKind, Object, Origin, Row, Shape, Value};

impl Interp<'_> {
    /// Binds a pattern to a value.
    pub(super) fn bind(&mut self, pattern: &Pattern, value: Value) {
        if self.dead {
            return;
        }
        match pattern {
            Pattern::Local(local) => self.set_local(*local, value),
            Pattern::Global(name) => {
                if self.setting_up.is_some_and(|(file, item)| file == self.frame().file_id && item == self.frame().item_id) {
                    self.own.insert(*name, value);
                }
            }
            Pattern::Place(expr) => self.assign_place(*expr, value),
            Pattern::Default { pattern, value: default } => {
                let value = if value.shape == Shape::Nullish {
                    self.eval(*default)
                } else if may_be_absent(&value) {
                    let default = self.eval(*default);
                    value.join(&default)
                } else {
                    value
                };
                self.bind(pattern, value);
            }
            Pattern::Object { props, rest } => {
                let mut taken = Vec::new();
                for (key, pattern) in props {
                    let name = match key {
                        Key::Name(name) => Some(*name),
                        Key::Computed(expr) => self.eval(*expr).as_str().map(Name::new),
                    };
                    let field = match name {
                        Some(name) => {
                            taken.push(name);
                            self.member(&value, name, true)
                        }
                        None => Value::with_origin(Shape::Unknown, Origin::derived([value.origin.clone()])),
                    };
                    self.bind(pattern, field);
                }
                if let Some(rest) = rest {
                    let remainder = without(&value, &taken);
                    self.bind(rest, remainder);
                }
            }
            Pattern::Array { elements, rest } => {
                for (index, pattern) in elements.iter().enumerate() {
                    if let Some(pattern) = pattern {
                        let element = self.element_at(&value, index);
                        self.bind(pattern, element);
                    }
                }
                if let Some(rest) = rest {
                    let remainder = match &value.shape {
                        Shape::Array(all) => Value::with_origin(
                            Shape::Array(all.iter().skip(elements.len()).cloned().collect()),
                            value.origin.clone(),
                        ),
                        _ => value.clone(),
                    };
                    self.bind(rest, remainder);
                }
            }
            Pattern::Opaque => {}
        }
    }

    pub(super) fn set_local(&mut self, local: LocalId, value: Value) {
        if let Some(act) = self.act_of(local) {
            self.state.set(act, local, value);
        }
    }

    /// The activation that holds a variable.
    pub(super) fn act_of(&self, local: LocalId) -> Option<u32> {
        let frame = self.frame();
        let owner = frame.item.local(local).owner;
        let by_owner = frame.scopes.iter().find(|(function, _)| *function == owner);
        by_owner.or_else(|| frame.scopes.iter().find(|(function, _)| *function == super::CAPTURED)).map(|(_, act)| *act)
    }

    pub(super) fn assign_place(&mut self, expr: ExprId, value: Value) {
        let item = self.item();
        let (object, name) = match item.expr(expr) {
            Expr::Member { object, name, .. } => (*object, Some(*name)),
            Expr::Index { object, index, .. } => {
                let index = self.eval(*index);
                (*object, index.as_str().map(Name::new))
            }
            _ => return,
        };
        let target = self.eval(object);
        let cell = match &target.shape {
            Shape::Lib(lib) => lib.cell,
            Shape::Instance(instance) => instance.cell,
            _ => None,
        };
        if let (Some(cell), Some(name)) = (cell, name) {
            if let Shape::Lib(lib) = &target.shape {
                let known = |name: Name| self.state.field(cell, name).cloned();
                for event in crate::frameworks::assigned(lib, name, &value, &known) {
                    if let EventKind::Respond { status: Some(status @ 400..=499), .. } = &event {
                        self.state.refused = Some(*status);
                    }
                    self.emit(event, self.expr_loc(expr));
                }
            }
            match &target.shape {
                Shape::Lib(lib) if !lib.path.is_empty() => self.write_on(&target, name, value),
                _ => self.state.write(cell, name, value),
            }
            return;
        }
        if let (Shape::Builtin(path), Some(name)) = (&target.shape, name) {
            if path.len() == 1
                && matches!(path[0].as_str(), "globalThis" | "global" | "window" | "self")
                && self.setting_up.is_some()
            {
                self.own.insert(super::member::global_key(name), value);
            }
            return;
        }
        let changed = with_field(&target, name, value, self.expr_loc(expr));
        match item.expr(object) {
            Expr::Local(local) => self.set_local(*local, changed),
            Expr::Global(name) if self.own.contains_key(name) => {
                self.own.insert(*name, changed);
            }
            Expr::Member { .. } | Expr::Index { .. } => self.assign_place(object, changed),
            _ => {}
        }
    }

    /// `delete object.name`
    pub(super) fn delete_place(&mut self, expr: ExprId) {
        let item = self.item();
        let Expr::Member { object, name, .. } = item.expr(expr) else { return };
        let target = self.eval(*object);
        let changed = without(&target, &[*name]);
        if let Expr::Local(local) = item.expr(*object) {
            self.set_local(*local, changed);
        }
    }

    /// The key of a property, if it is known.
    pub(super) fn key_name(&mut self, key: &Key) -> Option<Name> {
        match key {
            Key::Name(name) => Some(*name),
            Key::Computed(expr) => match self.item().expr(*expr) {
                Expr::Lit(Lit::Str(text)) => Some(Name::new(text)),
                _ => {
                    let value = self.eval(*expr);
                    value.as_str().map(Name::new)
                }
            },
        }
    }
}

/// Whether a value may be `undefined`, so that a default can take its place.
fn may_be_absent(value: &Value) -> bool {
    match &value.shape {
        Shape::Unknown | Shape::Import(_) => true,
        Shape::Scalar(_) => value.truth.known.is_none(),
        Shape::OneOf(all) => all.iter().any(|it| it.shape == Shape::Nullish || may_be_absent(it)),
        _ => false,
    }
}

/// A value with one field replaced.
fn with_field(target: &Value, name: Option<Name>, value: Value, loc: crate::base::Loc) -> Value {
    let mut object = match &target.shape {
        Shape::Object(object) => (**object).clone(),
        Shape::Array(_) | Shape::List(_) | Shape::Rows(_) => return target.clone(),
        Shape::OneOf(all) => {
            let changed = all.iter().filter(|it| it.shape != Shape::Nullish).map(|it| with_field(it, name, value.clone(), loc));
            return changed.reduce(|one, other| one.join(&other)).unwrap_or_else(|| target.clone());
        }
        _ => Object { spreads: vec![target.clone()], ..Object::default() },
    };
    match name {
        Some(name) => object.set(name, value, Some(loc)),
        None => {
            object.computed = true;
            object.spreads.push(Value::with_origin(Shape::Unknown, Origin::derived([value.origin.clone()])));
        }
    }
    Value::new(Shape::Object(Arc::new(object)), target.origin.clone(), target.truth.clone())
}

/// A value without some of its fields (`const { a, ...rest } = value`).
pub(super) fn without(value: &Value, names: &[Name]) -> Value {
    match &value.shape {
        Shape::Object(object) => {
            let mut left = Object { computed: object.computed, ..Object::default() };
            for (index, (name, field)) in object.fields.iter().enumerate() {
                if !names.contains(name) {
                    left.set(*name, field.clone(), object.locs.get(index).copied().flatten());
                }
            }
            left.spreads = object.spreads.iter().map(|spread| without(spread, names)).collect();
            Value::new(Shape::Object(Arc::new(left)), value.origin.clone(), value.truth.clone())
        }
        Shape::Row(row) => {
            let mut left = Row::clone(row);
            left.without.extend_from_slice(names);
            left.without.sort();
            left.without.dedup();
            Value::new(Shape::Row(Arc::new(left)), value.origin.clone(), value.truth.clone())
        }
        Shape::OneOf(all) => {
            let parts = all.iter().filter(|it| it.shape != Shape::Nullish).map(|it| without(it, names));
            parts.reduce(|one, other| one.join(&other)).unwrap_or_else(Value::nullish)
        }
        _ => value.clone(),
    }
}
