//! What a handler does with its response and with `next`. None of it ends the function that calls it.

use super::OWNER;
use crate::base::Name;
use crate::frameworks::things::{status, thing, value, with};
use crate::values::{Call, Callback, CallbackResult, Effect, EventKind, Facts, Lib, Outcome, Shape, Sink, Value};

/// A method of a response. `at` is the response.
pub(super) fn method(lib: &Lib, at: &Value, method: Name, call: &Call<'_>) -> Option<Outcome> {
    let first = || call.args.first().cloned().unwrap_or_else(Value::nullish);
    let code = status(lib.get("status"), 200);
    let chained = || Outcome::value(at.clone());
    let respond = |body: Value, status: Option<u16>| chained().with_event(EventKind::Respond { body, status });
    Some(match method.as_str() {
        "status" | "writeHead" => {
            let with_status = value(with(lib.clone(), "status", first()));
            Outcome { writes: vec![(at.clone(), Name::new("statusCode"), first())], ..Outcome::value(with_status) }
        }
        "json" | "jsonp" => respond(first(), code),
        "send" | "end" | "write" => {
            let body = match first() {
                // The callback of `end`.
                it if matches!(it.shape, Shape::Closure(_)) => Value::nullish(),
                it => it,
            };
            let mut outcome = chained();
            // Without a type of its own a text goes out as a page.
            if method == "send" && matches!(body.shape, Shape::Text { .. }) {
                outcome.events.push(EventKind::Sink { kind: Sink::Html, value: body.clone() });
            }
            outcome.with_event(EventKind::Respond { body, status: code })
        }
        "sendStatus" => respond(Value::nullish(), status(call.args.first(), 200)),
        "redirect" => {
            let (code, target) = match call.args {
                [code, target, ..] => (status(Some(code), 302), target.clone()),
                _ => (Some(302), first()),
            };
            let mut outcome = chained();
            outcome.events.push(EventKind::Sink { kind: Sink::Redirect, value: target });
            outcome.with_event(EventKind::Respond { body: Value::nullish(), status: code })
        }
        "location" => chained().with_event(EventKind::Sink { kind: Sink::Redirect, value: first() }),
        "render" => {
            let locals = call.args.get(1).filter(|it| !matches!(it.shape, Shape::Closure(_)));
            respond(locals.cloned().unwrap_or_else(Value::nullish), code)
        }
        "sendFile" | "sendfile" | "download" => {
            let path = first();
            let mut outcome = chained();
            // Below a root nothing above it can be reached.
            if !call.args.iter().skip(1).any(|it| it.field("root").is_some()) {
                outcome.events.push(EventKind::Sink { kind: Sink::Path, value: path.clone() });
            }
            outcome.with_event(EventKind::Respond { body: path, status: code })
        }
        "cookie" => chained().with_event(EventKind::Effect { kind: Effect::SetCookie, args: call.args.to_vec() }),
        "format" => {
            let ways = call.args.first().and_then(Value::as_object).map(|it| it.fields.as_slice()).unwrap_or_default();
            Outcome { callbacks: ways.iter().map(|(_, way)| callback(way)).collect(), ..chained() }
        }
        "on" | "once" => Outcome { callbacks: call.args.get(1).map(callback).into_iter().collect(), ..chained() },
        "set" | "header" | "setHeader" | "append" | "vary" | "links" | "type" | "contentType" | "attachment" | "clearCookie"
        | "removeHeader" | "flushHeaders" => chained(),
        "get" | "getHeader" | "hasHeader" => Outcome::value(Value::unknown()),
        _ => return None,
    })
}

/// A function that the response may call later.
fn callback(function: &Value) -> Callback {
    let args = vec![value(thing(OWNER, "request")), value(thing(OWNER, "response"))];
    Callback { function: function.clone(), args, result: CallbackResult::Ignored, under: Facts::none(), maybe: true }
}

/// What `next(…)` hands on: nothing, an error, or the word that skips the rest of the route or router.
pub(super) fn passed_on(next: &Lib, call: &Call<'_>) -> Option<Value> {
    let value = call.args.first()?;
    if value.truth.known == Some(false) {
        return None;
    }
    // Outside of a route's own handlers there is no rest of the route to skip: it goes on like `next()`.
    if value.as_str() == Some("route") && next.get("scope").and_then(Value::as_str) == Some("router") {
        return None;
    }
    Some(value.clone())
}
