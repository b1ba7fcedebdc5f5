//! Validators that are made from tables: every column is a key, the privileged ones too.

use std::sync::Arc;

use crate::base::Name;
use crate::schema::{Field, FieldDefault, FieldType, Schema};
use crate::values::{Call, Origin, Outcome, Scalar, Shape, UnknownKeys, Validator, Value};

/// `createInsertSchema(table, refinements)` and its kin.
pub(super) fn validator(call: &Call<'_>, export: &str, schema: &Schema) -> Option<Outcome> {
    let of_rows = export == "createSelectSchema";
    if !of_rows && !["createInsertSchema", "createUpdateSchema"].contains(&export) {
        return None;
    }
    let table = call.args.first().and_then(Value::as_lib).and_then(|it| it.get("name")).and_then(Value::as_str);
    let Some(entity) = table.and_then(|it| schema.find(Name::new(it))) else {
        return Some(Outcome::value(value(Validator::Object { fields: Vec::new(), unknown: UnknownKeys::Keep })));
    };
    let refined = |name: Name| match call.args.get(1)?.field(&name).map(|it| it.shape.clone())? {
        Shape::Validator(refined) => Some((*refined).clone()),
        _ => None,
    };
    let written = |field: &&Field| field.is_scalar() && (of_rows || field.default != Some(FieldDefault::Caller));
    let fields = entity.fields.iter().filter(written).map(|field| {
        let optional = !of_rows && (export == "createUpdateSchema" || field.nullable || field.default.is_some());
        (field.name, refined(field.name).unwrap_or_else(|| column(field, schema)), optional)
    });
    Some(Outcome::value(value(Validator::Object { fields: fields.collect(), unknown: UnknownKeys::Strip })))
}

fn column(field: &Field, schema: &Schema) -> Validator {
    let one = match &field.ty {
        FieldType::String | FieldType::Uuid => Validator::Scalar(Scalar::String),
        FieldType::Int | FieldType::Float => Validator::Scalar(Scalar::Number),
        FieldType::Bool => Validator::Scalar(Scalar::Bool),
        FieldType::Date => Validator::Scalar(Scalar::Date),
        FieldType::Bytes => Validator::Scalar(Scalar::Bytes),
        FieldType::Enum(name) => match schema.members(*name) {
            Some(members) => Validator::Enum(members.iter().map(Name::to_string).collect()),
            None => Validator::Scalar(Scalar::Other),
        },
        FieldType::Json | FieldType::Relation(_) | FieldType::Other => Validator::Any,
    };
    if field.list { Validator::Array(Box::new(one)) } else { one }
}

fn value(validator: Validator) -> Value {
    Value::with_origin(Shape::Validator(Arc::new(validator)), Origin::Literal)
}
