//! Apps and routers with what was registered on them, whoever registered it.

use rustc_hash::FxHashMap;

use super::paths::{PathText, paths};
use super::{OWNER, setup};
use crate::base::{FileId, Loc, Name};
use crate::frameworks::AppView;
use crate::frameworks::things::may_run;
use crate::values::{Lib, Origin, Registration, Shape, Value};

/// An app or router: where it was made, or the file whose functions got it as a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Id {
    /// `app` or `router`, and its maker's call.
    Made(Name, Option<Loc>),
    /// Of this file.
    Parameter(FileId),
}

/// An app or router and what was registered on it.
#[derive(Debug)]
pub(super) struct Router {
    pub id: Id,
    /// Its layers in the order of registration.
    pub layers: Vec<Layer>,
    /// What `param` set up: the parameter's name, the function, and where it stands.
    pub params: Vec<(Name, Value, Loc)>,
}

/// One registration.
#[derive(Debug)]
pub(super) enum Layer {
    /// `use`: functions and routers for every path below these.
    Use { paths: Vec<PathText>, parts: Vec<Part> },
    /// A verb: its functions, the handler last.
    Route { method: Name, paths: Vec<PathText>, steps: Vec<(Value, Loc)>, unread: bool, loc: Loc },
}

/// What `use` was given.
#[derive(Debug)]
pub(super) enum Part {
    /// A function.
    Link(Value, Loc),
    /// A router.
    Mount(Id),
    /// Something was spread in that could not be read.
    Unread,
}

/// Sorts registrations by what they were made on.
pub(super) fn collect(app: &AppView<'_>) -> Vec<Router> {
    let mut order: Vec<Id> = Vec::new();
    let mut by_id: FxHashMap<Id, Vec<(FileId, &Registration)>> = FxHashMap::default();
    for (file, registrations) in app.registrations {
        for registration in registrations {
            let Some(id) = registered_on(app, registration) else { continue };
            let known = by_id.entry(id).or_insert_with(|| {
                order.push(id);
                Vec::new()
            });
            // A set-up function that is called twice registers the same thing once.
            if !known.iter().any(|(_, other)| other.loc == registration.loc && *other == registration) {
                known.push((*file, registration));
            }
        }
    }
    let mut routers = Vec::new();
    for id in order {
        let mut registrations = by_id.remove(&id).unwrap_or_default();
        if let Id::Made(_, Some(made)) = id {
            // Whoever imports an app does so after its own file has run.
            registrations.sort_by_key(|(file, _)| *file != made.file);
        }
        let mut router = Router { id, layers: Vec::new(), params: Vec::new() };
        for (_, registration) in registrations {
            router.add(app, registration);
        }
        routers.push(router);
    }
    routers
}

fn registered_on(app: &AppView<'_>, registration: &Registration) -> Option<Id> {
    match &registration.on.shape {
        Shape::Lib(lib) if lib.owner == OWNER => router_id(lib),
        Shape::Unknown if looks_like_express(app, registration) => Some(Id::Parameter(registration.loc.file)),
        _ => None,
    }
}

fn router_id(lib: &Lib) -> Option<Id> {
    let is_router = lib.owner == OWNER && lib.path.is_empty() && matches!(lib.kind.as_str(), "app" | "router");
    is_router.then_some(Id::Made(lib.kind, lib.made))
}

/// Whether something unknown is an Express app: its file imports Express, or the project does and no other server is in it, and
/// the functions take what Express gives.
fn looks_like_express(app: &AppView<'_>, registration: &Registration) -> bool {
    const OTHERS: &[&str] = &["fastify", "koa", "@koa/router", "koa-router", "hono", "elysia", "itty-router", "restify", "polka"];
    let imports = |file: Option<FileId>, wanted: &[&str]| {
        let files = app.files.iter().filter(|(id, _, _)| file.is_none_or(|it| it == *id));
        files.flat_map(|(_, _, interface)| interface.specifiers.iter()).any(|it| wanted.contains(&&**it))
    };
    if registration.args.iter().any(|it| it.as_lib().is_some_and(|lib| lib.owner == OWNER)) {
        return true;
    }
    if imports(Some(registration.loc.file), &["express"]) {
        return true;
    }
    let takes = registration.args.last().and_then(|it| (app.arity)(it));
    imports(None, &["express"]) && !imports(None, OTHERS) && takes.is_none_or(|it| (2..=3).contains(&it))
}

impl Router {
    fn add(&mut self, app: &AppView<'_>, registration: &Registration) {
        let args: Vec<(&Value, Loc)> = registration
            .args
            .iter()
            .enumerate()
            .map(|(index, it)| (it, registration.arg_locs.get(index).copied().unwrap_or(registration.loc)))
            .collect();
        match registration.method.as_str() {
            "use" => {
                let (paths, rest) = match args.split_first() {
                    Some(((first, _), rest)) => match paths(first) {
                        Some(paths) => (paths, rest),
                        None => (vec![PathText::default()], args.as_slice()),
                    },
                    None => return,
                };
                let mut parts = Vec::new();
                for (value, loc) in rest {
                    flatten(app, value, *loc, &mut parts);
                }
                // A function under a path that takes no `next` cannot pass on: it is where a request ends.
                let ends = match parts.last() {
                    Some(Part::Link(value, _)) if value.as_lib().is_some_and(|lib| lib.kind == "server") => true,
                    Some(Part::Link(value, _)) if paths.iter().all(|it| !it.is_root()) => {
                        matches!((app.arity)(value), Some(1 | 2))
                    }
                    _ => false,
                };
                let last = if ends { parts.pop() } else { None };
                if !parts.is_empty() {
                    self.layers.push(Layer::Use { paths: paths.clone(), parts });
                }
                if let Some(Part::Link(handler, at)) = last {
                    let (method, loc) = (Name::new("all"), registration.loc);
                    self.layers.push(Layer::Route { method, paths, steps: vec![(handler, at)], unread: false, loc });
                }
            }
            "param" => {
                let [(name, _), (function, loc), ..] = args.as_slice() else { return };
                let names = match &name.shape {
                    Shape::Array(all) => all.to_vec(),
                    _ => vec![(*name).clone()],
                };
                let names = names.iter().filter_map(Value::as_str);
                self.params.extend(names.map(|name| (Name::new(name), (*function).clone(), *loc)));
            }
            verb if setup::is_verb(verb) => {
                let Some(((path, _), rest)) = args.split_first() else { return };
                let mut parts = Vec::new();
                for (value, loc) in rest {
                    flatten(app, value, *loc, &mut parts);
                }
                let unread = parts.iter().any(|it| matches!(it, Part::Unread));
                let steps: Vec<(Value, Loc)> = parts
                    .into_iter()
                    .filter_map(|part| match part {
                        Part::Link(value, loc) => Some((value, loc)),
                        Part::Mount(_) | Part::Unread => None,
                    })
                    .collect();
                if !steps.is_empty() {
                    let paths = paths(path).unwrap_or_else(|| vec![PathText::regex("…")]);
                    let loc = registration.loc;
                    self.layers.push(Layer::Route { method: registration.method, paths, steps, unread, loc });
                }
            }
            _ => {}
        }
    }

    /// Whether something was mounted on it of which nothing is known.
    pub(super) fn mounts_unknown(&self) -> bool {
        let unknown = |it: &Value| it.shape == Shape::Unknown && it.origin == Origin::Unknown;
        self.layers.iter().any(|layer| match layer {
            Layer::Use { parts, .. } => parts.iter().any(|part| match part {
                Part::Link(value, _) => unknown(value),
                Part::Unread => true,
                Part::Mount(_) => false,
            }),
            Layer::Route { .. } => false,
        })
    }
}

impl Layer {
    /// The routers that it mounts.
    pub(super) fn mounts(&self) -> Vec<Id> {
        match self {
            Layer::Use { parts, .. } => parts
                .iter()
                .filter_map(|part| match part {
                    Part::Mount(id) => Some(*id),
                    _ => None,
                })
                .collect(),
            Layer::Route { .. } => Vec::new(),
        }
    }
}

/// The functions and routers in an argument: arrays of any depth, alternatives, exports of a file.
fn flatten(app: &AppView<'_>, value: &Value, loc: Loc, into: &mut Vec<Part>) {
    match &value.shape {
        Shape::Array(all) => all.iter().for_each(|it| flatten(app, it, loc, into)),
        Shape::List(element) => {
            into.push(Part::Unread);
            if may_run(element) {
                into.push(Part::Link(element.clone(), loc));
            }
        }
        Shape::OneOf(all) if all.iter().any(|it| it.as_lib().and_then(router_id).is_some()) => {
            all.iter().for_each(|it| flatten(app, it, loc, into));
        }
        Shape::Lib(lib) => match router_id(lib) {
            Some(id) => into.push(Part::Mount(id)),
            // `require('./routes')` is what the file assigned to `module.exports`.
            None if lib.owner == "module" => {
                let exported = lib.made.and_then(|made| (app.export)(made.file, Name::new("default")));
                match exported {
                    Some((exported, _)) if exported != *value => flatten(app, &exported, loc, into),
                    _ => into.push(Part::Link(Value::unknown(), loc)),
                }
            }
            None => into.push(Part::Link(value.clone(), loc)),
        },
        // Four parameters: it is for errors only.
        _ if (app.arity)(value) == Some(4) => {}
        _ if may_run(value) => into.push(Part::Link(value.clone(), loc)),
        _ => {}
    }
}
