//! Routes from registrations: the mount graph is walked as a request would walk it.
//!
//! A router's layers are tried in the order of registration, whoever registered them. A middleware that lets pass stays in force
//! for whatever comes after it and lies under its path, also in routers that are mounted later.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::paths::{Covers, PathText, Reach, paths};
use super::{OWNER, setup};
use crate::base::{FileId, Loc, Name};
use crate::frameworks::things::{may_run, param_names};
use crate::frameworks::{AppView, Link, Route, Scope};
use crate::values::{Lib, Origin, Registration, Shape, Value};

/// More routes than this are a mistake of ours (routers mounted over and over).
const MOST_ROUTES: usize = 10_000;

/// An app or router: where it was made, or the file whose functions got it as a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Id {
    Made(Name, Option<Loc>),
    Parameter(FileId),
}

#[derive(Debug)]
struct Router {
    id: Id,
    layers: Vec<Layer>,
    params: Vec<(Name, Value, Loc)>,
}

#[derive(Debug)]
enum Layer {
    Use { paths: Vec<PathText>, parts: Vec<Part> },
    Route { method: Name, paths: Vec<PathText>, steps: Vec<(Value, Loc)>, unread: bool, loc: Loc },
}

#[derive(Debug)]
enum Part {
    Link(Value, Loc),
    Mount(Id),
    /// Something was spread in that could not be read.
    Unread,
}

/// The routes of all Express apps.
pub(super) fn routes(app: &AppView<'_>) -> Vec<Route> {
    let routers = collect(app);
    let index: FxHashMap<Id, usize> = routers.iter().enumerate().map(|(index, it)| (it.id, index)).collect();
    let mounts = |router: &Router| router.layers.iter().flat_map(Layer::mounts).collect::<Vec<_>>();
    let mounted: FxHashSet<Id> = routers.iter().flat_map(|it| mounts(it).into_iter().filter(|id| *id != it.id)).collect();
    let is_app = |id: Id| matches!(id, Id::Made(kind, _) if kind == "app");
    // A router that an unknown value could have mounted has guards that nobody sees.
    let somewhere = routers.iter().any(Router::mounts_unknown);
    let mut walk = Walk {
        routers: &routers,
        index: &index,
        active: Vec::new(),
        open: Vec::new(),
        routes: Vec::new(),
        replaced: FxHashSet::default(),
        unread: false,
    };
    let mut roots: Vec<usize> = (0..routers.len()).filter(|it| !mounted.contains(&routers[*it].id)).collect();
    roots.sort_by_key(|it| !is_app(routers[*it].id));
    for root in roots {
        let id = routers[root].id;
        walk.active.clear();
        walk.unread = match id {
            Id::Parameter(_) => true,
            id => !is_app(id) && somewhere,
        };
        walk.router(root, &PathText::default());
    }
    let replaced = walk.replaced;
    let kept = walk.routes.into_iter().enumerate().filter(|(index, _)| !replaced.contains(index));
    kept.map(|(_, route)| route).collect()
}

/// Sorts registrations by what they were made on.
fn collect(app: &AppView<'_>) -> Vec<Router> {
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
                self.layers.push(Layer::Use { paths, parts });
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
    fn mounts_unknown(&self) -> bool {
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
    fn mounts(&self) -> Vec<Id> {
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

struct Walk<'a> {
    routers: &'a [Router],
    index: &'a FxHashMap<Id, usize>,
    /// What a request has met so far.
    active: Vec<Active>,
    /// Routers being walked, outermost first.
    open: Vec<usize>,
    routes: Vec<Route>,
    /// Routes of `all` that turned out to be guards of later ones.
    replaced: FxHashSet<usize>,
    /// Something before this could not be read.
    unread: bool,
}

/// A function that lets requests to some paths pass.
#[derive(Clone, Debug)]
struct Active {
    paths: Arc<[PathText]>,
    reach: Reach,
    /// Where it belongs to a route: the route's method and index.
    of: Option<(Name, usize)>,
    /// `None` where something unreadable was registered.
    link: Option<Link>,
}

impl Walk<'_> {
    fn router(&mut self, at: usize, prefix: &PathText) {
        if self.open.contains(&at) {
            return;
        }
        self.open.push(at);
        let routers = self.routers;
        let router = &routers[at];
        for layer in &router.layers {
            match layer {
                Layer::Use { paths, parts } => self.used(router, paths, parts, prefix),
                Layer::Route { method, paths, steps, unread, loc } => {
                    for path in paths {
                        if self.routes.len() < MOST_ROUTES {
                            self.route(router, *method, path, prefix, steps, *unread, *loc);
                        }
                    }
                }
            }
        }
        self.open.pop();
    }

    fn used(&mut self, router: &Router, paths: &[PathText], parts: &[Part], prefix: &PathText) {
        let scope = match router.id {
            Id::Made(kind, _) if kind == "router" => Scope::Router,
            _ => Scope::App,
        };
        let whole: Arc<[PathText]> = paths.iter().map(|it| it.below(prefix)).collect();
        for (path, full) in paths.iter().zip(whole.iter()) {
            for link in param_links(router, path) {
                self.active.push(Active { paths: Arc::from([full.clone()]), reach: Reach::Below, of: None, link: Some(link) });
            }
        }
        for part in parts {
            let link = match part {
                Part::Mount(id) => {
                    if let Some(at) = self.index.get(id) {
                        whole.iter().for_each(|full| self.router(*at, full));
                    }
                    continue;
                }
                Part::Link(function, loc) => Some(Link { function: function.clone(), loc: *loc, scope }),
                Part::Unread => None,
            };
            self.active.push(Active { paths: whole.clone(), reach: Reach::Below, of: None, link });
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one layer")]
    fn route(
        &mut self,
        router: &Router,
        method: Name,
        path: &PathText,
        prefix: &PathText,
        steps: &[(Value, Loc)],
        unread: bool,
        loc: Loc,
    ) {
        let Some(((handler, handler_loc), before)) = steps.split_last() else { return };
        let full = path.below(prefix);
        let mut chain_unknown = unread || self.unread;
        let mut chain = Vec::new();
        for active in &self.active {
            let covers = match active.of {
                // A route's own functions are met by what it answers to and no more.
                Some((verb, _)) if verb != "all" && (verb != method || active.paths[0] != full) => continue,
                _ => {
                    let all = active.paths.iter().map(|it| it.covers(&full, active.reach));
                    all.fold(Covers::No, |sum, it| match (sum, it) {
                        (Covers::Yes, _) | (_, Covers::Yes) => Covers::Yes,
                        (Covers::Maybe, _) | (_, Covers::Maybe) => Covers::Maybe,
                        _ => Covers::No,
                    })
                }
            };
            match (covers, &active.link) {
                (Covers::No, _) => {}
                (Covers::Yes, Some(link)) => {
                    // The same guard before several routers of one path runs again and again, and says nothing new.
                    let again = |it: &Link| it.function == link.function && link.function.shape != Shape::Unknown;
                    if !chain.iter().any(again) {
                        chain.push(link.clone());
                    }
                    if let Some((verb, index)) = active.of {
                        if verb == "all" {
                            self.replaced.insert(index);
                        }
                    }
                }
                (Covers::Yes, None) | (Covers::Maybe, _) => chain_unknown = true,
            }
        }
        let index = self.routes.len();
        chain.extend(param_links(router, path));
        let own = |(function, loc): &(Value, Loc)| Link { function: function.clone(), loc: *loc, scope: Scope::Route };
        chain.extend(before.iter().map(own));
        let paths: Arc<[PathText]> = Arc::from([full.clone()]);
        let passes = steps.iter().map(|it| Active {
            paths: paths.clone(),
            reach: Reach::Exact,
            of: Some((method, index)),
            link: Some(own(it)),
        });
        self.active.extend(passes);
        let written = full.written();
        self.routes.push(Route {
            framework: Name::new(OWNER),
            methods: vec![if method == "all" { Name::new("*") } else { Name::new(&method.to_ascii_uppercase()) }],
            params: param_names(&written),
            path: written,
            file: loc.file,
            loc,
            chain,
            handler: handler.clone(),
            handler_loc: *handler_loc,
            chain_unknown,
            left_out_by: None,
        });
    }
}

/// What `param` set up for the parameters of a path; mounted routers do not inherit it.
fn param_links(router: &Router, path: &PathText) -> Vec<Link> {
    let wanted = router.params.iter().filter(|(name, _, _)| path.has_param(name));
    wanted.map(|(name, function, loc)| Link { function: function.clone(), loc: *loc, scope: Scope::Param(*name) }).collect()
}
