//! `Deno.serve`, `Bun.serve` and the servers of Deno's older standard library: Supabase's edge functions and their like.
//!
//! Kinds of its things: `server` (what a handler is registered on), `info` (of the connection).
//!
//! **Invariant:** a file below `supabase/functions` is the route of its folder, whatever its code says of paths.

use super::things::{Target, request_method, target, thing, value, with};
use super::workers::{request_url, split};
use super::{AppView, Framework, Returned, Route, web};
use crate::base::Name;
use crate::values::{Call, Lib, Origin, Outcome, Registration, Shape, Truth, Value};

/// The owner of its things.
const OWNER: &str = "deno";

/// Where Supabase serves its functions.
const FUNCTIONS: &str = "/functions/v1";

/// Deno, and Bun's server.
pub(super) struct Deno;

impl Framework for Deno {
    fn id(&self) -> &'static str {
        OWNER
    }

    fn call(&self, call: &Call<'_>) -> Option<Outcome> {
        let serves = match target(call) {
            Target::Runtime(path) => {
                let path: Vec<&str> = path.iter().map(|it| it.as_str()).collect();
                match path.as_slice() {
                    ["Deno" | "Bun", "serve"] => true,
                    // A setting of the server, as `process.env.X` is.
                    ["Deno", "env", "get"] => {
                        let name = call.args.first().and_then(Value::as_str).unwrap_or("*");
                        return Some(Outcome::value(Value::new(Shape::Unknown, Origin::Env(Name::new(name)), Truth::default())));
                    }
                    ["EdgeRuntime", "waitUntil"] => return Some(Outcome::value(Value::nullish())),
                    _ => false,
                }
            }
            Target::Package(package, path) => {
                let last = path.last().map(|it| it.as_str());
                let server =
                    package.trim_end_matches(".ts").ends_with("http/server") || matches!(package.as_str(), "@std/http" | "bun");
                server && last == Some("serve")
            }
            _ => false,
        };
        if !serves {
            return None;
        }
        let registration = Registration {
            on: value(thing(OWNER, "server")),
            method: Name::new("serve"),
            args: call.args.to_vec(),
            arg_locs: call.arg_locs.to_vec(),
            loc: call.loc,
        };
        Some(Outcome { registers: Some(registration), ..Outcome::value(Value::unknown()) })
    }

    fn member(&self, _lib: &Lib, _name: Name) -> Option<Value> {
        None
    }

    fn routes(&self, app: &AppView<'_>) -> Vec<Route> {
        routes(app)
    }

    fn arguments(&self, route: &Route, _index: usize) -> Vec<Value> {
        let mut request = thing(web::OWNER, "request");
        if let Some(method) = request_method(route) {
            request = with(request, "method", method);
        }
        // A function's own path may be called with anything below it.
        let below = match route.path.strip_prefix(FUNCTIONS) {
            Some(path) => path.get(1..).is_some_and(|it| it.contains('/')).then_some(path),
            None => Some(route.path.as_str()),
        };
        if let Some(url) = below.and_then(request_url) {
            request = with(request, "url", url);
        }
        vec![value(request), value(thing(OWNER, "info"))]
    }

    fn returned(&self, _route: &Route, _index: usize, value: &Value) -> Returned {
        web::answer(value)
    }
}

fn routes(app: &AppView<'_>) -> Vec<Route> {
    let mut routes = Vec::new();
    for (file, registrations) in app.registrations {
        let path = app.files.iter().find(|(id, _, _)| id == file).and_then(|(_, path, _)| path.to_str());
        let name = path.and_then(function_name);
        for registration in registrations.iter().filter(|it| it.on.as_lib().is_some_and(|lib| lib.owner == OWNER)) {
            for (handler, loc, at) in handlers(registration) {
                let path = match (&name, &at) {
                    (_, Some(path)) => path.clone(),
                    (Some(name), None) => format!("{FUNCTIONS}/{name}"),
                    (None, None) => "*".to_owned(),
                };
                let route = Route {
                    framework: Name::new(OWNER),
                    methods: vec![Name::new("*")],
                    params: super::things::param_names(&path),
                    path,
                    file: registration.loc.file,
                    loc: registration.loc,
                    chain: Vec::new(),
                    handler,
                    handler_loc: loc,
                    chain_unknown: false,
                    left_out_by: None,
                };
                let split = if at.is_some() { vec![route] } else { split(app, route) };
                routes.extend(split.into_iter().map(|mut it| {
                    if name.is_some() && !it.path.starts_with(FUNCTIONS) {
                        it.path = format!("{FUNCTIONS}{}", it.path);
                    }
                    it
                }));
            }
        }
    }
    routes
}

/// The function that a file below `supabase/functions` is the entry of.
fn function_name(path: &str) -> Option<String> {
    let folders: Vec<&str> = path.split(['/', '\\']).collect();
    let at = folders.windows(2).position(|it| it == ["supabase", "functions"])?;
    let name = folders.get(at + 2).filter(|it| !it.starts_with('_') && folders.len() > at + 3)?;
    Some((*name).to_owned())
}

/// The handlers of a server: the function that is given, or those of its options; with the path where it has one.
fn handlers(registration: &Registration) -> Vec<(Value, crate::base::Loc, Option<String>)> {
    let mut found = Vec::new();
    for (index, given) in registration.args.iter().enumerate() {
        let loc = registration.arg_locs.get(index).copied().unwrap_or(registration.loc);
        match &given.shape {
            Shape::Closure(_) => found.push((given.clone(), loc, None)),
            // A function that a library wrapped, but not an app of a framework, which has its own routes.
            Shape::Lib(lib) if lib.owner == "catalog" || lib.owner == "unknown" => found.push((given.clone(), loc, None)),
            Shape::Object(options) => {
                for key in ["handler", "fetch"] {
                    if let Some(function) = options.get(key).filter(|it| matches!(it.shape, Shape::Closure(_))) {
                        found.push((function.clone(), options.loc_of(key).unwrap_or(loc), None));
                    }
                }
                for (path, handler) in options.get("routes").and_then(Value::as_object).iter().flat_map(|it| &it.fields) {
                    match &handler.shape {
                        Shape::Closure(_) => found.push((handler.clone(), loc, Some(path.as_str().to_owned()))),
                        Shape::Object(methods) => {
                            for (_, function) in methods.fields.iter().filter(|(_, it)| matches!(it.shape, Shape::Closure(_))) {
                                found.push((function.clone(), loc, Some(path.as_str().to_owned())));
                            }
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frameworks::testing::{Project, function, import, line, method, object, runtime};

    #[test]
    fn a_file_below_functions_is_the_route_of_its_folder() {
        let mut p = Project::default();
        p.file("supabase/functions/send-mail/index.ts", &[]);
        p.file("server.ts", &[]);
        p.file("old/supabase/functions/hook/index.ts", &[]);
        p.call(0, &runtime(&["Deno"]), Some("serve"), &[function(1)]);
        p.call(1, &runtime(&["Bun"]), Some("serve"), &[object(&[("fetch", function(2))])]);
        p.call(2, &import("std/http/server.ts", &["serve"]), None, &[function(3)]);
        let lines: Vec<String> = p.routes(&Deno).iter().map(line).collect();
        assert_eq!(lines, ["* /functions/v1/send-mail [] 1", "* * [] 2", "* /functions/v1/hook [] 3"]);
    }

    #[test]
    fn a_setting_is_the_servers() {
        let read = method(&runtime(&["Deno", "env"]), "get", &[Value::str("SERVICE_KEY")]);
        assert_eq!(read.value.map(|it| it.origin.clone()), Some(Origin::Env(Name::new("SERVICE_KEY"))));
    }

    #[test]
    fn other_servers_are_left_alone() {
        let mut p = Project::default();
        p.file("server.ts", &[]);
        p.call(0, &import("@hono/node-server", &["serve"]), None, &[function(1)]);
        p.call(0, &runtime(&["Deno"]), Some("env"), &[function(1)]);
        assert!(p.routes(&Deno).is_empty());
    }
}
