//! Documents: new ones, and records that queries gave, with what the code writes on them before it saves them.

use std::sync::Arc;

use super::{ID, base, language, pending, thing};
use crate::base::Name;
use crate::data::Record;
use crate::schema::Schema;
use crate::values::{Becomes, Call, Filter, Lib, Object, Op, Origin, Outcome, Payload, Query, RowPath, Runs, Shape, Value};

/// `new Model(fields)`
pub(super) fn made(model: &Lib, call: &Call<'_>) -> Value {
    let mut data = model.data.clone();
    data.push((Name::new("fields"), call.args.first().cloned().unwrap_or_else(|| Value::of(Shape::Object(Arc::default())))));
    thing("document", data)
}

/// What the code set on a new document.
pub(super) fn member(document: &Lib, name: Name) -> Option<Value> {
    let fields = document.get("fields")?;
    match &fields.shape {
        Shape::Object(object) => object.get(&name).cloned(),
        _ => None,
    }
}

/// A new document, also with fields that were written on it, and all that a save writes.
pub(super) fn unsaved(value: &Value) -> Option<(&Lib, Value)> {
    let is = |lib: &&Lib| lib.owner == *ID && lib.kind == "document" && lib.path.is_empty();
    match &value.shape {
        Shape::Lib(_) => value.as_lib().filter(is).map(|lib| (lib, lib.get("fields").cloned().unwrap_or_else(Value::unknown))),
        Shape::Object(object) => {
            let (lib, fields) = object.spreads.iter().find_map(unsaved)?;
            let mut all = match &fields.shape {
                Shape::Object(own) => (**own).clone(),
                Shape::Nullish => Object::default(),
                _ => Object { spreads: vec![fields.clone()], ..Object::default() },
            };
            let others = object.spreads.iter().filter(|it| unsaved(it).is_none());
            all.spreads.extend(others.cloned());
            for (name, value) in &object.fields {
                all.set(*name, value.clone(), object.loc_of(name));
            }
            Some((lib, Value::with_origin(Shape::Object(Arc::new(all)), fields.origin.clone())))
        }
        _ => None,
    }
}

/// A method of a new document.
pub(super) fn of_new(document: &Lib, written: &Value, method: Name, call: &Call<'_>) -> Option<Outcome> {
    match method.as_str() {
        "save" => {
            let mut query = base(document.get("entity").and_then(Value::as_str).map(Name::new), Op::Create, "create");
            query.single = true;
            query.payload.push(Payload { value: written.clone(), loc: None, relation: Vec::new() });
            query.projection = crate::values::Projection::whole();
            let runs = Some(pending(query));
            Some(Outcome { value: runs, runs: Runs::Promised, becomes: Some(Becomes::Result), ..Outcome::default() })
        }
        _ => on_either(method, call),
    }
}

/// A method of a record that a query gave.
pub(super) fn of_record(record: &Record<'_>, method: Name, call: &Call<'_>, schema: &Schema) -> Option<Outcome> {
    let entity = record.query.entity.and_then(|name| schema.find(name));
    let own = |op: Op, name: &str| -> Query {
        let mut query = base(record.query.entity, op, name);
        let at = RowPath { access: record.row.at.access, path: Arc::from([Name::new("_id")]) };
        query.filter = Filter::equal(Name::new("_id"), Value::with_origin(Shape::Unknown, Origin::Row(at)), None);
        query.single = true;
        query.projection = super::model::as_json(entity);
        query
    };
    let run = |query: Query| Some(Outcome { value: Some(pending(query)), runs: Runs::Promised, ..Outcome::default() });
    match method.as_str() {
        "save" => {
            let mut query = own(Op::Update, "save");
            query.throws_on_missing = true;
            if let Some(written) = &record.written {
                query.payload.push(Payload { value: written.clone(), loc: None, relation: Vec::new() });
            }
            run(query)
        }
        "updateOne" | "update" | "replaceOne" => {
            let mut query = own(Op::Update, "updateOne");
            let value = language::written(call.args.first()?);
            query.payload.push(Payload { value, loc: call.arg_locs.first().copied(), relation: Vec::new() });
            Some(Outcome::value(pending(query)))
        }
        "deleteOne" => run(own(Op::Delete, "deleteOne")),
        "remove" | "delete" => run(own(Op::Delete, "deleteOne")),
        "populate" => {
            // What comes along is not the record's own any more than its key was.
            Some(Outcome::value(Value::of(Shape::Promise(call.callee.clone()))))
        }
        _ => on_either(method, call),
    }
}

fn on_either(method: Name, call: &Call<'_>) -> Option<Outcome> {
    match method.as_str() {
        "toObject" | "toJSON" | "$clone" => Some(Outcome::value(call.callee.clone())),
        "set" | "overwrite" | "assign" => {
            let mut object = Object { spreads: vec![call.callee.clone()], ..Object::default() };
            match (call.args.first()?, call.args.get(1)) {
                (path, Some(value)) if path.as_str().is_some() => {
                    object.set(Name::new(path.as_str()?), value.clone(), call.arg_locs.get(1).copied());
                }
                (fields, _) => match &fields.shape {
                    Shape::Object(fields) => {
                        object.spreads.extend(fields.spreads.iter().cloned());
                        for (name, value) in &fields.fields {
                            object.set(*name, value.clone(), fields.loc_of(name));
                        }
                    }
                    _ => object.spreads.push(fields.clone()),
                },
            }
            let changed = Value::new(Shape::Object(Arc::new(object)), call.callee.origin.clone(), call.callee.truth.clone());
            Some(Outcome { becomes: Some(Becomes::Value(changed.clone())), ..Outcome::value(changed) })
        }
        "get" => None,
        "markModified" | "validate" | "validateSync" | "depopulate" | "unset" | "$session" | "increment" => {
            Some(Outcome::value(Value::nullish()))
        }
        "isModified" | "isNew" | "isDirectModified" | "isSelected" => {
            Some(Outcome::value(Value::of(Shape::Scalar(crate::values::Scalar::Bool))))
        }
        _ => None,
    }
}
