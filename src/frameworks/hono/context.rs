//! The context: what comes in, what is kept on it, and the responses that it builds.

use std::sync::Arc;

use super::OWNER;
use crate::base::Name;
use crate::frameworks::things::{client_string, promise, thing, value, with};
use crate::frameworks::{web, workers};
use crate::values::{Call, EventKind, Leaves, Lib, Origin, Outcome, Part, Scalar, Shape, Sink, Truth, Value};

/// The status of `c.redirect` without one.
const REDIRECT: u16 = 302;

/// A member of the context or of `c.req` that nobody wrote.
pub(super) fn member(lib: &Lib, name: Name) -> Option<Value> {
    let path: Vec<&str> = lib.path.iter().map(|it| it.as_str()).collect();
    Some(match (path.as_slice(), name.as_str()) {
        ([], "env") => workers::env(),
        ([], "executionCtx" | "event") => workers::execution(),
        ([], "res") => value(with(thing(web::OWNER, "response"), "of", Value::str("headers"))),
        ([], "error") => Value::new(Shape::Unknown, Origin::Exception, Truth::default()),
        ([], "finalized") => Value::unknown(),
        // What a middleware would have put there, and nobody saw doing it.
        (["var"], _) => Value::unknown(),
        (["req"], "raw") => value(thing(web::OWNER, "request")),
        (["req"], "path" | "routePath") => lib.get("path").cloned().unwrap_or_else(|| client_string(Part::Request, &[name])),
        (["req"], "method") => lib.get("method").cloned().unwrap_or_else(|| client_string(Part::Request, &[name])),
        (["req"], "url") => client_string(Part::Request, &[name]),
        (["req"], "body") => Value::client(Part::Body, &[]),
        (["req"], "headers") => value(thing(web::OWNER, "headers")),
        _ => return None,
    })
}

/// The place on the context where `c.set` and validators keep their values.
pub(super) fn kept_at(context: &Value, holder: &str) -> Value {
    let Some(lib) = context.as_lib() else { return context.clone() };
    value(Lib { path: Arc::from([Name::new(holder)]), ..lib.clone() })
}

/// A method of the context, of `c.req` or of another thing below it.
pub(super) fn method(context: &Value, names: &[&str], call: &Call<'_>) -> Option<Outcome> {
    let first = || call.args.first().cloned().unwrap_or_else(Value::nullish);
    let nothing = || Outcome::value(Value::nullish());
    Some(match names {
        ["req", method] => return asked(context, method, call),
        ["set"] => {
            let key = first();
            let Some(key) = key.as_str() else { return Some(nothing()) };
            let kept = call.args.get(1).cloned().unwrap_or_else(Value::nullish);
            Outcome { writes: vec![(kept_at(context, "var"), Name::new(key), kept)], ..nothing() }
        }
        ["get"] => match first().as_str() {
            Some(key) => Outcome { reads: Some((kept_at(context, "var"), Name::new(key))), ..Outcome::value(Value::unknown()) },
            None => Outcome::value(Value::unknown()),
        },
        ["json"] => web::built("json", REDIRECT, call)?,
        ["text" | "body" | "newResponse"] => web::built("new", REDIRECT, call)?,
        ["html"] => {
            let mut outcome = web::built("new", REDIRECT, call)?;
            if matches!(first().shape, Shape::Text { .. }) {
                outcome.events.push(EventKind::Sink { kind: Sink::Html, value: first() });
            }
            outcome
        }
        ["redirect"] => web::built("redirect", REDIRECT, call)?,
        ["notFound"] => {
            let response = with(thing(web::OWNER, "response"), "body", Value::nullish());
            Outcome::value(value(with(response, "status", crate::frameworks::things::number(404))))
        }
        ["render"] => Outcome::value(value(with(thing(web::OWNER, "response"), "body", first()))),
        ["header" | "status" | "setRenderer" | "setLayout"] => nothing(),
        _ => return None,
    })
}

/// A method of `c.req`.
fn asked(context: &Value, method: &str, call: &Call<'_>) -> Option<Outcome> {
    let key = call.args.first().and_then(Value::as_str);
    let given = !call.args.is_empty();
    let one = |part: Part, lower: bool| {
        Outcome::value(match (key, given) {
            (Some(key), _) => client_string(part, &[Name::new(&if lower { key.to_ascii_lowercase() } else { key.to_owned() })]),
            (None, true) => client_string(part, &[]),
            (None, false) => Value::client(part, &[]),
        })
    };
    let read = |value: Value| Outcome { value: Some(promise(value)), leaves: Leaves::May, ..Outcome::default() };
    let body = |shape| Value::new(shape, Origin::client(Part::Body, &[]), Truth::default());
    Some(match method {
        "param" => one(Part::Path, false),
        "query" => one(Part::Query, false),
        "queries" => {
            let path: Vec<Name> = key.map(Name::new).into_iter().collect();
            let origin = Origin::client(Part::Query, &path);
            Outcome::value(Value::with_origin(Shape::List(client_string(Part::Query, &path)), origin))
        }
        "header" => one(Part::Header, true),
        "cookie" => one(Part::Cookie, false),
        "json" => read(Value::client(Part::Body, &[])),
        "text" => read(body(Shape::Scalar(Scalar::String))),
        "arrayBuffer" | "blob" => read(body(Shape::Scalar(Scalar::Bytes))),
        "parseBody" => read(Value::client(Part::Form, &[])),
        "formData" => read(value(thing(web::OWNER, "form"))),
        "valid" => {
            let target = key?;
            Outcome {
                reads: Some((kept_at(context, "validated"), Name::new(target))),
                ..Outcome::value(Value::client(super::validation::part(target), &[]))
            }
        }
        _ => return None,
    })
}

/// `getCookie(c, key)` and its like.
pub(super) fn cookie(function: &str, call: &Call<'_>) -> Option<Outcome> {
    let key = |index: usize| call.args.get(index).and_then(Value::as_str).map(Name::new);
    Some(match function {
        "getCookie" => match (key(1), call.args.len()) {
            (Some(key), _) => Outcome::value(client_string(Part::Cookie, &[key])),
            (None, 1) => Outcome::value(Value::client(Part::Cookie, &[])),
            (None, _) => Outcome::value(client_string(Part::Cookie, &[])),
        },
        "setCookie" | "setSignedCookie" => {
            let outcome = web::set_cookie(&Value::nullish(), call);
            if function == "setCookie" { outcome } else { Outcome { value: Some(promise(Value::nullish())), ..outcome } }
        }
        "deleteCookie" => Outcome::value(Value::unknown()),
        _ => return None,
    })
}

/// `c.set` and its like of the things that `stream(c, …)` hands in.
pub(super) fn stream() -> Value {
    value(thing(OWNER, "stream"))
}
