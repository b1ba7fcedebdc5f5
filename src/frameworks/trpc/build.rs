//! Set-up code: `initTRPC`, procedures by their builder, middlewares, routers, and the adapters that serve them.

use super::OWNER;
use crate::base::{Loc, Name};
use crate::frameworks::things::{may_run, thing, value, with};
use crate::values::{Call, CallForm, Lib, Outcome, Registration, Shape, Value};

/// The steps of a procedure, a middleware or a route's beginning, in order.
pub(super) fn steps(lib: &Lib) -> impl Iterator<Item = &Lib> {
    lib.data.iter().filter(|(name, _)| *name == "step").filter_map(|(_, value)| value.as_lib())
}

/// What an export of a package makes.
pub(super) fn made(package: &str, path: &[Name], call: &Call<'_>) -> Option<Outcome> {
    if call.form != CallForm::Call {
        return None;
    }
    let path: Vec<&str> = path.iter().map(|it| it.as_str()).collect();
    if package == "@trpc/server" || package.starts_with("@trpc/server/unstable-core") {
        return match path.as_slice() {
            ["initTRPC", "create"] => Some(Outcome::value(t(call.loc))),
            ["initTRPC", "context" | "meta"] => Some(Outcome::value(value(thing(OWNER, "t")))),
            ["mergeRouters"] => Some(router(call)),
            ["experimental_standaloneMiddleware"] => Some(Outcome::value(value(thing(OWNER, "middleware")))),
            _ => None,
        };
    }
    served(package, call)
}

fn t(loc: Loc) -> Value {
    let mut t = thing(OWNER, "t");
    t.made = Some(loc);
    value(t)
}

/// A method of `t`.
pub(super) fn of_t(method: &str, call: &Call<'_>) -> Option<Outcome> {
    match method {
        // Before `create` it is a builder, and after it has no such methods.
        "context" | "meta" => Some(Outcome::value(value(thing(OWNER, "t")))),
        "create" => Some(Outcome::value(t(call.loc))),
        "router" | "mergeRouters" => Some(router(call)),
        "middleware" => {
            let mut middleware = thing(OWNER, "middleware");
            push(&mut middleware, call.args.first()?, place(call));
            Some(Outcome::value(value(middleware)))
        }
        _ => None,
    }
}

/// A method of a procedure's or a middleware's builder. `at` is the builder.
pub(super) fn built(lib: &Lib, at: &Value, method: Name, call: &Call<'_>) -> Option<Outcome> {
    let mut own = Lib { path: std::sync::Arc::from([]), ..lib.clone() };
    let first = call.args.first();
    match method.as_str() {
        "use" | "unstable_pipe" | "pipe" | "create" => push(&mut own, first?, place(call)),
        "input" if own.kind == "procedure" => {
            let mut step = with(thing(OWNER, "input"), "value", first?.clone());
            step.made = Some(place(call));
            own.data.push((Name::new("step"), value(step)));
        }
        "output" => own = with(own, "output", first?.clone()),
        "meta" => own = with(own, "meta", first?.clone()),
        "concat" | "unstable_concat" => {
            let other = first?.as_lib()?;
            let more: Vec<(Name, Value)> = other.data.iter().filter(|(name, _)| *name == "step").cloned().collect();
            own.data.extend(more);
        }
        "query" | "mutation" | "subscription" if own.kind == "procedure" => {
            own.kind = Name::new("endpoint");
            own.made = Some(call.loc);
            own = with(with(own, "handler", first?.clone()), "type", Value::str(&method));
            own = with_place(own, place(call));
            return Some(Outcome::value(value(own)));
        }
        _ => return Some(Outcome::value(at.clone())),
    }
    Some(Outcome::value(value(own)))
}

/// Remembers where the handler stands.
fn with_place(lib: Lib, at: Loc) -> Lib {
    let mut mark = thing(OWNER, "place");
    mark.made = Some(at);
    with(lib, "place", value(mark))
}

fn place(call: &Call<'_>) -> Loc {
    call.arg_locs.first().copied().unwrap_or(call.loc)
}

/// Adds a middleware: a function, or what `t.middleware` made.
fn push(lib: &mut Lib, middleware: &Value, at: Loc) {
    if let Some(made) = middleware.as_lib().filter(|it| it.owner == OWNER && it.kind == "middleware") {
        let steps: Vec<(Name, Value)> = made.data.iter().filter(|(name, _)| *name == "step").cloned().collect();
        lib.data.extend(steps);
        return;
    }
    if may_run(middleware) {
        let mut step = with(thing(OWNER, "use"), "value", middleware.clone());
        step.made = Some(at);
        lib.data.push((Name::new("step"), value(step)));
    }
}

/// `router({ … })`, `mergeRouters(a, b)`: its endpoints by dotted name.
fn router(call: &Call<'_>) -> Outcome {
    let mut router = thing(OWNER, "router");
    router.made = Some(call.loc);
    for arg in call.args {
        collect(arg, "", 0, &mut router.data);
    }
    let router = value(router);
    let registration =
        Registration { on: router.clone(), method: Name::new("router"), args: Vec::new(), arg_locs: Vec::new(), loc: call.loc };
    Outcome { registers: Some(registration), ..Outcome::value(router) }
}

/// Deepest nesting of routers in one record.
const MOST_DEPTH: usize = 8;

fn collect(record: &Value, prefix: &str, depth: usize, into: &mut Vec<(Name, Value)>) {
    if depth > MOST_DEPTH {
        return;
    }
    let named = |name: &Name| if prefix.is_empty() { name.to_string() } else { format!("{prefix}.{name}") };
    match &record.shape {
        Shape::Object(object) => {
            for (name, field) in &object.fields {
                collect(field, &named(name), depth + 1, into);
            }
            for spread in &object.spreads {
                collect(spread, prefix, depth + 1, into);
            }
        }
        Shape::Lib(lib) if lib.owner == OWNER && lib.kind == "router" => {
            into.extend(lib.data.iter().map(|(name, endpoint)| (Name::new(&named(name)), endpoint.clone())));
        }
        Shape::Lib(lib) if lib.owner == OWNER && lib.kind == "endpoint" => into.push((Name::new(prefix), record.clone())),
        _ => {}
    }
}

/// An adapter gets a router and the making of its context.
fn served(package: &str, call: &Call<'_>) -> Option<Outcome> {
    let options = call.args.iter().find(|it| it.field("router").and_then(router_of).is_some())?;
    let mut server = with(thing(OWNER, "server"), "router", options.field("router")?.clone());
    for (from, to) in [("createContext", "context"), ("endpoint", "endpoint"), ("prefix", "endpoint")] {
        if let Some(value) = options.field(from) {
            server = with(server, to, value.clone());
        }
    }
    server = with(server, "adapter", Value::str(package));
    server.made = Some(call.loc);
    let server = value(server);
    let registration =
        Registration { on: server.clone(), method: Name::new("serve"), args: Vec::new(), arg_locs: Vec::new(), loc: call.loc };
    Some(Outcome { registers: Some(registration), ..Outcome::value(server) })
}

/// The router that a value is.
pub(super) fn router_of(value: &Value) -> Option<&Lib> {
    value.as_lib().filter(|lib| lib.owner == OWNER && lib.kind == "router")
}
