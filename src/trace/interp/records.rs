//! Records that code calls methods of: functions that their schema declares, and what their data layer does with them.

use std::sync::Arc;

use super::Interp;
use crate::base::{Loc, Name};
use crate::data::Record;
use crate::ir::{Arg, Expr, ExprId};
use crate::values::{Call, CallForm, Closure, Object, Row, Shape, Value};

impl Interp<'_> {
    /// A method of a record, of a new one that is not saved yet, or of a model; `None` if neither schema nor layer knows it.
    pub(super) fn call_record(
        &mut self,
        callee: &Value,
        method: Name,
        args: &[Value],
        arg_locs: &[Loc],
        loc: Loc,
        awaited: bool,
    ) -> Option<Value> {
        if let Some((entity, is_static)) = self.declared_by(callee)
            && let Some(function) = self.entity_method(entity, method, is_static)
        {
            return Some(self.call_closure(&function, args.to_vec(), Some(callee.clone()), loc, awaited));
        }
        let (row, written) = record_of(callee)?;
        let query = self.accesses.get(row.at.access.0 as usize)?.query.clone();
        if !row.at.path.is_empty() {
            return None;
        }
        let facts = self.state.facts.clone();
        let call = Call {
            callee,
            method: Some(method),
            args,
            arg_locs,
            form: CallForm::Call,
            loc,
            awaited,
            quasis: None,
            facts: &facts,
        };
        let record = Record { query: &query, row, written };
        let outcome = crate::data::record(&record, &call, self.schema)?;
        Some(self.carry_out(outcome, &call))
    }

    /// The entity whose record or model a value is, and whether it is the model.
    fn declared_by(&self, value: &Value) -> Option<(Name, bool)> {
        if let Some((row, _)) = record_of(value) {
            let query = &self.accesses.get(row.at.access.0 as usize)?.query;
            return Some((query.entity.filter(|_| row.at.path.is_empty())?, false));
        }
        let lib = match &value.shape {
            Shape::Lib(lib) => lib,
            Shape::Object(object) => match &object.spreads.first()?.shape {
                Shape::Lib(lib) => lib,
                _ => return None,
            },
            _ => return None,
        };
        let entity = lib.get("entity").and_then(Value::as_str).map(Name::new).filter(|_| lib.path.is_empty())?;
        Some((entity, lib.kind == "model"))
    }

    fn entity_method(&self, entity: Name, name: Name, is_static: bool) -> Option<Arc<Closure>> {
        let entity = self.schema.find(entity)?;
        let method = entity.methods.iter().find(|it| it.name == name && it.is_static == is_static)?;
        let (file, item, function) = method.code;
        Some(Arc::new(Closure {
            file,
            item,
            function,
            captured: Arc::from([]),
            scopes: Arc::from([]),
            this: None,
            bound: Arc::from([]),
        }))
    }

    /// Puts what a method made of the value it was called on, or of its first argument, back where that came from.
    pub(super) fn write_back(&mut self, receiver: &Value, object: ExprId, method: Name, args: &[Arg], result: &Value) {
        let assigns = method == "assign"
            && matches!(&receiver.shape, Shape::Builtin(path) if matches!(&**path, [name] if *name == "Object"));
        let (place, value) = match (self.became.take(), args.first()) {
            (Some(changed), _) => (object, changed),
            (None, Some(target)) if assigns && !target.spread => (target.expr, result.clone()),
            _ => return,
        };
        if self.dead {
            return;
        }
        match self.item().expr(place) {
            Expr::Local(local) => self.set_local(*local, value),
            Expr::Member { .. } if assigns => self.assign_place(place, value),
            _ => {}
        }
    }
}

/// The record that a value is, with what was written on it since.
fn record_of(value: &Value) -> Option<(&Row, Option<Value>)> {
    match &value.shape {
        Shape::Row(row) => Some((row, None)),
        Shape::Object(object) => {
            let at = object.spreads.iter().position(|it| matches!(it.shape, Shape::Row(_)))?;
            let Shape::Row(row) = &object.spreads[at].shape else { return None };
            // A copy of a record is not the record: only what was written on it keeps its origin.
            if !matches!(&value.origin, crate::values::Origin::Row(of) if *of == row.at) {
                return None;
            }
            let mut written = Object { spreads: object.spreads.clone(), ..(**object).clone() };
            written.spreads.remove(at);
            Some((row, Some(Value::with_origin(Shape::Object(Arc::new(written)), crate::values::Origin::Unknown))))
        }
        _ => None,
    }
}
