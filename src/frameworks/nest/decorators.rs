//! What the packages export: decorators, and things that are made when files are set up.

use std::sync::Arc;

use super::OWNER;
use crate::base::Name;
use crate::frameworks::things::{promise, thing, value, with};
use crate::values::{Call, CallForm, Lib, Outcome, Registration, Shape, Value};

/// Packages whose exports that begin with a capital are decorators when they are called.
const DECORATORS: &[&str] =
    &["@nestjs/common", "@nestjs/core", "@nestjs/throttler", "class-validator", "class-transformer", "@nestjs/serve-static"];

/// Packages that offer mapped types.
const MAPPED: &[&str] = &["@nestjs/mapped-types", "@nestjs/swagger", "@nestjs/graphql"];

/// A call of an export of a package.
pub(super) fn exported(package: Name, path: &[Name], call: &Call<'_>) -> Option<Outcome> {
    let ours = package.starts_with("@nestjs/") || package.starts_with("class-") || package.as_str() == "nestjs-zod";
    if !ours || call.form == CallForm::Tagged {
        return None;
    }
    let path: Vec<&str> = path.iter().map(|it| it.as_str()).collect();
    let first = || call.args.first().cloned().unwrap_or_else(Value::nullish);
    let made = |kind: &str| Lib { made: Some(call.loc), ..thing(OWNER, kind) };
    let new = call.form == CallForm::New;
    let lib = match (package.as_str(), path.as_slice()) {
        ("@nestjs/core", ["NestFactory", "create" | "createApplicationContext"]) => {
            let app = with(made("app"), "module", first());
            return Some(Outcome::value(promise(value(app))));
        }
        ("@nestjs/core", ["Reflector"]) if new => thing(OWNER, "reflector"),
        ("@nestjs/core", ["Reflector", "createDecorator"]) => {
            let at = format!("{:?}", call.loc);
            let key = call.args.first().and_then(|it| it.field("key")).cloned().unwrap_or_else(|| Value::str(&at));
            with(made("metadata-decorator"), "key", key)
        }
        ("@nestjs/common", ["createParamDecorator"]) => with(made("param-decorator"), "factory", first()),
        ("@nestjs/common", ["mixin"]) => return Some(Outcome::value(first())),
        ("@nestjs/common", ["forwardRef"]) => with(made("forward-ref"), "function", first()),
        ("@nestjs/common", ["applyDecorators"]) => decorator(package, "applyDecorators", call),
        ("@nestjs/common", ["Inject"]) => with(thing(OWNER, "injection"), "token", first()),
        ("@nestjs/common", [name]) if new && is_pipe(name) => {
            with(with(thing(OWNER, "pipe"), "name", Value::str(name)), "options", first())
        }
        ("nestjs-zod", ["ZodValidationPipe"]) if new => with(thing(OWNER, "pipe"), "name", Value::str("ZodValidationPipe")),
        ("nestjs-zod", ["createZodDto"]) => with(with(thing(OWNER, "mapped"), "how", Value::str("schema")), "class", first()),
        ("@nestjs/passport", ["AuthGuard"]) => with(made("auth-guard"), "strategy", first()),
        ("@nestjs/passport", ["PassportStrategy"]) => {
            let written = call.args.get(1).filter(|it| it.as_str().is_some()).cloned();
            let name = written.unwrap_or_else(|| strategy_name(call.args.first()));
            with(made("passport-strategy"), "strategy", name)
        }
        (
            "@nestjs/platform-express",
            [name @ ("FileInterceptor" | "FilesInterceptor" | "FileFieldsInterceptor" | "AnyFilesInterceptor")],
        ) => {
            let options = call.args.iter().rev().find(|it| it.as_object().is_some()).cloned();
            with(with(made("upload"), "name", Value::str(name)), "options", options.unwrap_or_else(Value::nullish))
        }
        (package, [how @ ("PartialType" | "PickType" | "OmitType" | "IntersectionType")]) if MAPPED.contains(&package) => {
            let keys = match *how {
                "IntersectionType" => Value::of(Shape::Array(call.args.get(1..).unwrap_or_default().into())),
                _ => call.args.get(1).cloned().unwrap_or_else(Value::nullish),
            };
            with(with(with(thing(OWNER, "mapped"), "how", Value::str(how)), "class", first()), "keys", keys)
        }
        // What configures a module (`JwtModule.register(…)`) is that module.
        (_, [class, _]) if class.ends_with("Module") => with(made("module"), "class", Value::str(class)),
        (package, [name]) if DECORATORS.contains(&package) && !new && name.starts_with(char::is_uppercase) => {
            decorator(Name::new(package), name, call)
        }
        ("@nestjs/common", ["assignMetadata" | "SetMetadata"]) => decorator(package, "SetMetadata", call),
        _ => return None,
    };
    Some(Outcome::value(value(lib)))
}

fn is_pipe(name: &str) -> bool {
    name == "ValidationPipe" || (name.starts_with("Parse") && name.ends_with("Pipe")) || name == "DefaultValuePipe"
}

/// Passport's own name of a strategy of that package.
fn strategy_name(strategy: Option<&Value>) -> Value {
    let Some(Shape::Import(import)) = strategy.map(|it| &it.shape) else { return Value::unknown() };
    let package = import.package.as_str();
    let name = package.strip_prefix("passport-").unwrap_or(package);
    let name = match name {
        "google-oauth20" | "google-oauth" => "google",
        "github2" => "github",
        "http" if import.path.last().is_some_and(|it| *it == "BasicStrategy") => "basic",
        "http" => "digest",
        "http-bearer" => "bearer",
        "headerapikey" => "headerapikey",
        other => other,
    };
    Value::str(name)
}

fn decorator(package: Name, name: &str, call: &Call<'_>) -> Lib {
    let mut lib = thing(OWNER, "decorator");
    lib.data.push((Name::new("name"), Value::str(name)));
    lib.data.push((Name::new("package"), Value::str(&package)));
    lib.data.extend(call.args.iter().enumerate().map(|(index, arg)| (Name::new(&index.to_string()), arg.clone())));
    lib
}

/// A decorator that `createParamDecorator` or `Reflector.createDecorator` made.
pub(super) fn made(lib: &Lib, call: &Call<'_>) -> Outcome {
    let made = if lib.kind == "param-decorator" {
        let mut made = decorator(Name::new("@nestjs/common"), "@param", call);
        made.data.push((Name::new("factory"), lib.get("factory").cloned().unwrap_or_else(Value::unknown)));
        made
    } else {
        let mut made = decorator(Name::new("@nestjs/common"), "SetMetadata", call);
        let given = call.args.first().cloned().unwrap_or_else(|| Value::bool(true));
        made = with(with(made, "0", lib.get("key").cloned().unwrap_or_else(Value::unknown)), "1", given);
        made
    };
    Outcome::value(value(made))
}

/// A method of the app.
pub(super) fn on_app(app: &Value, method: Name, call: &Call<'_>) -> Option<Outcome> {
    let registered = |result: Value| {
        let (args, arg_locs) = (call.args.to_vec(), call.arg_locs.to_vec());
        let registration = Registration { on: app.clone(), method, args, arg_locs, loc: call.loc };
        Some(Outcome { registers: Some(registration), ..Outcome::value(result) })
    };
    match method.as_str() {
        "useGlobalGuards"
        | "useGlobalPipes"
        | "useGlobalInterceptors"
        | "useGlobalFilters"
        | "setGlobalPrefix"
        | "enableVersioning"
        | "use" => registered(app.clone()),
        "enableCors"
        | "enableShutdownHooks"
        | "useLogger"
        | "useStaticAssets"
        | "setBaseViewsDir"
        | "setViewEngine"
        | "set"
        | "useBodyParser"
        | "connectMicroservice"
        | "useWebSocketAdapter"
        | "disable"
        | "enable" => Some(Outcome::value(app.clone())),
        "listen" | "init" | "close" | "startAllMicroservices" => Some(Outcome::value(promise(Value::unknown()))),
        // An object of the container; one of the project's classes is filled when somebody looks.
        "get" | "resolve" => {
            let found = match call.args.first().map(|it| &it.shape) {
                Some(Shape::Class(class)) => Value::of(Shape::Instance(Arc::new(crate::values::Instance {
                    class: *class,
                    fields: crate::values::Object::default(),
                    cell: None,
                }))),
                Some(Shape::Import(import)) if import.path.last().is_some_and(|it| *it == "Reflector") => {
                    value(thing(OWNER, "reflector"))
                }
                _ => Value::unknown(),
            };
            Some(Outcome::value(found))
        }
        _ => Some(Outcome::value(Value::unknown())),
    }
}
