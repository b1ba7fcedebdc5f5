//! What a handler gets: parameters by their decorators, through their pipes.

use super::assemble::Site;
use super::classes::{Decorated, Decorator};
use super::{OWNER, context, dto};
use crate::base::{Loc, Name};
use crate::catalog::validated;
use crate::frameworks::things::{client_string, thing, value};
use crate::frameworks::{argument, express};
use crate::values::{Origin, Part, Scalar, Shape, Truth, UnknownKeys, Validator, Value};

/// A parameter of a handler, and the steps that make it.
pub(super) struct Input {
    pub value: Value,
    pub steps: Vec<(Value, Loc)>,
}

/// What one parameter gets.
pub(super) fn input(site: &Site<'_, '_>, index: usize, ty: &Value, on: &Decorated<'_>) -> Input {
    let mut made = Input { value: Value::nullish(), steps: Vec::new() };
    for decorator in &on.all {
        if let Some((raw, custom)) = raw(site, decorator, index, &mut made) {
            made.value = raw;
            let own = decorator.args().into_iter().filter(|it| is_pipe(site, it));
            let pipes: Vec<Value> = site.pipes.iter().cloned().chain(own.cloned()).collect();
            for pipe in &pipes {
                apply(site, pipe, index, ty, custom, decorator, &mut made);
            }
            break;
        }
    }
    made
}

/// What a decorator reads, and whether it is the project's own; `None` for a decorator that reads nothing.
fn raw(site: &Site<'_, '_>, decorator: &Decorator<'_>, index: usize, made: &mut Input) -> Option<(Value, bool)> {
    let key = decorator.arg(0).and_then(Value::as_str);
    let path: Vec<Name> = key.map(Name::new).into_iter().collect();
    let text = |part: Part, path: &[Name]| if path.is_empty() { Value::client(part, path) } else { client_string(part, path) };
    Some((
        match decorator.name() {
            "Body" | "RawBody" => Value::client(Part::Body, &path),
            "Query" => Value::client(Part::Query, &path),
            "Param" => text(Part::Path, &path),
            "Headers" => {
                let path: Vec<Name> = key.map(|it| Name::new(&it.to_ascii_lowercase())).into_iter().collect();
                text(Part::Header, &path)
            }
            "Ip" => context::of_request("ip"),
            "HostParam" => context::of_request("host"),
            "Session" => Value::unknown(),
            "Req" | "Request" => site.request.clone(),
            "Res" | "Response" => site.response.clone(),
            "Next" => value(thing("express", "next")),
            "UploadedFile" => {
                site.request.as_lib().and_then(|it| express::request_member(it, Name::new("file"))).unwrap_or_else(Value::unknown)
            }
            "UploadedFiles" => Value::client(Part::Form, &[Name::new("files")]),
            "@param" => {
                let factory = decorator.lib.get("factory")?.clone();
                let data = decorator.arg(0).filter(|it| !is_pipe(site, it)).cloned().unwrap_or_else(Value::nullish);
                made.steps.push((context::step(factory, vec![data, value(site.context.clone())], Some(index)), decorator.loc));
                return Some((argument(index), true));
            }
            _ => return None,
        },
        false,
    ))
}

/// The name of a pipe of the framework.
fn own_pipe(pipe: &Value) -> Option<(&str, Option<&Value>)> {
    match &pipe.shape {
        Shape::Lib(lib) if lib.owner == OWNER && lib.kind == "pipe" => Some((lib.get("name")?.as_str()?, lib.get("options"))),
        Shape::Import(import) => import.path.last().filter(|it| it.ends_with("Pipe")).map(|it| (it.as_str(), None)),
        _ => None,
    }
}

fn is_pipe(site: &Site<'_, '_>, value: &Value) -> bool {
    own_pipe(value).is_some() || transform(site, value).is_some()
}

/// The method of a pipe of the project.
fn transform(site: &Site<'_, '_>, pipe: &Value) -> Option<Value> {
    if !matches!(pipe.shape, Shape::Class(_) | Shape::Instance(_)) {
        return None;
    }
    let method = (site.app.member)(pipe, Name::new("transform"));
    matches!(method.shape, Shape::Closure(_)).then_some(method)
}

fn apply(site: &Site<'_, '_>, pipe: &Value, index: usize, ty: &Value, custom: bool, decorator: &Decorator<'_>, made: &mut Input) {
    if let Some(method) = transform(site, pipe) {
        let metadata = Value::unknown();
        made.steps.push((context::step(method, vec![made.value.clone(), metadata], Some(index)), decorator.loc));
        made.value = argument(index);
        return;
    }
    let Some((name, options)) = own_pipe(pipe) else { return };
    // Only what came in and is still in hand here can be said to be checked.
    if custom || !made.value.origin.is_client() {
        return;
    }
    let scalar = |scalar| Some(Validator::Scalar(scalar));
    let validator = match name {
        "ValidationPipe" => validation(site, options, ty),
        "ZodValidationPipe" => dto::schema(site.classes, ty, UnknownKeys::Strip).filter(|it| *it != Validator::Opaque),
        "ParseIntPipe" | "ParseFloatPipe" => scalar(Scalar::Number),
        "ParseBoolPipe" => scalar(Scalar::Bool),
        "ParseUUIDPipe" => scalar(Scalar::String),
        "ParseDatePipe" => scalar(Scalar::Date),
        "ParseEnumPipe" => scalar(Scalar::Other),
        "ParseArrayPipe" => Some(Validator::Array(Box::new(Validator::Opaque))),
        _ => None,
    };
    if let Some(validator) = validator {
        made.value = validated(&validator, &made.value);
    } else if name == "ValidationPipe" && flag(options, "transform") {
        made.value = cast(&made.value, ty);
    }
}

/// What the validation pipe checks: classes, and no other type.
fn validation(site: &Site<'_, '_>, options: Option<&Value>, ty: &Value) -> Option<Validator> {
    let unknown = match (flag(options, "whitelist"), flag(options, "forbidNonWhitelisted")) {
        (true, true) => UnknownKeys::Reject,
        (true, false) => UnknownKeys::Strip,
        _ => UnknownKeys::Keep,
    };
    dto::schema(site.classes, ty, unknown)
}

fn flag(options: Option<&Value>, name: &str) -> bool {
    options.and_then(|it| it.field(name)) == Some(&Value::bool(true))
}

/// With `transform` a primitive type is what the text is turned into.
fn cast(raw: &Value, ty: &Value) -> Value {
    let Shape::Builtin(path) = &ty.shape else { return raw.clone() };
    let scalar = match path.first().map(|it| it.as_str()) {
        Some("number" | "Number") => Scalar::Number,
        Some("boolean" | "Boolean") => Scalar::Bool,
        _ => return raw.clone(),
    };
    let origin: Origin = raw.origin.checked(crate::values::Checked::Cast);
    Value::new(Shape::Scalar(scalar), origin, Truth::default())
}
