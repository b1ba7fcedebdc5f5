//! The functions that SvelteKit gives to server code.

use super::{OWNER, event};
use crate::base::Name;
use crate::catalog::validated;
use crate::frameworks::file_routes::sequence;
use crate::frameworks::things::{promise, status, thing, value, with};
use crate::frameworks::web;
use crate::values::{
    Call, Callback, CallbackResult, Checked, EventKind, Fact, Facts, Leaves, Lib, Origin, Outcome, Shape, Sink, Truth, Value,
};

/// What a call of a package means.
pub(super) fn call(package: &str, path: &[Name], call: &Call<'_>) -> Option<Outcome> {
    let path: Vec<&str> = path.iter().map(|it| it.as_str()).collect();
    let arg = |index: usize| call.args.get(index).cloned().unwrap_or_else(Value::nullish);
    match (package, path.as_slice()) {
        ("@sveltejs/kit", ["json" | "text"]) => web::built("json", 302, call),
        ("@sveltejs/kit", ["fail" | "invalid"]) => {
            let refused = with(with(thing(web::OWNER, "response"), "body", arg(1)), "status", arg(0));
            Some(Outcome::value(value(refused)))
        }
        // Both throw by themselves since version 2; before, they were thrown.
        ("@sveltejs/kit", ["error"]) => {
            let respond = EventKind::Respond { body: arg(1), status: status(call.args.first(), 500) };
            Some(Outcome { leaves: Leaves::Always, ..Outcome::default() }.with_event(respond))
        }
        ("@sveltejs/kit", ["redirect"]) => {
            let respond = EventKind::Respond { body: Value::nullish(), status: status(call.args.first(), 302) };
            let outcome = Outcome { leaves: Leaves::Always, ..Outcome::default() };
            Some(outcome.with_event(EventKind::Sink { kind: Sink::Redirect, value: arg(1) }).with_event(respond))
        }
        ("@sveltejs/kit/hooks", ["sequence"]) => Some(Outcome::value(sequence(OWNER, call.args))),
        ("$app/server", ["getRequestEvent"]) => Some(Outcome::value(event(None))),
        ("$app/server", ["query" | "form" | "command"] | ["query", "batch" | "live"]) => remote(path[0], call),
        ("$app/server", ["requested"]) => Some(Outcome::value(Value::unknown())),
        _ => None,
    }
}

/// A remote function: `query(schema, function)`, `query('unchecked', function)`, `query(function)`.
fn remote(kind: &str, call: &Call<'_>) -> Option<Outcome> {
    let function = call.args.last()?.clone();
    let mut made = with(with(thing(OWNER, "remote"), "kind", Value::str(kind)), "function", function);
    if let [schema, _] = call.args {
        made = with(made, "schema", schema.clone());
    }
    Some(Outcome::value(value(made)))
}

/// A remote function is called by a client, with what its schema makes of the client's value.
pub(super) fn run_remote(made: &Lib, call: &Call<'_>) -> Outcome {
    let raw = call.args.first().cloned().unwrap_or_else(Value::nullish);
    let mut outcome = Outcome::default();
    let input = match made.get("schema").map(|it| &it.shape) {
        Some(Shape::Validator(schema)) => {
            outcome.events.push(EventKind::Validated { value: raw.clone(), enforced: true });
            validated(schema, &raw)
        }
        Some(Shape::Str(_)) => raw,
        // A schema that is not known still refuses what it does not like.
        Some(_) => raw.checked(Checked::Schema),
        None => Value::nullish(),
    };
    if let Some(function) = made.get("function") {
        let args = vec![input];
        let result = CallbackResult::Value;
        outcome.callbacks.push(Callback { function: function.clone(), args, result, under: Facts::none(), maybe: false });
    }
    outcome
}

/// A method that hooks put on `locals`, where they are not seen to: those that libraries and guides put there.
pub(super) fn on_locals(name: &str) -> Option<Outcome> {
    let session = match name {
        "auth" | "getSession" | "validate" => {
            let truth = Truth::implies(Facts::one(Fact::Authenticated));
            Value::new(Shape::Unknown, Origin::identity(true), truth)
        }
        // An object that is always there, with `session` and `user` in it.
        "safeGetSession" | "validateUser" => Value::new(Shape::Unknown, Origin::identity(true), Truth::always(true)),
        _ => return None,
    };
    Some(Outcome::value(promise(session.clone())).with_event(EventKind::IdentityLookup { value: session }))
}
