//! Routes from registrations: the mount graph is walked as a request would walk it.
//!
//! A router's layers are tried in the order of registration, whoever registered them. A middleware that lets pass stays in force
//! for whatever comes after it and lies under its path, also in routers that are mounted later.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::OWNER;
use super::paths::{Covers, PathText, Reach};
use super::routers::{Id, Layer, Part, Router, collect};
use crate::base::{Loc, Name};
use crate::frameworks::things::{param_names, thing, value, with};
use crate::frameworks::{AppView, Link, Route, Scope};
use crate::values::{Shape, Value};

/// More routes than this are a mistake of ours (routers mounted over and over).
const MOST_ROUTES: usize = 10_000;

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
    let parser = flat_query(app).then(|| value(with(thing(OWNER, "middleware-pass"), "inert", Value::str("query"))));
    let parsed = |mut route: Route| {
        let link = parser.iter().map(|it| Link { function: it.clone(), loc: route.loc, scope: Scope::App });
        route.chain.splice(0..0, link.collect::<Vec<_>>());
        route
    };
    kept.map(|(_, route)| parsed(route)).collect()
}

/// Whether the query string is read without objects: what version 5 does, and 4 if it is told to. Without a version nothing is said
/// against it.
fn flat_query(app: &AppView<'_>) -> bool {
    let registrations = app.registrations.iter().flat_map(|(_, it)| it);
    let mut set =
        registrations.filter(|it| it.method == "set" && it.args.first().and_then(Value::as_str) == Some("query parser"));
    match set.next().and_then(|it| it.args.get(1)) {
        Some(value) => matches!(value.shape, Shape::Bool(false)) || value.as_str() == Some("simple"),
        None => (app.major)("express").is_none_or(|it| it >= 5),
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
                    if let Some((verb, index)) = active.of
                        && verb == "all"
                    {
                        self.replaced.insert(index);
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
