//! Cloudflare Workers (`export default { fetch }`), Pages functions (`functions/**`), and itty-router.
//!
//! Kinds of its things: `env` (bindings and variables: a member is a path below it, whose origin is the environment), `execution`,
//! `request` (the web platform's, with what a router puts on it; data `path`, `method`, `url`, `params`), `context` (of a Pages
//! function; data `request`, `params`), `router` (data `options`), `pass` (a middleware that lets pass).
//!
//! **Invariant:** a binding keeps its name as its path, so that whoever knows what is bound there can recognise it.

mod bindings;
mod files;
mod itty;
mod split;

use super::things::{Target, client_string, promise, request_method, target, thing, value, with};
use super::{AppView, Framework, Link, Returned, Route, web};
use crate::base::{FileId, Loc, Name};
use crate::values::{Call, Lib, Origin, Outcome, Part, Shape, Truth, Value};

pub(super) use files::Pages;
pub(super) use split::{request_url, split};

/// The owner of its things.
pub(super) const OWNER: &str = "workers";

/// Workers.
pub(super) struct Workers;

/// The bindings and variables of a Worker.
pub(super) fn env() -> Value {
    value(thing(OWNER, "env"))
}

/// What lets work go on after the answer.
pub(super) fn execution() -> Value {
    value(thing(OWNER, "execution"))
}

impl Framework for Workers {
    fn id(&self) -> &'static str {
        OWNER
    }

    fn call(&self, call: &Call<'_>) -> Option<Outcome> {
        if let Some(lib) = call.callee.as_lib() {
            if lib.owner != OWNER {
                return None;
            }
            let names: Vec<Name> = lib.path.iter().copied().chain(call.method).collect();
            let names: Vec<&str> = names.iter().map(|it| it.as_str()).collect();
            return match (lib.kind.as_str(), names.as_slice()) {
                ("env", [_, method]) => bindings::call(method, call),
                ("execution", ["waitUntil" | "passThroughOnException"])
                | ("context", ["waitUntil" | "passThroughOnException"]) => Some(Outcome::value(Value::nullish())),
                ("context", ["next"]) => Some(Outcome { next: Some(None), ..Outcome::value(promise(Value::unknown())) }),
                ("router", [method]) => itty::method(lib, method, call),
                // What it puts on the request is there anyway.
                ("pass", []) => Some(Outcome::value(Value::nullish())),
                _ => None,
            };
        }
        match target(call) {
            Target::Package(package, path) => itty::made(&package, &path, call),
            _ => None,
        }
    }

    fn member(&self, lib: &Lib, name: Name) -> Option<Value> {
        match (lib.kind.as_str(), &*lib.path) {
            ("env", []) => {
                let below = Lib { path: std::sync::Arc::from([name]), ..lib.clone() };
                Some(Value::new(Shape::Lib(std::sync::Arc::new(below)), Origin::Env(name), Truth::default()))
            }
            ("request", []) => match name.as_str() {
                "params" => Some(Value::client(Part::Path, &[])),
                "query" => Some(Value::client(Part::Query, &[])),
                "content" => Some(Value::client(Part::Body, &[])),
                "cf" => Some(Value::unknown()),
                // `withParams` puts the path's parameters on the request itself.
                _ => {
                    let own = lib.get("params").and_then(|it| match &it.shape {
                        Shape::Array(all) => all.iter().any(|it| it.as_str() == Some(name.as_str())).then_some(()),
                        _ => None,
                    });
                    own.map(|()| client_string(Part::Path, &[name]))
                }
            },
            ("context", []) => match name.as_str() {
                "request" => lib.get("request").cloned(),
                "env" => Some(env()),
                "params" => Some(Value::client(Part::Path, &[])),
                "functionPath" => Some(Value::unknown()),
                _ => None,
            },
            ("context", [data]) if *data == "data" => Some(Value::unknown()),
            _ => None,
        }
    }

    fn routes(&self, app: &AppView<'_>) -> Vec<Route> {
        let mut routes = itty::routes(app);
        routes.extend(entries(app));
        routes
    }

    fn arguments(&self, route: &Route, _index: usize) -> Vec<Value> {
        let mut request = thing(OWNER, "request");
        if let Some(method) = request_method(route) {
            request = with(request, "method", method);
        }
        if let Some(url) = request_url(&route.path) {
            request = with(request, "url", url);
        }
        let names = route.params.iter().map(|it| Value::str(it)).collect();
        request = with(request, "params", Value::with_origin(Shape::Array(names), Origin::Literal));
        vec![value(request), env(), execution()]
    }

    fn returned(&self, route: &Route, index: usize, value: &Value) -> Returned {
        // itty-router asks the next one until one gives something.
        let nothing = matches!(value.awaited().shape, Shape::Nullish | Shape::Unknown);
        if index < route.chain.len() && nothing {
            return Returned::GoesOn;
        }
        web::answer(value)
    }
}

/// A route of `handler` for every request.
fn route(framework: &str, path: String, file: FileId, loc: Loc, handler: Value, chain: Vec<Link>) -> Route {
    Route {
        framework: Name::new(framework),
        methods: vec![Name::new("*")],
        params: super::things::param_names(&path),
        path,
        file,
        loc,
        chain,
        handler,
        handler_loc: loc,
        chain_unknown: false,
        left_out_by: None,
    }
}

/// The routes of `export default { fetch }`; where `fetch` is a router's, they are the router's.
fn entries(app: &AppView<'_>) -> Vec<Route> {
    let mut routes = Vec::new();
    for (file, _, interface) in app.files {
        if !interface.exports.iter().any(|(name, _)| *name == "default") {
            continue;
        }
        let Some((exported, loc)) = (app.export)(*file, Name::new("default")) else { continue };
        let Some(object) = exported.as_object() else { continue };
        let Some(fetch) = object.get("fetch") else { continue };
        if !matches!(fetch.shape, Shape::Closure(_)) {
            continue;
        }
        let loc = object.loc_of("fetch").filter(|it| it.file == *file).unwrap_or(loc);
        routes.extend(split(app, route(OWNER, "*".to_owned(), *file, loc, fetch.clone(), Vec::new())));
    }
    routes
}

#[cfg(test)]
mod tests;
