//! Values, calls and short descriptions for the tables of the layers' tests.

use std::sync::Arc;

use super::DataLayer;
use crate::base::{FileId, ItemId, Loc, Name, Node};
use crate::schema::Schema;
use crate::values::{
    Call, CallForm, EventKind, Facts, Filter, Identity, IdentityPart, Import, Object, Op, Origin, Outcome, Part, Projection,
    Quantifier, Query, Scalar, Shape, Test, Truth, Value,
};

/// A place: the `start`th byte of the only item.
pub fn loc(start: u32) -> Loc {
    Loc { file: FileId(0), item: ItemId(0), node: Node::Expr { function: 0, nth: start } }
}

/// An object; each field stands at its index.
pub fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    let mut object = Object::default();
    for (index, (name, value)) in fields.into_iter().enumerate() {
        object.set(Name::new(name), value, Some(loc(index as u32)));
    }
    Value::of(Shape::Object(Arc::new(object)))
}

/// The same object with something spread into it.
pub fn spread(base: &Value, value: Value) -> Value {
    let mut object = base.as_object().cloned().unwrap_or_default();
    object.spreads.push(value);
    Value::of(Shape::Object(Arc::new(object)))
}

/// An array.
pub fn array<const N: usize>(values: [Value; N]) -> Value {
    Value::of(Shape::Array(Arc::from(values)))
}

/// One of several.
pub fn one_of<const N: usize>(values: [Value; N]) -> Value {
    Value::of(Shape::OneOf(Arc::from(values)))
}

/// A literal number.
pub fn number(text: &str) -> Value {
    Value::with_origin(Shape::Num(text.into()), Origin::Literal)
}

/// A key of the body, unchecked.
pub fn body(name: &str) -> Value {
    Value::client(Part::Body, &[Name::new(name)])
}

/// The whole body.
pub fn whole_body() -> Value {
    Value::client(Part::Body, &[])
}

/// A parameter of the path: a text.
pub fn path(name: &str) -> Value {
    Value::new(Shape::Scalar(Scalar::String), Origin::client(Part::Path, &[Name::new(name)]), Truth::default())
}

/// The caller's id.
pub fn me() -> Value {
    let identity = Identity { part: IdentityPart::Id, path: Arc::from([Name::new("id")]), nullable: false };
    Value::new(Shape::Scalar(Scalar::String), Origin::Identity(identity), Truth::default())
}

/// An environment variable.
pub fn env(name: &str) -> Value {
    Value::new(Shape::Unknown, Origin::Env(Name::new(name)), Truth::default())
}

/// Text with values in it.
pub fn text<const N: usize>(quasis: &[&str], parts: [Value; N]) -> Value {
    let origin = Origin::derived(parts.iter().map(|part| part.origin.clone()));
    let quasis: Vec<Arc<str>> = quasis.iter().map(|it| Arc::from(*it)).collect();
    Value::with_origin(Shape::Text { quasis: quasis.into(), parts: Arc::from(parts) }, origin)
}

/// An export of a package.
pub fn import(package: &str, path: &[&str]) -> Value {
    let path: Vec<Name> = path.iter().map(|it| Name::new(it)).collect();
    Value::of(Shape::Import(Arc::new(Import { package: Name::new(package), path: path.into(), unresolved: false })))
}

/// A member path below a library thing, as the interpreter makes it where nobody answers.
pub fn member(of: &Value, names: &[&str]) -> Value {
    let mut lib = of.as_lib().expect("a library thing").clone();
    lib.path = lib.path.iter().copied().chain(names.iter().map(|it| Name::new(it))).collect();
    Value::of(Shape::Lib(Arc::new(lib)))
}

/// A call; arguments stand at 100, 101, …
pub fn call_as(
    layer: &dyn DataLayer,
    schema: &Schema,
    callee: &Value,
    method: &str,
    args: &[Value],
    form: CallForm,
) -> Option<Outcome> {
    let arg_locs: Vec<Loc> = (0..args.len()).map(|index| loc(100 + index as u32)).collect();
    let facts = Facts::none();
    let method = (!method.is_empty()).then(|| Name::new(method));
    let call = Call { callee, method, args, arg_locs: &arg_locs, form, loc: loc(50), awaited: true, quasis: None, facts: &facts };
    layer.call(&call, schema)
}

/// A method call without a schema.
pub fn call(layer: &dyn DataLayer, callee: &Value, method: &str, args: &[Value]) -> Outcome {
    call_as(layer, &Schema::default(), callee, method, args, CallForm::Call).expect("the layer's call")
}

/// The value of a method call.
pub fn value(layer: &dyn DataLayer, callee: &Value, method: &str, args: &[Value]) -> Value {
    call(layer, callee, method, args).value.expect("a value")
}

/// A tagged template.
pub fn tag(layer: &dyn DataLayer, callee: &Value, method: &str, quasis: &[&str], args: &[Value]) -> Outcome {
    let quasis: Vec<Arc<str>> = quasis.iter().map(|it| Arc::from(*it)).collect();
    let facts = Facts::none();
    let method = (!method.is_empty()).then(|| Name::new(method));
    let form = CallForm::Tagged;
    let call =
        Call { callee, method, args, arg_locs: &[], form, loc: loc(50), awaited: true, quasis: Some(&quasis), facts: &facts };
    layer.call(&call, &Schema::default()).expect("the layer's call")
}

/// The query that a call gives.
pub fn query(outcome: &Outcome) -> Query {
    match outcome.value.as_ref().map(|value| &value.shape) {
        Some(Shape::Query(query)) => (**query).clone(),
        other => panic!("not a query: {other:?}"),
    }
}

/// The sinks of an outcome with their values.
pub fn sinks(outcome: &Outcome) -> Vec<String> {
    outcome
        .events
        .iter()
        .filter_map(|event| match event {
            EventKind::Sink { kind, value } => Some(format!("{kind:?} {}", show_value(value))),
            _ => None,
        })
        .collect()
}

/// A query in one line: `read todos where id=body.id, user_id=me select * limit 10 write title=body.title`.
pub fn show(query: &Query) -> String {
    let op = match query.op {
        Op::Read => "read",
        Op::Count => "count",
        Op::Create => "create",
        Op::Update => "update",
        Op::Upsert => "upsert",
        Op::Delete => "delete",
        Op::Call => "call",
    };
    let mut out = format!("{op} {}", query.entity.map_or("?", Name::as_str));
    if query.filter != Filter::All {
        out += &format!(" where {}", show_filter(&query.filter));
    }
    for payload in &query.payload {
        let relation: String = payload.relation.iter().map(|it| format!(" {it}:")).collect();
        out += &format!(" write{relation} {}", show_value(&payload.value));
    }
    let projection = show_projection(&query.projection);
    if !projection.is_empty() {
        out += &format!(" select {projection}");
    }
    if let Some(limit) = &query.limit {
        out += &format!(" limit {}", show_value(limit));
    }
    out
}

/// A filter: conjuncts with commas, alternatives in brackets.
pub fn show_filter(filter: &Filter) -> String {
    let many = |parts: &[Filter], between: &str| parts.iter().map(show_filter).collect::<Vec<_>>().join(between);
    match filter {
        Filter::All => "any".into(),
        Filter::And(parts) => many(parts, ", "),
        Filter::Or(parts) => format!("[{}]", many(parts, " | ")),
        Filter::Not(inner) => format!("not({})", show_filter(inner)),
        Filter::Field { field, test, value, .. } => {
            let sign = match test {
                Test::Equal => "=",
                Test::In => " in ",
                Test::NotEqual => "!=",
                Test::Other => "~",
            };
            format!("{field}{sign}{}", show_value(value))
        }
        Filter::Related { relation, quantifier, filter } => {
            let sign = match quantifier {
                Quantifier::Some => "",
                Quantifier::Every => "every ",
                Quantifier::None => "no ",
            };
            format!("{sign}{relation}({})", show_filter(filter))
        }
        Filter::Opaque(values) => format!("?({})", values.iter().map(show_value).collect::<Vec<_>>().join(" ")),
    }
}

/// A projection: fields and, in brackets, related records.
pub fn show_projection(projection: &Projection) -> String {
    let mut parts: Vec<String> = Vec::new();
    if projection.whole {
        parts.push("*".into());
    }
    if projection.opaque {
        parts.push("?".into());
    }
    parts.extend(projection.fields.iter().map(Name::to_string));
    parts.extend(projection.omit.iter().map(|name| format!("-{name}")));
    for include in &projection.related {
        let alias = if include.key == include.relation { String::new() } else { format!("{}:", include.key) };
        let filter =
            if include.filter == Filter::All { String::new() } else { format!(" where {}", show_filter(&include.filter)) };
        parts.push(format!("{alias}{}({}{filter})", include.relation, show_projection(&include.projection)));
    }
    parts.join(" ")
}

/// A value by its origin: `me`, `body.id`, `path.id`, `"text"`, `{title=body.title}`.
pub fn show_value(value: &Value) -> String {
    let many = |values: &[Value], open: &str, close: &str| {
        format!("{open}{}{close}", values.iter().map(show_value).collect::<Vec<_>>().join(" "))
    };
    match &value.shape {
        Shape::Object(object) => {
            let mut parts: Vec<String> =
                object.fields.iter().map(|(name, value)| format!("{name}={}", show_value(value))).collect();
            parts.extend(object.spreads.iter().map(|it| format!("...{}", show_value(it))));
            format!("{{{}}}", parts.join(" "))
        }
        Shape::Array(values) => many(values, "[", "]"),
        Shape::List(each) => format!("list({})", show_value(each)),
        Shape::OneOf(values) => many(values, "<", ">"),
        Shape::Str(text) => format!("{text:?}"),
        Shape::Num(text) => text.to_string(),
        Shape::Bool(value) => value.to_string(),
        Shape::Nullish => "null".into(),
        _ => show_origin(&value.origin),
    }
}

fn show_origin(origin: &Origin) -> String {
    match origin {
        Origin::Client(client) => {
            let path: String = client.path.iter().map(|name| format!(".{name}")).collect();
            format!("{}{path}", format!("{:?}", client.part).to_lowercase())
        }
        Origin::Identity(_) => "me".into(),
        Origin::Env(name) => format!("env.{name}"),
        Origin::Derived(parts) => {
            let sources = parts.iter().filter(|part| **part != Origin::Literal);
            format!("of({})", sources.map(show_origin).collect::<Vec<_>>().join(" "))
        }
        _ => "?".into(),
    }
}
