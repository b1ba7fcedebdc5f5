//! Routes: every procedure of every served router, and of routers whose serving is not seen.

use rustc_hash::FxHashSet;

use super::build::{router_of, steps};
use super::{OWNER, for_host};
use crate::base::{FileId, Loc, Name};
use crate::frameworks::things::{thing, value, with};
use crate::frameworks::{AppView, Link, Route, Scope};
use crate::values::{Lib, Value};

/// Names under which tRPC's documentation and its starters export the making of a context, the outermost first.
const CONTEXT_MAKERS: &[&str] = &["createTRPCContext", "createContext", "createContextInner", "createInnerTRPCContext"];

/// Where a router is served.
struct Server<'a> {
    lib: Lib,
    /// The route that leads there.
    host: Option<&'a Route>,
}

/// The routes of all routers.
pub(super) fn routes(app: &AppView<'_>, hosts: &[Route]) -> Vec<Route> {
    let routers: Vec<&Lib> = registered(app, "router").collect();
    if routers.is_empty() {
        return Vec::new();
    }
    let mut routes = Vec::new();
    let mut seen: FxHashSet<Loc> = FxHashSet::default();
    for server in servers(app, hosts) {
        let Some(router) = server.lib.get("router").and_then(router_of).cloned() else { continue };
        routes.extend(of_router(&router, &Served::by(&server), &mut seen));
    }
    // A router that nobody is seen to serve is served by something out of sight: the largest hold the others.
    let mut rest = routers;
    rest.sort_by_key(|it| std::cmp::Reverse(it.data.len()));
    let context = made_somewhere(app);
    for router in rest {
        routes.extend(of_router(router, &Served { context: context.clone(), ..Served::default() }, &mut seen));
    }
    routes
}

fn registered<'a>(app: &AppView<'a>, method: &'a str) -> impl Iterator<Item = &'a Lib> {
    let all = app.registrations.iter().flat_map(|(_, all)| all);
    all.filter(move |it| it.method == method).filter_map(|it| it.on.as_lib()).filter(|it| it.owner == OWNER)
}

/// Where routers are served: by set-up code, or by a handler that hands its request over.
fn servers<'a>(app: &AppView<'_>, hosts: &'a [Route]) -> Vec<Server<'a>> {
    let is_server = |value: &Value| value.as_lib().is_some_and(|it| it.owner == OWNER && it.kind == "server");
    let mut servers: Vec<Server<'a>> = Vec::new();
    for lib in registered(app, "serve") {
        let same = |value: &Value| is_server(value) && value.as_lib().is_some_and(|it| it.made == lib.made);
        servers.push(Server { lib: lib.clone(), host: hosts.iter().find(|it| same(&it.handler)) });
    }
    let adapts = |file: FileId| {
        let interface = app.files.iter().find(|(id, _, _)| *id == file).map(|(_, _, interface)| *interface);
        interface.is_some_and(|it| it.specifiers.iter().any(|it| it.starts_with("@trpc/server/adapters") || it.contains("trpc-")))
    };
    let mut tried: Vec<&Value> = Vec::new();
    for host in hosts.iter().filter(|it| !is_server(&it.handler) && adapts(it.file)) {
        if tried.contains(&&host.handler) {
            continue;
        }
        tried.push(&host.handler);
        for registration in (app.call)(&host.handler, for_host(host)) {
            let Some(lib) = registration.on.as_lib().filter(|it| it.owner == OWNER && it.kind == "server") else { continue };
            servers.push(Server { lib: lib.clone(), host: Some(host) });
        }
    }
    servers
}

/// How a router is served.
#[derive(Default)]
struct Served<'a> {
    host: Option<&'a Route>,
    endpoint: String,
    adapter: Option<Value>,
    context: Option<(Value, Loc)>,
}

impl<'a> Served<'a> {
    fn by(server: &Server<'a>) -> Self {
        let written = server.lib.get("endpoint").and_then(Value::as_str).map(str::to_owned);
        let of_host = || {
            let fixed = |it: &&str| !it.is_empty() && !it.starts_with(['*', ':']);
            server.host.map(|it| it.path.split('/').filter(fixed).map(|it| format!("/{it}")).collect::<String>())
        };
        Served {
            host: server.host,
            endpoint: written.or_else(of_host).unwrap_or_default(),
            adapter: server.lib.get("adapter").cloned(),
            context: server.lib.get("context").cloned().zip(server.lib.made),
        }
    }
}

/// The project's function that makes a context, by the names that tRPC gives it.
fn made_somewhere(app: &AppView<'_>) -> Option<(Value, Loc)> {
    CONTEXT_MAKERS.iter().find_map(|name| {
        let mut exporting = app.files.iter().filter(|(_, _, interface)| interface.exports.iter().any(|(it, _)| it == name));
        exporting.find_map(|(file, _, _)| (app.export)(*file, Name::new(name)))
    })
}

fn of_router(router: &Lib, served: &Served<'_>, seen: &mut FxHashSet<Loc>) -> Vec<Route> {
    let before = seen.clone();
    let mut routes = Vec::new();
    for (name, endpoint) in &router.data {
        let Some(endpoint) = endpoint.as_lib() else { continue };
        let Some(made) = endpoint.made else { continue };
        // A procedure of a router inside another is reached by the outer one.
        if before.contains(&made) {
            continue;
        }
        seen.insert(made);
        routes.push(route(name, endpoint, made, served));
    }
    routes
}

fn route(name: &Name, endpoint: &Lib, made: Loc, served: &Served<'_>) -> Route {
    let mut begin = Lib { kind: Name::new("begin"), path: std::sync::Arc::from([]), ..endpoint.clone() };
    begin.data.retain(|(name, _)| *name != "handler" && *name != "place");
    begin = with(begin, "path", Value::str(name));
    if let Some(host) = served.host {
        begin = with(begin, "host", Value::str(&host.framework));
    }
    if let Some(adapter) = &served.adapter {
        begin = with(begin, "adapter", adapter.clone());
    }
    if served.context.is_some() {
        begin = with(begin, "context", Value::bool(true));
    }
    let link = |function: Value, loc: Loc, scope: Scope| Link { function, loc, scope };
    let mut chain: Vec<Link> = served.host.map(|it| it.chain.clone()).unwrap_or_default();
    let own: Vec<Link> = steps(&begin)
        .map(|step| {
            let loc = step.made.unwrap_or(made);
            match step.get("value").filter(|_| step.kind == "use") {
                Some(function) => link(function.clone(), loc, Scope::Route),
                None => link(value(step.clone()), loc, Scope::Route),
            }
        })
        .collect();
    chain.push(link(value(begin), made, Scope::App));
    if let Some((context, loc)) = &served.context {
        chain.push(link(context.clone(), *loc, Scope::App));
    }
    chain.extend(own);
    let method = match endpoint.get("type").and_then(Value::as_str) {
        Some("mutation") => "POST",
        _ => "GET",
    };
    let handler_loc = endpoint.get("place").and_then(Value::as_lib).and_then(|it| it.made).unwrap_or(made);
    Route {
        framework: Name::new(OWNER),
        methods: vec![Name::new(method)],
        path: format!("{}/{name}", served.endpoint.trim_end_matches('/')),
        file: made.file,
        loc: made,
        chain,
        handler: endpoint.get("handler").cloned().unwrap_or_else(|| value(thing(OWNER, "endpoint"))),
        handler_loc,
        params: Vec::new(),
        chain_unknown: served.context.is_none() || served.host.is_some_and(|it| it.chain_unknown),
        left_out_by: served.host.and_then(|it| it.left_out_by),
    }
}
