//! The context of a request: what comes in by it, and what goes out.

use super::OWNER;
use crate::base::Name;
use crate::frameworks::things::{client_string, status, thing, value};
use crate::values::{Call, Effect, EventKind, Facts, Leaves, Lib, Origin, Outcome, Part, Scalar, Shape, Sink, Truth, Value};

/// A member of a context that nobody wrote.
pub(super) fn member(lib: &Lib, name: Name) -> Option<Value> {
    Some(match name.as_str() {
        "request" | "response" => value(thing(OWNER, name.as_str())),
        "cookies" => value(thing(OWNER, "cookies")),
        "throw" | "assert" | "redirect" | "get" | "set" | "is" | "accepts" | "render" | "attachment" | "state" | "vary"
        | "append" | "remove" | "isAuthenticated" | "isUnauthenticated" | "login" | "logIn" | "logout" | "logOut" | "back" => {
            return None;
        }
        // The answer's, until it is written.
        "body" | "status" | "message" | "type" => Value::unknown(),
        _ => return incoming(lib, name),
    })
}

/// A member that a context shares with its request.
pub(super) fn incoming(lib: &Lib, name: Name) -> Option<Value> {
    Some(match name.as_str() {
        "body" | "rawBody" => Value::client(Part::Body, &[]),
        "query" => Value::client(Part::Query, &[]),
        "querystring" | "search" => client_string(Part::Query, &[name]),
        "params" => Value::client(Part::Path, &[]),
        "headers" | "header" => Value::client(Part::Header, &[]),
        "file" | "files" => Value::client(Part::Form, &[name]),
        "url" | "originalUrl" | "path" => lib.get("path").cloned().unwrap_or_else(|| client_string(Part::Request, &[name])),
        "method" => lib.get("method").cloned().unwrap_or_else(|| client_string(Part::Request, &[name])),
        "host" | "hostname" | "href" | "ip" | "origin" | "protocol" => client_string(Part::Request, &[name]),
        "URL" | "ips" | "secure" | "subdomains" => Value::client(Part::Request, &[name]),
        "get" | "is" | "accepts" => return None,
        // Whatever a middleware would have put there.
        _ => Value::unknown(),
    })
}

/// A method of a context. `at` is the context.
pub(super) fn method(at: &Value, method: Name, call: &Call<'_>) -> Option<Outcome> {
    let first = || call.args.first().cloned().unwrap_or_else(Value::nullish);
    let itself = || Outcome::value(at.clone());
    Some(match method.as_str() {
        "throw" => {
            // The status, the message and properties come in any order but that.
            let code = call.args.iter().find(|it| it.as_number().is_some());
            let body = call.args.iter().find(|it| it.as_number().is_none()).cloned().unwrap_or_else(Value::nullish);
            let event = EventKind::Respond { body, status: status(code, 500) };
            Outcome { leaves: Leaves::Always, ..Outcome::value(Value::unknown()).with_event(event) }
        }
        "assert" => {
            let tested = first();
            let leaves = if tested.truth.known == Some(false) { Leaves::Always } else { Leaves::May };
            let looked_up =
                tested.origin.identities().next().is_some() || tested.truth.when_true.has(&crate::values::Fact::Authenticated);
            let mut outcome = Outcome { after: tested.truth.when_true.clone(), leaves, ..Outcome::value(Value::nullish()) };
            if looked_up {
                outcome.events.push(EventKind::Tested { value: tested });
            }
            outcome
        }
        "redirect" => {
            let outcome = itself().with_event(EventKind::Sink { kind: Sink::Redirect, value: first() });
            outcome.with_event(EventKind::Respond { body: Value::nullish(), status: Some(302) })
        }
        "render" => {
            let locals = call.args.get(1).cloned().unwrap_or_else(Value::nullish);
            itself().with_event(EventKind::Respond { body: locals, status: Some(200) })
        }
        "get" => header(call),
        "set" | "append" | "vary" | "remove" | "attachment" | "back" => itself(),
        "is" | "accepts" => {
            Outcome::value(Value::with_origin(Shape::Unknown, Origin::derived([Origin::client(Part::Header, &[])])))
        }
        _ => return None,
    })
}

/// `ctx.get('x-name')`
pub(super) fn header(call: &Call<'_>) -> Outcome {
    let key = call.args.first().and_then(Value::as_str);
    let path: Vec<Name> = key.map(|it| Name::new(&it.to_ascii_lowercase())).into_iter().collect();
    Outcome::value(Value::client(Part::Header, &path))
}

/// A method of a context's cookies.
pub(super) fn cookie(method: &str, call: &Call<'_>) -> Option<Outcome> {
    match method {
        "get" => {
            let signed = call.args.get(1).and_then(|it| it.field("signed")).is_some_and(|it| it.truth.known == Some(true));
            let path: Vec<Name> = call.args.first().and_then(Value::as_str).map(Name::new).into_iter().collect();
            let origin = if signed { Origin::Unknown } else { Origin::client(Part::Cookie, &path) };
            Some(Outcome::value(Value::new(Shape::Scalar(Scalar::String), origin, Truth::default())))
        }
        "set" => {
            let effect = EventKind::Effect { kind: Effect::SetCookie, args: call.args.to_vec() };
            Some(Outcome { after: Facts::none(), ..Outcome::value(Value::unknown()) }.with_event(effect))
        }
        _ => None,
    }
}
