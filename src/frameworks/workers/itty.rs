//! itty-router 3 to 6: handlers of one list run in order until one gives something; nested routers are mounted by their `fetch`.

use rustc_hash::{FxHashMap, FxHashSet};

use super::OWNER;
use crate::base::{Loc, Name};
use crate::frameworks::hono::paths::{Covers, PathText, paths};
use crate::frameworks::things::{may_run, param_names, promise, thing, value, with};
use crate::frameworks::{AppView, Link, Route, Scope, web};
use crate::values::{Call, Lib, Object, Outcome, Registration, Shape, Value};

/// Methods that register a route, as they are called.
const VERBS: [&str; 8] = ["all", "get", "post", "put", "patch", "delete", "options", "head"];

/// Deepest nesting of routers.
const MOST_DEPTH: usize = 8;

/// What an export of itty-router makes.
pub(super) fn made(package: &str, path: &[Name], call: &Call<'_>) -> Option<Outcome> {
    if package != "itty-router" && !package.starts_with("itty-router/") {
        return None;
    }
    let path: Vec<&str> = path.iter().map(|it| it.as_str()).collect();
    let first = || call.args.first().cloned().unwrap_or_else(Value::nullish);
    let pass = || value(thing(OWNER, "pass"));
    Some(Outcome::value(match path.as_slice() {
        ["Router" | "AutoRouter" | "IttyRouter"] => {
            let mut lib = thing(OWNER, "router");
            lib.made = Some(call.loc);
            value(with(lib, "options", first()))
        }
        ["error"] => {
            let response = with(thing(web::OWNER, "response"), "body", call.args.get(1).cloned().unwrap_or_else(Value::nullish));
            value(with(response, "status", first()))
        }
        ["status"] => {
            let response = with(thing(web::OWNER, "response"), "body", Value::nullish());
            value(with(response, "status", first()))
        }
        ["json"] => return web::built("json", 302, call),
        ["text" | "html" | "png" | "jpeg" | "webp"] => return web::built("new", 302, call),
        ["cors" | "createCors"] => {
            let mut both = Object::default();
            both.set("preflight".into(), pass(), None);
            both.set("corsify".into(), pass(), None);
            Value::of(Shape::Object(both.into()))
        }
        // They are middlewares themselves.
        ["withParams" | "withContent" | "withCookies"] => Value::nullish(),
        _ => return None,
    }))
}

/// A method of a router.
pub(super) fn method(lib: &Lib, method: &str, call: &Call<'_>) -> Option<Outcome> {
    let at = value(Lib { path: std::sync::Arc::from([]), ..lib.clone() });
    match method {
        _ if VERBS.contains(&method) && !call.args.is_empty() => Some(Outcome {
            registers: Some(Registration {
                on: at.clone(),
                method: Name::new(method),
                args: call.args.to_vec(),
                arg_locs: call.arg_locs.to_vec(),
                loc: call.loc,
            }),
            ..Outcome::value(at)
        }),
        "fetch" | "handle" => Some(Outcome::value(promise(Value::unknown()))),
        _ => None,
    }
}

/// A router: where it was made, and the call that led there.
type Id = (Option<Loc>, Option<Value>);

struct Router<'a> {
    id: Id,
    base: PathText,
    /// `before`: middlewares of all its routes.
    before: Vec<Value>,
    registrations: Vec<&'a Registration>,
}

fn id(value: &Value) -> Option<Id> {
    let lib = match &value.shape {
        Shape::Lib(lib) => lib,
        Shape::Method { of, name } if matches!(name.as_str(), "fetch" | "handle") => return id(of),
        _ => return None,
    };
    let whole = matches!(&*lib.path, []) || matches!(&*lib.path, [name] if matches!(name.as_str(), "fetch" | "handle"));
    (lib.owner == OWNER && lib.kind == "router" && whole).then(|| (lib.made, lib.get("by").cloned()))
}

/// The routes of all routers.
pub(super) fn routes(app: &AppView<'_>) -> Vec<Route> {
    let mut routers: Vec<Router<'_>> = Vec::new();
    for registration in app.registrations.iter().flat_map(|(_, all)| all) {
        let Some(id) = id(&registration.on) else { continue };
        match routers.iter_mut().find(|it| it.id == id) {
            Some(router) if router.registrations.contains(&registration) => {}
            Some(router) => router.registrations.push(registration),
            None => {
                let options = registration.on.as_lib().and_then(|it| it.get("options")).cloned().unwrap_or_else(Value::nullish);
                let base = options.field("base").and_then(Value::as_str).map(PathText::parse).unwrap_or_default();
                let before = match options.field("before").map(|it| &it.shape) {
                    Some(Shape::Array(all)) => all.to_vec(),
                    _ => Vec::new(),
                };
                routers.push(Router { id, base, before, registrations: vec![registration] });
            }
        }
    }
    let index: FxHashMap<&Id, usize> = routers.iter().enumerate().map(|(at, it)| (&it.id, at)).collect();
    let below: FxHashSet<Id> = routers
        .iter()
        .flat_map(|router| router.registrations.iter().flat_map(|it| it.args.iter().filter_map(id)).filter(|it| *it != router.id))
        .collect();
    let mut routes = Vec::new();
    for (at, router) in routers.iter().enumerate() {
        if !below.contains(&router.id) {
            walk(&routers, &index, at, &[], 0, &mut routes);
        }
    }
    routes
}

fn walk(
    routers: &[Router<'_>],
    index: &FxHashMap<&Id, usize>,
    at: usize,
    outer: &[(PathText, Link)],
    depth: usize,
    into: &mut Vec<Route>,
) {
    let router = &routers[at];
    let Some(first) = router.registrations.first() else { return };
    if depth > MOST_DEPTH {
        return;
    }
    let scope = if depth == 0 { Scope::App } else { Scope::Router };
    let any = PathText::parse("*");
    let mut active: Vec<(PathText, Link)> = outer.to_vec();
    let before = router.before.iter().filter(|it| may_run(it));
    active.extend(before.map(|it| (any.clone(), Link { function: it.clone(), loc: first.loc, scope })));
    for registration in &router.registrations {
        let Some((path, functions)) = registration.args.split_first() else { continue };
        let Some(path) = paths(path).and_then(|it| it.into_iter().next()) else { continue };
        let full = path.below(&router.base);
        let loc_of = |place: usize| registration.arg_locs.get(place + 1).copied().unwrap_or(registration.loc);
        let steps: Vec<(&Value, Loc)> =
            functions.iter().enumerate().filter(|(_, it)| may_run(it)).map(|(place, it)| (it, loc_of(place))).collect();
        let own = |(function, loc): &(&Value, Loc)| Link { function: (*function).clone(), loc: *loc, scope: Scope::Route };
        let Some(((handler, handler_loc), before)) = steps.split_last() else { continue };
        if let Some(nested) = id(handler).and_then(|it| index.get(&it).copied()) {
            let mut outer: Vec<(PathText, Link)> = active.clone();
            outer.extend(before.iter().map(|it| (full.clone(), own(it))));
            walk(routers, index, nested, &outer, depth + 1, into);
            continue;
        }
        // `all` on a wildcard is how middlewares are registered: what it gives nothing for goes on.
        if registration.method == "all" && full.written().ends_with('*') {
            active.extend(steps.iter().map(|it| (full.clone(), own(it))));
            continue;
        }
        let mut chain: Vec<Link> = Vec::new();
        let mut chain_unknown = false;
        for (pattern, link) in &active {
            match pattern.covers(&full) {
                Covers::Yes if !chain.iter().any(|it| it.function == link.function) => chain.push(link.clone()),
                Covers::Yes | Covers::No => {}
                Covers::Maybe => chain_unknown = true,
            }
        }
        chain.extend(before.iter().map(own));
        let written = full.written();
        let method = if registration.method == "all" { "*".to_owned() } else { registration.method.to_ascii_uppercase() };
        into.push(Route {
            framework: Name::new(OWNER),
            methods: vec![Name::new(&method)],
            params: param_names(&written),
            path: written,
            file: registration.loc.file,
            loc: registration.loc,
            chain,
            handler: (*handler).clone(),
            handler_loc: *handler_loc,
            chain_unknown,
            left_out_by: None,
        });
    }
}
