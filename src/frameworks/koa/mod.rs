//! Koa 2 and 3 with `@koa/router` (`koa-router` is the same).
//!
//! Kinds of its things: `app`, `router` (data `options`), `composed`, `mount`, `unless` (a middleware that leaves paths out), `pass`,
//! `context`, `request`, `response`, `cookies`, `next`.
//!
//! **Invariant:** assigning `ctx.body` answers and ends nothing; only `throw` and not calling `next` end a chain.

mod assemble;
mod context;
mod setup;

use super::things::{Target, request_method, request_path, target, thing, value, with};
use super::{AppView, Framework, Returned, Route, Scope};
use crate::base::Name;
use crate::values::{Call, EventKind, Lib, Outcome, Part, Shape, Sink, Value};

/// The owner of its things.
pub(super) const OWNER: &str = "koa";

/// Koa.
pub(super) struct Koa;

impl Framework for Koa {
    fn id(&self) -> &'static str {
        OWNER
    }

    fn call(&self, call: &Call<'_>) -> Option<Outcome> {
        let Target::Thing { lib, at, method } = target(call) else { return setup::made(call) };
        if lib.owner != OWNER {
            return setup::unless(call);
        }
        match (lib.kind.as_str(), method) {
            ("app" | "router", Some(method)) => setup::method(lib, &at, method, call),
            ("context", Some(method)) => context::method(&at, method, call),
            ("request", Some(method)) if method == "get" => Some(context::header(call)),
            ("response", Some(method)) if matches!(method.as_str(), "set" | "append" | "redirect") => {
                context::method(&at, method, call)
            }
            ("cookies", Some(method)) => context::cookie(&method, call),
            ("next", None) => Some(Outcome { next: Some(None), ..Outcome::value(Value::nullish()) }),
            ("pass", None) => Some(Outcome { next: Some(None), ..Outcome::value(Value::nullish()) }),
            _ => None,
        }
    }

    fn member(&self, lib: &Lib, name: Name) -> Option<Value> {
        match (lib.kind.as_str(), &*lib.path) {
            ("context", []) => context::member(lib, name),
            // What nobody wrote there is not known.
            ("context", [state]) if *state == "state" => Some(Value::unknown()),
            ("request", []) => context::incoming(lib, name),
            ("response", []) if name != "set" && name != "append" && name != "redirect" => Some(Value::unknown()),
            _ => None,
        }
    }

    fn routes(&self, app: &AppView<'_>) -> Vec<Route> {
        assemble::routes(app)
    }

    fn arguments(&self, route: &Route, index: usize) -> Vec<Value> {
        let mut context = with(thing(OWNER, "context"), "path", request_path(route, "originalUrl", true));
        if let Some(method) = request_method(route) {
            context = with(context, "method", method);
        }
        let rest = [value(context), value(thing(OWNER, "next"))];
        match route.chain.get(index).map(|it| it.scope) {
            Some(Scope::Param(name)) => std::iter::once(Value::client(Part::Path, &[name])).chain(rest).collect(),
            _ => rest.to_vec(),
        }
    }

    fn returned(&self, _route: &Route, _index: usize, _value: &Value) -> Returned {
        Returned::Nothing
    }

    fn assigned(&self, lib: &Lib, name: Name, value: &Value, known: &dyn Fn(Name) -> Option<Value>) -> Vec<EventKind> {
        if lib.kind != "context" || !lib.path.is_empty() || name != "body" || value.shape == Shape::Nullish {
            return Vec::new();
        }
        let status = known(Name::new("status")).and_then(|it| it.as_number()).map_or(Some(200), |it| Some(it as u16));
        let mut events = Vec::new();
        // Without a type of its own a text that begins as a page goes out as one.
        if let Shape::Text { quasis, .. } = &value.shape
            && quasis.first().is_some_and(|it| it.trim_start().starts_with('<'))
        {
            events.push(EventKind::Sink { kind: Sink::Html, value: value.clone() });
        }
        events.push(EventKind::Respond { body: value.clone(), status });
        events
    }
}

#[cfg(test)]
mod tests;
