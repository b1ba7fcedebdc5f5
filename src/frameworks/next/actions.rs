//! Server actions: every exported function of a `"use server"` file, and every function that begins with the directive.
//!
//! Each is a public address, whatever calls it in the code; all that it is given is the client's, bound arguments included.

use super::OWNER;
use crate::base::{FileId, Loc, Name};
use crate::frameworks::things::{thing, value};
use crate::frameworks::{AppView, Link, Parameter, Route, Scope, web};
use crate::values::{Lib, Part, Shape, Value};

/// The directive that makes functions addresses.
const DIRECTIVE: &str = "use server";

/// The actions of a project, each with the path of its file.
pub(super) fn routes<'a>(app: &AppView<'a>) -> Vec<(&'a str, Route)> {
    let mut found = Vec::new();
    for (file, path, interface) in app.files {
        let Some(path) = path.to_str() else { continue };
        if interface.directives.iter().any(|it| &**it == DIRECTIVE) {
            for (name, _) in &interface.exports {
                if let Some((function, loc)) = (app.export)(*file, *name)
                    && is_action(&function)
                {
                    found.push((path, route(app, *file, *name, function, loc, false)));
                }
            }
            continue;
        }
        for inner in (app.directed)(*file, DIRECTIVE) {
            let name = inner.name.unwrap_or_else(|| Name::new("action"));
            // What it closes over is encrypted on its way through the client, and not known here.
            found.push((path, route(app, *file, name, inner.function, inner.loc, inner.closes_over)));
        }
    }
    found
}

/// Functions of the project, and what wrappers made of them; schemas, constants and types that are exported beside them are not.
fn is_action(value: &Value) -> bool {
    match &value.shape {
        Shape::Closure(_) => true,
        Shape::Lib(lib) => lib.owner == "unknown" && lib.kind == "wrapper",
        _ => false,
    }
}

fn route(app: &AppView<'_>, file: FileId, name: Name, handler: Value, loc: Loc, chain_unknown: bool) -> Route {
    let mut action = thing(OWNER, "action");
    let parameters = (app.parameters)(&handler).unwrap_or_else(|| vec![Parameter::default(), Parameter::default()]);
    for (index, parameter) in parameters.iter().enumerate() {
        let fallback = || Name::new(&if index == 0 { "input".to_owned() } else { format!("input{index}") });
        action.data.push((parameter.name.unwrap_or_else(fallback), argument(parameter, fallback)));
    }
    Route {
        framework: Name::new(OWNER),
        methods: vec![Name::new("ACTION")],
        path: name.to_string(),
        file,
        loc,
        chain: vec![Link { function: value(action), loc, scope: Scope::Route }],
        handler,
        handler_loc: loc,
        params: Vec::new(),
        chain_unknown,
        left_out_by: None,
    }
}

/// What a parameter gets: a form where it says so, and otherwise whatever the client wrote; its type is a wish.
fn argument(parameter: &Parameter, fallback: impl Fn() -> Name) -> Value {
    match parameter.ty {
        Some(ty) if ty == "FormData" => value(thing(web::OWNER, "form")),
        _ => Value::client(Part::Argument, &[parameter.name.unwrap_or_else(fallback)]),
    }
}

/// The arguments of an action's handler, where the route is one.
pub(super) fn arguments(route: &Route) -> Option<Vec<Value>> {
    let lib = route.chain.iter().find_map(|link| link.function.as_lib().filter(|lib| is_start(lib)))?;
    Some(lib.data.iter().map(|(_, value)| value.clone()).collect())
}

/// Whether a link is where an action begins.
pub(super) fn is_start(lib: &Lib) -> bool {
    lib.owner == OWNER && lib.kind == "action"
}
