//! The web platform: requests, responses, URLs, forms and `fetch`, the same for every framework that is built on them.
//!
//! Kinds of its things (owner `web`, requests also of the framework that hands them in):
//! `request`, `response` (data `body`, `status`; `next` or `rewrite` where a Next middleware goes on or elsewhere), `form`, `query`,
//! `headers`, `cookies`, `url` (data `source`), `fetched`.

mod request;
mod response;

pub(super) use request::set_cookie;
pub(super) use response::{answer, built};

use super::things::{Target, promise, target};
use crate::base::Name;
use crate::values::{Call, Lib, Origin, Outcome, Part, Shape, Value};

/// The status of `Response.redirect`.
const REDIRECT: u16 = 302;

/// The owner of the platform's things.
pub(super) const OWNER: &str = "web";

/// What a call of the platform means.
pub(super) fn call(call: &Call<'_>) -> Option<Outcome> {
    match target(call) {
        Target::Runtime(path) => {
            let path: Vec<&str> = path.iter().map(|it| it.as_str()).collect();
            match path.as_slice() {
                ["Object", "fromEntries"] => entries_of(call.args.first()?).map(Outcome::value),
                ["URL"] | ["URLSearchParams"] => request::constructed(path[0], call),
                ["fetch"] => Some(response::fetch(call)),
                ["Response"] => built("new", REDIRECT, call),
                ["Response", method] => built(method, REDIRECT, call),
                _ => None,
            }
        }
        Target::Thing { lib, at, method: Some(method) } if knows(lib) => match lib.kind.as_str() {
            "response" => response::method(lib, &at, method, call),
            "fetched" => response::fetched_method(method),
            _ => request::method(lib, &at, method, call),
        },
        _ => None,
    }
}

/// What a member of one of the platform's things is.
pub(super) fn member(lib: &Lib, name: Name) -> Option<Value> {
    if !knows(lib) || !lib.path.is_empty() {
        return None;
    }
    match lib.kind.as_str() {
        "response" | "fetched" => response::member(lib, name),
        _ => request::member(lib, name),
    }
}

/// Things of the platform, and requests of frameworks that hand in the platform's.
fn knows(lib: &Lib) -> bool {
    lib.owner == OWNER || (matches!(lib.owner.as_str(), "next" | "workers") && lib.kind == "request")
}

/// The object that `Object.fromEntries` makes of a form, a query, headers, or the entries of one of them.
fn entries_of(value: &Value) -> Option<Value> {
    match &value.shape {
        Shape::Lib(lib) if lib.owner == OWNER => match lib.kind.as_str() {
            "form" => Some(Value::client(Part::Form, &[])),
            "query" => Some(request::query_source(lib)),
            "headers" => Some(Value::client(Part::Header, &[])),
            _ => None,
        },
        Shape::List(element) if matches!(element.shape, Shape::Array(_)) => match &value.origin {
            Origin::Client(client) => Some(Value::client(client.part, &client.path)),
            _ => None,
        },
        Shape::Promise(_) => entries_of(&value.awaited()).map(promise),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
