//! Routes from contexts: the guards of a route are the hooks of its context and of all above it, whatever the order of the text.

use super::contexts::{Context, Declared, Hangs, PHASES, Plugin, Walk, collect, path_text};
use super::schema::{self, Shared};
use super::{OWNER, reply};
use crate::base::{Loc, Name};
use crate::frameworks::things::{may_run, param_names, thing, value, with};
use crate::frameworks::{AppView, Assembled, Link, Route, Scope};
use crate::values::{Object, Shape, Value};

/// Plugins that put themselves on routes as these are declared: only later ones have them.
const BY_ROUTE: &[&str] = &["@fastify/rate-limit", "fastify-rate-limit"];

/// The routes of all Fastify apps, and what hangs on the apps.
pub(super) fn assembled(view: &AppView<'_>) -> Assembled {
    let walk = collect(view);
    let mut routes = Vec::new();
    for (at, context) in walk.contexts.iter().enumerate() {
        for declared in &context.routes {
            routes.extend(route(&walk, at, context, declared));
        }
    }
    Assembled { routes, added: walk.added(), ..Assembled::default() }
}

/// What a registration says: methods, path, options, handler.
struct Parts {
    methods: Vec<Name>,
    url: String,
    options: Value,
    options_loc: Loc,
    handler: Value,
    handler_loc: Loc,
}

fn parts(declared: &Declared) -> Option<Parts> {
    let loc_of = |index: usize| declared.arg_locs.get(index).copied().unwrap_or(declared.loc);
    let of_options = |options: &Value, at: Loc| {
        let handler = options.field("handler").cloned();
        let loc = options.as_object().and_then(|it| it.loc_of("handler")).unwrap_or(at);
        (handler, loc)
    };
    if declared.method == "route" {
        let options = declared.args.first()?.clone();
        let (handler, handler_loc) = of_options(&options, declared.loc);
        let methods = match options.field("method").map(|it| &it.shape) {
            Some(Shape::Array(all)) => all.iter().filter_map(Value::as_str).map(upper).collect(),
            Some(Shape::Str(text)) => vec![upper(text)],
            _ => vec![Name::new("*")],
        };
        let url = options.field("url").or_else(|| options.field("path")).map(path_text)?;
        return Some(Parts { methods, url, options, options_loc: loc_of(0), handler: handler?, handler_loc });
    }
    let url = path_text(declared.args.first()?);
    let methods = vec![if declared.method == "all" { Name::new("*") } else { upper(&declared.method) }];
    let (options, options_loc, given) = match declared.args.as_slice() {
        [_, options, handler, ..] => (options.clone(), loc_of(1), Some((handler.clone(), loc_of(2)))),
        [_, only] if only.as_object().is_some() => (only.clone(), loc_of(1), None),
        [_, handler] => (Value::nullish(), loc_of(1), Some((handler.clone(), loc_of(1)))),
        _ => return None,
    };
    let (handler, handler_loc) = match given {
        Some(given) => given,
        None => {
            let (handler, loc) = of_options(&options, loc_of(1));
            (handler?, loc)
        }
    };
    Some(Parts { methods, url, options, options_loc, handler, handler_loc })
}

fn upper(text: &str) -> Name {
    Name::new(&text.to_ascii_uppercase())
}

fn route(walk: &Walk<'_>, at: usize, context: &Context, declared: &Declared) -> Option<Route> {
    let parts = parts(declared)?;
    let line = walk.line(at);
    let shared: Shared = line.iter().rev().flat_map(|it| walk.contexts[*it].schemas.iter().cloned()).collect();
    let config = parts.options.field("config").cloned().unwrap_or_else(|| Value::of(Shape::Object(Object::default().into())));
    let mut chain = vec![around(walk, at, &parts, &shared, &config)];
    // Options that cannot be read may hold any guard.
    let readable = parts.options.shape == Shape::Nullish || parts.options.as_object().is_some_and(Object::is_closed);
    let chain_unknown = !readable || line.iter().any(|it| walk.contexts[*it].unread);
    for holder in &line {
        for plugin in walk.contexts[*holder].plugins.iter().filter(|it| reaches(it, *holder == at, context, declared)) {
            chain.extend(of_plugin(walk, plugin, &config));
        }
    }
    for phase in PHASES {
        if phase == "preHandler"
            && let Some(step) = schema::step(&parts.options, &shared)
        {
            let loc = parts.options.as_object().and_then(|it| it.loc_of("schema")).unwrap_or(parts.options_loc);
            chain.push(Link { function: value(step), loc, scope: Scope::Route });
        }
        for holder in &line {
            let scope = if walk.contexts[*holder].parent.is_none() { Scope::App } else { Scope::Router };
            for hook in walk.contexts[*holder].hooks.iter().filter(|it| it.phase == phase) {
                let mut found = Vec::new();
                guards(walk, &hook.function, *holder, &mut found);
                chain.extend(found.into_iter().map(|function| Link { function, loc: hook.loc, scope }));
            }
        }
        if let Some(own) = parts.options.field(phase) {
            let loc = parts.options.as_object().and_then(|it| it.loc_of(phase)).unwrap_or(parts.options_loc);
            let mut found = Vec::new();
            guards(walk, own, at, &mut found);
            chain.extend(found.into_iter().map(|function| Link { function, loc, scope: Scope::Route }));
        }
    }
    let path = written(&context.prefix, &parts.url);
    Some(Route {
        framework: Name::new(OWNER),
        methods: parts.methods,
        params: param_names(&path),
        path,
        file: declared.loc.file,
        loc: declared.loc,
        chain,
        handler: bound(&walk.resolved(&parts.handler, at), walk, at),
        handler_loc: parts.handler_loc,
        chain_unknown,
        left_out_by: None,
    })
}

/// A handler's `this` is its app.
fn bound(handler: &Value, walk: &Walk<'_>, at: usize) -> Value {
    match &handler.shape {
        Shape::Closure(closure) if closure.this.is_none() => {
            let mut own = (**closure).clone();
            own.this = Some(value(walk.contexts[at].app.clone()));
            Value::new(Shape::Closure(own.into()), handler.origin.clone(), handler.truth.clone())
        }
        _ => handler.clone(),
    }
}

/// The first step: it does nothing, and remembers what a request to the route sees of its context.
fn around(walk: &Walk<'_>, at: usize, parts: &Parts, shared: &Shared, config: &Value) -> Link {
    let members = |hangs: Hangs| {
        let mut object = Object::default();
        for (name, value) in walk.decorators(hangs, at) {
            object.set(name, value, None);
        }
        Value::of(Shape::Object(object.into()))
    };
    let mut step = with(thing(OWNER, "context"), "app", value(walk.contexts[at].app.clone()));
    step = with(step, "config", config.clone());
    step = with(step, "request", members(Hangs::Request));
    step = with(step, "reply", members(Hangs::Reply));
    if let Some(responses) = schema::responses(&parts.options, shared) {
        step = with(step, reply::RESPONSE, responses);
    }
    Link { function: value(step), loc: parts.handler_loc, scope: Scope::App }
}

/// Whether a plugin of a context reaches a route of the same context (`own`) or one below it.
fn reaches(plugin: &Plugin, own: bool, context: &Context, declared: &Declared) -> bool {
    let by_route = match &plugin.plugin.shape {
        Shape::Import(import) => BY_ROUTE.contains(&import.package.as_str()),
        _ => false,
    };
    match (by_route, own) {
        (false, _) => true,
        // Without `await` a plugin loads only after the function that registers it has declared its routes.
        (true, true) => plugin.awaited && plugin.order < declared.order,
        (true, false) => plugin.order < context.order || plugin.order < declared.order,
    }
}

/// What a library's plugin does to a route: the middleware that the catalogue knows, or something that may be a check.
fn of_plugin(walk: &Walk<'_>, plugin: &Plugin, config: &Value) -> Option<Link> {
    let Shape::Import(import) = &plugin.plugin.shape else { return None };
    let ran = (walk.view.run)(&plugin.plugin, vec![plugin.options.clone(), config.clone()], plugin.loc);
    let function = match ran.value.as_lib() {
        Some(lib) if lib.owner == crate::catalog::OWNER && lib.kind == "middleware" => ran.value.clone(),
        // The organisation's own plugins guard nothing unless they are asked to.
        _ if import.package.starts_with("@fastify/") => return None,
        _ => plugin.plugin.clone(),
    };
    Some(Link { function, loc: plugin.loc, scope: Scope::App })
}

/// The functions of a hook: arrays, decorators, and what `auth([…])` makes.
fn guards(walk: &Walk<'_>, hook: &Value, at: usize, into: &mut Vec<Value>) {
    let hook = walk.resolved(hook, at);
    match &hook.shape {
        Shape::Array(all) => all.iter().for_each(|it| guards(walk, it, at, into)),
        Shape::Lib(lib) if lib.owner == OWNER && lib.kind == "guards" => {
            let mut all = Vec::new();
            guards(walk, lib.get("functions").unwrap_or(&Value::unknown()), at, &mut all);
            if lib.get("relation").and_then(Value::as_str) == Some("and") || all.len() < 2 {
                into.extend(all);
            } else {
                into.push(Value::of(Shape::OneOf(all.into())));
            }
        }
        Shape::Closure(_) => {
            // With a third parameter it goes on where it calls that.
            let calls_done = (walk.view.arity)(&hook).is_some_and(|it| it > 2);
            let function = bound(&hook, walk, at);
            into.push(if calls_done { value(with(thing(OWNER, "callback"), "function", function)) } else { function });
        }
        _ if may_run(&hook) => into.push(hook),
        _ => {}
    }
}

/// A path in the form of a route's path.
fn written(prefix: &str, url: &str) -> String {
    let mut text = String::new();
    for segment in format!("{prefix}/{url}").split('/').filter(|it| !it.is_empty()) {
        text.push('/');
        let mut depth = 0u32;
        for letter in segment.replace("::", "\u{a789}").chars() {
            match letter {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ if depth == 0 => text.push(letter),
                _ => {}
            }
        }
    }
    if text.is_empty() { "/".to_owned() } else { text }
}
