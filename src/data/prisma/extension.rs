//! `$extends`: fields that it hides, methods that it adds, and that it may rewrite queries.

use std::sync::Arc;

use crate::base::Name;
use crate::values::{Call, Callback, CallbackResult, Facts, Lib, Object, Outcome, Shape, Value};

/// The client with an extension.
pub(super) fn extended(lib: &Lib, call: &Call<'_>) -> Outcome {
    let mut client = Lib { path: Arc::from([]), ..lib.clone() };
    let Some(extension) = call.args.first() else { return Outcome::value(value(client)) };
    if extension.is_callable() {
        // `defineExtension((client) => client.$extends(…))`
        let args = vec![value(client)];
        let function = extension.clone();
        let callback = Callback { function, args, result: CallbackResult::Value, under: Facts::none(), maybe: false };
        return Outcome { callbacks: vec![callback], ..Outcome::default() };
    }
    match extension.as_object() {
        Some(known) => {
            if let Some(hidden) = hidden(known) {
                let merged = merge(client.get("omit"), hidden);
                client.data.retain(|(key, _)| *key != "omit");
                client.data.push((Name::new("omit"), merged));
            }
            for (key, kind) in [("model", "methods"), ("client", "client-methods"), ("query", "extension")] {
                if let Some(part) = known.get(key) {
                    client.data.push((Name::new(kind), part.clone()));
                }
            }
            if !known.is_closed() {
                client.data.push((Name::new("extension"), extension.clone()));
            }
        }
        None => client.data.push((Name::new("extension"), extension.clone())),
    }
    Outcome::value(value(client))
}

/// A call of a method that an extension added to a model or, under `$client`, to the client.
pub(super) fn method(lib: &Lib, model: Name, method: Name, call: &Call<'_>) -> Option<Outcome> {
    let mut functions = lib.data.iter().filter_map(|(kind, part)| match kind.as_str() {
        "methods" => part.field(&model).and_then(|it| it.field(&method)).or_else(|| part.field("$allModels")?.field(&method)),
        "client-methods" if model == "$client" => part.field(&method),
        _ => None,
    });
    let function = functions.next_back()?.clone();
    let callback =
        Callback { function, args: call.args.to_vec(), result: CallbackResult::Value, under: Facts::none(), maybe: false };
    Some(Outcome { callbacks: vec![callback], ..Outcome::default() })
}

/// Whether an extension of the client's queries may rewrite those of a model: add the tenant to a selector, say.
pub(super) fn may_rewrite(lib: &Lib, model: Name) -> bool {
    lib.data.iter().filter(|(kind, _)| *kind == "extension").any(|(_, part)| match part.as_object() {
        Some(known) if known.is_closed() => known.names().any(|it| it == model || it == "$allModels" || it == "$allOperations"),
        _ => true,
    })
}

fn value(client: Lib) -> Value {
    Value::of(Shape::Lib(Arc::new(client)))
}

/// Fields that a `result` extension replaces by something that is not computed from the record, in the form of the `omit` option.
fn hidden(extension: &Object) -> Option<Value> {
    let result = extension.get("result")?.as_object()?;
    let mut models = Object::default();
    for (model, fields) in &result.fields {
        let mut omitted = Object::default();
        for (name, field) in fields.as_object().map_or(&[][..], |it| it.fields.as_slice()) {
            let needs_nothing = field.field("needs").is_none_or(|needs| needs.as_object().is_some_and(|it| it.fields.is_empty()));
            if needs_nothing && field.field("compute").is_some() {
                omitted.set(*name, Value::bool(true), None);
            }
        }
        models.set(*model, Value::of(Shape::Object(Arc::new(omitted))), None);
    }
    Some(Value::of(Shape::Object(Arc::new(models))))
}

/// Two `omit` options as one.
fn merge(ours: Option<&Value>, theirs: Value) -> Value {
    let (Some(ours), Some(theirs)) = (ours.and_then(Value::as_object), theirs.as_object()) else { return theirs };
    let mut merged = ours.clone();
    for (model, fields) in &theirs.fields {
        let mut both = merged.get(model).and_then(Value::as_object).cloned().unwrap_or_default();
        for (name, value) in fields.as_object().map_or(&[][..], |it| it.fields.as_slice()) {
            both.set(*name, value.clone(), None);
        }
        merged.set(*model, Value::of(Shape::Object(Arc::new(both))), None);
    }
    Value::of(Shape::Object(Arc::new(merged)))
}
