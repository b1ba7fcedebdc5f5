//! Routes from registrations: one flat list of handlers in the order of registration, of which a request meets those that match.

use rustc_hash::{FxHashMap, FxHashSet};

use super::OWNER;
use super::paths::{Covers, PathText};
use super::routers::{App, Id, Layer, Step, collect, mounted};
use crate::base::{Loc, Name};
use crate::frameworks::things::param_names;
use crate::frameworks::{AppView, Link, Route, Scope};
use crate::values::Shape;

/// More routes than this are a mistake of ours (apps mounted over and over).
const MOST_ROUTES: usize = 10_000;

/// The routes of all Hono apps.
pub(super) fn routes(app: &AppView<'_>) -> Vec<Route> {
    let apps = collect(app);
    let index: FxHashMap<&Id, usize> = apps.iter().enumerate().map(|(index, it)| (&it.id, index)).collect();
    let below: FxHashSet<&Id> = mounted(&apps).filter(|(above, below)| above != below).map(|(_, below)| below).collect();
    let mut walk = Walk {
        view: app,
        apps: &apps,
        index: &index,
        active: Vec::new(),
        open: Vec::new(),
        routes: Vec::new(),
        replaced: FxHashSet::default(),
    };
    for root in (0..apps.len()).filter(|it| !below.contains(&apps[*it].id)) {
        walk.active.clear();
        walk.app(root, &PathText::default());
    }
    let replaced = walk.replaced;
    walk.routes.into_iter().enumerate().filter(|(index, _)| !replaced.contains(index)).map(|(_, route)| route).collect()
}

struct Walk<'a> {
    view: &'a AppView<'a>,
    apps: &'a [App],
    index: &'a FxHashMap<&'a Id, usize>,
    /// What requests have met so far.
    active: Vec<Active>,
    /// Apps being walked, outermost first.
    open: Vec<usize>,
    routes: Vec<Route>,
    /// Routes for every method that turned out to be guards of later ones.
    replaced: FxHashSet<usize>,
}

/// A function that lets requests to a path pass.
struct Active {
    path: PathText,
    step: Step,
    scope: Scope,
    /// Where it belongs to a route: its methods and its index.
    of: Option<(Vec<Name>, usize)>,
}

/// A chain while it is put together.
#[derive(Default)]
struct Chain {
    links: Vec<Link>,
    unknown: bool,
}

impl Chain {
    fn add(&mut self, step: &Step, scope: Scope, route: &PathText) {
        match step {
            Step::Link(function, loc) => {
                // The same guard on two patterns runs twice and says nothing new.
                let again = |it: &Link| it.function == *function && function.shape != Shape::Unknown;
                if !self.links.iter().any(again) {
                    self.links.push(Link { function: function.clone(), loc: *loc, scope });
                }
            }
            Step::Unless(paths, steps) => match covered(paths, route) {
                Covers::Yes => {}
                Covers::No => steps.iter().for_each(|it| self.add(it, scope, route)),
                Covers::Maybe => self.unknown = true,
            },
            Step::Unread => self.unknown = true,
        }
    }
}

fn covered(paths: &[PathText], route: &PathText) -> Covers {
    paths.iter().map(|it| it.covers(route)).fold(Covers::No, |sum, it| match (sum, it) {
        (Covers::Yes, _) | (_, Covers::Yes) => Covers::Yes,
        (Covers::Maybe, _) | (_, Covers::Maybe) => Covers::Maybe,
        _ => Covers::No,
    })
}

impl Walk<'_> {
    fn app(&mut self, at: usize, prefix: &PathText) {
        if self.open.contains(&at) {
            return;
        }
        let scope = if self.open.is_empty() { Scope::App } else { Scope::Router };
        self.open.push(at);
        let apps = self.apps;
        for layer in &apps[at].layers {
            match layer {
                Layer::Use { paths, steps } => {
                    for path in paths {
                        let path = path.below(prefix);
                        self.active.extend(steps.iter().map(|it| Active {
                            path: path.clone(),
                            step: it.clone(),
                            scope,
                            of: None,
                        }));
                    }
                }
                Layer::Mount { path, app } => {
                    if let Some(at) = self.index.get(app) {
                        self.app(*at, &path.below(prefix));
                    }
                }
                Layer::Route { methods, paths, steps, loc } => {
                    for path in paths {
                        if self.routes.len() < MOST_ROUTES {
                            self.route(methods, path.below(prefix), steps, *loc);
                        }
                    }
                }
            }
        }
        self.open.pop();
    }

    fn route(&mut self, methods: &[Name], full: PathText, steps: &[Step], loc: Loc) {
        let Some((Step::Link(handler, handler_loc), before)) = steps.split_last() else { return };
        let mut chain = Chain::default();
        for active in &self.active {
            let any = |it: &[Name]| it.iter().any(|it| *it == "*");
            if let Some((theirs, _)) = &active.of
                && !any(theirs)
                && !methods.iter().all(|it| theirs.contains(it))
            {
                continue;
            }
            match active.path.covers(&full) {
                Covers::No => {}
                Covers::Yes => {
                    chain.add(&active.step, active.scope, &full);
                    if let Some((theirs, index)) = &active.of
                        && any(theirs)
                    {
                        self.replaced.insert(*index);
                    }
                }
                // A handler for some of the requests has its own route; a middleware may be the guard.
                Covers::Maybe => chain.unknown |= active.of.is_none(),
            }
        }
        before.iter().for_each(|it| chain.add(it, Scope::Route, &full));
        // A handler that takes `next` may hand on to later ones of the same path.
        let hands_on = |step: &&Step| match step {
            Step::Link(function, _) => (self.view.arity)(function).is_some_and(|it| it >= 2),
            _ => false,
        };
        if steps.iter().all(|it| hands_on(&it)) {
            let index = self.routes.len();
            let of = Some((methods.to_vec(), index));
            let passes = |it: &Step| Active { path: full.clone(), step: it.clone(), scope: Scope::Route, of: of.clone() };
            let passes: Vec<Active> = steps.iter().map(passes).collect();
            self.active.extend(passes);
        }
        let written = full.written();
        self.routes.push(Route {
            framework: Name::new(OWNER),
            methods: methods.to_vec(),
            params: param_names(&written),
            path: written,
            file: loc.file,
            loc,
            chain: chain.links,
            handler: handler.clone(),
            handler_loc: *handler_loc,
            chain_unknown: chain.unknown,
            left_out_by: None,
        });
    }
}
