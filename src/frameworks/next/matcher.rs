//! `config.matcher` of a middleware: for which routes it runs.

use super::files::RoutePath;
use crate::base::Pattern;
use crate::values::{Shape, Value};

/// Whether a middleware runs for a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Applies {
    /// For every request.
    Yes,
    /// For none.
    No,
    /// For some, or the matcher cannot be read.
    Unknown,
}

/// Whether a middleware with this `config` runs for requests to `path`. Without a matcher it runs for all.
pub(super) fn applies(config: Option<&Value>, path: &RoutePath) -> Applies {
    let Some(config) = config else { return Applies::Yes };
    let Some(object) = config.as_object() else { return Applies::Unknown };
    match object.get("matcher") {
        Some(matcher) => by_matcher(matcher, &path.samples()),
        None if object.is_closed() => Applies::Yes,
        None => Applies::Unknown,
    }
}

fn by_matcher(matcher: &Value, samples: &[String]) -> Applies {
    match &matcher.shape {
        Shape::Str(source) => by_source(source, samples),
        Shape::Array(all) => {
            let each: Vec<Applies> = all.iter().map(|it| by_matcher(it, samples)).collect();
            match () {
                () if each.contains(&Applies::Yes) => Applies::Yes,
                () if each.contains(&Applies::Unknown) => Applies::Unknown,
                () => Applies::No,
            }
        }
        Shape::Object(object) => {
            let Some(source) = object.get("source").and_then(Value::as_str) else { return Applies::Unknown };
            let condition =
                |name: &str| object.get(name).is_some_and(|it| !matches!(&it.shape, Shape::Array(all) if all.is_empty()));
            match by_source(source, samples) {
                // The client decides which headers, cookies and queries it sends.
                Applies::Yes if condition("has") || condition("missing") => Applies::Unknown,
                found => found,
            }
        }
        _ => Applies::Unknown,
    }
}

fn by_source(source: &str, samples: &[String]) -> Applies {
    let Some(pattern) = Pattern::path(source) else { return Applies::Unknown };
    let matched: Option<Vec<bool>> = samples.iter().map(|it| pattern.matches(it)).collect();
    match matched {
        Some(all) if all.iter().all(|it| *it) => Applies::Yes,
        Some(all) if !all.contains(&true) => Applies::No,
        _ => Applies::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::base::Name;
    use crate::frameworks::next::files::{FileKind, kind};
    use crate::values::{Object, Origin};

    fn path(file: &str) -> RoutePath {
        match kind(file) {
            Some(FileKind::Handlers { path, .. } | FileKind::Api { path, .. }) => path,
            other => panic!("{file} is {other:?}"),
        }
    }

    fn object(fields: &[(&str, Value)]) -> Value {
        let mut object = Object::default();
        for (name, value) in fields {
            object.set(Name::new(name), value.clone(), None);
        }
        Value::with_origin(Shape::Object(object.into()), Origin::Literal)
    }

    fn list(all: &[Value]) -> Value {
        Value::with_origin(Shape::Array(Arc::from(all)), Origin::Literal)
    }

    fn with_matcher(matcher: Value, file: &str) -> Applies {
        applies(Some(&object(&[("matcher", matcher)])), &path(file))
    }

    #[test]
    fn the_matcher_decides() {
        let everything_but_api = || Value::str("/((?!api|_next/static|_next/image|favicon.ico).*)");
        assert_eq!(with_matcher(everything_but_api(), "app/api/x/route.ts"), Applies::No);
        assert_eq!(with_matcher(everything_but_api(), "app/apikeys/route.ts"), Applies::No);
        assert_eq!(with_matcher(everything_but_api(), "app/export/route.ts"), Applies::Yes);
        assert_eq!(with_matcher(Value::str("/api/:path*"), "app/api/lists/[id]/route.ts"), Applies::Yes);
        assert_eq!(with_matcher(Value::str("/api/:path*"), "app/(x)/api/route.ts"), Applies::Yes);
        assert_eq!(with_matcher(Value::str("/dashboard/(.*)"), "app/dashboard/route.ts"), Applies::No);
        assert_eq!(with_matcher(Value::str("/dashboard/(.*)"), "app/dashboard/[[...all]]/route.ts"), Applies::Unknown);
        let both = list(&[Value::str("/((?!_next|.*\\..*).*)"), Value::str("/(api|trpc)(.*)")]);
        assert_eq!(with_matcher(both, "pages/api/users/[id].ts"), Applies::Yes);
    }

    #[test]
    fn what_the_client_can_choose_is_no_match() {
        let conditional = object(&[("source", Value::str("/api/:path*")), ("has", list(&[Value::unknown()]))]);
        assert_eq!(with_matcher(list(std::slice::from_ref(&conditional)), "app/api/x/route.ts"), Applies::Unknown);
        assert_eq!(with_matcher(list(&[conditional]), "app/other/route.ts"), Applies::No);
        assert_eq!(with_matcher(Value::str("/api/:id(\\d+)"), "app/api/[id]/route.ts"), Applies::Unknown);
    }

    #[test]
    fn without_a_matcher_it_runs_for_all() {
        assert_eq!(applies(None, &path("app/api/x/route.ts")), Applies::Yes);
        assert_eq!(applies(Some(&object(&[("runtime", Value::str("nodejs"))])), &path("app/api/x/route.ts")), Applies::Yes);
        assert_eq!(with_matcher(Value::unknown(), "app/api/x/route.ts"), Applies::Unknown);
    }
}
