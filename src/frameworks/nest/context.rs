//! What runs with a request: its context, the metadata of its handler, guards of passport, arguments that decorators make.

use std::sync::Arc;

use super::OWNER;
use crate::base::Name;
use crate::frameworks::things::{client_string, thing, value, with};
use crate::values::{
    Call, Callback, CallbackResult, Effect, EventKind, Fact, Facts, Lib, Origin, Outcome, Part, Shape, Truth, Value,
};

/// A method of one of the things.
pub(super) fn method(lib: &Lib, method: Name, call: &Call<'_>) -> Option<Outcome> {
    let part = |key: &str| Outcome::value(lib.get(key).cloned().unwrap_or_else(Value::unknown));
    Some(match (lib.kind.as_str(), method.as_str()) {
        ("context", "switchToHttp") => Outcome::value(value(Lib { kind: Name::new("http"), cell: None, ..lib.clone() })),
        ("context" | "http", "getRequest") => part("request"),
        ("context" | "http", "getResponse") => part("response"),
        ("context", "getHandler") => part("handler"),
        ("context", "getClass") => part("class"),
        ("context", "getType") => Outcome::value(Value::str("http")),
        ("context", "getArgs") => {
            let all: Vec<Value> = ["request", "response"].iter().filter_map(|key| lib.get(key).cloned()).collect();
            Outcome::value(Value::of(Shape::Array(all.into())))
        }
        ("context", "getArgByIndex") => part(match call.args.first().and_then(Value::as_number) {
            Some(0.0) => "request",
            Some(1.0) => "response",
            _ => "",
        }),
        ("reflector", asked) => Outcome::value(metadata(asked, call)),
        ("auth-guard", "canActivate") => can_activate(lib, call),
        ("auth-guard", "handleRequest") => Outcome {
            // Without a user it throws.
            after: Facts::one(Fact::Authenticated),
            ..Outcome::value(call.args.get(1).cloned().unwrap_or_else(user))
        },
        ("auth-guard", "getRequest") => Outcome::value(request_of(call)?),
        ("auth-guard", "logIn" | "getAuthenticateOptions") => Outcome::value(Value::nullish()),
        ("step", "run") => run(lib),
        ("limiter", "run") => limited(lib),
        ("upload", "run") => upload(lib),
        ("next", "handle") => Outcome::value(Value::unknown()),
        _ => return None,
    })
}

/// `reflector.get(key, target)`, `getAllAndOverride(key, [target, …])`, `getAllAndMerge`, `getAll`.
fn metadata(asked: &str, call: &Call<'_>) -> Value {
    let Some(key) = call.args.first().and_then(key_of) else { return Value::unknown() };
    let second = call.args.get(1).cloned().unwrap_or_else(Value::nullish);
    let targets: Vec<Value> = match &second.shape {
        Shape::Array(all) => all.to_vec(),
        _ => vec![second.clone()],
    };
    let mut found: Vec<Value> = Vec::new();
    for target in &targets {
        let Some(lib) = target.as_lib().filter(|it| it.owner == OWNER && it.kind == "target") else { return Value::unknown() };
        match lib.get("metadata").and_then(|it| it.field(&key)) {
            Some(value) => found.push(value.clone()),
            None if asked == "getAll" => found.push(Value::nullish()),
            None => {}
        }
    }
    match asked {
        "get" | "getAllAndOverride" => found.into_iter().next().unwrap_or_else(Value::nullish),
        "getAllAndMerge" => {
            let mut all: Vec<Value> = Vec::new();
            for value in found {
                match &value.shape {
                    Shape::Array(inner) => all.extend(inner.iter().cloned()),
                    _ => all.push(value),
                }
            }
            Value::of(Shape::Array(all.into()))
        }
        "getAll" => Value::of(Shape::Array(found.into())),
        _ => Value::unknown(),
    }
}

/// The key under which metadata is kept: a text, or a decorator that the reflector made.
pub(super) fn key_of(value: &Value) -> Option<Name> {
    match &value.shape {
        Shape::Str(text) => Some(Name::new(text)),
        Shape::Lib(lib) if lib.kind == "metadata-decorator" => lib.get("key").and_then(key_of),
        Shape::Import(import) => import.path.last().copied(),
        _ => None,
    }
}

/// A caller that passport verified.
fn user() -> Value {
    Value::new(Shape::Unknown, Origin::identity(false), Truth::implies(Facts::one(Fact::Authenticated)))
}

fn request_of(call: &Call<'_>) -> Option<Value> {
    call.args.first()?.as_lib()?.get("request").cloned()
}

/// A guard of passport: runs the project's strategy, and leaves what it gives on the request.
fn can_activate(guard: &Lib, call: &Call<'_>) -> Outcome {
    let context = call.args.first().and_then(Value::as_lib);
    let request = context.and_then(|it| it.get("request")).cloned().unwrap_or_else(Value::unknown);
    let stores = Some((request.clone(), Name::new("user")));
    let callback = |function: Value, args: Vec<Value>, under: Facts| Callback {
        function,
        args,
        result: CallbackResult::Value,
        under,
        maybe: false,
    };
    if let Some(handles) = context.and_then(|it| it.get("handleRequest")) {
        // The project decides what a missing user means.
        let maybe = Value::new(Shape::Unknown, Origin::identity(true), Truth::implies(Facts::one(Fact::Authenticated)));
        let error = Value::new(Shape::Unknown, Origin::Exception, Truth::default());
        let args = vec![error, maybe, Value::unknown(), call.args.first().cloned().unwrap_or_else(Value::unknown)];
        let callbacks = vec![callback(handles.clone(), args, Facts::none())];
        return Outcome { callbacks, stores, ..Outcome::value(Value::bool(true)) };
    }
    let authenticated = Facts::one(Fact::Authenticated);
    let name = guard.get("strategy").and_then(Value::as_str).unwrap_or_default();
    let strategy = context.and_then(|it| it.get(&format!("strategy:{name}")));
    let Some(strategy) = strategy.filter(|_| !name.is_empty()) else {
        let writes = vec![(request, Name::new("user"), user())];
        return Outcome { writes, after: authenticated, ..Outcome::value(Value::bool(true)) };
    };
    let (args, under) = match name {
        "local" => {
            let field = |name: &str| Value::client(Part::Body, &[Name::new(name)]);
            (vec![field("username"), field("password")], Facts::none())
        }
        "jwt" | "bearer" => (vec![user()], authenticated.clone()),
        // An identity provider gives tokens, then the profile.
        _ => (vec![Value::unknown(), Value::unknown(), user(), Value::unknown()], authenticated.clone()),
    };
    let with_request = context.and_then(|it| it.get(&format!("request:{name}"))).is_some();
    let args = if with_request { std::iter::once(request).chain(args).collect() } else { args };
    Outcome { callbacks: vec![callback(strategy.clone(), args, under)], stores, after: authenticated, ..Outcome::default() }
}

/// A function with what it gets.
fn run(step: &Lib) -> Outcome {
    let args = match step.get("args").map(|it| &it.shape) {
        Some(Shape::Array(all)) => all.to_vec(),
        _ => Vec::new(),
    };
    let function = step.get("function").cloned().unwrap_or_else(Value::unknown);
    let callback = Callback { function, args, result: CallbackResult::Value, under: Facts::none(), maybe: false };
    Outcome { callbacks: vec![callback], ..Outcome::default() }
}

/// A step that calls `function`; with `index` its result is that argument of the handler.
pub(super) fn step(function: Value, args: Vec<Value>, index: Option<usize>) -> Value {
    let mut lib = with(with(thing(OWNER, "step"), "function", function), "args", Value::of(Shape::Array(args.into())));
    if let Some(index) = index {
        lib = with(lib, "index", Value::with_origin(Shape::Num(index.to_string().into()), Origin::Literal));
    }
    runs(lib)
}

/// A thing that runs in a chain.
pub(super) fn runs(lib: Lib) -> Value {
    Value::of(Shape::Method { of: value(lib), name: Name::new("run") })
}

fn limited(lib: &Lib) -> Outcome {
    let of = |key: &str| lib.get(key).cloned().unwrap_or_else(Value::unknown);
    let args = vec![of("limit"), of("ttl"), Value::str("ip")];
    let after = Facts::one(Fact::Limited);
    Outcome { after, ..Outcome::value(Value::bool(true)).with_event(EventKind::Marked { mark: Name::new("limit"), args }) }
}

/// Multer before the handler: it stores what comes.
fn upload(lib: &Lib) -> Outcome {
    let options = lib.get("options").cloned().unwrap_or_else(Value::nullish);
    let mut outcome = Outcome::value(Value::bool(true));
    for name in ["limits", "fileFilter"] {
        let value = options.field(name).cloned().unwrap_or_else(Value::nullish);
        outcome.events.push(EventKind::Marked { mark: Name::new(&format!("setting:upload.{name}")), args: vec![value] });
    }
    outcome.with_event(EventKind::Effect { kind: Effect::StorageWrite, args: vec![Value::client(Part::Form, &[])] })
}

/// The context of a route's requests.
pub(super) fn context(handler: Value, class: Value, request: Value, response: Value) -> Lib {
    let target = |metadata: Value| value(with(thing(OWNER, "target"), "metadata", metadata));
    let mut lib = thing(OWNER, "context");
    lib.data = vec![
        (Name::new("request"), request),
        (Name::new("response"), response),
        (Name::new("handler"), target(handler)),
        (Name::new("class"), target(class)),
    ];
    lib
}

/// The request's address as a text.
pub(super) fn of_request(name: &str) -> Value {
    client_string(Part::Request, &[Name::new(name)])
}

/// The same function, with these arguments before all others.
pub(super) fn bound(function: &Value, args: Vec<Value>) -> Value {
    match &function.shape {
        Shape::Closure(closure) => {
            let mut own = (**closure).clone();
            own.bound = own.bound.iter().cloned().chain(args).collect();
            Value::new(Shape::Closure(Arc::new(own)), function.origin.clone(), function.truth.clone())
        }
        _ => step(function.clone(), args, None),
    }
}
