//! What goes out: `Response`, and requests to other servers.

use super::{OWNER, request};
use crate::base::Name;
use crate::frameworks::Returned;
use crate::frameworks::things::{number, promise, status, thing, value, with};
use crate::values::{Call, Effect, EventKind, Leaves, Lib, Outcome, Shape, Sink, Value};

/// A response that is built, not sent: `new Response(…)` (`new`) or a static method of `Response` or a class like it, whose
/// `redirect` has this status unless another is written.
pub(in crate::frameworks) fn built(how: &str, redirect: u16, call: &Call<'_>) -> Option<Outcome> {
    let first = call.args.first().cloned().unwrap_or_else(Value::nullish);
    let init = call.args.get(1);
    let response = thing(OWNER, "response");
    match how {
        "new" | "json" => {
            let response = with(response, "body", first);
            Some(Outcome::value(value(with_status(response, init, 200))))
        }
        "redirect" => {
            let response = with_status(with(response, "body", Value::nullish()), init, redirect);
            let response = with(response, "location", first.clone());
            Some(Outcome::value(value(response)).with_event(EventKind::Sink { kind: Sink::Redirect, value: first }))
        }
        "rewrite" => Some(Outcome::value(value(with(with(response, "body", Value::nullish()), "rewrite", first)))),
        "next" => Some(Outcome::value(value(with(response, "next", Value::bool(true))))),
        "error" => Some(Outcome::value(value(with(response, "status", number(500))))),
        _ => None,
    }
}

/// Remembers the status that an init object, or a plain number (`redirect(url, 308)`), sets.
fn with_status(response: Lib, init: Option<&Value>, default: u16) -> Lib {
    let written = init.and_then(|init| match &init.shape {
        Shape::Object(object) => match object.get("status") {
            Some(status) => Some(status.clone()),
            None => (!object.is_closed()).then(Value::unknown),
        },
        Shape::Nullish => None,
        _ => Some(init.clone()),
    });
    with(response, "status", written.unwrap_or_else(|| number(default)))
}

/// What a returned value answers: a response's body and status, or the value itself.
pub(in crate::frameworks) fn answer(returned: &Value) -> Returned {
    let settled = returned.awaited();
    match settled.as_lib() {
        Some(lib) if lib.owner == OWNER && lib.kind == "response" => Returned::Answer {
            body: lib.get("body").cloned().unwrap_or_else(Value::nullish),
            status: status(lib.get("status"), 200),
        },
        _ => Returned::Answer { body: settled, status: None },
    }
}

/// A method of a response that was built, or of its headers and cookies.
pub(super) fn method(lib: &Lib, at: &Value, name: Name, call: &Call<'_>) -> Option<Outcome> {
    let body = || lib.get("body").cloned().unwrap_or_else(Value::unknown);
    match name.as_str() {
        "json" | "text" => Some(Outcome::value(promise(body()))),
        "clone" => Some(Outcome::value(at.clone())),
        "set" if lib.get("of").is_some() => Some(match lib.get("of").and_then(Value::as_str) {
            Some("cookies") => request::set_cookie(at, call),
            _ => Outcome::value(Value::nullish()),
        }),
        "append" | "delete" if lib.get("of").is_some() => Some(Outcome::value(Value::nullish())),
        _ => None,
    }
}

/// A member of a response: of one that was built, or of one that came back from another server.
pub(super) fn member(lib: &Lib, name: Name) -> Option<Value> {
    if lib.kind == "fetched" {
        return match name.as_str() {
            "json" | "text" | "blob" | "arrayBuffer" | "formData" | "bytes" | "clone" => None,
            _ => Some(Value::unknown()),
        };
    }
    match name.as_str() {
        "cookies" | "headers" => Some(value(with(thing(OWNER, "response"), "of", Value::str(&name)))),
        "status" => Some(lib.get("status").cloned().unwrap_or_else(|| number(200))),
        "ok" | "body" => Some(Value::unknown()),
        _ => None,
    }
}

/// `fetch(url, init)`
pub(super) fn fetch(call: &Call<'_>) -> Outcome {
    let mut outcome = Outcome { value: Some(promise(value(thing(OWNER, "fetched")))), leaves: Leaves::May, ..Outcome::default() };
    outcome.events.push(EventKind::Effect { kind: Effect::Fetch, args: call.args.to_vec() });
    if let Some(url) = call.args.first() {
        outcome.events.push(EventKind::Sink { kind: Sink::Url, value: url.clone() });
    }
    outcome
}

/// What another server answered is not known, and not the client's either.
pub(super) fn fetched_method(name: Name) -> Option<Outcome> {
    match name.as_str() {
        "json" | "text" | "blob" | "arrayBuffer" | "formData" | "bytes" => {
            Some(Outcome { value: Some(promise(Value::unknown())), leaves: Leaves::May, ..Outcome::default() })
        }
        "clone" => Some(Outcome::value(value(thing(OWNER, "fetched")))),
        _ => None,
    }
}
