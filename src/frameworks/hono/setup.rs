//! Set-up code: apps are made, and routes, middlewares and mounts registered on them; functions of Hono's own packages.

use super::{OWNER, context, validation};
use crate::base::Name;
use crate::frameworks::things::{promise, thing, value, with};
use crate::frameworks::{web, workers};
use crate::values::{Call, CallForm, Callback, CallbackResult, Facts, Lib, Origin, Outcome, Registration, Shape, Value};

use super::paths::paths;

/// Methods that register a route for the HTTP method of their name.
const VERBS: [&str; 8] = ["get", "post", "put", "patch", "delete", "options", "head", "all"];

/// Whether a method of that name registers a route.
pub(super) fn is_verb(method: &str) -> bool {
    VERBS.contains(&method)
}

/// What an export of a package of Hono makes or does.
pub(super) fn made(package: &str, path: &[Name], call: &Call<'_>) -> Option<Outcome> {
    let path: Vec<&str> = path.iter().map(|it| it.as_str()).collect();
    let package = package.strip_prefix("@hono/").filter(|it| *it == "hono" || it.starts_with("hono/")).unwrap_or(package);
    let first = || call.args.first().cloned();
    match (package, path.as_slice()) {
        ("hono" | "hono/tiny" | "hono/quick", ["Hono"]) | ("@hono/zod-openapi", ["OpenAPIHono"]) => Some(app(call)),
        ("@hono/zod-openapi", ["createRoute"]) => first().map(Outcome::value),
        ("hono/factory" | "hono/helper", ["createMiddleware"]) => first().map(Outcome::value),
        ("hono/factory" | "hono/helper", ["createFactory" | "Factory"]) => Some(Outcome::value(value(thing(OWNER, "factory")))),
        ("hono/combine", ["every"]) => Some(Outcome::value(value(with(thing(OWNER, "every"), "parts", array(call.args))))),
        ("hono/combine", ["except"]) => {
            let (paths, parts) = call.args.split_first()?;
            Some(Outcome::value(value(with(with(thing(OWNER, "except"), "paths", paths.clone()), "parts", array(parts)))))
        }
        ("hono/cookie", [function]) => context::cookie(function, call),
        ("hono/adapter", ["env"]) => Some(Outcome::value(workers::env())),
        ("hono/streaming", ["stream" | "streamText" | "streamSSE"]) => {
            let function = call.args.get(1)?.clone();
            let (args, result) = (vec![context::stream()], CallbackResult::Ignored);
            let later = Callback { function, args, result, under: Facts::none(), maybe: true };
            let response = value(with(thing(web::OWNER, "response"), "body", Value::unknown()));
            Some(Outcome { callbacks: vec![later], ..Outcome::value(response) })
        }
        ("hono/http-exception", ["HTTPException"]) => Some(Outcome::value(Value::unknown())),
        ("@hono/node-server", ["serve"]) => Some(Outcome::value(Value::unknown())),
        ("hono/vercel" | "hono/aws-lambda" | "hono/netlify" | "hono/cloudflare-pages" | "hono/lambda-edge", ["handle"]) => {
            Some(Outcome::value(Value::unknown()))
        }
        (package, [function]) => validation::made(package, function, call),
        _ => None,
    }
}

fn array(values: &[Value]) -> Value {
    Value::with_origin(Shape::Array(values.into()), Origin::Literal)
}

fn app(call: &Call<'_>) -> Outcome {
    if call.form == CallForm::Tagged {
        return Outcome::default();
    }
    let mut lib = thing(OWNER, "app");
    lib.made = Some(call.loc);
    Outcome::value(value(lib))
}

/// A method of `createFactory()`.
pub(super) fn of_factory(method: &str, call: &Call<'_>) -> Option<Outcome> {
    match method {
        "createMiddleware" => call.args.first().cloned().map(Outcome::value),
        "createHandlers" => Some(Outcome::value(array(call.args))),
        "createApp" => Some(app(call)),
        _ => None,
    }
}

/// A method of an app. `at` is the app.
pub(super) fn method(lib: &Lib, at: &Value, method: &str, call: &Call<'_>) -> Option<Outcome> {
    let register = |args: Vec<Value>, arg_locs: Vec<crate::base::Loc>, back: Value| Outcome {
        registers: Some(Registration { on: at.clone(), method: Name::new(method), args, arg_locs, loc: call.loc }),
        ..Outcome::value(back)
    };
    let as_given = || register(call.args.to_vec(), call.arg_locs.to_vec(), at.clone());
    match method {
        "basePath" => {
            let below = call.args.first().and_then(Value::as_str).unwrap_or("…");
            let base = lib.get("base").and_then(Value::as_str).unwrap_or_default();
            let base = format!("{}/{}", base.trim_end_matches('/'), below.trim_start_matches('/'));
            Some(Outcome::value(value(with(lib.clone(), "base", Value::str(&base)))))
        }
        "on" | "route" | "mount" | "openapi" | "onError" => Some(as_given()),
        _ if method == "use" || is_verb(method) => {
            if let Some(path) = call.args.first().filter(|it| paths(it).is_some()) {
                let back = value(with(lib.clone(), "last", path.clone()));
                return Some(register(call.args.to_vec(), call.arg_locs.to_vec(), back));
            }
            // Without a path a middleware is for all of them, a handler for the path before.
            let path = match lib.get("last") {
                Some(path) if method != "use" => path.clone(),
                _ => Value::str("*"),
            };
            let args = std::iter::once(path).chain(call.args.iter().cloned()).collect();
            let locs = std::iter::once(call.loc).chain(call.arg_locs.iter().copied()).collect();
            Some(register(args, locs, at.clone()))
        }
        "notFound" | "doc" | "doc31" => Some(Outcome::value(at.clone())),
        "fire" => Some(Outcome::value(Value::nullish())),
        "fetch" | "request" => Some(Outcome::value(promise(Value::unknown()))),
        _ => None,
    }
}
