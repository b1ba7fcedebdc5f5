//! Set-up code: apps are made, and routes, hooks, plugins and decorators registered on them.

use super::OWNER;
use crate::base::Name;
use crate::frameworks::things::{Target, target, thing, value, with};
use crate::values::{Call, CallForm, Callback, CallbackResult, Facts, Lib, Outcome, Registration, Shape, Value};

/// Methods that register a route, as they are called.
const VERBS: &[&str] = &[
    "get",
    "post",
    "put",
    "patch",
    "delete",
    "head",
    "options",
    "all",
    "trace",
    "search",
    "propfind",
    "proppatch",
    "mkcol",
    "copy",
    "move",
    "lock",
    "unlock",
    "report",
    "mkcalendar",
];

/// Whether a method of that name registers a route.
pub(super) fn is_verb(method: &str) -> bool {
    VERBS.contains(&method)
}

/// The key under which a `register` remembers that its result was awaited.
pub(super) const AWAITED: &str = "awaited";

/// What an export of a package makes.
pub(super) fn made(call: &Call<'_>) -> Option<Outcome> {
    let Target::Package(package, path) = target(call) else { return None };
    if call.form == CallForm::Tagged {
        return None;
    }
    let path: Vec<&str> = path.iter().map(|it| it.as_str()).collect();
    let mut lib = match (package.as_str(), path.as_slice()) {
        ("fastify", [] | ["fastify"]) => thing(OWNER, "app"),
        ("fastify-plugin", [] | ["fastifyPlugin"]) => with(thing(OWNER, "plugin"), "function", call.args.first()?.clone()),
        _ => return None,
    };
    lib.made = Some(call.loc);
    Some(Outcome::value(value(lib)))
}

/// A method of an app. `at` is the app.
pub(super) fn method(lib: &Lib, at: &Value, method: Name, call: &Call<'_>) -> Option<Outcome> {
    let itself = || Outcome::value(at.clone());
    let registers = |on: Value| Outcome {
        registers: Some(Registration { on, method, args: call.args.to_vec(), arg_locs: call.arg_locs.to_vec(), loc: call.loc }),
        ..itself()
    };
    Some(match method.as_str() {
        "register" if call.awaited => registers(value(with(lib.clone(), AWAITED, Value::bool(true)))),
        "register" | "route" | "addHook" | "decorate" | "decorateRequest" | "decorateReply" | "addSchema" | "setErrorHandler" => {
            registers(at.clone())
        }
        verb if is_verb(verb) => registers(at.clone()),
        "withTypeProvider"
        | "setNotFoundHandler"
        | "setValidatorCompiler"
        | "setSerializerCompiler"
        | "addContentTypeParser"
        | "removeAllContentTypeParsers"
        | "setSchemaController"
        | "setReplySerializer"
        | "removeContentTypeParser"
        | "setSchemaErrorFormatter"
        | "setGenReqId" => itself(),
        "after" | "ready" | "listen" => {
            let function = call.args.iter().rev().find(|it| matches!(it.shape, Shape::Closure(_)));
            let callback = |function: &Value| Callback {
                function: function.clone(),
                args: vec![Value::nullish()],
                result: CallbackResult::Ignored,
                under: Facts::none(),
                maybe: method != "after",
            };
            Outcome { callbacks: function.map(callback).into_iter().collect(), ..itself() }
        }
        // `@fastify/auth`: one of several guards, or all of them.
        "auth" => {
            let mut guards = with(thing(OWNER, "guards"), "functions", call.args.first()?.clone());
            if let Some(relation) = call.args.get(1).and_then(|it| it.field("relation")) {
                guards = with(guards, "relation", relation.clone());
            }
            Outcome::value(value(guards))
        }
        _ => return None,
    })
}
