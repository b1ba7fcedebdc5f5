//! What comes in: `Request`, its headers, cookies, forms, and URLs.

use std::sync::Arc;

use super::OWNER;
use crate::base::Name;
use crate::frameworks::things::{client_string, derived, promise, thing, value, with};
use crate::values::{
    Call, Callback, CallbackResult, Effect, EventKind, Facts, Leaves, Lib, Origin, Outcome, Part, Scalar, Shape, Truth, Value,
};

/// A member of a request, form, query, URL or store.
pub(super) fn member(lib: &Lib, name: Name) -> Option<Value> {
    let here = || client_string(Part::Request, &[name]);
    match (lib.kind.as_str(), name.as_str()) {
        ("request", "headers") => Some(value(thing(OWNER, "headers"))),
        ("request", "cookies") => Some(value(thing(OWNER, "cookies"))),
        ("request", "method") => Some(lib.get("method").cloned().unwrap_or_else(here)),
        ("request", "url") => Some(lib.get("url").cloned().unwrap_or_else(here)),
        ("request", "referrer" | "ip" | "destination" | "mode") => Some(here()),
        ("request", "geo") => Some(Value::client(Part::Request, &[name])),
        ("request", "nextUrl") => {
            let url = with(thing(OWNER, "url"), "source", client_string(Part::Request, &[Name::new("url")]));
            Some(value(match lib.get("path") {
                Some(path) => with(url, "path", path.clone()),
                None => url,
            }))
        }
        ("request", "body") => Some(Value::client(Part::Body, &[])),
        ("request", "signal" | "bodyUsed" | "cache" | "credentials" | "integrity" | "keepalive" | "redirect") => {
            Some(Value::unknown())
        }
        ("request", method) if is_request_method(method) => None,
        // What a wrapper hangs on the request (`req.auth`) is the wrapper's; unwritten, nothing is known of it.
        ("request", _) => Some(Value::unknown()),
        ("url", "searchParams") => Some(value(query_of(lib.get("source")))),
        ("url", "href") => lib.get("source").cloned(),
        ("url", "pathname") if lib.get("path").is_some() => lib.get("path").cloned(),
        ("url", part) if is_url_part(part) => Some(match lib.get("source") {
            Some(source) if is_request_url(source) => here(),
            Some(source) => derived(Shape::Scalar(Scalar::String), &[source]),
            None => Value::unknown(),
        }),
        ("query" | "form" | "headers" | "cookies", "size") => Some(Value::unknown()),
        _ => None,
    }
}

/// A method of a request, form, query, URL or store.
pub(super) fn method(lib: &Lib, at: &Value, name: Name, call: &Call<'_>) -> Option<Outcome> {
    match lib.kind.as_str() {
        "request" => request_method(at, &name),
        "form" => entries_method(&Value::client(Part::Form, &[]), &name, call, false),
        "query" => entries_method(&query_source(lib), &name, call, false),
        "headers" => entries_method(&Value::client(Part::Header, &[]), &name, call, true),
        "cookies" => match name.as_str() {
            "set" => Some(set_cookie(at, call)),
            "delete" | "clear" => Some(Outcome::value(at.clone())),
            _ => entries_method(&Value::client(Part::Cookie, &[]), &name, call, false),
        },
        "url" => match name.as_str() {
            "clone" => Some(Outcome::value(at.clone())),
            "toString" | "toJSON" => {
                lib.get("source").map(|source| Outcome::value(derived(Shape::Scalar(Scalar::String), &[source])))
            }
            _ => None,
        },
        _ => None,
    }
}

/// A cookie is set; the store goes on to be used.
pub(in crate::frameworks) fn set_cookie(store: &Value, call: &Call<'_>) -> Outcome {
    Outcome::value(store.clone()).with_event(EventKind::Effect { kind: Effect::SetCookie, args: call.args.to_vec() })
}

/// `new URL(…)`, `new URLSearchParams(…)`
pub(super) fn constructed(class: &str, call: &Call<'_>) -> Option<Outcome> {
    let source = call.args.first();
    if class == "URL" {
        let Some(source) = source else { return Some(Outcome::value(Value::unknown())) };
        let mut url = with(thing(OWNER, "url"), "source", source.clone());
        if let Some(path) = path_of(source) {
            url = with(url, "path", path);
        }
        // The request's own URL leads nowhere that the server is not; anything else leads where it says.
        let origin = if is_request_url(source) { Origin::Unknown } else { source.origin.clone() };
        let made = Value::with_origin(Shape::Lib(Arc::new(url)), origin);
        return Some(Outcome { value: Some(made), leaves: Leaves::May, ..Outcome::default() });
    }
    // Only what the client wrote is read back; others are built to be sent, and stay what went into them.
    match source {
        Some(source) if matches!(source.origin, Origin::Client(_)) => Some(Outcome::value(value(query_of(Some(source))))),
        _ => None,
    }
}

/// The path of a request's URL, where the framework knows it: what stands between the origin and the query.
fn path_of(url: &Value) -> Option<Value> {
    let Shape::Text { quasis, parts } = &url.shape else { return None };
    let named = |value: &Value, name: &str| matches!(&value.origin, Origin::Client(client) if client.part == Part::Request && client.path.first().is_some_and(|it| *it == name));
    match (&**quasis, &**parts) {
        ([_, path, _], [origin, search]) if named(origin, "origin") && named(search, "search") => {
            let of_request = Origin::client(Part::Request, &[Name::new("pathname")]);
            Some(Value::with_origin(Shape::Str(path.clone()), of_request))
        }
        _ => None,
    }
}

/// The query of a URL.
fn query_of(source: Option<&Value>) -> Lib {
    match source {
        Some(source) => with(thing(OWNER, "query"), "source", source.clone()),
        None => thing(OWNER, "query"),
    }
}

/// The object of which a query's entries are the fields.
pub(super) fn query_source(query: &Lib) -> Value {
    match query.get("source") {
        Some(source) if is_request_url(source) => Value::client(Part::Query, &[]),
        Some(source) => match &source.origin {
            Origin::Client(client) => Value::client(client.part, &client.path),
            _ => derived(Shape::Unknown, &[source]),
        },
        None => Value::unknown(),
    }
}

fn is_request_url(value: &Value) -> bool {
    match &value.origin {
        Origin::Client(client) => client.part == Part::Request,
        _ => match &value.shape {
            Shape::Lib(lib) => lib.owner == OWNER && lib.kind == "url" && lib.get("source").is_some_and(is_request_url),
            _ => false,
        },
    }
}

fn is_url_part(name: &str) -> bool {
    matches!(
        name,
        "pathname"
            | "search"
            | "hash"
            | "host"
            | "hostname"
            | "origin"
            | "port"
            | "protocol"
            | "username"
            | "password"
            | "basePath"
            | "locale"
    )
}

fn is_request_method(name: &str) -> bool {
    matches!(name, "json" | "text" | "formData" | "arrayBuffer" | "blob" | "bytes" | "clone")
}

fn request_method(at: &Value, name: &str) -> Option<Outcome> {
    let body = |shape| Value::new(shape, Origin::client(Part::Body, &[]), Truth::default());
    let read = match name {
        "json" => Value::client(Part::Body, &[]),
        "text" => body(Shape::Scalar(Scalar::String)),
        "arrayBuffer" | "blob" | "bytes" => body(Shape::Scalar(Scalar::Bytes)),
        "formData" => value(thing(OWNER, "form")),
        "clone" => return Some(Outcome::value(at.clone())),
        _ => return None,
    };
    Some(Outcome { value: Some(promise(read)), leaves: Leaves::May, ..Outcome::default() })
}

/// A method of something that holds named values of the client (or of what `all` is made of).
fn entries_method(all: &Value, name: &str, call: &Call<'_>, lower_case: bool) -> Option<Outcome> {
    let key =
        call.args.first().and_then(Value::as_str).map(|it| if lower_case { it.to_ascii_lowercase() } else { it.to_owned() });
    let field = |key: &str| match &all.origin {
        Origin::Client(client) => {
            let path: Vec<Name> = client.path.iter().copied().chain([Name::new(key)]).collect();
            Value::client(client.part, &path)
        }
        _ => derived(Shape::Unknown, &[all]),
    };
    let one = key.as_deref().map_or_else(|| all.clone(), field);
    let any = field("*");
    let list = |element: Value, of: &Value| Value::with_origin(Shape::List(element), of.origin.clone());
    let pair = || {
        Value::with_origin(
            Shape::Array(Arc::from([derived(Shape::Scalar(Scalar::String), &[all]), any.clone()])),
            all.origin.clone(),
        )
    };
    Some(match name {
        "get" => Outcome::value(one),
        "getAll" => Outcome::value(list(one.clone(), &one)),
        "has" => Outcome::value(derived(Shape::Scalar(Scalar::Bool), &[&one])),
        "entries" => Outcome::value(list(pair(), all)),
        "values" => Outcome::value(list(any, all)),
        "keys" => Outcome::value(list(derived(Shape::Scalar(Scalar::String), &[all]), all)),
        "toString" => Outcome::value(derived(Shape::Scalar(Scalar::String), &[all])),
        "forEach" => {
            let function = call.args.first()?.clone();
            let args = vec![any, derived(Shape::Scalar(Scalar::String), &[all])];
            let callback = Callback { function, args, result: CallbackResult::Ignored, under: Facts::none(), maybe: true };
            Outcome { value: Some(Value::nullish()), callbacks: vec![callback], ..Outcome::default() }
        }
        "set" | "append" | "delete" | "sort" => Outcome::value(Value::nullish()),
        _ => return None,
    })
}
