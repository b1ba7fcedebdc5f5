//! Controllers become routes.

use std::sync::Arc;

use super::classes::{Class, Classes, Decorator, Method};
use super::{OWNER, context, inputs, modules};
use crate::base::{FileId, ItemId, Loc, Name, Node};
use crate::frameworks::things::{param_names, request_path, thing, value, with};
use crate::frameworks::{AppView, Link, Returned, Route, Scope};
use crate::values::{Instance, Lib, Object, Registration, Row, Shape, Value};

/// Decorators that make a method a route, and their methods.
const VERBS: &[(&str, &str)] = &[
    ("Get", "GET"),
    ("Post", "POST"),
    ("Put", "PUT"),
    ("Patch", "PATCH"),
    ("Delete", "DELETE"),
    ("Head", "HEAD"),
    ("Options", "OPTIONS"),
    ("All", "*"),
    ("Search", "SEARCH"),
    ("Sse", "GET"),
];

/// Where a route is being put together.
pub(super) struct Site<'a, 'c> {
    pub app: &'a AppView<'a>,
    pub classes: &'c Classes<'a>,
    /// Pipes for the whole app, the class and the method, in order.
    pub pipes: Vec<Value>,
    pub request: Value,
    pub response: Value,
    pub context: Lib,
}

/// What the app as a whole was told (`app.useGlobalGuards(…)`), and its modules.
struct Global {
    guards: Vec<(Value, Loc)>,
    pipes: Vec<Value>,
    interceptors: Vec<(Value, Loc)>,
    prefix: String,
    /// Paths that the prefix leaves out.
    excluded: Vec<String>,
    /// Versions stand in the path, after this.
    version: Option<String>,
    /// Of controllers that name none.
    default_version: Option<String>,
}

/// All routes.
pub(super) fn routes(app: &AppView<'_>) -> Vec<Route> {
    let classes = Classes::of(app.registrations);
    let strategies = strategies(app, &classes);
    let global = global(app, &classes);
    let mut found = Vec::new();
    for class in &classes.all {
        let Some(controller) = class.on.find("Controller") else { continue };
        if !modules::is_live(&classes, class) {
            continue;
        }
        for method in methods(&classes, class) {
            for (verb, written) in VERBS {
                for decorator in method.on.every(verb) {
                    let full = paths(&global, &controller, class, method, decorator.arg(0));
                    for path in full {
                        found.push(route(app, &classes, &global, &strategies, class, method, &decorator, written, path));
                    }
                }
            }
        }
    }
    found
}

/// A class's own methods and those that it inherits.
fn methods<'c, 'a>(classes: &'c Classes<'a>, class: &'c Class<'a>) -> Vec<&'c Method<'a>> {
    let mut all: Vec<&Method<'a>> = class.methods.iter().collect();
    let mut parent = classes.get(class.extends);
    for _ in 0..6 {
        let Some(above) = parent else { break };
        for method in &above.methods {
            if !all.iter().any(|it| it.name == method.name) {
                all.push(method);
            }
        }
        parent = classes.get(above.extends);
    }
    all
}

fn global<'a>(app: &AppView<'a>, classes: &Classes<'a>) -> Global {
    let start = Loc { file: FileId(0), item: ItemId(0), node: Node::Start };
    let at = classes.all.iter().find(|it| it.on.find("Module").is_some()).map_or(start, |class| class.on.loc);
    let provided = |token: &str| modules::global(classes, token).into_iter().map(|it| (it, at)).collect::<Vec<_>>();
    let mut global = Global {
        guards: provided("APP_GUARD"),
        pipes: modules::global(classes, "APP_PIPE"),
        interceptors: provided("APP_INTERCEPTOR"),
        prefix: String::new(),
        excluded: Vec::new(),
        version: None,
        default_version: None,
    };
    for (_, all) in app.registrations {
        for it in all.iter().filter(|it| it.on.as_lib().is_some_and(|lib| lib.owner == OWNER && lib.kind == "app")) {
            told(&mut global, it);
        }
    }
    global
}

fn told(global: &mut Global, it: &Registration) {
    match it.method.as_str() {
        "useGlobalGuards" => global.guards.extend(it.args.iter().cloned().map(|guard| (guard, it.loc))),
        "useGlobalPipes" => global.pipes.extend(it.args.iter().cloned()),
        "useGlobalInterceptors" => global.interceptors.extend(it.args.iter().cloned().map(|one| (one, it.loc))),
        "setGlobalPrefix" => {
            let Some(prefix) = it.args.first().and_then(Value::as_str) else { return };
            global.prefix = prefix.trim_matches('/').to_owned();
            for excluded in it.args.get(1).map(|options| modules::listed(options, "exclude")).unwrap_or_default() {
                let path = excluded.as_str().or_else(|| excluded.field("path").and_then(Value::as_str));
                global.excluded.extend(path.map(|it| it.trim_matches('/').to_owned()));
            }
        }
        "enableVersioning" => {
            let options = it.args.first();
            let field = |name: &str| options.and_then(|it| it.field(name));
            let in_path = field("type").is_none_or(|it| match &it.shape {
                Shape::Import(import) => import.path.last().is_some_and(|it| *it == "URI"),
                Shape::Num(number) => &**number == "0",
                _ => false,
            });
            if in_path {
                global.version = Some(field("prefix").and_then(Value::as_str).unwrap_or("v").to_owned());
                global.default_version = field("defaultVersion").and_then(text);
            }
        }
        _ => {}
    }
}

fn text(value: &Value) -> Option<String> {
    match &value.shape {
        Shape::Str(text) | Shape::Num(text) => Some(text.to_string()),
        Shape::Array(all) => all.first().and_then(text),
        _ => None,
    }
}

fn texts(value: Option<&Value>) -> Vec<String> {
    match value.map(|it| &it.shape) {
        None | Some(Shape::Nullish) => vec![String::new()],
        Some(Shape::Str(text)) => vec![text.to_string()],
        Some(Shape::Array(all)) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Shape::Object(object)) => texts(object.get("path")),
        // A path that is not known.
        Some(_) => vec!["*".to_owned()],
    }
}

fn paths(
    global: &Global,
    controller: &Decorator<'_>,
    class: &Class<'_>,
    method: &Method<'_>,
    own: Option<&Value>,
) -> Vec<String> {
    let version = || {
        let written = method.on.find("Version").and_then(|it| it.arg(0)).and_then(text);
        let of_class = || class.on.find("Version").and_then(|it| it.arg(0)).and_then(text);
        let option = || controller.arg(0).and_then(|it| it.field("version")).and_then(text);
        written.or_else(of_class).or_else(option).or_else(|| global.default_version.clone())
    };
    let version = global.version.as_ref().and_then(|prefix| Some(format!("{prefix}{}", version()?)));
    let mut all = Vec::new();
    for outer in texts(controller.arg(0)) {
        for inner in texts(own) {
            let local = joined(&[&outer, &inner]);
            let prefixed = !global.excluded.iter().any(|it| *it == local.trim_matches('/'));
            let prefix = if prefixed { global.prefix.as_str() } else { "" };
            all.push(joined(&[prefix, version.as_deref().unwrap_or(""), &local]));
        }
    }
    all
}

/// `/a/b` of its parts, in the form of [`Route::path`].
fn joined(parts: &[&str]) -> String {
    let mut path = String::new();
    for segment in parts.iter().flat_map(|it| it.split('/')).filter(|it| !it.is_empty()) {
        path.push('/');
        // `{*rest}` of path-to-regexp 8.
        path.push_str(segment.trim_start_matches('{').trim_end_matches('}'));
    }
    if path.is_empty() { "/".to_owned() } else { path }
}

/// Strategies of passport: what a context tells its guards.
fn strategies(app: &AppView<'_>, classes: &Classes<'_>) -> Vec<(Name, Value)> {
    let mut found = Vec::new();
    for class in &classes.all {
        let Some(lib) = class.extends.as_lib().filter(|it| it.owner == OWNER && it.kind == "passport-strategy") else { continue };
        let Some(name) = lib.get("strategy").and_then(Value::as_str) else { continue };
        let validate = (app.member)(class.value, Name::new("validate"));
        if !matches!(validate.shape, Shape::Closure(_)) {
            continue;
        }
        let usual = match name {
            "local" => 2,
            "jwt" | "bearer" => 1,
            _ => 4,
        };
        if (app.arity)(&validate).is_some_and(|it| it > usual) {
            found.push((Name::new(&format!("request:{name}")), Value::bool(true)));
        }
        found.push((Name::new(&format!("strategy:{name}")), validate));
    }
    found
}

#[expect(clippy::too_many_arguments, reason = "a route has these parts")]
fn route<'a>(
    app: &'a AppView<'a>,
    classes: &Classes<'a>,
    global: &Global,
    strategies: &[(Name, Value)],
    class: &Class<'a>,
    method: &Method<'a>,
    decorator: &Decorator<'_>,
    verb: &str,
    path: String,
) -> Route {
    let mut route = Route {
        framework: Name::new(OWNER),
        methods: vec![Name::new(verb)],
        params: param_names(&path),
        path,
        file: decorator.loc.file,
        loc: decorator.loc,
        chain: Vec::new(),
        handler: Value::unknown(),
        handler_loc: method.on.loc,
        chain_unknown: method.on.unknown || class.on.unknown,
        left_out_by: None,
    };
    let request = with(thing("express", "request"), "path", request_path(&route, "originalUrl", true));
    let request = value(with(request, "method", Value::str(verb)));
    let response = value(thing("express", "response"));
    let mut context =
        context::context(modules::metadata(&method.on), modules::metadata(&class.on), request.clone(), response.clone());
    context.data.extend(strategies.iter().cloned());
    let of = |name: &'static str| {
        let both = class.on.every(name).chain(method.on.every(name));
        both.flat_map(|it| it.args().into_iter().flat_map(flat).map(move |arg| (arg, it.loc)).collect::<Vec<_>>())
            .collect::<Vec<(Value, Loc)>>()
    };
    let mut site = Site { app, classes, pipes: global.pipes.clone(), request, response, context };
    for (guard, loc) in global.guards.iter().cloned().chain(of("UseGuards")) {
        link(&mut route, guard_of(&site, &guard), loc, Scope::Router);
    }
    let interceptors: Vec<(Value, Loc)> = global.interceptors.iter().cloned().chain(of("UseInterceptors")).collect();
    for (interceptor, loc) in &interceptors {
        if let Some(function) = interceptor_of(&site, interceptor) {
            link(&mut route, function, *loc, Scope::Route);
        }
    }
    site.pipes.extend(of("UsePipes").into_iter().map(|(pipe, _)| pipe));
    let count = method.params.iter().map(|(index, _, _)| index + 1).max().unwrap_or_default();
    let mut args = vec![Value::nullish(); count];
    for (index, ty, on) in &method.params {
        let input = inputs::input(&site, *index, ty, on);
        for (function, loc) in input.steps {
            link(&mut route, function, loc, Scope::Route);
        }
        if let Some(slot) = args.get_mut(*index) {
            *slot = input.value;
        }
    }
    args.push(value(answers(&site, method, &interceptors)));
    route.handler = context::bound(&(app.member)(class.value, Name::new(method.name)), args);
    route
}

fn flat(value: &Value) -> Vec<Value> {
    match &value.shape {
        Shape::Array(all) => all.iter().flat_map(flat).collect(),
        _ => vec![value.clone()],
    }
}

fn link(route: &mut Route, function: Value, loc: Loc, scope: Scope) {
    route.chain.push(Link { function, loc, scope });
}

/// The object of a class that the container makes.
fn object_of(value: &Value) -> Value {
    match value.shape {
        Shape::Class(class) => Value::of(Shape::Instance(Arc::new(Instance { class, fields: Object::default(), cell: None }))),
        _ => value.clone(),
    }
}

/// What a guard runs.
fn guard_of(site: &Site<'_, '_>, guard: &Value) -> Value {
    let mut context = site.context.clone();
    let can_activate = Name::new("canActivate");
    match &guard.shape {
        Shape::Class(_) | Shape::Instance(_) => {
            let handles = (site.app.member)(guard, Name::new("handleRequest"));
            if matches!(handles.shape, Shape::Closure(_)) {
                context.data.push((Name::new("handleRequest"), handles));
            }
            let method = (site.app.member)(guard, can_activate);
            match &method.shape {
                Shape::Closure(_) => context::bound(&method, vec![value(context)]),
                Shape::Lib(_) => {
                    let of = object_of(guard);
                    context::step(Value::of(Shape::Method { of, name: can_activate }), vec![value(context)], None)
                }
                _ => match site.classes.get(guard).map(|it| it.extends) {
                    Some(parent) if parent.shape != Shape::Nullish => guard_of_package(site, parent),
                    _ => Value::unknown(),
                },
            }
        }
        Shape::Lib(lib) if lib.kind == "auth-guard" => {
            context::step(Value::of(Shape::Method { of: guard.clone(), name: can_activate }), vec![value(context)], None)
        }
        _ => guard_of_package(site, guard),
    }
}

/// A guard that a package exports.
fn guard_of_package(site: &Site<'_, '_>, guard: &Value) -> Value {
    let Shape::Import(import) = &guard.shape else { return Value::unknown() };
    if import.package != "@nestjs/throttler" {
        return guard.clone();
    }
    let metadata = |target: &str, name: &str| site.context.get(target)?.as_lib()?.get("metadata")?.field(name).cloned();
    let said = |name: &str| metadata("handler", name).or_else(|| metadata("class", name));
    if said("SkipThrottle").is_some_and(|it| it.truth.known != Some(false)) {
        return context::step(Value::nullish(), Vec::new(), None);
    }
    let mut limiter = thing(OWNER, "limiter");
    let first = said("Throttle").and_then(|it| it.as_object().and_then(|it| it.fields.first()).map(|(_, value)| value.clone()));
    for key in ["limit", "ttl"] {
        if let Some(known) = first.as_ref().and_then(|it| it.field(key)) {
            limiter = with(limiter, key, known.clone());
        }
    }
    context::runs(limiter)
}

/// What runs before the handler for an interceptor.
fn interceptor_of(site: &Site<'_, '_>, interceptor: &Value) -> Option<Value> {
    match &interceptor.shape {
        Shape::Lib(lib) if lib.kind == "upload" => Some(context::runs((**lib).clone())),
        Shape::Class(_) | Shape::Instance(_) => {
            let method = (site.app.member)(interceptor, Name::new("intercept"));
            if !matches!(method.shape, Shape::Closure(_)) {
                return None;
            }
            let step = context::step(method, vec![value(site.context.clone()), value(thing(OWNER, "next"))], None);
            Some(match &step.shape {
                Shape::Method { of, name } => {
                    let lib = of.as_lib().map(|it| with(it.clone(), "kind", Value::str("interceptor")))?;
                    Value::of(Shape::Method { of: value(lib), name: *name })
                }
                _ => step,
            })
        }
        _ => None,
    }
}

/// How the handler's result goes out; stands behind its arguments.
fn answers(site: &Site<'_, '_>, method: &Method<'_>, interceptors: &[(Value, Loc)]) -> Lib {
    let mut lib = thing(OWNER, "answers");
    let response =
        method.params.iter().flat_map(|(_, _, on)| &on.all).find(|it| matches!(it.name(), "Res" | "Response" | "Next"));
    if let Some(response) = response
        && response.arg(0).and_then(|it| it.field("passthrough")) != Some(&Value::bool(true))
    {
        lib = with(lib, "silent", Value::bool(true));
    }
    let serializes = |it: &Value| match &it.shape {
        Shape::Import(import) => import.path.last().is_some_and(|it| *it == "ClassSerializerInterceptor"),
        Shape::Lib(lib) => lib.get("name").and_then(Value::as_str) == Some("ClassSerializerInterceptor"),
        _ => false,
    };
    if interceptors.iter().any(|(it, _)| serializes(it)) {
        let excluded = site.classes.all.iter().flat_map(|class| &class.fields).filter(|it| it.on.find("Exclude").is_some());
        let names: Vec<Value> = excluded.map(|it| Value::str(it.name)).collect();
        lib = with(lib, "excluded", Value::of(Shape::Array(names.into())));
    }
    lib
}

/// What a handler's result means.
pub(super) fn answer(route: &Route, value: &Value) -> Returned {
    let answers = match &route.handler.shape {
        Shape::Closure(closure) => closure.bound.last().and_then(Value::as_lib).filter(|it| it.kind == "answers"),
        _ => None,
    };
    if answers.is_some_and(|it| it.get("silent").is_some()) {
        return Returned::Nothing;
    }
    let excluded: Vec<Name> = match answers.and_then(|it| it.get("excluded")).map(|it| &it.shape) {
        Some(Shape::Array(all)) => all.iter().filter_map(|it| it.as_str().map(Name::new)).collect(),
        _ => Vec::new(),
    };
    let body = if excluded.is_empty() { value.clone() } else { serialized(value, &excluded, 0) };
    Returned::Answer { body, status: Some(if route.methods.iter().any(|it| *it == "POST") { 201 } else { 200 }) }
}

/// A value without the fields that the serializer takes out of records.
fn serialized(of: &Value, excluded: &[Name], depth: usize) -> Value {
    if depth > 6 {
        return of.clone();
    }
    let inner = |it: &Value| serialized(it, excluded, depth + 1);
    let row = |row: &Row| Arc::new(Row { at: row.at.clone(), without: row.without.iter().chain(excluded).copied().collect() });
    let shape = match &of.shape {
        Shape::Row(it) => Shape::Row(row(it)),
        Shape::Rows(it) => Shape::Rows(row(it)),
        Shape::Object(object) => {
            let mut own = (**object).clone();
            own.fields.iter_mut().for_each(|(_, field)| *field = inner(field));
            Shape::Object(Arc::new(own))
        }
        Shape::Array(all) => Shape::Array(all.iter().map(inner).collect()),
        Shape::List(element) => Shape::List(inner(element)),
        Shape::OneOf(all) => Shape::OneOf(all.iter().map(inner).collect()),
        _ => return of.clone(),
    };
    Value::new(shape, of.origin.clone(), of.truth.clone())
}
