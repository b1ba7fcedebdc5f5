//! Routes from registrations. An app's middlewares run in the order of the text, each for what comes after it; a router's only for
//! the routes of that router, and of routers below it, that come after it.

use rustc_hash::FxHashSet;

use super::{OWNER, setup};
use crate::base::{Loc, Name};
use crate::frameworks::express::paths::{Covers, PathText, Reach, paths};
use crate::frameworks::things::{may_run, param_names};
use crate::frameworks::{AppView, Link, Route, Scope};
use crate::values::{Lib, Origin, Registration, Shape, Value};

/// More routes than this are a mistake of ours.
const MOST_ROUTES: usize = 10_000;

/// An app or router: its kind and where it was made.
type Id = (Name, Option<Loc>);

/// The routes of all Koa apps.
pub(super) fn routes(view: &AppView<'_>) -> Vec<Route> {
    let mut owned: Vec<(Id, &Lib, Vec<&Registration>)> = Vec::new();
    for (_, registrations) in view.registrations {
        for registration in registrations {
            let Some((lib, id)) = registration.on.as_lib().and_then(|lib| Some((lib, id_of(lib)?))) else { continue };
            match owned.iter_mut().find(|(it, _, _)| *it == id) {
                // A set-up function that is called twice registers the same thing once.
                Some((_, _, all)) if all.iter().any(|it| it.loc == registration.loc && *it == registration) => {}
                Some((_, _, all)) => all.push(registration),
                None => owned.push((id, lib, vec![registration])),
            }
        }
    }
    for (id, _, all) in &mut owned {
        all.sort_by_key(|it| id.1.is_some_and(|made| made.file != it.loc.file));
    }
    let mut mounted: FxHashSet<Id> = FxHashSet::default();
    let mut opaque = false;
    for registration in owned.iter().flat_map(|(_, _, all)| all).filter(|it| it.method == "use") {
        for arg in &registration.args {
            opaque |= arg.shape == Shape::Unknown && arg.origin == Origin::Unknown;
            mounts(arg, &mut mounted);
        }
    }
    let mut walk = Walk { view, owned: &owned, open: Vec::new(), active: Vec::new(), unread: false, routes: Vec::new() };
    let mut roots: Vec<&(Id, &Lib, Vec<&Registration>)> = owned.iter().filter(|(id, _, _)| !mounted.contains(id)).collect();
    roots.sort_by_key(|(id, _, _)| id.0 != "app");
    for (id, _, _) in roots {
        walk.active.clear();
        // A router that an unknown value could have mounted has guards that nobody sees.
        walk.unread = id.0 != "app" && opaque;
        walk.enter(*id, &PathText::default());
    }
    walk.routes
}

fn id_of(lib: &Lib) -> Option<Id> {
    let known = lib.owner == OWNER && lib.path.is_empty() && matches!(lib.kind.as_str(), "app" | "router");
    known.then_some((lib.kind, lib.made))
}

fn mounts(value: &Value, into: &mut FxHashSet<Id>) {
    match &value.shape {
        Shape::Array(all) | Shape::OneOf(all) => all.iter().for_each(|it| mounts(it, into)),
        Shape::Lib(lib) => match id_of(lib) {
            Some(id) => {
                into.insert(id);
            }
            None => [lib.get("functions"), lib.get("inner")].into_iter().flatten().for_each(|it| mounts(it, into)),
        },
        _ => {}
    }
}

struct Active {
    path: PathText,
    link: Link,
    /// Paths that it leaves out.
    except: Option<Value>,
}

struct Walk<'a> {
    view: &'a AppView<'a>,
    owned: &'a [(Id, &'a Lib, Vec<&'a Registration>)],
    open: Vec<Id>,
    active: Vec<Active>,
    unread: bool,
    routes: Vec<Route>,
}

impl Walk<'_> {
    fn enter(&mut self, id: Id, prefix: &PathText) {
        let owned = self.owned;
        let Some((_, lib, all)) = owned.iter().find(|(it, _, _)| *it == id).filter(|_| !self.open.contains(&id)) else { return };
        self.open.push(id);
        let (active, unread) = (self.active.len(), self.unread);
        let mut own = lib.get("options").and_then(|it| it.field("prefix")).cloned();
        if let Some(set) = all.iter().find(|it| it.method == "prefix") {
            own = set.args.first().cloned();
        }
        let own = own.as_ref().and_then(paths).and_then(|it| it.into_iter().next()).unwrap_or_default();
        let prefix = own.below(prefix);
        let scope = if id.0 == "app" { Scope::App } else { Scope::Router };
        for registration in all {
            match registration.method.as_str() {
                "use" => self.used(registration, &prefix, scope),
                verb if setup::is_verb(verb) || verb == "register" => self.verb(registration, &prefix, all),
                _ => {}
            }
        }
        if id.0 == "router" {
            self.active.truncate(active);
            self.unread = unread;
        }
        self.open.pop();
    }

    fn used(&mut self, registration: &Registration, prefix: &PathText, scope: Scope) {
        let mut args = with_locs(registration);
        let below = match args.first().and_then(|(first, _)| paths(first)) {
            Some(all) => {
                args.remove(0);
                all
            }
            None => vec![PathText::default()],
        };
        for path in &below {
            let whole = path.below(prefix);
            for (value, loc) in &args {
                self.part(value, *loc, &whole, scope);
            }
        }
    }

    fn part(&mut self, value: &Value, loc: Loc, path: &PathText, scope: Scope) {
        let link = |function: &Value| Link { function: function.clone(), loc, scope };
        match &value.shape {
            Shape::Array(all) => all.iter().for_each(|it| self.part(it, loc, path, scope)),
            Shape::Lib(lib) if lib.owner == OWNER => match (lib.kind.as_str(), id_of(lib)) {
                (_, Some(id)) => self.enter(id, path),
                ("composed", _) => {
                    if let Some(all) = lib.get("functions").cloned() {
                        self.part(&all, loc, path, scope);
                    }
                }
                ("mount", _) => {
                    let at = lib.get("path").and_then(paths).and_then(|it| it.into_iter().next()).unwrap_or_default();
                    if let Some(inner) = lib.get("inner").cloned() {
                        self.part(&inner, loc, &at.below(path), scope);
                    }
                }
                ("unless", _) => {
                    let function = lib.get("function").cloned().unwrap_or_else(Value::unknown);
                    self.active.push(Active { path: path.clone(), link: link(&function), except: lib.get("options").cloned() });
                }
                _ => {}
            },
            Shape::Lib(lib) if lib.owner == "module" => {
                let exported = lib.made.and_then(|made| (self.view.export)(made.file, Name::new("default")));
                match exported {
                    Some((exported, _)) if exported != *value => self.part(&exported, loc, path, scope),
                    _ => self.unread = true,
                }
            }
            Shape::List(_) => self.unread = true,
            _ if may_run(value) => self.active.push(Active { path: path.clone(), link: link(value), except: None }),
            _ => {}
        }
    }

    fn verb(&mut self, registration: &Registration, prefix: &PathText, all: &[&Registration]) {
        let mut args = with_locs(registration);
        // A name may stand before the path.
        if args.len() > 2 && args[0].0.as_str().is_some_and(|it| !it.starts_with('/')) && paths(&args[1].0).is_some() {
            args.remove(0);
        }
        if args.is_empty() {
            return;
        }
        let path = args.remove(0).0;
        let methods = if registration.method == "register" {
            let given = args.first().map(|(it, _)| it.clone());
            args = args.split_off(1.min(args.len()));
            match given.map(|it| it.shape.clone()) {
                Some(Shape::Array(all)) => {
                    all.iter().filter_map(Value::as_str).map(|it| Name::new(&it.to_ascii_uppercase())).collect()
                }
                _ => vec![Name::new("*")],
            }
        } else {
            vec![match registration.method.as_str() {
                "all" => Name::new("*"),
                "del" => Name::new("DELETE"),
                verb => Name::new(&verb.to_ascii_uppercase()),
            }]
        };
        let mut steps = Vec::new();
        let mut unread = self.unread;
        for (value, loc) in &args {
            flatten(value, *loc, &mut steps, &mut unread);
        }
        let Some((handler, before)) = steps.split_last() else { return };
        for path in paths(&path).unwrap_or_else(|| vec![PathText::regex("…")]) {
            if self.routes.len() >= MOST_ROUTES {
                return;
            }
            let full = path.below(prefix);
            let mut chain_unknown = unread;
            let mut chain: Vec<Link> = Vec::new();
            for active in &self.active {
                match (active.path.covers(&full, Reach::Below), left_out(active.except.as_ref(), &full, &methods)) {
                    (Covers::No, _) | (_, Some(true)) => {}
                    (Covers::Yes, Some(false)) => chain.push(active.link.clone()),
                    _ => chain_unknown = true,
                }
            }
            for param in all.iter().filter(|it| it.method == "param") {
                if let [name, function, ..] = param.args.as_slice()
                    && let Some(name) = name.as_str().filter(|it| full.has_param(it))
                {
                    let (function, scope) = (function.clone(), Scope::Param(Name::new(name)));
                    chain.push(Link { function, loc: param.loc, scope });
                }
            }
            chain.extend(before.iter().map(|(function, loc)| Link {
                function: function.clone(),
                loc: *loc,
                scope: Scope::Route,
            }));
            let written = full.written();
            self.routes.push(Route {
                framework: Name::new(OWNER),
                methods: methods.clone(),
                params: param_names(&written),
                path: written,
                file: registration.loc.file,
                loc: registration.loc,
                chain,
                handler: handler.0.clone(),
                handler_loc: handler.1,
                chain_unknown,
                left_out_by: None,
            });
        }
    }
}

fn with_locs(registration: &Registration) -> Vec<(Value, Loc)> {
    let loc = |index: usize| registration.arg_locs.get(index).copied().unwrap_or(registration.loc);
    registration.args.iter().enumerate().map(|(index, it)| (it.clone(), loc(index))).collect()
}

fn flatten(value: &Value, loc: Loc, into: &mut Vec<(Value, Loc)>, unread: &mut bool) {
    match &value.shape {
        Shape::Array(all) => all.iter().for_each(|it| flatten(it, loc, into, unread)),
        Shape::List(_) => *unread = true,
        Shape::Lib(lib) if lib.owner == OWNER && lib.kind == "composed" => {
            if let Some(all) = lib.get("functions") {
                flatten(all, loc, into, unread);
            }
        }
        _ if may_run(value) => into.push((value.clone(), loc)),
        _ => {}
    }
}

/// Whether a route is among the paths that a middleware leaves out; `None` where it cannot be said.
fn left_out(options: Option<&Value>, route: &PathText, methods: &[Name]) -> Option<bool> {
    let Some(options) = options else { return Some(false) };
    let object = options.as_object()?;
    if object.fields.iter().any(|(name, _)| *name != "path" && *name != "method") || !object.is_closed() {
        return None;
    }
    let is_method = |value: &Value| value.as_str().is_some_and(|it| methods.iter().any(|method| method.eq_ignore_ascii_case(it)));
    if let Some(named) = object.get("method") {
        let mut all = match &named.shape {
            Shape::Array(all) => all.iter(),
            _ => std::slice::from_ref(named).iter(),
        };
        if all.any(is_method) {
            return Some(true);
        }
    }
    let Some(named) = object.get("path") else { return Some(false) };
    let all = match &named.shape {
        Shape::Array(all) => all.to_vec(),
        _ => vec![named.clone()],
    };
    let written = route.written();
    let mut sure = true;
    for path in &all {
        let path = path.field("url").unwrap_or(path);
        match &path.shape {
            Shape::Str(text) => {
                if text.trim_end_matches('/').eq_ignore_ascii_case(written.trim_end_matches('/')) {
                    return Some(true);
                }
            }
            Shape::Builtin(regex) if regex.first().is_some_and(|it| *it == "RegExp") => {
                match regex.get(1).and_then(|source| begins(source, &written)) {
                    Some(true) => return Some(true),
                    Some(false) => {}
                    None => sure = false,
                }
            }
            _ => sure = false,
        }
    }
    sure.then_some(false)
}

/// Whether a path matches a regular expression that is but a fixed beginning; `None` for any other one.
fn begins(source: &str, path: &str) -> Option<bool> {
    let start = source.strip_prefix('^')?.replace("\\/", "/");
    let (start, whole) = match start.strip_suffix('$') {
        Some(start) => (start.to_owned(), true),
        None => (start, false),
    };
    let start = start.strip_suffix(".*").or_else(|| start.strip_suffix("(.*)")).unwrap_or(&start);
    let plain = start.chars().all(|it| it.is_alphanumeric() || matches!(it, '/' | '-' | '_'));
    plain.then(|| if whole { path == start } else { path.starts_with(start) })
}
