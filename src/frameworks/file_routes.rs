//! What file routers share: splitting paths, routes of exports, parameters, and the going on of a middleware.

use super::things::{client_string, thing, value, with};
use super::{AppView, Link, Returned, Route, web};
use crate::base::{FileId, Loc, Name};
use crate::ir::Interface;
use crate::values::{Lib, Object, Origin, Outcome, Part, Shape, Truth, Value};

/// Endings of files that a file router reads as code.
const ENDINGS: [&str; 6] = ["ts", "tsx", "js", "jsx", "mjs", "mts"];

/// The folders of a source file and its name without ending; `None` for declarations, tests and other files.
pub(super) fn split(path: &str) -> Option<(Vec<&str>, &str)> {
    let mut folders: Vec<&str> = path.split('/').filter(|it| !it.is_empty() && *it != ".").collect();
    let (stem, ending) = folders.pop()?.rsplit_once('.')?;
    let is_code = ENDINGS.contains(&ending) && ![".d", ".test", ".spec"].iter().any(|it| stem.ends_with(it));
    (is_code && !folders.contains(&"node_modules")).then_some((folders, stem))
}

/// The value that a file exports under a name, if it may export it.
pub(super) fn exported(app: &AppView<'_>, file: FileId, interface: &Interface, name: &str) -> Option<(Value, Loc)> {
    let named = interface.exports.iter().any(|(export, _)| *export == name);
    if named || !interface.stars.is_empty() { (app.export)(file, Name::new(name)) } else { None }
}

/// A route of a file's export, without a chain. The names of the parameters are those in its path.
pub(super) fn route(framework: &str, methods: &[&str], path: String, file: FileId, (handler, loc): (Value, Loc)) -> Route {
    Route {
        framework: Name::new(framework),
        methods: methods.iter().map(|it| Name::new(it)).collect(),
        params: super::things::param_names(&path),
        path,
        file,
        loc,
        chain: Vec::new(),
        handler,
        handler_loc: loc,
        chain_unknown: false,
        left_out_by: None,
    }
}

/// A path in the form of a route's path.
pub(super) fn joined(segments: &[String]) -> String {
    if segments.is_empty() { "/".to_owned() } else { segments.iter().map(|it| format!("/{it}")).collect() }
}

/// The parameters of a route's path, strings of the client. `rest` is the name of an unnamed rest (`*`).
pub(super) fn params(route: &Route, rest: Option<&str>) -> Value {
    let mut all = Object::default();
    for name in route.params.iter().copied().chain(rest.map(Name::new)) {
        all.set(name, client_string(Part::Path, &[name]), None);
    }
    Value::with_origin(Shape::Object(all.into()), Origin::client(Part::Path, &[]))
}

/// An object literal that a framework hands in; `open` ones may hold more than is known.
pub(super) fn object(fields: &[(&str, Value)], open: bool) -> Value {
    let mut object = Object::default();
    for (name, value) in fields {
        object.set(Name::new(name), value.clone(), None);
    }
    if open {
        object.spreads.push(Value::unknown());
    }
    Value::of(Shape::Object(object.into()))
}

/// A place where the server keeps what it knows of a request (`event.locals`): the client cannot write there, so a principal that
/// nobody is seen to put there is still the server's word.
pub(super) fn locals(owner: &str) -> Value {
    value(thing(owner, "locals"))
}

/// A member of such a place that nobody is seen to write.
pub(super) fn unwritten(name: Name) -> Option<Value> {
    Value::new(Shape::Unknown, Origin::identity(true), Truth::always(true)).identity_member(name)
}

/// The function that goes on with the chain.
pub(super) fn next(owner: &str) -> Value {
    value(thing(owner, "next"))
}

/// What it means to call it: the rest answers.
pub(super) fn goes_on() -> Outcome {
    let response = value(with(thing(web::OWNER, "response"), "next", Value::bool(true)));
    Outcome { next: Some(None), ..Outcome::value(super::things::promise(response)) }
}

/// What a middleware's value means: a response is the answer, that of the rest has gone on already, and with nothing it goes on.
pub(super) fn passed(returned: &Value, without: Returned) -> Returned {
    let settled = returned.awaited();
    match settled.as_lib() {
        Some(lib) if is_rest(lib) => Returned::Nothing,
        Some(lib) if lib.owner == web::OWNER && matches!(lib.kind.as_str(), "response" | "fetched") => web::answer(&settled),
        _ => without,
    }
}

fn is_rest(lib: &Lib) -> bool {
    lib.owner == web::OWNER && lib.kind == "response" && lib.get("next").is_some()
}

/// The functions of a chain that one value stands for: itself, an array's elements, or the parts of a thing of `owner` that puts
/// functions in sequence (kind `sequence`).
pub(super) fn links(value: &Value, owner: &str, loc: Loc, scope: super::Scope) -> Vec<Link> {
    match &value.shape {
        Shape::Array(all) => all.iter().flat_map(|it| links(it, owner, loc, scope)).collect(),
        Shape::Lib(lib) if lib.owner == owner && lib.kind == "sequence" => {
            lib.data.iter().flat_map(|(_, it)| links(it, owner, loc, scope)).collect()
        }
        _ if super::things::may_run(value) => vec![Link { function: value.clone(), loc, scope }],
        _ => Vec::new(),
    }
}

/// A thing of `owner` that runs these functions one after the other.
pub(super) fn sequence(owner: &str, functions: &[Value]) -> Value {
    let data = functions.iter().enumerate().map(|(index, it)| (Name::new(&index.to_string()), it.clone())).collect();
    value(Lib { data, ..thing(owner, "sequence") })
}
