//! Set-up code: apps and routers are made, and routes, middlewares and mounts registered on them.

use super::OWNER;
use crate::base::Name;
use crate::frameworks::things::{Target, may_run, target, thing, value, with};
use crate::values::{Call, CallForm, Callback, CallbackResult, Facts, Origin, Outcome, Registration, Shape, Value};

/// Methods that register a route, as they are called.
const VERBS: &[&str] = &[
    "get",
    "post",
    "put",
    "patch",
    "delete",
    "head",
    "options",
    "all",
    "search",
    "purge",
    "copy",
    "lock",
    "unlock",
    "move",
    "mkcol",
    "propfind",
    "proppatch",
    "report",
    "merge",
    "trace",
    "connect",
    "link",
    "unlink",
    "notify",
    "subscribe",
    "unsubscribe",
    "checkout",
    "mkactivity",
    "m-search",
];

/// Whether a method of that name registers a route.
pub(super) fn is_verb(method: &str) -> bool {
    VERBS.contains(&method)
}

/// What an export of a package makes.
pub(super) fn made(package: Name, path: &[Name], call: &Call<'_>) -> Option<Outcome> {
    if call.form == CallForm::Tagged {
        return None;
    }
    let path: Vec<&str> = path.iter().map(|it| it.as_str()).collect();
    let made = |kind| {
        let mut lib = thing(OWNER, kind);
        lib.made = Some(call.loc);
        match call.args.first() {
            Some(options) => with(lib, "options", options.clone()),
            None => lib,
        }
    };
    let pass = |name: &str| with(made("middleware-pass"), "name", Value::str(name));
    let lib = match (package.as_str(), path.as_slice()) {
        ("express", []) => made("app"),
        ("express", ["Router"]) | ("router" | "express-promise-router", [] | ["Router"]) => made("router"),
        ("express" | "body-parser", [name @ ("json" | "urlencoded" | "raw" | "text")]) | ("express", [name @ "static"]) => {
            pass(name)
        }
        ("body-parser", []) => pass("json"),
        ("serve-static", []) => pass("static"),
        _ => return None,
    };
    Some(Outcome::value(value(lib)))
}

/// A method of an app, a router, or one of their routes. `at` is that thing.
pub(super) fn method(lib: &crate::values::Lib, at: &Value, method: Name, call: &Call<'_>) -> Option<Outcome> {
    let registration = |on: Value, args: Vec<Value>, arg_locs: Vec<crate::base::Loc>| Outcome {
        registers: Some(Registration { on, method, args, arg_locs, loc: call.loc }),
        ..Outcome::value(at.clone())
    };
    if lib.kind == "route" {
        let (parent, path) = (lib.get("parent")?, lib.get("path")?);
        if !is_verb(&method) {
            return None;
        }
        let args = std::iter::once(path.clone()).chain(call.args.iter().cloned()).collect();
        let locs = std::iter::once(call.loc).chain(call.arg_locs.iter().copied()).collect();
        return Some(registration(parent.clone(), args, locs));
    }
    match method.as_str() {
        "route" => {
            let mut route = with(thing(OWNER, "route"), "parent", at.clone());
            route = with(route, "path", call.args.first().cloned().unwrap_or_else(Value::unknown));
            route.made = Some(call.loc);
            Some(Outcome::value(value(route)))
        }
        // With a name alone it reads a setting.
        "get" if call.args.len() == 1 => Some(Outcome::value(Value::unknown())),
        "use" | "param" => Some(registration(at.clone(), call.args.to_vec(), call.arg_locs.to_vec())),
        verb if is_verb(verb) => Some(registration(at.clone(), call.args.to_vec(), call.arg_locs.to_vec())),
        "set" => Some(registration(at.clone(), call.args.to_vec(), call.arg_locs.to_vec())),
        "enable" | "disable" | "engine" => Some(Outcome::value(at.clone())),
        "listen" => {
            let function = call.args.last().filter(|it| matches!(it.shape, Shape::Closure(_)));
            let ready = |function: &Value| Callback {
                function: function.clone(),
                args: Vec::new(),
                result: CallbackResult::Ignored,
                under: Facts::none(),
                maybe: true,
            };
            Some(Outcome {
                value: Some(Value::unknown()),
                callbacks: function.map(ready).into_iter().collect(),
                ..Outcome::default()
            })
        }
        _ => None,
    }
}

/// A registration on something that is not known: an app that comes in as a parameter. Whether it is an app at all is decided
/// when routes are assembled, by what its file imports.
pub(super) fn on_unknown(call: &Call<'_>) -> Option<Outcome> {
    if !matches!(target(call), Target::Other) || call.callee.shape != Shape::Unknown || call.callee.origin != Origin::Unknown {
        return None;
    }
    let method = call.method?;
    let rest = call.args.get(1..).unwrap_or_default();
    let pathed = call.args.first().and_then(Value::as_str).is_some_and(|it| it.starts_with('/'));
    let function = |it: &Value| may_run(it) && it.shape != Shape::Unknown;
    let meant = match method.as_str() {
        "use" => call.args.iter().any(is_ours) || (pathed && rest.iter().any(function)),
        verb => is_verb(verb) && pathed && rest.iter().any(function),
    };
    meant.then(|| Outcome {
        registers: Some(Registration {
            on: call.callee.clone(),
            method,
            args: call.args.to_vec(),
            arg_locs: call.arg_locs.to_vec(),
            loc: call.loc,
        }),
        ..Outcome::value(Value::unknown())
    })
}

fn is_ours(value: &Value) -> bool {
    value.as_lib().is_some_and(|lib| lib.owner == OWNER && matches!(lib.kind.as_str(), "router" | "app" | "middleware-pass"))
}
