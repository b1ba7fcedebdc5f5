//! Apps with what was registered on them, whoever registered it.

use rustc_hash::FxHashMap;

use super::paths::{PathText, paths};
use super::{OWNER, setup, validation};
use crate::base::{FileId, Loc, Name};
use crate::frameworks::AppView;
use crate::frameworks::things::may_run;
use crate::values::{Object, Registration, Shape, Value};

/// An app: where it was made, and the call of the project's own function that led there.
pub(super) type Id = (Option<Loc>, Option<Value>);

/// An app and what was registered on it.
#[derive(Debug)]
pub(super) struct App {
    pub id: Id,
    /// In the order of registration.
    pub layers: Vec<Layer>,
}

/// One registration.
#[derive(Debug)]
pub(super) enum Layer {
    /// `use`
    Use { paths: Vec<PathText>, steps: Vec<Step> },
    /// A verb or `on`: methods in capitals, `*` for all; the handler is the last step.
    Route { methods: Vec<Name>, paths: Vec<PathText>, steps: Vec<Step>, loc: Loc },
    /// `route` and `mount`
    Mount { path: PathText, app: Id },
}

/// A part of a chain.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// A function.
    Link(Value, Loc),
    /// `except(paths, …)`
    Unless(Vec<PathText>, Vec<Step>),
    /// Something was spread in that could not be read.
    Unread,
}

/// Sorts registrations by the apps that they were made on.
pub(super) fn collect(app: &AppView<'_>) -> Vec<App> {
    let mut order: Vec<Id> = Vec::new();
    let mut by_id: FxHashMap<Id, Vec<(FileId, &Registration)>> = FxHashMap::default();
    for (file, registrations) in app.registrations {
        for registration in registrations {
            let Some(id) = id(&registration.on) else { continue };
            let known = by_id.entry(id.clone()).or_insert_with(|| {
                order.push(id);
                Vec::new()
            });
            if !known.iter().any(|(_, other)| other.loc == registration.loc && *other == registration) {
                known.push((*file, registration));
            }
        }
    }
    let made_in = |id: &Id| id.0.map(|made| made.file);
    let mut apps = Vec::new();
    for id in order {
        let mut registrations = by_id.remove(&id).unwrap_or_default();
        if let (None, Some(file)) = (&id.1, made_in(&id)) {
            // Whoever imports an app does so after its own file has run.
            registrations.sort_by_key(|(at, _)| *at != file);
        }
        let layers = registrations.iter().filter_map(|(_, it)| layer(it)).collect();
        apps.push(App { id, layers });
    }
    apps
}

/// The app that a value is, or whose `fetch` it is.
fn id(value: &Value) -> Option<Id> {
    let lib = match &value.shape {
        Shape::Lib(lib) => lib,
        Shape::Method { of, name } if *name == "fetch" => return id(of),
        _ => return None,
    };
    let whole = lib.path.is_empty() || matches!(&*lib.path, [fetch] if *fetch == "fetch");
    (lib.owner == OWNER && lib.kind == "app" && whole).then(|| (lib.made, lib.get("by").cloned()))
}

fn layer(registration: &Registration) -> Option<Layer> {
    let base = registration.on.as_lib()?.get("base").and_then(Value::as_str).map(PathText::parse).unwrap_or_default();
    let args: Vec<(&Value, Loc)> = registration
        .args
        .iter()
        .enumerate()
        .map(|(index, it)| (it, registration.arg_locs.get(index).copied().unwrap_or(registration.loc)))
        .collect();
    let at = |value: &Value| -> Vec<PathText> {
        let found = paths(value).unwrap_or_else(|| vec![PathText::parse("…")]);
        found.iter().map(|it| it.below(&base)).collect()
    };
    let steps = |args: &[(&Value, Loc)]| {
        let mut steps = Vec::new();
        args.iter().for_each(|(value, loc)| flatten(value, *loc, &mut steps));
        steps
    };
    let loc = registration.loc;
    match (registration.method.as_str(), args.as_slice()) {
        ("use", [(path, _), rest @ ..]) => Some(Layer::Use { paths: at(path), steps: steps(rest) }),
        ("route" | "mount", [(path, _), (app, _), ..]) => {
            Some(Layer::Mount { path: at(path).into_iter().next()?, app: id(app)? })
        }
        ("on", [(methods, _), (path, _), rest @ ..]) => {
            let methods = match &methods.shape {
                Shape::Array(all) => all.iter().filter_map(Value::as_str).map(upper).collect(),
                _ => vec![methods.as_str().map_or(Name::new("*"), upper)],
            };
            Some(Layer::Route { methods, paths: at(path), steps: steps(rest), loc })
        }
        ("openapi", [(described, at_route), rest @ ..]) => {
            let route = described.as_object()?;
            let path = route.get("path").and_then(Value::as_str).map_or_else(|| PathText::parse("…"), PathText::parse);
            let method = route.get("method").and_then(Value::as_str).map_or(Name::new("*"), upper);
            let mut all = Vec::new();
            if let Some(middleware) = route.get("middleware") {
                flatten(middleware, *at_route, &mut all);
            }
            all.extend(described_inputs(route).into_iter().map(|it| Step::Link(it, *at_route)));
            // The handler stands before the hook for invalid requests.
            all.extend(steps(rest.get(..1)?));
            Some(Layer::Route { methods: vec![method], paths: vec![path.below(&base)], steps: all, loc })
        }
        (verb, [(path, _), rest @ ..]) if setup::is_verb(verb) => {
            let method = if verb == "all" { Name::new("*") } else { upper(verb) };
            Some(Layer::Route { methods: vec![method], paths: at(path), steps: steps(rest), loc })
        }
        _ => None,
    }
}

fn upper(method: &str) -> Name {
    Name::new(&method.to_ascii_uppercase())
}

/// The validations that the description of a route asks for.
fn described_inputs(route: &Object) -> Vec<Value> {
    let Some(request) = route.get("request") else { return Vec::new() };
    let mut found = Vec::new();
    let mut add = |target: &str, schema: &Value| {
        found.push(validation::middleware(Value::str(target), schema.clone(), None, false));
    };
    for (field, target) in [("params", "param"), ("query", "query"), ("headers", "header"), ("cookies", "cookie")] {
        if let Some(schema) = request.field(field) {
            add(target, schema);
        }
    }
    let content = request.field("body").and_then(|it| it.field("content")).and_then(Value::as_object);
    for (kind, described) in content.iter().flat_map(|it| &it.fields) {
        let Some(schema) = described.field("schema") else { continue };
        add(if kind.contains("json") { "json" } else { "form" }, schema);
    }
    found
}

/// The functions among a registration's arguments.
fn flatten(value: &Value, loc: Loc, into: &mut Vec<Step>) {
    match &value.shape {
        Shape::Array(all) => all.iter().for_each(|it| flatten(it, loc, into)),
        Shape::List(_) => into.push(Step::Unread),
        Shape::Lib(lib) if lib.owner == OWNER && lib.kind == "every" => {
            lib.get("parts").into_iter().for_each(|parts| flatten(parts, loc, into));
        }
        Shape::Lib(lib) if lib.owner == OWNER && lib.kind == "except" => {
            let mut parts = Vec::new();
            lib.get("parts").into_iter().for_each(|it| flatten(it, loc, &mut parts));
            match lib.get("paths").and_then(paths) {
                Some(paths) => into.push(Step::Unless(paths, parts)),
                None => into.push(Step::Unread),
            }
        }
        _ if may_run(value) => into.push(Step::Link(value.clone(), loc)),
        _ => {}
    }
}

/// What mounts what.
pub(super) fn mounted(apps: &[App]) -> impl Iterator<Item = (&Id, &Id)> {
    apps.iter().flat_map(|app| {
        app.layers.iter().filter_map(move |layer| match layer {
            Layer::Mount { app: below, .. } => Some((&app.id, below)),
            _ => None,
        })
    })
}
