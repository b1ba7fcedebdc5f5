//! NestJS 10, 11 and 12: controllers, guards, pipes, interceptors, modules.
//!
//! Kinds of its things: `decorator` (data `name`, `package`, then its arguments by number), `param-decorator` (data `factory`),
//! `metadata-decorator` (data `key`), `injection` (data `token`), `app`, `reflector`, `context` (data `request`, `response`,
//! `handler`, `class`), `http` (the same), `target` (data `metadata`: what decorators set there), `auth-guard` (data `strategy`),
//! `passport-strategy` (data `strategy`), `pipe` (data `name`, `options`), `mapped` (data `how`, `class`, `keys`), `step` (data `function`, `args`,
//! for a handler's argument also `index`), `module` (data `class`), `next`.
//!
//! **Invariant:** everything is read from what decorators registered; what runs, runs in the interpreter, with the request's
//! context bound to it when routes are assembled.

mod assemble;
mod classes;
mod context;
mod decorators;
mod dto;
mod inputs;
mod modules;

use super::things::{Target, target};
use super::{AppView, Framework, Provider, Returned, Route};
use crate::base::{FileId, Name};
use crate::values::{Call, Lib, Outcome, Registration, Shape, Value};

/// The owner of its things.
const OWNER: &str = "nest";

/// NestJS.
pub(super) struct Nest;

impl Framework for Nest {
    fn id(&self) -> &'static str {
        OWNER
    }

    fn call(&self, call: &Call<'_>) -> Option<Outcome> {
        match target(call) {
            Target::Package(package, path) => decorators::exported(package, &path, call),
            Target::Thing { lib, at, method } if lib.owner == OWNER => match (lib.kind.as_str(), method) {
                ("param-decorator" | "metadata-decorator", None) => Some(decorators::made(lib, call)),
                ("app", Some(method)) => decorators::on_app(&at, method, call),
                (_, Some(method)) => context::method(lib, method, call),
                _ => None,
            },
            _ => None,
        }
    }

    fn member(&self, lib: &Lib, name: Name) -> Option<Value> {
        match (lib.kind.as_str(), name.as_str()) {
            // `Roles.KEY` of a decorator that the reflector made.
            ("metadata-decorator", "KEY") => lib.get("key").cloned(),
            _ => None,
        }
    }

    fn routes(&self, app: &AppView<'_>) -> Vec<Route> {
        assemble::routes(app)
    }

    fn arguments(&self, _route: &Route, _index: usize) -> Vec<Value> {
        // Bound when the route was assembled.
        Vec::new()
    }

    fn provider(&self, token: &Value, registrations: &[(FileId, Vec<Registration>)]) -> Option<Provider> {
        modules::provider(token, registrations)
    }

    fn returned(&self, route: &Route, index: usize, value: &Value) -> Returned {
        match route.chain.get(index) {
            None => assemble::answer(route, value),
            Some(link) => {
                let step = match &link.function.shape {
                    Shape::Method { of, .. } => of.as_lib(),
                    _ => None,
                };
                if let Some(at) = step.and_then(|it| it.get("index")).and_then(Value::as_number) {
                    return Returned::Argument(at as usize, value.clone());
                }
                // A guard that gives nothing, or false, refuses; what an interceptor gives is not its word on the request.
                let guards = step.and_then(|it| it.get("kind")).and_then(Value::as_str) != Some("interceptor");
                match value.truth.known {
                    Some(false) if guards => Returned::Nothing,
                    _ => Returned::GoesOn,
                }
            }
        }
    }
}
