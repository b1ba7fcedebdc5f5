//! Express 4 and 5.
//!
//! Kinds of its things: `app`, `router`, `route` (`app.route(path)`), `request`, `response` (data `status`), `next` (data `scope`),
//! `middleware-pass` (a parser or file server: it goes on).

mod answers;
mod assemble;
pub(super) mod paths;
mod routers;
mod setup;

use super::things::{Target, client_string, request_method, request_path, target, thing, value, with};
use super::{AppView, Framework, Returned, Route, Scope};
use crate::base::{Loc, Name};
use crate::values::{
    Call, Callback, CallbackResult, Fact, Facts, Lib, Object, Origin, Outcome, Part, Scalar, Shape, Truth, Value,
};

/// The owner of its things.
pub(super) const OWNER: &str = "express";

/// Express.
pub(super) struct Express;

impl Framework for Express {
    fn id(&self) -> &'static str {
        OWNER
    }

    fn call(&self, call: &Call<'_>) -> Option<Outcome> {
        match target(call) {
            Target::Package(package, path) => setup::made(package, &path, call),
            Target::Thing { lib, at, method } if lib.owner == OWNER => match (lib.kind.as_str(), method) {
                ("app" | "router" | "route", Some(method)) => setup::method(lib, &at, method, call),
                ("request", Some(method)) => asked(&method, call),
                ("response", Some(method)) => answers::method(lib, &at, method, call),
                ("next", None) => Some(Outcome { next: Some(answers::passed_on(lib, call)), ..Outcome::value(Value::nullish()) }),
                ("middleware-pass", None) => {
                    let flat = lib.get("inert").and_then(Value::as_str) == Some("query");
                    let after = if flat { Facts::one(Fact::Inert(Part::Query)) } else { Facts::none() };
                    Some(Outcome { next: Some(None), after, ..Outcome::value(Value::nullish()) })
                }
                _ => None,
            },
            Target::Other => setup::on_unknown(call),
            _ => None,
        }
    }

    fn member(&self, lib: &Lib, name: Name) -> Option<Value> {
        match (lib.kind.as_str(), &*lib.path) {
            ("request", []) => request_member(lib, name),
            ("response", []) => match name.as_str() {
                "headersSent" | "writableEnded" | "finished" => Some(Value::unknown()),
                "statusCode" => Some(lib.get("status").cloned().unwrap_or_else(Value::unknown)),
                "req" => Some(value(thing(OWNER, "request"))),
                _ => None,
            },
            // What nobody wrote there is not known.
            ("response", [locals]) if *locals == "locals" => Some(Value::unknown()),
            _ => None,
        }
    }

    fn routes(&self, app: &AppView<'_>) -> Vec<Route> {
        assemble::routes(app)
    }

    fn setups(&self, app: &AppView<'_>) -> Vec<Loc> {
        super::made_apps(app, OWNER)
    }

    /// What `use` was given that has four parameters (Express: error-handling middleware).
    fn error_routes(&self, app: &AppView<'_>) -> Vec<Route> {
        let ours = |on: &Value| match on.as_lib() {
            Some(lib) => lib.owner == OWNER,
            None => on.shape == Shape::Unknown,
        };
        let used = super::registered(app, "use").filter(|(it, function, _)| ours(&it.on) && (app.arity)(function) == Some(4));
        used.map(|(it, function, at)| Route::for_errors(OWNER, function, it.loc, at)).collect()
    }

    /// It depends on the version and on a setting, see [`assemble`].
    fn at_start(&self) -> Facts {
        Facts::none()
    }

    fn arguments(&self, route: &Route, index: usize) -> Vec<Value> {
        let scope = route.chain.get(index).map_or(Scope::Route, |link| link.scope);
        let named = match scope {
            Scope::App | Scope::Router => "router",
            Scope::Route | Scope::Param(_) => "route",
        };
        let mut request = with(thing(OWNER, "request"), "path", request_path(route, "originalUrl", true));
        if let Some(method) = request_method(route) {
            request = with(request, "method", method);
        }
        let next = with(thing(OWNER, "next"), "scope", Value::str(named));
        let mut arguments = vec![value(request), value(thing(OWNER, "response")), value(next)];
        if route.is_for_errors() {
            arguments.insert(0, super::thrown());
        }
        if let Scope::Param(name) = scope {
            arguments.extend([Value::client(Part::Path, &[name]), Value::str(&name)]);
        }
        arguments
    }

    fn returned(&self, _route: &Route, _index: usize, _value: &Value) -> Returned {
        Returned::Nothing
    }
}

/// A member of a request that nobody wrote.
pub(super) fn request_member(lib: &Lib, name: Name) -> Option<Value> {
    Some(match name.as_str() {
        "body" | "rawBody" => Value::client(Part::Body, &[]),
        "query" => Value::client(Part::Query, &[]),
        "params" => Value::client(Part::Path, &[]),
        "headers" | "rawHeaders" => Value::client(Part::Header, &[]),
        "cookies" => Value::client(Part::Cookie, &[]),
        "file" => uploaded(name),
        "files" => Value::client(Part::Form, &[name]),
        "originalUrl" => lib.get("path").cloned().unwrap_or_else(|| client_string(Part::Request, &[name])),
        "method" => lib.get("method").cloned().unwrap_or_else(|| client_string(Part::Request, &[name])),
        "url" | "path" | "baseUrl" | "hostname" | "host" | "ip" | "protocol" => client_string(Part::Request, &[name]),
        "ips" | "subdomains" | "xhr" | "secure" | "fresh" | "stale" => Value::client(Part::Request, &[name]),
        "res" => value(thing(OWNER, "response")),
        "get" | "header" | "app" | "on" | "once" | "is" | "accepts" | "param" => return None,
        // Whatever a middleware would have put there, and what only the server can make (`signedCookies`).
        _ => Value::unknown(),
    })
}

/// A file that multer took in: its name and type are the client's word, its place is the server's.
fn uploaded(at: Name) -> Value {
    let client = |name: &str, shape| Value::new(shape, Origin::client(Part::Form, &[at, Name::new(name)]), Truth::default());
    let mut file = Object::default();
    for name in ["originalname", "mimetype", "encoding"] {
        file.set(Name::new(name), client(name, Shape::Scalar(Scalar::String)), None);
    }
    file.set(Name::new("buffer"), client("buffer", Shape::Scalar(Scalar::Bytes)), None);
    file.set(Name::new("size"), client("size", Shape::Scalar(Scalar::Number)), None);
    file.spreads.push(Value::unknown());
    // It is absent where the client sent none.
    Value::new(Shape::Object(file.into()), Origin::client(Part::Form, &[at]), Truth::default())
}

/// A method of a request.
fn asked(method: &str, call: &Call<'_>) -> Option<Outcome> {
    let key = call.args.first().and_then(Value::as_str);
    match method {
        "get" | "header" => {
            let path: Vec<Name> = key.map(|it| Name::new(&it.to_ascii_lowercase())).into_iter().collect();
            Some(Outcome::value(Value::client(Part::Header, &path)))
        }
        // Express 4 looks in the path, then the body, then the query.
        "param" => {
            let path: Vec<Name> = key.map(Name::new).into_iter().collect();
            let origin = Origin::mix([Part::Path, Part::Body, Part::Query].map(|part| Origin::client(part, &path)));
            Some(Outcome::value(Value::new(Shape::Unknown, origin, Truth::default())))
        }
        "is" | "accepts" | "acceptsCharsets" | "acceptsEncodings" | "acceptsLanguages" | "range" => {
            Some(Outcome::value(Value::with_origin(Shape::Unknown, Origin::derived([Origin::client(Part::Header, &[])]))))
        }
        "on" | "once" => {
            let args = if key == Some("data") { vec![Value::client(Part::Body, &[])] } else { Vec::new() };
            let function = call.args.get(1)?.clone();
            let callback = Callback { function, args, result: CallbackResult::Ignored, under: Facts::none(), maybe: true };
            Some(Outcome { value: Some(call.callee.clone()), callbacks: vec![callback], ..Outcome::default() })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
