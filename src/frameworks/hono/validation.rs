//! Validators as middleware: what they let through is read back with `c.req.valid(target)`; the raw request stays beside it.

use super::OWNER;
use super::context::kept_at;
use crate::base::Name;
use crate::frameworks::things::{thing, value, with};
use crate::values::{
    Call, Callback, CallbackResult, Checked, EventKind, Fact, Facts, Leaves, Lib, Outcome, Part, Shape, Truth, Value,
};

/// The packages and the functions of theirs that take a target and a schema.
const WITH_SCHEMA: [(&str, &str); 9] = [
    ("@hono/zod-validator", "zValidator"),
    ("@hono/valibot-validator", "vValidator"),
    ("@hono/standard-validator", "sValidator"),
    ("@hono/arktype-validator", "arktypeValidator"),
    ("@hono/typebox-validator", "tbValidator"),
    ("@hono/typia-validator", "typiaValidator"),
    ("@hono/effect-validator", "effectValidator"),
    ("@hono/class-validator", "classValidator"),
    ("hono-openapi", "validator"),
];

/// The part of the request that a target names.
pub(super) fn part(target: &str) -> Part {
    match target {
        "form" => Part::Form,
        "query" => Part::Query,
        "param" => Part::Path,
        "header" => Part::Header,
        "cookie" => Part::Cookie,
        _ => Part::Body,
    }
}

/// The middleware that a validator's call makes.
pub(super) fn made(package: &str, function: &str, call: &Call<'_>) -> Option<Outcome> {
    let own = package == "hono/validator" && function == "validator";
    // hono-openapi has an entry for each library of schemas.
    let package = if package.starts_with("hono-openapi/") { "hono-openapi" } else { package };
    if !own && !WITH_SCHEMA.contains(&(package, function)) {
        return None;
    }
    let target = call.args.first()?.clone();
    let second = call.args.get(1)?.clone();
    let hook = call.args.get(2).cloned();
    Some(Outcome::value(middleware(target, second, hook, own)))
}

/// A validation of `target` by a schema, or by a function of the project (`own`).
pub(super) fn middleware(target: Value, second: Value, hook: Option<Value>, own: bool) -> Value {
    let lib = with(thing(OWNER, "validation"), "target", target);
    let lib = with(lib, if own { "own" } else { "schema" }, second);
    value(match hook {
        Some(hook) => with(lib, "hook", hook),
        None => lib,
    })
}

/// A validation is run as a link of a chain.
pub(super) fn run(lib: &Lib, call: &Call<'_>) -> Option<Outcome> {
    let context = call.args.first()?;
    let goes_on = Outcome { next: Some(None), leaves: Leaves::May, ..Outcome::value(Value::nullish()) };
    let Some(target) = lib.get("target").and_then(Value::as_str) else { return Some(goes_on) };
    let raw = Value::client(part(target), &[]);
    let (place, key) = (kept_at(context, "validated"), Name::new(target));
    let run = |function: &Value, args: Vec<Value>, result, maybe| Callback {
        function: function.clone(),
        args,
        result,
        under: Facts::none(),
        maybe,
    };
    if let Some(function) = lib.get("own") {
        let own = run(function, vec![raw, context.clone()], CallbackResult::Value, false);
        return Some(Outcome { callbacks: vec![own], kept: Some((place, key)), ..goes_on });
    }
    let validated = match lib.get("schema").map(|it| &it.shape) {
        Some(Shape::Validator(schema)) => crate::catalog::validated(schema, &raw),
        _ => Value::new(Shape::Unknown, raw.origin.checked(Checked::Schema), Truth::default()),
    };
    let callbacks = lib.get("hook").map(|hook| run(hook, vec![Value::unknown(), context.clone()], CallbackResult::Ignored, true));
    Some(Outcome {
        writes: vec![(place, key, validated)],
        after: Facts::of(raw.origin.key().map(Fact::Validated)),
        callbacks: callbacks.into_iter().collect(),
        ..goes_on.with_event(EventKind::Validated { value: raw, enforced: true })
    })
}
