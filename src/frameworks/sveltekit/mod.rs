//! SvelteKit 2 and 3: `+server`, loads and actions of pages, loads of layouts, remote functions, and the `handle` before them all.
//!
//! Kinds of its things: `locals`, `next` (`resolve`), `sequence`, `parent` (what loads above gave), `remote` (data `kind`,
//! `function`, `schema`).
//!
//! **Invariant:** a layout's load is no part of a page's chain: loads run side by side, and actions and `+server` without them.

mod files;
mod functions;

use super::file_routes::{exported, goes_on, links, locals, next, object, params, passed, route, unwritten};
use super::things::{Target, client_string, promise, request_method, request_path, target, thing, value, with};
use super::{AppView, Framework, Link, Returned, Route, Scope, web};
use crate::base::{Loc, Name};
use crate::values::{Call, Lib, Outcome, Part, Shape, Value};
use files::FileKind;

/// The owner of its things.
const OWNER: &str = "sveltekit";

/// What `+server` may export.
const METHODS: [(&str, &str); 8] = [
    ("GET", "GET"),
    ("POST", "POST"),
    ("PUT", "PUT"),
    ("PATCH", "PATCH"),
    ("DELETE", "DELETE"),
    ("HEAD", "HEAD"),
    ("OPTIONS", "OPTIONS"),
    ("fallback", "*"),
];

/// SvelteKit.
pub(super) struct SvelteKit;

impl Framework for SvelteKit {
    fn id(&self) -> &'static str {
        OWNER
    }

    fn call(&self, call: &Call<'_>) -> Option<Outcome> {
        match target(call) {
            Target::Package(package, path) => functions::call(&package, &path, call),
            Target::Thing { lib, method, .. } if lib.owner == OWNER => match (lib.kind.as_str(), method) {
                ("next", None) => Some(goes_on()),
                ("remote", None) => Some(functions::run_remote(lib, call)),
                ("parent", None) => Some(Outcome::value(promise(locals(OWNER)))),
                ("locals", Some(method)) => functions::on_locals(&method),
                _ => None,
            },
            _ => None,
        }
    }

    fn member(&self, lib: &Lib, name: Name) -> Option<Value> {
        if lib.kind != "locals" || !lib.path.is_empty() || functions::on_locals(&name).is_some() {
            return None;
        }
        unwritten(name)
    }

    fn routes(&self, app: &AppView<'_>) -> Vec<Route> {
        routes(app)
    }

    fn arguments(&self, route: &Route, index: usize) -> Vec<Value> {
        let event = event(Some(route));
        if index < route.chain.len() {
            return vec![object(&[("event", event), ("resolve", next(OWNER))], false)];
        }
        if !route.path.starts_with(REMOTE) {
            return vec![event];
        }
        let part = if route.path.ends_with(FORM) { Part::Form } else { Part::Argument };
        vec![Value::client(part, &[])]
    }

    fn returned(&self, route: &Route, index: usize, value: &Value) -> Returned {
        // Without an answer nothing is sent: a `handle` must answer or go on.
        if index < route.chain.len() { passed(value, Returned::Nothing) } else { web::answer(value) }
    }
}

/// What a handler gets; without a route, where code asks for the event of whatever runs.
fn event(route: Option<&Route>) -> Value {
    let mut request = thing(web::OWNER, "request");
    let mut url = with(thing(web::OWNER, "url"), "source", client_string(Part::Request, &[Name::new("url")]));
    let mut fields = vec![("cookies", value(thing(web::OWNER, "cookies"))), ("locals", locals(OWNER))];
    if let Some(route) = route {
        // The path that a remote function sees is what the client says.
        if !route.path.starts_with(REMOTE) {
            url = with(url, "path", request_path(route, "pathname", false));
        }
        if let Some(method) = request_method(route) {
            request = with(request, "method", method);
        }
        fields.push(("params", params(route, None)));
        fields.push(("parent", value(thing(OWNER, "parent"))));
    }
    fields.push(("request", value(request)));
    fields.push(("url", value(url)));
    fields.push(("fetch", Value::of(Shape::Builtin([Name::new("fetch")].into()))));
    object(&fields, true)
}

/// Where remote functions are.
const REMOTE: &str = "/_app/remote/";

/// The end of the paths of remote forms.
const FORM: &str = "?form";

fn routes(app: &AppView<'_>) -> Vec<Route> {
    let mut found: Vec<(String, Route)> = Vec::new();
    let mut hooks: Vec<(String, Vec<Link>)> = Vec::new();
    for (file, path, interface) in app.files {
        let Some(path) = path.to_str() else { continue };
        let Some(kind) = files::kind(&path.replace('\\', "/")) else { continue };
        let export = |name: &str| exported(app, *file, interface, name);
        match kind {
            FileKind::Server { base, path } => {
                let handlers = METHODS.iter().filter_map(|(name, method)| Some((method, export(name)?)));
                found.extend(handlers.map(|(method, it)| (base.clone(), route(OWNER, &[method], path.clone(), *file, it))));
            }
            FileKind::Page { base, path } => {
                let load = export("load").map(|it| route(OWNER, &["GET"], path.clone(), *file, it));
                found.extend(load.map(|it| (base.clone(), it)));
                for (name, handler) in export("actions").into_iter().flat_map(actions) {
                    let path = if name == "default" { path.clone() } else { format!("{path}?/{name}") };
                    found.push((base.clone(), route(OWNER, &["POST"], path, *file, handler)));
                }
            }
            FileKind::Layout { base, path } => {
                found.extend(export("load").map(|it| (base, route(OWNER, &["GET"], path, *file, it))));
            }
            FileKind::Hooks { base } => {
                if let Some((handle, loc)) = export("handle") {
                    hooks.push((base, links(&handle, OWNER, loc, Scope::App)));
                }
            }
            FileKind::Remote { base, name } => {
                for (exported, _) in &interface.exports {
                    let made = export(exported).and_then(|(value, loc)| remote(&value, loc, &name, exported));
                    let made = made.map(|(methods, path, it)| route(OWNER, &[methods], path, *file, it));
                    found.extend(made.map(|it| (base.clone(), it)));
                }
            }
        }
    }
    for (base, route) in &mut found {
        let chain = hooks.iter().find(|(of, _)| of == base);
        route.chain = chain.map(|(_, links)| links.clone()).unwrap_or_default();
    }
    found.into_iter().map(|(_, route)| route).collect()
}

/// The actions of a page.
fn actions((actions, loc): (Value, Loc)) -> Vec<(Name, (Value, Loc))> {
    let Some(all) = actions.as_object() else { return Vec::new() };
    all.fields.iter().map(|(name, action)| (*name, (action.clone(), all.loc_of(name).unwrap_or(loc)))).collect()
}

/// The endpoint of a remote function.
fn remote(made: &Value, loc: Loc, file: &str, name: &str) -> Option<(&'static str, String, (Value, Loc))> {
    let lib = made.as_lib().filter(|it| it.owner == OWNER && it.kind == "remote")?;
    let kind = lib.get("kind")?.as_str()?;
    let (method, end) = match kind {
        "query" => ("GET", ""),
        "form" => ("POST", FORM),
        _ => ("POST", ""),
    };
    Some((method, format!("{REMOTE}{file}/{name}{end}"), (made.clone(), loc)))
}

#[cfg(test)]
mod tests;
