//! The project's routes, and the run of each.

use std::path::Path;
use std::sync::Arc;

use super::types::Trace;
use crate::base::{FileId, ItemId, Loc, Name, Node};
use crate::db::{self, Db, File, Workspace};
use crate::frameworks::{Added, AppView, Assembled, Directed, Parameter, Ran, Route, Told};
use crate::ir::{Expr, FnId, Interface, Pattern};
use crate::values::{Closure, Effect, EventKind, Fact, Facts, Key, Part, Registration, Shape, Value};

/// Names a route across edits elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RouteKey {
    /// The file of its registration or export.
    pub file: FileId,
    /// The item there.
    pub item: ItemId,
    /// Methods and path.
    pub name: Name,
    /// Counts routes that are alike.
    pub nth: u32,
}

/// What the frameworks make of the project's set-up.
#[salsa::tracked(returns(ref))]
fn assembled(db: &dyn Db) -> Assembled {
    let workspace = Workspace::get(db);
    let mut files: Vec<File> = workspace.files(db).values().copied().collect();
    files.sort_by_key(|file| file.id(db));
    let registered = super::provide::with_started(db, workspace);
    let views: Vec<(FileId, &Path, &Interface)> =
        files.iter().map(|file| (file.id(db), &**file.relative(db), &**file.interface(db))).collect();
    let export = |id: FileId, name: Name| exported(db, id, name);
    let arity = |value: &Value| parameters(db, value).map(<[Parameter]>::len);
    let run = |function: &Value, args: Vec<Value>, loc: Loc| ran(db, function, args, loc);
    let told = |route: &Route| Some(told(db, route));
    let member = |value: &Value, name: Name| member(db, value, name);
    let call = |value: &Value, args: Vec<Value>| registered_by(db, value, args);
    let parameters = |value: &Value| parameters(db, value).map(<[Parameter]>::to_vec);
    let directed = |id: FileId, directive: &str| directed(db, id, directive);
    let packages = workspace.packages(db);
    let major =
        |package: &str| packages.get(&Name::new(package)).and_then(|range| crate::catalog::lowest(range)).map(|it| it.major);
    let view = AppView {
        registrations: &registered,
        files: &views,
        export: &export,
        arity: &arity,
        run: &run,
        told: &told,
        member: &member,
        parameters: &parameters,
        directed: &directed,
        major: &major,
        call: &call,
    };
    crate::frameworks::assemble(&view)
}

/// What set-up code hung on the frameworks' things, by its name.
#[salsa::tracked(returns(ref))]
pub fn added(db: &dyn Db, workspace: Workspace) -> rustc_hash::FxHashMap<Name, Vec<Added>> {
    let _ = workspace;
    let mut by_name: rustc_hash::FxHashMap<Name, Vec<Added>> = rustc_hash::FxHashMap::default();
    for added in &assembled(db).added {
        by_name.entry(added.name).or_default().push(added.clone());
    }
    by_name
}

/// All routes of the project, with their keys, in order of file and place.
#[salsa::tracked(returns(ref))]
pub fn routes(db: &dyn Db) -> Vec<(RouteKey, Arc<Route>)> {
    let mut all: Vec<Route> = assembled(db).routes.clone();
    all.sort_by(|one, other| {
        (one.file, one.loc, &one.path, &one.methods).cmp(&(other.file, other.loc, &other.path, &other.methods))
    });
    // A router that is mounted under a path and again under all below it has each route once.
    all.dedup_by(|one, other| {
        (one.loc, &one.path, &one.methods) == (other.loc, &other.path, &other.methods)
            && (one.handler_loc, &one.chain) == (other.handler_loc, &other.chain)
    });
    let mut keyed: Vec<(RouteKey, Arc<Route>)> = Vec::with_capacity(all.len());
    let mut counts: rustc_hash::FxHashMap<(FileId, ItemId, Name), u32> = rustc_hash::FxHashMap::default();
    for mut route in all {
        route.handler_loc = written_at(db, &route);
        let methods: Vec<&str> = route.methods.iter().map(|it| it.as_str()).collect();
        let name = Name::new(&format!("{} {}", methods.join(","), route.path));
        let count = counts.entry((route.file, route.loc.item, name)).or_default();
        let key = RouteKey { file: route.file, item: route.loc.item, name, nth: *count };
        *count += 1;
        keyed.push((key, Arc::new(route)));
    }
    keyed
}

/// The runs of what answers for what was thrown in routes, in order of file and place.
#[salsa::tracked(returns(ref))]
pub fn error_traces(db: &dyn Db, workspace: Workspace) -> Vec<Arc<Trace>> {
    let _ = workspace;
    let mut all: Vec<&Route> = assembled(db).errors.iter().collect();
    all.sort_by_key(|it| (it.file, it.loc));
    all.into_iter().map(|it| Arc::new(super::run::run(db, &Arc::new(it.clone())))).collect()
}

/// Where apps are made.
#[salsa::tracked(returns(ref))]
pub fn setups(db: &dyn Db, workspace: Workspace) -> Vec<Loc> {
    let _ = workspace;
    assembled(db).setups.clone()
}

/// The keys of all routes, in the same order: what only counts routes need not be counted again when one grows by a letter.
#[salsa::tracked(returns(ref))]
pub fn route_keys(db: &dyn Db) -> Vec<RouteKey> {
    routes(db).iter().map(|(key, _)| *key).collect()
}

/// The routes by key: looking for one among hundreds, hundreds of times, costs more than a keystroke may.
#[salsa::tracked(returns(ref))]
fn by_key(db: &dyn Db, workspace: Workspace) -> rustc_hash::FxHashMap<RouteKey, Arc<Route>> {
    let _ = workspace;
    routes(db).iter().map(|(key, route)| (*key, route.clone())).collect()
}

/// The route of that key, if it is still there.
#[salsa::tracked(returns(ref))]
pub fn route(db: &dyn Db, workspace: Workspace, key: RouteKey) -> Option<Arc<Route>> {
    by_key(db, workspace).get(&key).cloned()
}

/// The run of a route.
#[salsa::tracked(returns(ref))]
pub fn trace(db: &dyn Db, workspace: Workspace, key: RouteKey) -> Option<Arc<Trace>> {
    let route = route(db, workspace, key).as_ref()?;
    Some(Arc::new(super::run::run(db, route)))
}

fn exported(db: &dyn Db, id: FileId, name: Name) -> Option<(Value, Loc)> {
    let file = db::file(db, id)?;
    let binding = db::export(db, file, name).as_ref()?;
    let mut interp = super::interp::Interp::new(db);
    let value = interp.value_of(file, binding);
    Some((value.clone(), place_of(&value).filter(|loc| loc.file == id).unwrap_or_else(|| declared_at(db, file, name))))
}

/// Calls a value as set-up code does.
fn ran(db: &dyn Db, function: &Value, args: Vec<Value>, loc: Loc) -> Ran {
    let mut interp = super::interp::Interp::new(db);
    let value = interp.call(function, args, loc);
    let value = interp.awaited(value, loc);
    let registered = std::mem::take(&mut interp.registrations);
    let frozen = |it: Registration| Registration {
        on: interp.freeze(&it.on),
        args: it.args.iter().map(|arg| interp.freeze(arg)).collect(),
        ..it
    };
    Ran { value: interp.freeze(&value), registrations: registered.into_iter().map(frozen).collect() }
}

/// The function that a value is, in the source. What a wrapper of another file gave back is exported where it was wrapped.
fn place_of(value: &Value) -> Option<Loc> {
    let Shape::Closure(closure) = &value.shape else { return None };
    Some(Loc { file: closure.file, item: closure.item, node: Node::Function(closure.function.0) })
}

/// Where the handler's code is written: a function that the registration names stands elsewhere, one in a wrapper inside of it.
fn written_at(db: &dyn Db, route: &Route) -> Loc {
    let named = route.handler_loc;
    let item = db::file(db, named.file).and_then(|file| db::item(db, file, named.item).as_ref());
    let at = item.and_then(|item| Some(item.expr(item.expr_at(named.node)?)));
    let inner = match (at, &route.handler.shape) {
        (Some(Expr::Global(_) | Expr::Local(_) | Expr::Member { .. }), Shape::Closure(_)) => Some(&route.handler),
        // `wrap(handler)`: the one function that the wrapper got.
        (Some(Expr::Call { .. }), Shape::Closure(wrapper)) => {
            let mut functions = wrapper.captured.iter().map(|(_, it)| it).filter(|it| matches!(it.shape, Shape::Closure(_)));
            functions.next().filter(|_| functions.next().is_none())
        }
        _ => None,
    };
    inner.and_then(place_of).unwrap_or(named)
}

/// Where the file binds what it exports under that name.
fn declared_at(db: &dyn Db, file: File, name: Name) -> Loc {
    let local = file.interface(db).exports.iter().find_map(|(exported, export)| match export {
        crate::ir::Export::Local(local) if *exported == name => Some(*local),
        _ => None,
    });
    let binders = db::binders(db, file);
    let item = local.and_then(|local| binders.get(&local)).and_then(|items| items.first()).copied().unwrap_or(ItemId(0));
    Loc { file: file.id(db), item, node: Node::Whole }
}

/// What a run of a route tells of the requests that its code tells apart.
fn told(db: &dyn Db, route: &Route) -> Vec<Told> {
    let is = |facts: &Facts, wanted: &str| {
        facts.iter().find_map(|fact| match fact {
            Fact::Is(Key::Client(Part::Request, path), text) if path.len() == 1 && path[0] == wanted => Some(*text),
            _ => None,
        })
    };
    let run = super::run::run_early(db, &Arc::new(route.clone()));
    let told = run.events.iter().map(|event| Told {
        path: is(&event.facts, "pathname").map(|it| it.to_string()),
        method: is(&event.facts, "method").map(|it| Name::new(&it)),
        acts: match &event.kind {
            EventKind::Access(_) => true,
            EventKind::Effect { kind, .. } => *kind != Effect::Log,
            _ => false,
        },
    });
    told.collect()
}

/// A member of a value as code outside would see it; of a class, of an object of it that a container makes.
fn member(db: &dyn Db, value: &Value, name: Name) -> Value {
    let mut interp = super::interp::Interp::new(db);
    match &value.shape {
        Shape::Class(class) => interp.member_of(&super::interp::instance_of(*class), name),
        _ => interp.member_of(value, name),
    }
}

/// What set-up asks of a function without running it. It stays the same while the function's body is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Signature {
    name: Option<Name>,
    params: Vec<Parameter>,
    directives: Vec<Name>,
    closes_over: bool,
}

/// The signatures of an item's functions, by [`FnId`].
#[salsa::tracked(returns(ref))]
fn signatures(db: &dyn Db, file: File, item: ItemId) -> Vec<Signature> {
    let Some(code) = db::item(db, file, item) else { return Vec::new() };
    let name = |mut pattern: &Pattern| loop {
        match pattern {
            Pattern::Local(local) => return Some(code.local(*local).name),
            Pattern::Default { pattern: inner, .. } => pattern = inner,
            _ => return None,
        }
    };
    let parameter = |param: &crate::ir::Param| Parameter { name: name(&param.pattern), ty: param.ty.as_ref().map(|it| it.name) };
    let signature = |function: &crate::ir::Function| Signature {
        name: function.name,
        params: function.params.iter().map(parameter).collect(),
        directives: function.directives.iter().map(|it| Name::new(it)).collect(),
        closes_over: !function.captures.is_empty(),
    };
    code.functions.iter().map(signature).collect()
}

/// The parameters of a function of the project.
fn parameters<'db>(db: &'db dyn Db, value: &Value) -> Option<&'db [Parameter]> {
    let Shape::Closure(closure) = &value.shape else { return None };
    let file = db::file(db, closure.file)?;
    let signature = signatures(db, file, closure.item).get(closure.function.0 as usize)?;
    Some(&signature.params)
}

/// The functions inside a file's code that begin with a directive.
fn directed(db: &dyn Db, id: FileId, directive: &str) -> Vec<Directed> {
    let Some(file) = db::file(db, id) else { return Vec::new() };
    let at = |(item, function, of): &(ItemId, FnId, Name)| {
        if *of != directive {
            return None;
        }
        let signature = signatures(db, file, *item).get(function.0 as usize)?;
        let closure = Closure {
            file: id,
            item: *item,
            function: *function,
            captured: Arc::from([]),
            scopes: Arc::from([]),
            this: None,
            bound: Arc::from([]),
        };
        Some(Directed {
            function: Value::of(Shape::Closure(Arc::new(closure))),
            loc: Loc { file: id, item: *item, node: Node::Function(function.0) },
            name: signature.name,
            closes_over: signature.closes_over,
        })
    };
    directives(db, file).iter().filter_map(at).collect()
}

/// The functions of a file that begin with directives.
#[salsa::tracked(returns(ref))]
fn directives(db: &dyn Db, file: File) -> Vec<(ItemId, FnId, Name)> {
    let mut found = Vec::new();
    for id in db::item_ids(db, file) {
        for (index, signature) in (0..).zip(signatures(db, file, *id)) {
            found.extend(signature.directives.iter().map(|it| (*id, FnId(index), *it)));
        }
    }
    found
}

/// What a function registers when it is called.
fn registered_by(db: &dyn Db, function: &Value, args: Vec<Value>) -> Vec<Registration> {
    let Some(loc) = place_of(function) else { return Vec::new() };
    let mut interp = super::interp::Interp::new(db);
    interp.call(function, args, loc);
    interp.registered()
}
