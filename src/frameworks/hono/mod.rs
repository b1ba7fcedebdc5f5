//! Hono 3 and 4 on any runtime, and its own helper packages.
//!
//! Kinds of its things: `app` (data `base`: what `basePath` put in front; `last`: the path of the last registration), `factory`,
//! `context` (data `path`, `method`; `c.req` and `c.var` are paths below it), `next`, `validation` (data `target`, `schema`,
//! `hook` or `own`), `every`, `except` (data `paths`, `parts`), `stream`.
//! What code keeps with `c.set` stands on the context under `var`, what a validator let through under `validated`.
//!
//! **Invariant:** only a returned response or a throw ends a step: building a response does not.

mod assemble;
mod context;
pub(super) mod paths;
mod routers;
mod setup;
mod validation;

use super::things::{Target, request_method, request_path, target, thing, value, with};
use super::{AppView, Framework, Returned, Route, web};
use crate::base::{Loc, Name};
use crate::values::{Call, Lib, Outcome, Value};

/// The owner of its things.
const OWNER: &str = "hono";

/// Hono.
pub(super) struct Hono;

impl Framework for Hono {
    fn id(&self) -> &'static str {
        OWNER
    }

    fn call(&self, call: &Call<'_>) -> Option<Outcome> {
        if let Some(lib) = call.callee.as_lib() {
            if lib.owner != OWNER {
                return None;
            }
            let names: Vec<Name> = lib.path.iter().copied().chain(call.method).collect();
            return self::on_thing(lib, &names, call);
        }
        match target(call) {
            Target::Package(package, path) => setup::made(&package, &path, call),
            _ => None,
        }
    }

    fn member(&self, lib: &Lib, name: Name) -> Option<Value> {
        (lib.kind == "context").then(|| context::member(lib, name)).flatten()
    }

    fn routes(&self, app: &AppView<'_>) -> Vec<Route> {
        assemble::routes(app)
    }

    fn setups(&self, app: &AppView<'_>) -> Vec<Loc> {
        super::made_apps(app, OWNER)
    }

    fn error_routes(&self, app: &AppView<'_>) -> Vec<Route> {
        let set = super::registered(app, "onError").filter(|(it, _, _)| it.on.as_lib().is_some_and(|lib| lib.owner == OWNER));
        set.map(|(it, function, at)| Route::for_errors(OWNER, function, it.loc, at)).collect()
    }

    fn arguments(&self, route: &Route, _index: usize) -> Vec<Value> {
        let mut context = with(thing(OWNER, "context"), "path", request_path(route, "path", false));
        if let Some(method) = request_method(route) {
            context = with(context, "method", method);
        }
        if route.is_for_errors() {
            return vec![super::thrown(), value(context)];
        }
        vec![value(context), value(thing(OWNER, "next"))]
    }

    fn returned(&self, route: &Route, index: usize, value: &Value) -> Returned {
        let response = value.awaited().as_lib().is_some_and(|lib| matches!(lib.kind.as_str(), "response" | "fetched"));
        // Neither an answer nor `next()`: Hono refuses with 500.
        if index < route.chain.len() && !response { Returned::Nothing } else { web::answer(value) }
    }
}

/// A call of one of its things: `names` is the path below it with the method.
fn on_thing(lib: &Lib, names: &[Name], call: &Call<'_>) -> Option<Outcome> {
    let whole = || value(Lib { path: std::sync::Arc::from([]), ..lib.clone() });
    let text: Vec<&str> = names.iter().map(|it| it.as_str()).collect();
    match (lib.kind.as_str(), text.as_slice()) {
        ("app", [method]) => setup::method(lib, &whole(), method, call),
        ("factory", [method]) => setup::of_factory(method, call),
        ("context", names) => context::method(&whole(), names, call),
        ("next", []) => {
            let value = super::things::promise(Value::nullish());
            Some(Outcome { next: Some(None), ..Outcome::value(value) })
        }
        ("validation", []) => validation::run(lib, call),
        ("stream", [_]) => Some(Outcome::value(super::things::promise(Value::nullish()))),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
