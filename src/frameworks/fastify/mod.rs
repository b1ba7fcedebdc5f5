//! Fastify 4 and 5.
//!
//! Kinds of its things: `app` (data `context`), `plugin` (what `fastify-plugin` made), `guards` (`app.auth([…])`), `request`,
//! `reply`, `done`, `logger`; and steps of chains: `context`, `validation`, `callback` (a hook that goes on by calling `done`).
//!
//! **Invariant:** plugins are run when routes are assembled, each with the context that it gets; a route's guards follow from the
//! tree of contexts, not from the order of the text.

mod assemble;
mod autoload;
mod contexts;
mod reply;
mod schema;
mod setup;

use super::things::{Target, client_string, promise, request_method, request_path, target, thing, value, with};
use super::{AppView, Assembled, Framework, Returned, Route};
use crate::base::{Loc, Name};
use crate::values::{
    Call, Callback, CallbackResult, Effect, EventKind, Facts, Leaves, Lib, Object, Origin, Outcome, Part, Scalar, Shape, Truth,
    Value,
};

/// The owner of its things.
pub(super) const OWNER: &str = "fastify";

/// Fastify.
pub(super) struct Fastify;

impl Framework for Fastify {
    fn id(&self) -> &'static str {
        OWNER
    }

    fn call(&self, call: &Call<'_>) -> Option<Outcome> {
        let Target::Thing { lib, at, method } = target(call) else { return setup::made(call) };
        if lib.owner != OWNER {
            return None;
        }
        match (lib.kind.as_str(), method) {
            ("app", Some(method)) => setup::method(lib, &at, method, call),
            ("request", Some(method)) => decorated(lib, &at, method, call).or_else(|| asked(&method)),
            ("reply", Some(method)) => decorated(lib, &at, method, call).or_else(|| reply::method(lib, &at, method, call)),
            ("logger", Some(method)) => Some(logged(&at, &method, call)),
            ("done", None) => Some(Outcome { next: Some(failure(call)), ..Outcome::value(Value::nullish()) }),
            ("context", None) => Some(Outcome { next: Some(None), ..Outcome::value(Value::nullish()) }),
            ("validation", None) => Some(schema::run(lib, call)),
            ("callback", None) => {
                let function = lib.get("function")?.clone();
                let (args, result) = (call.args.to_vec(), CallbackResult::Ignored);
                let callback = Callback { function, args, result, under: Facts::none(), maybe: false };
                Some(Outcome { callbacks: vec![callback], ..Outcome::value(Value::nullish()) })
            }
            _ => None,
        }
    }

    fn member(&self, lib: &Lib, name: Name) -> Option<Value> {
        match (lib.kind.as_str(), &*lib.path) {
            ("request", []) => request_member(lib, name),
            ("reply", []) => reply::member(lib, name),
            ("app", []) if name == "log" => Some(logger()),
            _ => None,
        }
    }

    fn routes(&self, app: &AppView<'_>) -> Vec<Route> {
        assemble::assembled(app).routes
    }

    fn assembled(&self, app: &AppView<'_>) -> Assembled {
        assemble::assembled(app)
    }

    fn setups(&self, app: &AppView<'_>) -> Vec<Loc> {
        super::made_apps(app, OWNER)
    }

    fn error_routes(&self, app: &AppView<'_>) -> Vec<Route> {
        let set =
            super::registered(app, "setErrorHandler").filter(|(it, _, _)| it.on.as_lib().is_some_and(|lib| lib.owner == OWNER));
        set.map(|(it, function, at)| Route::for_errors(OWNER, function, it.loc, at)).collect()
    }

    fn arguments(&self, route: &Route, index: usize) -> Vec<Value> {
        let mut request = with(thing(OWNER, "request"), "path", request_path(route, "originalUrl", true));
        if let Some(method) = request_method(route) {
            request = with(request, "method", method);
        }
        let mut answer = thing(OWNER, "reply");
        if let Some(around) = around(route) {
            for (key, of) in [("app", "app"), ("config", "config"), (MEMBERS, "request")] {
                if let Some(value) = around.get(of) {
                    request = with(request, key, value.clone());
                }
            }
            for (key, of) in [("app", "app"), (reply::RESPONSE, reply::RESPONSE), (MEMBERS, "reply")] {
                if let Some(value) = around.get(of) {
                    answer = with(answer, key, value.clone());
                }
            }
        }
        if index < route.chain.len() {
            answer = with(answer, reply::HOOK, Value::bool(true));
            return vec![value(request), value(answer), value(thing(OWNER, "done"))];
        }
        if route.is_for_errors() {
            return vec![super::thrown(), value(request), value(answer)];
        }
        vec![value(request), value(answer)]
    }

    fn returned(&self, route: &Route, index: usize, value: &Value) -> Returned {
        let is_reply = value.as_lib().is_some_and(|lib| lib.owner == OWNER && lib.kind == "reply");
        if let Some(link) = route.chain.get(index) {
            // What a hook returns is ignored, unless it is the reply; one with a callback goes on where it calls that.
            return match link.function.alternatives().first().map(|it| &it.shape) {
                Some(Shape::Lib(_)) => Returned::Nothing,
                _ if is_reply => Returned::Nothing,
                _ => Returned::GoesOn,
            };
        }
        if is_reply || value.shape == Shape::Nullish {
            return Returned::Nothing;
        }
        let body = match around(route).and_then(|it| it.get(reply::RESPONSE)) {
            Some(schemas) => schema::sent(schemas, value, None),
            None => value.clone(),
        };
        Returned::Answer { body, status: Some(200) }
    }
}

/// The key under which a request or reply remembers what decorators hung on it.
const MEMBERS: &str = "members";

/// What a route's first step remembers.
fn around(route: &Route) -> Option<&Lib> {
    route.chain.first().and_then(|it| it.function.as_lib()).filter(|lib| lib.owner == OWNER && lib.kind == "context")
}

/// A logger of an app or request.
fn logger() -> Value {
    value(thing(OWNER, "logger"))
}

fn logged(at: &Value, method: &str, call: &Call<'_>) -> Outcome {
    let outcome = Outcome::value(if method == "child" { at.clone() } else { Value::nullish() });
    if method == "child" {
        return outcome;
    }
    outcome.with_event(EventKind::Effect { kind: Effect::Log, args: call.args.to_vec() })
}

/// A method that a decorator hung on a request or reply; its `this` is that thing.
fn decorated(lib: &Lib, at: &Value, method: Name, call: &Call<'_>) -> Option<Outcome> {
    let mut function = lib.get(MEMBERS)?.field(&method)?.clone();
    if let Shape::Closure(closure) = &function.shape {
        let mut own = (**closure).clone();
        own.this = Some(at.clone());
        function = Value::of(Shape::Closure(own.into()));
    } else if function.as_lib().is_none() {
        return None;
    }
    let callback =
        Callback { function, args: call.args.to_vec(), result: CallbackResult::Value, under: Facts::none(), maybe: false };
    Some(Outcome { callbacks: vec![callback], ..Outcome::default() })
}

/// The error that `done(…)` hands on.
fn failure(call: &Call<'_>) -> Option<Value> {
    call.args.first().filter(|it| it.truth.known != Some(false)).cloned()
}

/// A member of a request that nobody wrote.
fn request_member(lib: &Lib, name: Name) -> Option<Value> {
    Some(match name.as_str() {
        "body" | "rawBody" => Value::client(Part::Body, &[]),
        "query" => Value::client(Part::Query, &[]),
        "params" => Value::client(Part::Path, &[]),
        "headers" => Value::client(Part::Header, &[]),
        "cookies" => Value::client(Part::Cookie, &[]),
        "url" | "originalUrl" => lib.get("path").cloned().unwrap_or_else(|| client_string(Part::Request, &[name])),
        "method" => lib.get("method").cloned().unwrap_or_else(|| client_string(Part::Request, &[name])),
        "ip" | "hostname" | "host" | "protocol" => client_string(Part::Request, &[name]),
        "ips" | "port" => Value::client(Part::Request, &[name]),
        "server" => lib.get("app").cloned().unwrap_or_else(Value::unknown),
        "log" => logger(),
        "routeOptions" | "routeConfig" | "context" => {
            let config = lib.get("config").cloned().unwrap_or_else(Value::unknown);
            if name == "routeConfig" {
                return Some(config);
            }
            let mut options = Object::default();
            options.set(Name::new("config"), config, None);
            options.spreads.push(Value::unknown());
            Value::of(Shape::Object(options.into()))
        }
        "file" | "files" | "parts" | "saveRequestFiles" | "formData" | "jwtVerify" | "jwtDecode" | "jwt" | "isAuthenticated"
        | "isUnauthenticated" | "logIn" | "login" | "logOut" | "logout" | "unsignCookie" | "raw" => return None,
        _ => match lib.get(MEMBERS).and_then(|it| it.field(&name)) {
            Some(hung) if matches!(hung.shape, Shape::Closure(_) | Shape::Lib(_) | Shape::Instance(_)) => hung.clone(),
            _ => Value::unknown(),
        },
    })
}

/// A method of a request.
fn asked(method: &str) -> Option<Outcome> {
    let some = |value: Value| Some(Outcome { value: Some(promise(value)), leaves: Leaves::May, ..Outcome::default() });
    match method {
        // `@fastify/multipart`
        "file" => some(uploaded()),
        "files" | "saveRequestFiles" => some(Value::with_origin(Shape::List(uploaded()), Origin::client(Part::Form, &[]))),
        "parts" => Some(Outcome::value(Value::with_origin(Shape::List(uploaded()), Origin::client(Part::Form, &[])))),
        "formData" => some(Value::client(Part::Form, &[])),
        "unsignCookie" => Some(Outcome::value(Value::unknown())),
        _ => None,
    }
}

/// A file that comes in: its names and type are the client's word.
fn uploaded() -> Value {
    let client = |name: &str, shape| Value::new(shape, Origin::client(Part::Form, &[Name::new(name)]), Truth::default());
    let mut file = Object::default();
    for name in ["filename", "mimetype", "encoding", "fieldname"] {
        file.set(Name::new(name), client(name, Shape::Scalar(Scalar::String)), None);
    }
    for name in ["fields", "value"] {
        file.set(Name::new(name), client(name, Shape::Unknown), None);
    }
    file.set(Name::new("file"), client("file", Shape::Scalar(Scalar::Bytes)), None);
    file.spreads.push(Value::unknown());
    // It is absent where the client sent none.
    Value::new(Shape::Object(file.into()), Origin::client(Part::Form, &[]), Truth::default())
}

#[cfg(test)]
mod tests;
