//! Remix 1 and 2, and React Router 7 and 8 in framework mode: loaders, actions and middleware of route modules.
//!
//! Kinds of its things: `context`, `key` (`createContext()`), `next`, `sessions` (data `forgeable`), `session` (data `forgeable`).
//!
//! **Invariant:** a parent's loader is no part of a child's chain, since the client chooses which loaders run; only middleware is.

mod files;
mod functions;
mod sessions;

use super::file_routes::{exported, goes_on, links, next, object, params, passed, route};
use super::things::{Target, request_path, target, thing, value, with};
use super::{AppView, Framework, Link, Returned, Route, Scope, file_routes, web};
use crate::base::{FileId, Name};
use crate::ir::Interface;
use crate::values::{Call, Lib, Outcome, Value};

/// The owner of its things.
const OWNER: &str = "remix";

/// Remix and React Router.
pub(super) struct Remix;

impl Framework for Remix {
    fn id(&self) -> &'static str {
        OWNER
    }

    fn call(&self, call: &Call<'_>) -> Option<Outcome> {
        match target(call) {
            Target::Package(package, path) => functions::call(&package, &path, call),
            Target::Thing { lib, method, .. } if lib.owner == OWNER => match (lib.kind.as_str(), method) {
                ("sessions", Some(method)) => sessions::storage_method(lib, &method, call),
                ("session", Some(method)) => sessions::session_method(lib, &method, call),
                ("next", None) => Some(goes_on()),
                _ => None,
            },
            _ => None,
        }
    }

    fn member(&self, lib: &Lib, name: Name) -> Option<Value> {
        match (lib.kind.as_str(), name.as_str()) {
            ("session", "id") => Some(Value::unknown()),
            ("session", "data") => Some(file_routes::locals(OWNER)),
            ("locals", _) => file_routes::unwritten(name),
            ("context", "get" | "set") => None,
            // What the server's adapter put there.
            ("context", _) if lib.path.is_empty() => Some(Value::unknown()),
            _ => None,
        }
    }

    fn routes(&self, app: &AppView<'_>) -> Vec<Route> {
        let modules = modules(app);
        modules.iter().flat_map(|module| module_routes(app, &modules, module)).collect()
    }

    fn arguments(&self, route: &Route, index: usize) -> Vec<Value> {
        let mut request = with(thing(web::OWNER, "request"), "path", request_path(route, "pathname", false));
        if route.methods.iter().any(|it| *it == "GET") {
            request = with(request, "method", Value::str("GET"));
        }
        let rest = route.path.ends_with("/*").then_some("*");
        let fields = [("request", value(request)), ("params", params(route, rest)), ("context", value(thing(OWNER, "context")))];
        let mut all = vec![object(&fields, true)];
        if index < route.chain.len() {
            all.push(next(OWNER));
        }
        all
    }

    fn returned(&self, route: &Route, index: usize, value: &Value) -> Returned {
        if index >= route.chain.len() { web::answer(value) } else { passed(value, Returned::GoesOn) }
    }
}

/// A route module.
struct Module<'a> {
    base: String,
    file: FileId,
    interface: &'a Interface,
    path: String,
    place: Place,
}

/// How its parents are known.
enum Place {
    /// By names in dots: parents have a name that this one begins with.
    Named(String),
    /// By the configuration: files of the parents, outermost first.
    Configured(Vec<FileId>),
}

fn modules<'a>(app: &AppView<'a>) -> Vec<Module<'a>> {
    let paths: Vec<(FileId, String, &Interface)> = app
        .files
        .iter()
        .filter_map(|(file, path, interface)| Some((*file, path.to_str()?.replace('\\', "/"), *interface)))
        .collect();
    let mut all: Vec<Module<'_>> = Vec::new();
    // Folders whose routes the configuration names, all of them.
    let mut closed: Vec<String> = Vec::new();
    for (file, path, interface) in &paths {
        let Some((folders, "routes")) = file_routes::split(path) else { continue };
        if folders.last() != Some(&"app") {
            continue;
        }
        let Some((config, _)) = exported(app, *file, interface, "default") else { continue };
        let base = folders.join("/");
        let (configured, whole) = files::configured(&config);
        let found: Vec<Option<(FileId, &Interface)>> = configured
            .iter()
            .map(|it| {
                let wanted = files::below(&base, it.file.trim_start_matches("./"));
                let is_it = |path: &str| {
                    let rest = path.strip_prefix(wanted.trim_start_matches('/'));
                    rest.is_some_and(|rest| rest.is_empty() || (rest.starts_with('.') && !rest.contains('/')))
                };
                paths.iter().find(|(_, path, _)| is_it(path)).map(|(file, _, interface)| (*file, *interface))
            })
            .collect();
        if whole {
            closed.push(base.clone());
        }
        for (entry, found_here) in configured.iter().zip(&found) {
            let Some((file, interface)) = *found_here else { continue };
            let parents = entry.parents.iter().filter_map(|it| found.get(*it).copied().flatten()).map(|(file, _)| file);
            let place = Place::Configured(parents.collect());
            all.push(Module { base: base.clone(), file, interface, path: entry.path.clone(), place });
        }
    }
    for (file, path, interface) in &paths {
        let Some(named) = files::named(path) else { continue };
        let is_root = named.id.is_empty();
        if all.iter().any(|it| it.file == *file) || (!is_root && closed.contains(&named.base)) {
            continue;
        }
        all.push(Module { base: named.base, file: *file, interface, path: named.path, place: Place::Named(named.id) });
    }
    all
}

/// The routes of a module: its loader and its action.
fn module_routes(app: &AppView<'_>, modules: &[Module<'_>], module: &Module<'_>) -> Vec<Route> {
    let chain = chain(app, modules, module);
    // An action answers to every method but GET and HEAD; POST stands for them.
    let made = [("loader", "GET"), ("action", "POST")].into_iter().filter_map(|(name, method)| {
        let handler = exported(app, module.file, module.interface, name)?;
        Some(Route { chain: chain.clone(), ..route(OWNER, &[method], module.path.clone(), module.file, handler) })
    });
    made.collect()
}

/// The middleware of a module and of its parents, outermost first.
fn chain(app: &AppView<'_>, modules: &[Module<'_>], module: &Module<'_>) -> Vec<Link> {
    let mut parents: Vec<&Module<'_>> = modules.iter().filter(|it| it.base == module.base && is_parent(it, module)).collect();
    parents.sort_by_key(|it| match (&module.place, &it.place) {
        (Place::Configured(files), _) => files.iter().position(|file| *file == it.file).map_or(0, |at| at + 1),
        (_, Place::Named(id)) => id.len(),
        (_, Place::Configured(_)) => 0,
    });
    let own = std::iter::once(module);
    let all = parents.into_iter().chain(own).flat_map(|it| {
        let exported = ["middleware", "unstable_middleware"].iter().find_map(|name| exported(app, it.file, it.interface, name));
        exported.map_or_else(Vec::new, |(value, loc)| links(&value, OWNER, loc, Scope::Router))
    });
    all.collect()
}

fn is_parent(parent: &Module<'_>, child: &Module<'_>) -> bool {
    if parent.file == child.file {
        return false;
    }
    let is_root = matches!(&parent.place, Place::Named(id) if id.is_empty());
    match (&parent.place, &child.place) {
        _ if is_root => true,
        (_, Place::Configured(files)) => files.contains(&parent.file),
        (Place::Named(id), Place::Named(name)) => name.strip_prefix(id.as_str()).is_some_and(|it| it.starts_with('.')),
        (Place::Configured(_), Place::Named(_)) => false,
    }
}

#[cfg(test)]
mod tests;
