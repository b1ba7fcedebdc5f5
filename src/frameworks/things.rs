//! What every framework needs to speak of library things and of calls.

use std::sync::Arc;

use super::Route;
use crate::base::Name;
use crate::values::{Call, Lib, Origin, Part, Scalar, Shape, Truth, Value};

/// A thing of `owner`.
pub(super) fn thing(owner: &str, kind: &str) -> Lib {
    Lib { owner: Name::new(owner), kind: Name::new(kind), path: Arc::from([]), data: Vec::new(), made: None, cell: None }
}

/// The same thing, remembering `value` under `name` in place of what was there.
pub(super) fn with(mut lib: Lib, name: &str, value: Value) -> Lib {
    lib.data.retain(|(key, _)| *key != name);
    lib.data.push((Name::new(name), value));
    lib
}

/// A thing as a value.
pub(super) fn value(lib: Lib) -> Value {
    Value::of(Shape::Lib(Arc::new(lib)))
}

/// A promise of a value.
pub(super) fn promise(of: Value) -> Value {
    Value::of(Shape::Promise(of))
}

/// A client value that is certainly a string.
pub(super) fn client_string(part: Part, path: &[Name]) -> Value {
    Value::new(Shape::Scalar(Scalar::String), Origin::client(part, path), Truth::default())
}

/// A value computed from these.
pub(super) fn derived(shape: Shape, from: &[&Value]) -> Value {
    Value::new(shape, Origin::derived(from.iter().map(|it| it.origin.clone())), Truth::default())
}

/// A literal number.
pub(super) fn number(number: u16) -> Value {
    Value::with_origin(Shape::Num(number.to_string().into()), Origin::Literal)
}

/// An HTTP status: `default` where none is written, `None` where it is no literal.
pub(super) fn status(written: Option<&Value>, default: u16) -> Option<u16> {
    match written {
        None => Some(default),
        Some(value) if value.shape == Shape::Nullish => Some(default),
        Some(value) => value.as_number().filter(|it| (100.0..1000.0).contains(it)).map(|it| it as u16),
    }
}

/// What is called.
#[derive(Debug)]
pub(super) enum Target<'a> {
    /// An export of a package: the specifier, and the path from its namespace, `default` left out.
    Package(Name, Vec<Name>),
    /// Something of the runtime: the path from the global object.
    Runtime(Vec<Name>),
    /// A thing, or a method of it. `at` is the thing without the method.
    Thing { lib: &'a Lib, at: Value, method: Option<Name> },
    /// Another value, or a method of it.
    Other,
}

/// What `call` calls: `x.f()` is the same whether `f` was read before or not.
pub(super) fn target<'a>(call: &Call<'a>) -> Target<'a> {
    match &call.callee.shape {
        Shape::Import(import) if !import.unresolved => {
            let skip = usize::from(import.path.first().is_some_and(|it| *it == "default" || *it == "*"));
            Target::Package(import.package, import.path.iter().skip(skip).copied().chain(call.method).collect())
        }
        Shape::Builtin(path) => {
            let global = |it: &Name| matches!(it.as_str(), "globalThis" | "global" | "window" | "self");
            let skip = usize::from(path.first().is_some_and(global));
            Target::Runtime(path.iter().skip(skip).copied().chain(call.method).collect())
        }
        Shape::Lib(lib) => match (lib.path.split_last(), call.method) {
            (None, method) => Target::Thing { lib, at: call.callee.clone(), method },
            (Some((last, [])), None) => {
                let whole = Lib { path: Arc::from([]), ..(**lib).clone() };
                Target::Thing { lib, at: value(whole), method: Some(*last) }
            }
            _ => Target::Other,
        },
        _ => Target::Other,
    }
}

/// The names of a path's parameters, in the form that [`Route::path`] has.
pub(super) fn param_names(path: &str) -> Vec<Name> {
    let mut names = Vec::new();
    let mut rest = path;
    while let Some(at) = rest.find([':', '*']) {
        let tail = &rest[at + 1..];
        let end = tail.find(|it: char| !(it.is_alphanumeric() || it == '_' || it == '$')).unwrap_or(tail.len());
        if end > 0 {
            names.push(Name::new(&tail[..end]));
        }
        rest = &tail[end..];
    }
    names
}

/// The path of a request to `route`: its fixed texts are known, its parameters are the client's. With `open` a query may follow.
pub(super) fn request_path(route: &Route, name: &str, open: bool) -> Value {
    let origin = Origin::client(Part::Request, &[Name::new(name)]);
    let (mut quasis, mut parts) = (Vec::<Arc<str>>::new(), Vec::new());
    let mut text = String::new();
    for segment in route.path.split('/').skip(1) {
        text.push('/');
        let names = if segment.contains([':', '*', '…']) { param_names(segment) } else { Vec::new() };
        if names.is_empty() && !segment.contains(['*', '…']) {
            text.push_str(segment);
            continue;
        }
        // A segment with anything else around its parameter is known to be the client's, and no more.
        quasis.push(std::mem::take(&mut text).into());
        parts.push(match names.as_slice() {
            [one] if segment.starts_with(':') => client_string(Part::Path, &[*one]),
            _ => client_string(Part::Request, &[Name::new(name)]),
        });
    }
    if !route.path.starts_with('/') {
        return client_string(Part::Request, &[Name::new(name)]);
    }
    if open {
        quasis.push(std::mem::take(&mut text).into());
        parts.push(client_string(Part::Request, &[Name::new("search")]));
    }
    if parts.is_empty() {
        return Value::with_origin(Shape::Str(text.into()), origin);
    }
    quasis.push(text.into());
    Value::new(Shape::Text { quasis: quasis.into(), parts: parts.into() }, origin, Truth::always(true))
}

/// The method of a request to `route`, where it answers to one only.
pub(super) fn request_method(route: &Route) -> Option<Value> {
    match route.methods.as_slice() {
        [one] if *one != "*" && *one != "ACTION" => {
            let origin = Origin::client(Part::Request, &[Name::new("method")]);
            Some(Value::with_origin(Shape::Str(one.as_str().into()), origin))
        }
        _ => None,
    }
}

/// Whether a value may be run as a part of a chain: what is certainly no function cannot.
pub(super) fn may_run(value: &Value) -> bool {
    !matches!(
        value.shape,
        Shape::Nullish
            | Shape::Bool(_)
            | Shape::Str(_)
            | Shape::Num(_)
            | Shape::Scalar(_)
            | Shape::Text { .. }
            | Shape::Object(_)
            | Shape::Array(_)
            | Shape::List(_)
            | Shape::Promise(_)
            | Shape::Rows(_)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_named_as_the_path_names_them() {
        let names = |path| param_names(path).iter().map(|it| it.as_str()).collect::<Vec<_>>();
        assert_eq!(names("/a/:id/b/:other?"), ["id", "other"]);
        assert_eq!(names("/flights/:from-:to"), ["from", "to"]);
        assert_eq!(names("/docs/*rest"), ["rest"]);
        assert_eq!(names("/plain/*"), [""; 0]);
    }
}
