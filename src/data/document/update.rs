//! Updates: `{ $set: { … }, $inc: { … } }`, plain fields, pipelines.

use std::sync::Arc;

use crate::values::{Object, Origin, Scalar, Shape, Value};

/// The fields that an update writes, whatever the operator; of what is not an object, the value itself.
pub(crate) fn written(update: &Value) -> Value {
    let object = match &update.shape {
        Shape::Object(object) => object,
        Shape::OneOf(ways) => {
            let ways = ways.iter().map(written);
            return ways.reduce(|one, other| one.join(&other)).unwrap_or_else(Value::unknown);
        }
        Shape::Array(stages) => {
            let mut all = Object::default();
            stages.iter().for_each(|stage| put_all(&mut all, &written(stage)));
            return of(all, update);
        }
        _ => return update.clone(),
    };
    let mut all = Object { spreads: object.spreads.clone(), computed: object.computed, ..Object::default() };
    for (name, value) in &object.fields {
        match name.as_str() {
            "$set" | "$setOnInsert" | "$addFields" | "$replaceWith" => put_all(&mut all, value),
            "$inc" | "$mul" | "$bit" => put_each(&mut all, value, &computed),
            "$unset" => put_each(&mut all, value, &|_| Value::nullish()),
            "$currentDate" => put_each(&mut all, value, &|_| Value::of(Shape::Scalar(Scalar::Date))),
            "$push" | "$addToSet" | "$pull" | "$pullAll" | "$pushAll" | "$min" | "$max" => put_each(&mut all, value, &element),
            _ if name.starts_with('$') => {}
            _ => all.set(*name, value.clone(), object.loc_of(name)),
        }
    }
    of(all, update)
}

fn of(object: Object, update: &Value) -> Value {
    Value::with_origin(Shape::Object(Arc::new(object)), update.origin.clone())
}

fn put_all(all: &mut Object, value: &Value) {
    put_each(all, value, &Value::clone);
}

fn put_each(all: &mut Object, value: &Value, change: &dyn Fn(&Value) -> Value) {
    match &value.shape {
        Shape::Object(object) => {
            all.spreads.extend(object.spreads.iter().cloned());
            all.computed |= object.computed;
            for (name, value) in &object.fields {
                all.set(*name, change(value), object.loc_of(name));
            }
        }
        Shape::OneOf(ways) => ways.iter().for_each(|it| put_each(all, it, change)),
        Shape::Nullish => {}
        _ => all.spreads.push(value.clone()),
    }
}

fn computed(value: &Value) -> Value {
    Value::with_origin(Shape::Scalar(Scalar::Number), Origin::derived([value.origin.clone(), Origin::Unknown]))
}

/// `{ $each: […] }`, or the element itself.
fn element(value: &Value) -> Value {
    value.field("$each").cloned().unwrap_or_else(|| value.clone())
}
