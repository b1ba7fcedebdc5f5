//! Validation schemas: how builders and modifiers make them, and what a value is once it went through one.

use std::sync::Arc;

use super::argument::{ArgPath, Found, Site, Start, below};
use super::model::{UnknownKeysSpec, Validates};
use super::schema_form::{BuilderEntry, Does, Makes, ModifierEntry};
use crate::base::Name;
use crate::values::{Call, Checked, Object, Origin, Scalar, Shape, Truth, UnknownKeys, Validator, Value};

/// More literals than this are a list of codes, of which only the fact that it is closed matters.
const MOST_LITERALS: usize = 12;

/// A value that went through `validator`: an object has exactly the schema's fields, each a client value at its own path; keys that
/// the schema lets through without naming them come with the raw value as a spread.
pub fn validated(validator: &Validator, raw: &Value) -> Value {
    let origin = || raw.origin.checked(Checked::Schema);
    match validator {
        Validator::Object { fields, unknown } => {
            let mut object = Object::default();
            for (name, field, optional) in fields {
                let value = validated(field, &part(raw, *name));
                object.set(*name, if *optional { maybe(&value) } else { value }, None);
            }
            if *unknown == UnknownKeys::Keep {
                object.spreads.push(raw.clone());
            }
            Value::with_origin(Shape::Object(Arc::new(object)), origin())
        }
        Validator::Array(element) => Value::with_origin(Shape::List(validated(element, &part(raw, Name::new("*")))), origin()),
        Validator::Scalar(scalar) => match raw.shape {
            // A literal says more than its type.
            Shape::Str(_) | Shape::Num(_) | Shape::Bool(_) => raw.clone(),
            _ => Value::new(Shape::Scalar(*scalar), origin(), Truth::default()),
        },
        Validator::Enum(members) if (1..=MOST_LITERALS).contains(&members.len()) => {
            let origin = raw.origin.checked(Checked::Listed);
            let mut literals: Vec<Value> =
                members.iter().map(|text| Value::with_origin(Shape::Str(text.as_str().into()), origin.clone())).collect();
            if literals.len() == 1 {
                return literals.remove(0);
            }
            let truth = if members.iter().any(String::is_empty) { Truth::default() } else { Truth::always(true) };
            Value::new(Shape::OneOf(literals.into()), origin, truth)
        }
        Validator::Enum(_) => Value::new(Shape::Scalar(Scalar::Other), raw.origin.checked(Checked::Listed), Truth::default()),
        Validator::Union(all) if !all.is_empty() && all.iter().all(is_scalar) => {
            Value::new(Shape::Scalar(Scalar::Other), origin(), Truth::default())
        }
        Validator::Union(all) => {
            let mut values: Vec<Value> = Vec::new();
            for value in all.iter().map(|one| validated(one, raw)) {
                if !values.contains(&value) {
                    values.push(value);
                }
            }
            match values.len() {
                0 => Value::new(Shape::Unknown, origin(), Truth::default()),
                1 => values.remove(0),
                _ => Value::new(Shape::OneOf(values.into()), origin(), Truth::default()),
            }
        }
        Validator::Optional(inner) => maybe(&validated(inner, raw)),
        Validator::Any | Validator::Opaque => Value::new(Shape::Unknown, origin(), Truth::default()),
    }
}

/// The same value, which may be absent.
fn maybe(value: &Value) -> Value {
    value.with_truth(Truth { known: value.truth.known.filter(|known| !known), ..value.truth.clone() })
}

/// A part of a raw value; where it cannot be told apart, it comes from wherever the whole does.
fn part(raw: &Value, name: Name) -> Value {
    if let Shape::Builtin(path) = &raw.shape
        && path.len() == 2
        && path[0] == "process"
        && path[1] == "env"
    {
        return Value::new(Shape::Unknown, Origin::Env(name), Truth::default());
    }
    match below(raw, name) {
        Found::Value(value) => value,
        Found::Absent => Value::nullish(),
        Found::Unknown => Value::new(Shape::Unknown, raw.origin.clone(), Truth::default()),
    }
}

fn is_scalar(validator: &Validator) -> bool {
    match validator {
        Validator::Scalar(_) | Validator::Enum(_) => true,
        Validator::Optional(inner) => is_scalar(inner),
        Validator::Union(all) => all.iter().all(is_scalar),
        _ => false,
    }
}

/// A member of a schema that the code may go on with: `schema.shape`, `schema.element`; `None` if it has none of that name.
pub fn validator_member(validator: &Validator, name: Name) -> Option<Value> {
    match (validator, name.as_str()) {
        (Validator::Optional(inner), _) => validator_member(inner, name),
        (Validator::Object { fields, .. }, "shape" | "fields" | "entries" | "schema") => {
            let mut object = Object::default();
            for (name, field, optional) in fields {
                let field = if *optional { Validator::Optional(Box::new(field.clone())) } else { field.clone() };
                object.set(*name, schema(field), None);
            }
            Some(Value::of(Shape::Object(Arc::new(object))))
        }
        (Validator::Array(element), "element" | "item" | "innerType") => Some(schema((**element).clone())),
        (Validator::Enum(members), "options") => {
            Some(Value::of(Shape::Array(members.iter().map(|text| Value::str(text)).collect())))
        }
        (Validator::Enum(members), "enum" | "Enum" | "Values") => {
            let mut object = Object::default();
            members.iter().for_each(|text| object.set(Name::new(text), Value::str(text), None));
            Some(Value::of(Shape::Object(Arc::new(object))))
        }
        _ => None,
    }
}

fn schema(validator: Validator) -> Value {
    Value::with_origin(Shape::Validator(Arc::new(validator)), Origin::Literal)
}

/// What a value is as a schema: a validator, a literal, or the name of a type as some libraries write it.
fn as_schema(value: &Value) -> Validator {
    match &value.shape {
        Shape::Validator(validator) => (**validator).clone(),
        Shape::Object(_) => object(Some(value), UnknownKeys::Keep),
        Shape::Str(text) => {
            let text = text.trim();
            if let Some(literals) = quoted(text) {
                return Validator::Enum(literals);
            }
            if let Some(element) = text.strip_suffix("[]") {
                return Validator::Array(Box::new(as_schema(&Value::str(element))));
            }
            match text.split(['.', ' ', '<', '>', '/']).next() {
                Some("string") => Validator::Scalar(Scalar::String),
                Some("number" | "bigint") => Validator::Scalar(Scalar::Number),
                Some("boolean") => Validator::Scalar(Scalar::Bool),
                Some("Date") => Validator::Scalar(Scalar::Date),
                Some("unknown" | "object") => Validator::Any,
                _ => Validator::Opaque,
            }
        }
        _ => Validator::Opaque,
    }
}

/// The members of `'a' | 'b'`.
fn quoted(text: &str) -> Option<Vec<String>> {
    text.split('|').map(|part| Some(part.trim().strip_prefix(['\'', '"'])?.strip_suffix(['\'', '"'])?.to_owned())).collect()
}

fn object(fields: Option<&Value>, unknown: UnknownKeys) -> Validator {
    let Some(value) = fields.filter(|value| value.shape != Shape::Nullish) else {
        // An object schema without keys says nothing of any key.
        return Validator::Object { fields: Vec::new(), unknown: UnknownKeys::Keep };
    };
    let Some(object) = value.as_object().filter(|object| object.is_closed()) else { return Validator::Opaque };
    let mut unknown = unknown;
    let mut known = Vec::new();
    for (name, field) in &object.fields {
        if *name == "+" {
            unknown = match field.as_str() {
                Some("reject") => UnknownKeys::Reject,
                Some("delete") => UnknownKeys::Strip,
                _ => UnknownKeys::Keep,
            };
            continue;
        }
        let (name, marked) = match name.strip_suffix('?') {
            Some(bare) => (Name::new(bare), true),
            None => (*name, false),
        };
        known.push(match as_schema(field) {
            Validator::Optional(inner) => (name, *inner, true),
            other => (name, other, marked),
        });
    }
    Validator::Object { fields: known, unknown }
}

/// The schemas among values, through arrays.
fn schemas(values: &[Value]) -> Vec<Validator> {
    let mut found = Vec::new();
    for value in values {
        match &value.shape {
            Shape::Array(elements) => found.extend(schemas(elements)),
            Shape::Validator(validator) => found.push((**validator).clone()),
            _ => {}
        }
    }
    found
}

/// The literal texts among values, through arrays and objects.
fn texts(values: &[Value]) -> Option<Vec<String>> {
    let mut found = Vec::new();
    for value in values {
        match &value.shape {
            Shape::Array(elements) => found.extend(texts(elements)?),
            Shape::Object(object) if object.is_closed() => {
                found.extend(texts(&object.fields.iter().map(|(_, value)| value.clone()).collect::<Vec<_>>())?);
            }
            Shape::Str(text) => found.push(text.to_string()),
            Shape::Num(text) => found.push(text.to_string()),
            Shape::Bool(outcome) => found.push(outcome.to_string()),
            Shape::Nullish => {}
            _ => return None,
        }
    }
    Some(found)
}

/// The schema that a builder makes.
pub(super) fn build(builder: &BuilderEntry, call: &Call<'_>) -> Value {
    let first = call.args.first();
    let made = match builder.makes {
        Makes::Object => object(first, UnknownKeys::Strip),
        Makes::StrictObject => object(first, UnknownKeys::Reject),
        Makes::OpenObject => object(first, if is_closed_by(call.args.get(1)) { UnknownKeys::Strip } else { UnknownKeys::Keep }),
        Makes::Record => Validator::Object { fields: Vec::new(), unknown: UnknownKeys::Keep },
        Makes::Array => Validator::Array(Box::new(first.map_or(Validator::Any, as_schema))),
        Makes::Tuple => Validator::Array(Box::new(Validator::Union(schemas(call.args)))),
        Makes::Scalar(scalar) => Validator::Scalar(scalar),
        Makes::Any => Validator::Any,
        Makes::Union => match schemas(call.args) {
            all if all.is_empty() => Validator::Opaque,
            all => Validator::Union(all),
        },
        Makes::Intersection => schemas(call.args).into_iter().reduce(both).unwrap_or(Validator::Opaque),
        Makes::Enum | Makes::Literal => Validator::Enum(texts(call.args).unwrap_or_default()),
        Makes::Pipe => schemas(call.args).into_iter().reduce(then).unwrap_or(Validator::Opaque),
        Makes::Inner => schemas(call.args).pop().unwrap_or(Validator::Any),
        Makes::FromTable | Makes::Class | Makes::Opaque => Validator::Opaque,
    };
    schema(if builder.optional { Validator::Optional(Box::new(made)) } else { made })
}

/// One schema after the other: a transformation of a scalar is hardly ever anything but a scalar.
fn then(first: Validator, second: Validator) -> Validator {
    if second == Validator::Opaque { transformed(first) } else { second }
}

fn transformed(validator: Validator) -> Validator {
    match validator {
        Validator::Optional(inner) => Validator::Optional(Box::new(transformed(*inner))),
        scalar if is_scalar(&scalar) => Validator::Scalar(Scalar::Other),
        _ => Validator::Opaque,
    }
}

fn both(one: Validator, other: Validator) -> Validator {
    match (one, other) {
        (Validator::Object { fields, unknown }, Validator::Object { fields: more, unknown: theirs }) => {
            let open = unknown == UnknownKeys::Keep || theirs == UnknownKeys::Keep;
            let unknown = if open { UnknownKeys::Keep } else { unknown };
            Validator::Object { fields: extended(fields, more), unknown }
        }
        (Validator::Any, it) | (it, Validator::Any) => it,
        (ours, theirs) if is_scalar(&ours) && is_scalar(&theirs) => ours,
        _ => Validator::Opaque,
    }
}

type Fields = Vec<(Name, Validator, bool)>;

fn extended(mut fields: Fields, more: Fields) -> Fields {
    for field in more {
        match fields.iter_mut().find(|(name, ..)| *name == field.0) {
            Some(ours) => *ours = field,
            None => fields.push(field),
        }
    }
    fields
}

/// Names of fields: `{ a: true }`, `['a', 'b']`, `'a', 'b'`.
fn picked(args: &[Value]) -> Option<Vec<Name>> {
    match args {
        [one] => match &one.shape {
            Shape::Object(object) if object.is_closed() => {
                Some(object.fields.iter().filter(|(_, value)| value.shape != Shape::Bool(false)).map(|(name, _)| *name).collect())
            }
            _ => texts(args).map(|names| names.iter().map(|name| Name::new(name)).collect()),
        },
        _ => texts(args).map(|names| names.iter().map(|name| Name::new(name)).collect()),
    }
}

/// The schema that a modifier makes of another; `None` if it was called on none.
pub(super) fn modify(modifier: &ModifierEntry, call: &Call<'_>) -> Option<Value> {
    let (of, args) = match &call.callee.shape {
        Shape::Validator(validator) => ((**validator).clone(), call.args),
        Shape::Method { of, .. } if matches!(of.shape, Shape::Validator(_)) => (as_schema(of), call.args),
        _ => match call.args.split_first() {
            Some((first, rest)) => (as_schema(first), rest),
            None => return None,
        },
    };
    Some(schema(modified(modifier.does, of, args)))
}

fn modified(does: Does, of: Validator, args: &[Value]) -> Validator {
    // What is done to the content of an optional schema leaves it optional.
    if let Validator::Optional(inner) = of {
        return match does {
            Does::Required | Does::Default => *inner,
            Does::Optional => Validator::Optional(inner),
            Does::Array => Validator::Array(inner),
            _ => Validator::Optional(Box::new(modified(does, *inner, args))),
        };
    }
    let negated = args.first().is_some_and(|value| value.shape == Shape::Bool(false));
    match does {
        Does::Same | Does::Coerce | Does::NeverFails | Does::Default => of,
        Does::Optional => Validator::Optional(Box::new(of)),
        Does::Array => Validator::Array(Box::new(of)),
        Does::Elements => match schemas(args) {
            all if all.len() == 1 => Validator::Array(Box::new(all.into_iter().next().unwrap_or(Validator::Any))),
            all if all.is_empty() => Validator::Array(Box::new(Validator::Opaque)),
            all => Validator::Array(Box::new(Validator::Union(all))),
        },
        Does::Or => Validator::Union(std::iter::once(of).chain(schemas(args)).collect()),
        Does::And => schemas(args).into_iter().fold(of, both),
        Does::Then => schemas(args).into_iter().fold(of, then),
        Does::Opaque => transformed(of),
        Does::Listed => match texts(args) {
            Some(all) => Validator::Enum(all),
            None => Validator::Enum(Vec::new()),
        },
        _ => match of {
            Validator::Object { fields, unknown } => of_object(does, fields, unknown, args, negated),
            other => other,
        },
    }
}

fn of_object(does: Does, fields: Fields, unknown: UnknownKeys, args: &[Value], negated: bool) -> Validator {
    let with = |unknown| Validator::Object { fields: fields.clone(), unknown };
    let named = |wanted: bool| match picked(args) {
        Some(names) => {
            let fields = fields.iter().filter(|(name, ..)| names.contains(name) == wanted).cloned().collect();
            Validator::Object { fields, unknown }
        }
        None => Validator::Opaque,
    };
    match does {
        Does::Close => with(if negated { UnknownKeys::Keep } else { UnknownKeys::Strip }),
        Does::Open => with(if negated { UnknownKeys::Reject } else { UnknownKeys::Keep }),
        Does::Reject => with(UnknownKeys::Reject),
        Does::Strict if unknown == UnknownKeys::Keep => with(unknown),
        Does::Strict => with(UnknownKeys::Reject),
        Does::Pick => named(true),
        Does::Omit => named(false),
        Does::Partial | Does::Required => {
            let optional = does == Does::Partial;
            let closes = is_closed_by(args.last());
            let unknown = if closes { UnknownKeys::Strip } else { unknown };
            // JSON Schema's options are no list of fields.
            let schema_options = |it: &Value| {
                ["additionalProperties", "minProperties", "$id", "title", "description"].iter().any(|key| it.field(key).is_some())
            };
            let args = match args.split_last() {
                Some((last, rest)) if schema_options(last) => rest,
                _ => args,
            };
            let only = if args.is_empty() { None } else { picked(args) };
            let changed = |(name, field, was): &(Name, Validator, bool)| {
                let touched = only.as_ref().is_none_or(|names| names.contains(name));
                (*name, field.clone(), if touched { optional } else { *was })
            };
            Validator::Object { fields: fields.iter().map(changed).collect(), unknown }
        }
        Does::Extend | Does::MergeLastWins => match args.first().map(as_schema) {
            Some(Validator::Object { fields: more, unknown: theirs }) => {
                let unknown = if does == Does::MergeLastWins { theirs } else { unknown };
                Validator::Object { fields: extended(fields, more), unknown }
            }
            Some(_) => Validator::Opaque,
            None => with(unknown),
        },
        Does::Options => match options(args.first()) {
            Some(unknown) => with(unknown),
            None => with(unknown),
        },
        _ => with(unknown),
    }
}

/// Whether JSON Schema's options leave no room for other keys: a validator then refuses or drops them.
fn is_closed_by(options: Option<&Value>) -> bool {
    options.and_then(|it| it.field("additionalProperties")).is_some_and(|it| it.shape == Shape::Bool(false))
}

/// What the options of a validation say of undeclared keys.
fn options(options: Option<&Value>) -> Option<UnknownKeys> {
    let set = |name| options.and_then(|it| it.field(name)).is_some_and(|value| value.truth.known == Some(true));
    if set("stripUnknown") {
        Some(UnknownKeys::Strip)
    } else if set("allowUnknown") {
        Some(UnknownKeys::Keep)
    } else {
        None
    }
}

/// The value that a validation looks at.
pub(super) fn input_of(validates: &Validates, site: &Site<'_>) -> Option<Value> {
    let first = ArgPath { start: Start::Arg(0), path: Vec::new() };
    site.find(validates.value.as_ref().unwrap_or(&first)).value()
}

/// The value that a validation gives.
pub(super) fn outcome_of(validates: &Validates, site: &Site<'_>) -> Value {
    let Some(raw) = input_of(validates, site) else { return Value::unknown() };
    if validates.out == "in-place" {
        return raw;
    }
    let itself = ArgPath { start: Start::This, path: Vec::new() };
    let mut validator = match site.find(validates.schema.as_ref().unwrap_or(&itself)) {
        Found::Value(value) => as_schema(match &value.shape {
            Shape::Method { of, .. } => of,
            _ => &value,
        }),
        _ => Validator::Opaque,
    };
    let wanted = match validates.unknown_keys {
        Some(UnknownKeysSpec::Strip) => Some(UnknownKeys::Strip),
        Some(UnknownKeysSpec::Keep) => Some(UnknownKeys::Keep),
        Some(UnknownKeysSpec::Reject) => Some(UnknownKeys::Reject),
        Some(UnknownKeysSpec::Schema) | None => None,
    };
    if let (Some(wanted), Some(unknown)) = (wanted, unknown_keys(&mut validator)) {
        *unknown = wanted;
    }
    validated(&validator, &raw)
}

fn unknown_keys(validator: &mut Validator) -> Option<&mut UnknownKeys> {
    match validator {
        Validator::Object { unknown, .. } => Some(unknown),
        Validator::Optional(inner) => unknown_keys(inner),
        _ => None,
    }
}
