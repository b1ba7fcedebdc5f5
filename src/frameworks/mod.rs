//! Frameworks: where routes are, how their chain is built, where inputs come in, what answers and what leaves.
//!
//! A framework is one module behind [`Framework`]. The interpreter asks all of them what a call or a member means; assembling
//! routes from registrations and from file paths is theirs as well.
//!
//! **Invariant:** a framework answers with values and outcomes; it runs nothing and reads no file.

mod deno;
mod express;
mod fastify;
mod file_routes;
mod koa;

mod hono;
mod nest;
mod next;
mod remix;
mod route;
mod sveltekit;
#[cfg(test)]
mod testing;
mod things;
mod trpc;
mod web;
mod workers;

pub use route::*;

use crate::base::{FileId, Loc, Name};
use crate::values::{Call, EventKind, Fact, Facts, Lib, Origin, Outcome, Part, Registration, Shape, Value};

/// What the interpreter asks of a framework.
pub trait Framework: Sync {
    /// Its id: the `owner` of its library things.
    fn id(&self) -> &'static str;

    /// What a call means; `None` if it is not this framework's.
    fn call(&self, call: &Call<'_>) -> Option<Outcome>;

    /// What a member of one of its things is; `None` leaves it a path below the thing.
    fn member(&self, lib: &Lib, name: Name) -> Option<Value>;

    /// The routes that these set-ups and files make.
    fn routes(&self, app: &AppView<'_>) -> Vec<Route>;

    /// The routes, and what set-up code hung on this framework's things for others to find (`app.decorate('db', pool)`).
    fn assembled(&self, app: &AppView<'_>) -> Assembled {
        Assembled { routes: self.routes(app), ..Assembled::default() }
    }

    /// What happens where code assigns a member of one of its things (`ctx.body = row`). `known` reads what was assigned before.
    fn assigned(&self, _lib: &Lib, _name: Name, _value: &Value, _known: &dyn Fn(Name) -> Option<Value>) -> Vec<EventKind> {
        Vec::new()
    }

    /// The routes of what is served below routes of other frameworks.
    fn mounted(&self, _app: &AppView<'_>, _hosts: &[Route]) -> Vec<Route> {
        Vec::new()
    }

    /// The arguments a function of the chain or the handler gets: `index` counts the route's steps.
    fn arguments(&self, route: &Route, index: usize) -> Vec<Value>;

    /// What holds before the first step of its routes. Most read query strings as texts and lists of texts.
    fn at_start(&self) -> Facts {
        Facts::one(Fact::Inert(Part::Query))
    }

    /// What a container has under a token, as far as this framework's registrations say.
    fn provider(&self, _token: &Value, _registrations: &[(FileId, Vec<Registration>)]) -> Option<Provider> {
        None
    }

    /// Functions that answer for what was thrown in other routes, each as a route of its own ([`Route::for_errors`]),
    /// whose first argument is what was thrown.
    fn error_routes(&self, _app: &AppView<'_>) -> Vec<Route> {
        Vec::new()
    }

    /// Where apps are made, for what is told of an app as a whole.
    fn setups(&self, _app: &AppView<'_>) -> Vec<Loc> {
        Vec::new()
    }

    /// What a step's returned value means: an answer, nothing, going on.
    fn returned(&self, route: &Route, index: usize, value: &Value) -> Returned;
}

/// All frameworks.
pub fn all() -> &'static [&'static dyn Framework] {
    &[
        &express::Express,
        &next::Next,
        &remix::Remix,
        &sveltekit::SvelteKit,
        &fastify::Fastify,
        &koa::Koa,
        &hono::Hono,
        &workers::Workers,
        &workers::Pages,
        &deno::Deno,
        &nest::Nest,
        &trpc::Trpc,
    ]
}

/// What was thrown, as a function gets it that answers for it.
fn thrown() -> Value {
    Value::with_origin(Shape::Unknown, Origin::Exception)
}

/// The functions among the arguments of registrations that are called `method`, each with the places of the call and of itself.
fn registered<'a>(app: &AppView<'a>, method: &'a str) -> impl Iterator<Item = (&'a Registration, &'a Value, Loc)> {
    let all = app.registrations.iter().flat_map(|(_, it)| it).filter(move |it| it.method == method);
    all.flat_map(|it| it.args.iter().zip(it.arg_locs.iter()).map(move |(arg, loc)| (it, arg, *loc)))
}

/// Where the apps of a framework are made that nothing else mounts.
fn made_apps(app: &AppView<'_>, owner: &str) -> Vec<Loc> {
    let made = |it: &Value| it.as_lib().filter(|lib| lib.owner == owner && lib.kind == "app").and_then(|lib| lib.made);
    let all = || app.registrations.iter().flat_map(|(_, it)| it);
    let mounted: Vec<Loc> = all().flat_map(|it| it.args.iter().filter_map(made)).collect();
    let mut apps: Vec<Loc> = all().filter_map(|it| made(&it.on)).filter(|it| !mounted.contains(it)).collect();
    apps.sort();
    apps.dedup();
    apps
}

/// What stands for the handler's argument that an earlier step makes ([`Returned::Argument`]).
pub fn argument(index: usize) -> Value {
    let index = Value::with_origin(Shape::Num(index.to_string().into()), Origin::Literal);
    things::value(things::with(things::thing("route", "argument"), "index", index))
}

/// The index of the argument that [`argument`] stands for.
pub fn argument_index(value: &Value) -> Option<usize> {
    let lib = value.as_lib().filter(|it| it.owner == "route" && it.kind == "argument")?;
    lib.get("index").and_then(Value::as_number).map(|it| it as usize)
}

/// The framework of that id.
pub fn find(id: Name) -> Option<&'static dyn Framework> {
    all().iter().copied().find(|it| id == it.id())
}

/// What all frameworks make of a project's set-up.
pub fn assemble(app: &AppView<'_>) -> Assembled {
    let mut whole = Assembled::default();
    for (framework, part) in all().iter().map(|it| (it, it.assembled(app))) {
        whole.errors.extend(framework.error_routes(app));
        whole.setups.extend(framework.setups(app));
        whole.routes.extend(part.routes);
        whole.added.extend(part.added);
    }
    let mounted: Vec<Route> = all().iter().flat_map(|it| it.mounted(app, &whole.routes)).collect();
    // Where a server of another framework stands, its own routes answer.
    whole.routes.retain(|it| !it.handler.as_lib().is_some_and(|lib| lib.kind == "server" && lib.owner != it.framework));
    whole.routes.extend(mounted);
    whole
}

/// What any framework says of a call. What the web platform itself offers (`Response`, `Request`, `URL`) is asked last.
pub fn call(call: &Call<'_>) -> Option<Outcome> {
    all().iter().find_map(|it| it.call(call)).or_else(|| web::call(call))
}

/// What a container has under a token.
pub fn provider(token: &Value, registrations: &[(FileId, Vec<Registration>)]) -> Option<Provider> {
    all().iter().find_map(|it| it.provider(token, registrations))
}

/// What a member of a library thing is.
pub fn member(lib: &Lib, name: Name) -> Option<Value> {
    match find(lib.owner) {
        Some(framework) => framework.member(lib, name).or_else(|| web::member(lib, name)),
        None => web::member(lib, name),
    }
}

/// What happens where code assigns a member of a library thing.
pub fn assigned(lib: &Lib, name: Name, value: &Value, known: &dyn Fn(Name) -> Option<Value>) -> Vec<EventKind> {
    find(lib.owner).map_or_else(Vec::new, |framework| framework.assigned(lib, name, value, known))
}
