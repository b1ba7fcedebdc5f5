//! Route schemas: what of a request passes them, and what of an answer goes out.

use std::sync::Arc;

use crate::base::Name;
use crate::catalog::validated;
use crate::frameworks::things::{thing, with};
use crate::values::{
    Call, EventKind, Fact, Facts, Key, Lib, Object, Origin, Outcome, Part, RowPath, Scalar, Shape, Truth, UnknownKeys, Validator,
    Value,
};

/// Parts of a request that a schema may name, under both names of the query string.
const PARTS: &[(&str, &str, Part)] = &[
    ("body", "body", Part::Body),
    ("querystring", "query", Part::Query),
    ("query", "query", Part::Query),
    ("params", "params", Part::Path),
    ("headers", "headers", Part::Header),
];

/// Deepest nesting of schemas that is read.
const MOST_DEPTH: usize = 8;

/// Schemas by their `$id`.
pub(super) type Shared = Vec<(String, Value)>;

/// The step between `preValidation` and `preHandler` that holds a route's schema; `None` where it checks nothing.
pub(super) fn step(options: &Value, shared: &Shared) -> Option<Lib> {
    let schema = options.field("schema")?;
    // With `attachValidation` a failure is only noted on the request.
    if options.field("attachValidation").is_some_and(|it| it.shape != Shape::Bool(false)) {
        return None;
    }
    let mut step = thing(super::OWNER, "validation");
    match schema.as_object() {
        Some(object) => {
            for (key, member, _) in PARTS {
                let part = object.get(key).filter(|it| it.shape != Shape::Nullish);
                let Some(part) = part else { continue };
                let validator = validator(part, shared, 0);
                step = with(step, member, Value::with_origin(Shape::Validator(Arc::new(validator)), Origin::Literal));
            }
        }
        // A schema from elsewhere may check anything.
        None if schema.shape == Shape::Nullish => return None,
        None => {
            for (_, member, _) in PARTS {
                step = with(step, member, Value::with_origin(Shape::Validator(Arc::new(Validator::Opaque)), Origin::Literal));
            }
        }
    }
    (!step.data.is_empty()).then_some(step)
}

/// The step is run.
pub(super) fn run(step: &Lib, call: &Call<'_>) -> Outcome {
    let mut outcome = Outcome { next: Some(None), ..Outcome::value(Value::nullish()) };
    let Some(request) = call.args.first() else { return outcome };
    let mut facts = Vec::new();
    for (key, member, part) in PARTS {
        // `query` is but the other name of `querystring`.
        if *key == "query" {
            continue;
        }
        let Some(Shape::Validator(validator)) = step.get(member).map(|it| &it.shape) else { continue };
        let raw = Value::client(*part, &[]);
        outcome.events.push(EventKind::Validated { value: raw.clone(), enforced: true });
        facts.push(Fact::Validated(Key::Client(*part, Arc::from([]))));
        outcome.writes.push((request.clone(), Name::new(member), validated(validator, &raw)));
    }
    outcome.after = Facts::of(facts);
    outcome
}

/// The response schemas of a route as validators by status: `200`, `2xx`, `default`.
pub(super) fn responses(options: &Value, shared: &Shared) -> Option<Value> {
    let response = options.field("schema")?.field("response")?;
    let mut by_status = Object::default();
    match response.as_object().filter(|it| it.is_closed()) {
        Some(object) => {
            for (status, schema) in &object.fields {
                // `{ description, content: { 'application/json': { schema } } }`
                let content = schema.field("content").and_then(Value::as_object).and_then(|it| it.fields.first());
                let schema = content.and_then(|(_, it)| it.field("schema")).unwrap_or(schema);
                let validator = validator(schema, shared, 0);
                let key = Name::new(&status.to_ascii_lowercase());
                by_status.set(key, Value::with_origin(Shape::Validator(Arc::new(validator)), Origin::Literal), None);
            }
        }
        None => {
            let opaque = Value::with_origin(Shape::Validator(Arc::new(Validator::Opaque)), Origin::Literal);
            by_status.set(Name::new("default"), opaque, None);
        }
    }
    Some(Value::of(Shape::Object(by_status.into())))
}

/// What goes out of a body under these response schemas.
pub(super) fn sent(responses: &Value, body: &Value, status: Option<u16>) -> Value {
    let code = status.unwrap_or(200);
    let found = responses
        .field(&code.to_string())
        .or_else(|| responses.field(&format!("{}xx", code / 100)))
        .or_else(|| responses.field("default"));
    match found.map(|it| &it.shape) {
        Some(Shape::Validator(validator)) => filtered(body, validator, 0),
        _ => body.clone(),
    }
}

/// A value through a serializer: of objects only the named fields go out.
fn filtered(value: &Value, validator: &Validator, depth: usize) -> Value {
    if depth > MOST_DEPTH {
        return Value::unknown();
    }
    let inner = |value: &Value, validator: &Validator| filtered(value, validator, depth + 1);
    match (validator, &value.shape) {
        (_, Shape::Nullish | Shape::Str(_) | Shape::Num(_) | Shape::Bool(_) | Shape::Scalar(_)) => value.clone(),
        (_, Shape::OneOf(all)) => {
            all.iter().map(|it| inner(it, validator)).reduce(|one, other| one.join(&other)).unwrap_or_else(Value::unknown)
        }
        (_, Shape::Promise(of)) => Value::of(Shape::Promise(inner(of, validator))),
        (Validator::Optional(of), _) => inner(value, of),
        (Validator::Array(element), Shape::Array(all)) => {
            Value::of(Shape::Array(all.iter().map(|it| inner(it, element)).collect()))
        }
        (Validator::Array(element), Shape::List(of)) => Value::with_origin(Shape::List(inner(of, element)), value.origin.clone()),
        (Validator::Array(element), Shape::Rows(row)) => {
            let one = Value::new(Shape::Row(row.clone()), Origin::Row(row.at.clone()), Truth::default());
            Value::of(Shape::List(inner(&one, element)))
        }
        (Validator::Array(element), _) => {
            Value::of(Shape::List(inner(&Value::new(Shape::Unknown, value.origin.clone(), Truth::default()), element)))
        }
        (Validator::Object { fields, unknown }, _) if *unknown != UnknownKeys::Keep || !fields.is_empty() => {
            let mut object = Object::default();
            for (name, field, _) in fields {
                if let Some(member) = member(value, *name) {
                    object.set(*name, inner(&member, field), None);
                }
            }
            Value::of(Shape::Object(object.into()))
        }
        (Validator::Union(all), _) => {
            all.iter().map(|it| inner(value, it)).reduce(|one, other| one.join(&other)).unwrap_or_else(Value::unknown)
        }
        (Validator::Scalar(_) | Validator::Enum(_), _) => {
            Value::new(Shape::Scalar(Scalar::Other), value.origin.clone(), Truth::default())
        }
        (Validator::Any, _) | (Validator::Object { .. }, _) => value.clone(),
        // It lets something through, and nobody knows what.
        (Validator::Opaque, _) => Value::unknown(),
    }
}

/// A member of an answer; `None` where it is certainly absent.
fn member(value: &Value, name: Name) -> Option<Value> {
    match &value.shape {
        Shape::Object(object) => match object.get(&name) {
            Some(field) => Some(field.clone()),
            None => object.spreads.iter().rev().find_map(|it| member(it, name)),
        },
        Shape::Row(row) if row.without.contains(&name) => None,
        Shape::Row(row) => {
            let path = row.at.path.iter().copied().chain([name]).collect();
            Some(Value::new(Shape::Unknown, Origin::Row(RowPath { access: row.at.access, path }), Truth::default()))
        }
        _ => Some(Value::new(Shape::Unknown, Origin::derived([value.origin.clone()]), Truth::default())),
    }
}

/// What a written schema lets through: JSON Schema, or what a schema library made.
fn validator(value: &Value, shared: &Shared, depth: usize) -> Validator {
    if depth > MOST_DEPTH {
        return Validator::Opaque;
    }
    let inner = |value: &Value| validator(value, shared, depth + 1);
    let object = match &value.shape {
        Shape::Validator(validator) => return (**validator).clone(),
        Shape::Object(object) => object,
        _ => return Validator::Opaque,
    };
    if let Some(reference) = object.get("$ref") {
        let id = reference.as_str().map(|it| it.trim_end_matches('#'));
        let found = shared.iter().find(|(it, _)| id == Some(it.trim_end_matches('#')));
        return found.map_or(Validator::Opaque, |(_, schema)| inner(schema));
    }
    if let Some(all) = object.get("enum") {
        return Validator::Enum(texts(all));
    }
    if let Some(one) = object.get("const") {
        return Validator::Enum(texts(one));
    }
    if let Some(Shape::Array(all)) = object.get("anyOf").or_else(|| object.get("oneOf")).map(|it| &it.shape) {
        return Validator::Union(all.iter().map(inner).collect());
    }
    match object.get("type").and_then(Value::as_str) {
        Some("string") => Validator::Scalar(Scalar::String),
        Some("number" | "integer") => Validator::Scalar(Scalar::Number),
        Some("boolean") => Validator::Scalar(Scalar::Bool),
        Some("null") => Validator::Scalar(Scalar::Other),
        Some("array") => Validator::Array(Box::new(object.get("items").map_or(Validator::Any, inner))),
        Some("object") => properties(object, inner),
        None if object.get("properties").is_some() => properties(object, inner),
        // `type: ['string', 'null']`: of scalars nothing is let through but a scalar.
        None if matches!(object.get("type").map(|it| &it.shape), Some(Shape::Array(_))) => match object.get("properties") {
            Some(_) => properties(object, inner),
            None if texts(object.get("type").unwrap_or(value)).iter().any(|it| it == "object" || it == "array") => Validator::Any,
            None => Validator::Scalar(Scalar::Other),
        },
        // Version 4 takes the properties alone.
        None if !object.fields.is_empty() && object.fields.iter().all(|(_, it)| is_schema(it)) => {
            let fields = object.fields.iter().map(|(name, it)| (*name, inner(it), true)).collect();
            Validator::Object { fields, unknown: UnknownKeys::Keep }
        }
        _ => Validator::Opaque,
    }
}

fn is_schema(value: &Value) -> bool {
    matches!(value.shape, Shape::Validator(_)) || ["type", "$ref", "enum", "anyOf"].iter().any(|it| value.field(it).is_some())
}

/// An object schema: keys that it does not name pass, unless it says that there are none, which drops them.
fn properties(object: &Object, inner: impl Fn(&Value) -> Validator) -> Validator {
    let unknown = match object.get("additionalProperties").map(|it| &it.shape) {
        Some(Shape::Bool(false)) => UnknownKeys::Strip,
        _ => UnknownKeys::Keep,
    };
    let required = object.get("required").map(texts).unwrap_or_default();
    let Some(properties) = object.get("properties") else { return Validator::Object { fields: Vec::new(), unknown } };
    let Some(properties) = properties.as_object().filter(|it| it.is_closed()) else { return Validator::Opaque };
    let fields = properties
        .fields
        .iter()
        .map(|(name, it)| {
            let optional = !required.iter().any(|it| *name == it.as_str()) && it.field("default").is_none();
            (*name, inner(it), optional)
        })
        .collect();
    Validator::Object { fields, unknown }
}

/// The literals of a list, as texts.
fn texts(value: &Value) -> Vec<String> {
    match &value.shape {
        Shape::Array(all) => all.iter().flat_map(texts).collect(),
        Shape::Str(text) | Shape::Num(text) => vec![text.to_string()],
        Shape::Bool(it) => vec![it.to_string()],
        _ => Vec::new(),
    }
}
