//! Set-up code: apps and routers are made, and routes, middlewares and mounts registered on them.

use super::OWNER;
use crate::base::Name;
use crate::frameworks::things::{Target, target, thing, value, with};
use crate::values::{Call, CallForm, Callback, CallbackResult, Facts, Lib, Outcome, Registration, Shape, Value};

/// Methods that register a route, as they are called.
const VERBS: &[&str] = &["get", "post", "put", "patch", "delete", "del", "head", "options", "all", "link", "unlink", "search"];

/// Whether a method of that name registers a route.
pub(super) fn is_verb(method: &str) -> bool {
    VERBS.contains(&method)
}

/// What an export of a package makes.
pub(super) fn made(call: &Call<'_>) -> Option<Outcome> {
    let Target::Package(package, path) = target(call) else { return None };
    if call.form == CallForm::Tagged {
        return None;
    }
    let path: Vec<&str> = path.iter().map(|it| it.as_str()).collect();
    let first = || call.args.first().cloned().unwrap_or_else(Value::nullish);
    let mut lib = match (package.as_str(), path.as_slice()) {
        ("koa", [] | ["Koa"]) => thing(OWNER, "app"),
        ("@koa/router" | "koa-router", [] | ["Router"]) => with(thing(OWNER, "router"), "options", first()),
        ("koa-compose", []) => with(thing(OWNER, "composed"), "functions", first()),
        ("koa-mount", []) => match call.args {
            [path, inner, ..] => with(with(thing(OWNER, "mount"), "path", path.clone()), "inner", inner.clone()),
            [inner] => with(with(thing(OWNER, "mount"), "path", Value::str("/")), "inner", inner.clone()),
            [] => return None,
        },
        _ => return None,
    };
    lib.made = Some(call.loc);
    Some(Outcome::value(value(lib)))
}

/// A method of an app or router. `at` is that thing.
pub(super) fn method(lib: &Lib, at: &Value, method: Name, call: &Call<'_>) -> Option<Outcome> {
    let registers = || Outcome {
        registers: Some(Registration {
            on: at.clone(),
            method,
            args: call.args.to_vec(),
            arg_locs: call.arg_locs.to_vec(),
            loc: call.loc,
        }),
        ..Outcome::value(at.clone())
    };
    let is_router = lib.kind == "router";
    Some(match method.as_str() {
        "use" => registers(),
        "prefix" | "param" | "register" if is_router => registers(),
        verb if is_router && is_verb(verb) => registers(),
        "routes" | "middleware" | "redirect" if is_router => Outcome::value(at.clone()),
        "allowedMethods" if is_router => Outcome::value(value(thing(OWNER, "pass"))),
        "on" | "onerror" if !is_router => Outcome::value(at.clone()),
        "listen" if !is_router => {
            let function = call.args.last().filter(|it| matches!(it.shape, Shape::Closure(_)));
            let ready = |function: &Value| Callback {
                function: function.clone(),
                args: Vec::new(),
                result: CallbackResult::Ignored,
                under: Facts::none(),
                maybe: true,
            };
            Outcome { callbacks: function.map(ready).into_iter().collect(), ..Outcome::value(Value::unknown()) }
        }
        "callback" if !is_router => Outcome::value(Value::unknown()),
        _ => return None,
    })
}

/// A middleware that leaves some paths out (`jwt({ … }).unless({ path: ['/login'] })`).
pub(super) fn unless(call: &Call<'_>) -> Option<Outcome> {
    let Target::Thing { lib, at, method: Some(method) } = target(call) else { return None };
    if lib.owner != crate::catalog::OWNER || lib.kind != "middleware" || method != "unless" {
        return None;
    }
    let mut made = with(thing(OWNER, "unless"), "function", at);
    made = with(made, "options", call.args.first().cloned().unwrap_or_else(Value::nullish));
    made.made = Some(call.loc);
    Some(Outcome::value(value(made)))
}
