//! What a hook or handler does with its reply.
//!
//! In a hook an answer ends the request: what comes after it in the chain does not run, as far as an app may rely on it. In a
//! handler the code after it runs.

use super::{OWNER, schema};
use crate::base::Name;
use crate::frameworks::things::{status, value, with};
use crate::values::{Call, Effect, EventKind, Leaves, Lib, Outcome, Sink, Value};

/// Replies of `@fastify/sensible` and their statuses.
const NAMED: &[(&str, u16)] = &[
    ("badRequest", 400),
    ("unauthorized", 401),
    ("paymentRequired", 402),
    ("forbidden", 403),
    ("notFound", 404),
    ("methodNotAllowed", 405),
    ("notAcceptable", 406),
    ("requestTimeout", 408),
    ("conflict", 409),
    ("gone", 410),
    ("preconditionFailed", 412),
    ("payloadTooLarge", 413),
    ("unsupportedMediaType", 415),
    ("unprocessableEntity", 422),
    ("tooManyRequests", 429),
    ("internalServerError", 500),
    ("notImplemented", 501),
    ("badGateway", 502),
    ("serviceUnavailable", 503),
    ("callNotFound", 404),
];

/// The key under which a reply remembers that it is a hook's.
pub(super) const HOOK: &str = "hook";

/// The key under which a reply remembers the response schemas of its route.
pub(super) const RESPONSE: &str = "response";

/// A method of a reply. `at` is the reply.
pub(super) fn method(lib: &Lib, at: &Value, method: Name, call: &Call<'_>) -> Option<Outcome> {
    let first = || call.args.first().cloned().unwrap_or_else(Value::nullish);
    let chained = || Outcome::value(at.clone());
    let leaves = if lib.get(HOOK).is_some() { Leaves::Always } else { Leaves::Never };
    let respond = |outcome: Outcome, body: Value, code: Option<u16>| {
        let body = match lib.get(RESPONSE) {
            Some(schemas) => schema::sent(schemas, &body, code),
            None => body,
        };
        Outcome { leaves, ..outcome.with_event(EventKind::Respond { body, status: code }) }
    };
    let code = status(lib.get("status"), 200);
    if let Some((_, code)) = NAMED.iter().find(|(name, _)| method == *name) {
        return Some(respond(chained(), first(), Some(*code)));
    }
    Some(match method.as_str() {
        "code" | "status" => {
            let with_status = value(with(lib.clone(), "status", first()));
            Outcome { writes: vec![(at.clone(), Name::new("statusCode"), first())], ..Outcome::value(with_status) }
        }
        "type" => Outcome::value(value(with(lib.clone(), "type", first()))),
        "send" => {
            let body = first();
            let mut outcome = chained();
            let page = lib.get("type").and_then(Value::as_str).is_some_and(|it| it.contains("html"));
            if page {
                outcome.events.push(EventKind::Sink { kind: Sink::Html, value: body.clone() });
            }
            respond(outcome, body, code)
        }
        "redirect" => {
            // Version 4 takes the status first, version 5 second.
            let (target, code) = match call.args {
                [code, target, ..] if code.as_number().is_some() => (target.clone(), status(Some(code), 302)),
                [target, code, ..] => (target.clone(), status(Some(code), 302)),
                _ => (first(), Some(302)),
            };
            let outcome = chained().with_event(EventKind::Sink { kind: Sink::Redirect, value: target });
            respond(outcome, Value::nullish(), code)
        }
        "view" | "viewAsync" => respond(chained(), call.args.get(1).cloned().unwrap_or_else(Value::nullish), code),
        // Below the root that `@fastify/static` was given.
        "sendFile" | "download" => respond(chained(), first(), code),
        "setCookie" | "cookie" | "setSerializedCookie" => {
            chained().with_event(EventKind::Effect { kind: Effect::SetCookie, args: call.args.to_vec() })
        }
        "header" | "headers" | "removeHeader" | "clearCookie" | "serializer" | "hijack" | "trailer" | "vary" | "cacheControl"
        | "preventCache" | "revalidate" | "maxAge" | "staticCache" | "stale" => chained(),
        "getHeader" | "getHeaders" | "hasHeader" | "getResponseTime" | "signCookie" | "unsignCookie" => {
            Outcome::value(Value::unknown())
        }
        _ => return None,
    })
}

/// A member of a reply that nobody wrote.
pub(super) fn member(lib: &Lib, name: Name) -> Option<Value> {
    match name.as_str() {
        "sent" => Some(Value::unknown()),
        "statusCode" => Some(lib.get("status").cloned().unwrap_or_else(Value::unknown)),
        "request" => Some(value(crate::frameworks::things::thing(OWNER, "request"))),
        "log" => Some(super::logger()),
        "server" => lib.get("app").cloned(),
        "locals" => Some(Value::unknown()),
        _ => None,
    }
}
