//! What a call is made on: an export of a package, or a layer's own thing.

use crate::base::Name;
use crate::values::{Call, CallForm, Import, Lib, Object, Shape, Value};

/// The import that is called, with the path down to what is called: `Prisma.sql` is `["Prisma", "sql"]` in either spelling.
pub(super) fn export<'a>(call: &Call<'a>) -> Option<(&'a Import, Vec<Name>)> {
    match &call.callee.shape {
        Shape::Import(import) => Some((import, import.path.iter().copied().chain(call.method).collect())),
        _ => None,
    }
}

/// The thing of `owner` that is called, with the path down to what is called: `prisma.user.findMany` is `["user", "findMany"]`.
pub(super) fn thing<'a>(call: &Call<'a>, owner: &str) -> Option<(&'a Lib, Vec<Name>)> {
    let (value, method) = match &call.callee.shape {
        // A method that was taken out of its thing before it was called.
        Shape::Method { of, name } if call.method.is_none() => (of, Some(*name)),
        _ => (call.callee, call.method),
    };
    let lib = value.as_lib().filter(|lib| lib.owner == *owner)?;
    Some((lib, lib.path.iter().copied().chain(method).collect()))
}

/// The query of `layer` that a builder's method is called on.
pub(super) fn query<'a>(call: &Call<'a>, layer: &str) -> Option<(&'a crate::values::Query, Name)> {
    match (&call.callee.shape, call.method) {
        (Shape::Query(query), Some(method)) if query.layer == *layer => Some((query, method)),
        _ => None,
    }
}

/// Whether a specifier names the package or something below it, as Node, Deno or a CDN write it
/// (`npm:pg@8`, `https://esm.sh/@supabase/supabase-js@2`).
pub(super) fn is_package(specifier: Name, package: &str) -> bool {
    let text = specifier.as_str();
    let text = text.strip_prefix("npm:").or_else(|| text.strip_prefix("jsr:")).unwrap_or(text);
    let text = match text.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
        None => text,
    };
    text.strip_prefix(package).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '@']))
}

/// The last name of an export's path; the default export goes by nothing.
pub(super) fn last(path: &[Name]) -> &str {
    match path.last() {
        Some(name) if *name != "default" => name.as_str(),
        _ => "",
    }
}

/// Whether it is a template's tag.
pub(super) fn is_tag(call: &Call<'_>) -> bool {
    call.form == CallForm::Tagged && call.quasis.is_some()
}

/// The known elements of a value that stands for several: an array's, a list's one model, else nothing.
pub(super) fn elements(value: &Value) -> Option<&[Value]> {
    match &value.shape {
        Shape::Array(values) => Some(values),
        Shape::List(each) => Some(std::slice::from_ref(each)),
        _ => None,
    }
}

/// An object of these fields.
pub(super) fn object(fields: impl IntoIterator<Item = (Name, Value)>) -> Value {
    let mut object = Object::default();
    for (name, value) in fields {
        object.set(name, value, None);
    }
    Value::of(Shape::Object(std::sync::Arc::new(object)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_known_under_every_runtimes_spelling() {
        for specifier in ["pg", "pg/lib/client", "npm:pg", "npm:pg@8.11", "https://esm.sh/pg@8?target=es2022"] {
            assert!(is_package(Name::new(specifier), "pg"), "{specifier}");
        }
        for specifier in ["pg-promise", "./pg", "https://esm.sh/", "@acme/pg"] {
            assert!(!is_package(Name::new(specifier), "pg"), "{specifier}");
        }
        assert!(is_package(Name::new("https://esm.sh/@supabase/supabase-js@2"), "@supabase/supabase-js"));
    }
}
