//! Next.js: route handlers of the App Router, API routes of the Pages Router, server actions, and the middleware before them.
//!
//! Kinds of its things: `request` (the web platform's; data `api` for the Pages Router, whose requests are Node's), `event`,
//! `action` (where a server action begins; its arguments by name).
//!
//! **Invariant:** what a page or layout checks covers neither its actions nor the handlers beside it.

mod actions;
mod files;
mod functions;
mod matcher;

use super::things::{Target, client_string, request_method, request_path, target, thing, value, with};
use super::{AppView, Framework, Link, Returned, Route, Scope, express, web};
use crate::base::{FileId, Loc, Name};
use crate::ir::Interface;
use crate::values::{Call, Lib, Object, Origin, Outcome, Part, Shape, Truth, Value};
use files::{FileKind, RoutePath};
use matcher::Applies;

/// The owner of its things.
const OWNER: &str = "next";

/// What a route file may export.
const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// Next.js.
pub(super) struct Next;

impl Framework for Next {
    fn id(&self) -> &'static str {
        OWNER
    }

    fn call(&self, call: &Call<'_>) -> Option<Outcome> {
        match target(call) {
            Target::Package(package, path) => functions::call(&package, &path, call),
            Target::Thing { lib, method: Some(_), .. } if lib.owner == OWNER && lib.kind == "event" => {
                Some(Outcome::value(Value::nullish()))
            }
            Target::Thing { lib, method: None, .. } if actions::is_start(lib) => {
                Some(Outcome { next: Some(None), ..Outcome::value(Value::nullish()) })
            }
            _ => None,
        }
    }

    fn member(&self, lib: &Lib, name: Name) -> Option<Value> {
        if lib.kind != "request" || !lib.path.is_empty() || lib.get("api").is_none() {
            return None;
        }
        // In the Pages Router the path's parameters are in the query, and win over it.
        match lib.get("params") {
            Some(params) if name == "query" => Some(params.clone()),
            _ => express::request_member(lib, name),
        }
    }

    fn routes(&self, app: &AppView<'_>) -> Vec<Route> {
        routes(app)
    }

    fn arguments(&self, route: &Route, index: usize) -> Vec<Value> {
        if index >= route.chain.len()
            && let Some(arguments) = actions::arguments(route)
        {
            return arguments;
        }
        let mut request = with(thing(OWNER, "request"), "path", request_path(route, "pathname", false));
        if let Some(method) = request_method(route) {
            request = with(request, "method", method);
        }
        if index < route.chain.len() {
            return vec![value(request), value(thing(OWNER, "event"))];
        }
        if is_api(route) {
            let request = with(with(thing(OWNER, "request"), "api", Value::bool(true)), "params", api_query(route));
            return vec![value(request), value(thing(express::OWNER, "response"))];
        }
        let mut context = Object::default();
        // A plain object: it is the same awaited (15 and later) and not (13 and 14).
        context.set(Name::new("params"), params(route), None);
        vec![value(request), Value::of(Shape::Object(context.into()))]
    }

    fn returned(&self, route: &Route, index: usize, value: &Value) -> Returned {
        if index >= route.chain.len() {
            return if is_api(route) { Returned::Nothing } else { web::answer(value) };
        }
        if route.chain[index].function.as_lib().is_some_and(actions::is_start) {
            return Returned::Nothing;
        }
        match value.awaited().as_lib() {
            Some(lib) if lib.kind == "response" && lib.get("next").is_none() => web::answer(value),
            Some(lib) if lib.kind == "fetched" => web::answer(value),
            // Nothing, `NextResponse.next()`, or what a library made of it.
            _ => Returned::GoesOn,
        }
    }
}

/// Whether a route belongs to the Pages Router: one function for all methods.
fn is_api(route: &Route) -> bool {
    route.methods.first().is_some_and(|it| *it == "*")
}

/// The parameters of a route's path as the handler gets them: strings, and lists of them for a rest.
fn params(route: &Route) -> Value {
    let mut all = Object::default();
    for name in &route.params {
        let is_rest = route.path.split('/').any(|it| it.strip_prefix('*').is_some_and(|it| *name == it));
        let param = if is_rest {
            let element = client_string(Part::Path, &[*name, Name::new("*")]);
            Value::new(Shape::List(element), Origin::client(Part::Path, &[*name]), Truth::default())
        } else {
            client_string(Part::Path, &[*name])
        };
        all.set(*name, param, None);
    }
    Value::with_origin(Shape::Object(all.into()), Origin::client(Part::Path, &[]))
}

fn api_query(route: &Route) -> Value {
    let query = Value::client(Part::Query, &[]);
    match params(route).as_object() {
        Some(params) if !params.fields.is_empty() => {
            let all = Object { spreads: vec![query], ..params.clone() };
            Value::with_origin(
                Shape::Object(all.into()),
                Origin::mix([Part::Path, Part::Query].map(|it| Origin::client(it, &[]))),
            )
        }
        _ => query,
    }
}

/// A middleware and where it applies.
struct Middleware {
    base: String,
    is_proxy: bool,
    link: Link,
    /// The exported `config`, if there is one.
    config: Option<(Value, Loc)>,
}

fn routes(app: &AppView<'_>) -> Vec<Route> {
    let mut found: Vec<(String, RoutePath, Route)> = Vec::new();
    let mut middlewares: Vec<Middleware> = Vec::new();
    for (file, path, interface) in app.files {
        let Some(path) = path.to_str() else { continue };
        match files::kind(&path.replace('\\', "/")) {
            Some(FileKind::Handlers { base, path }) => {
                for method in METHODS {
                    if let Some(route) = exported(app, *file, interface, method, method, &path) {
                        found.push((base.clone(), path.clone(), route));
                    }
                }
            }
            Some(FileKind::Api { base, path }) => {
                if let Some(route) = exported(app, *file, interface, "default", "*", &path) {
                    found.push((base, path, route));
                }
            }
            Some(FileKind::Middleware { base, name }) => {
                let function = [name, "default"].into_iter().find_map(|it| (app.export)(*file, Name::new(it)));
                if let Some((function, loc)) = function {
                    let link = Link { function, loc, scope: Scope::App };
                    middlewares.push(Middleware {
                        base,
                        is_proxy: name == "proxy",
                        link,
                        config: (app.export)(*file, Name::new("config")),
                    });
                }
            }
            None => {}
        }
    }
    // A proxy takes the place of a middleware that was left beside it.
    let proxied: Vec<String> = middlewares.iter().filter(|it| it.is_proxy).map(|it| it.base.clone()).collect();
    middlewares.retain(|it| it.is_proxy || !proxied.contains(&it.base));
    for (file, route) in actions::routes(app) {
        found.push((base_of(file, &middlewares), RoutePath::any(), route));
    }
    for middleware in &middlewares {
        put_before(middleware, &mut found);
    }
    found.into_iter().map(|(_, _, route)| route).collect()
}

/// The app that a file belongs to, as far as a middleware has to do with it: the one beside or above the file, or the only one.
fn base_of(file: &str, middlewares: &[Middleware]) -> String {
    let above = |it: &&Middleware| it.base.is_empty() || file.strip_prefix(&it.base).is_some_and(|rest| rest.starts_with('/'));
    let nearest = middlewares.iter().filter(above).max_by_key(|it| it.base.len());
    let only = || middlewares.first().filter(|_| middlewares.len() == 1);
    nearest.or_else(only).map(|it| it.base.clone()).unwrap_or_default()
}

/// The route that a file's export makes.
fn exported(app: &AppView<'_>, file: FileId, interface: &Interface, name: &str, method: &str, path: &RoutePath) -> Option<Route> {
    let named = interface.exports.iter().any(|(export, _)| *export == name);
    if !named && interface.stars.is_empty() {
        return None;
    }
    let (handler, loc) = (app.export)(file, Name::new(name))?;
    let written = path.written();
    Some(Route {
        framework: Name::new(OWNER),
        methods: vec![Name::new(method)],
        params: path.params(),
        path: written,
        file,
        loc,
        chain: Vec::new(),
        handler,
        handler_loc: loc,
        chain_unknown: false,
        left_out_by: None,
    })
}

/// Puts a middleware before the routes of its app that its matcher takes in.
fn put_before(middleware: &Middleware, routes: &mut [(String, RoutePath, Route)]) {
    let config = middleware.config.as_ref().map(|(config, _)| config);
    let mut guards_some = false;
    let mut left_out = Vec::new();
    for (index, (base, path, route)) in routes.iter_mut().enumerate() {
        if *base != middleware.base {
            continue;
        }
        match matcher::applies(config, path) {
            // A page's address is what its actions are sent to: whatever runs before pages runs before them.
            Applies::Yes if path.is_any() => route.chain.insert(0, middleware.link.clone()),
            Applies::No if path.is_any() => {}
            Applies::Yes => {
                guards_some = true;
                route.chain.push(middleware.link.clone());
            }
            Applies::No => left_out.push(index),
            Applies::Unknown => route.chain_unknown = true,
        }
    }
    let Some((_, loc)) = middleware.config.as_ref().filter(|_| guards_some) else { return };
    for index in left_out {
        routes[index].2.left_out_by = Some(*loc);
    }
}

#[cfg(test)]
mod tests;
