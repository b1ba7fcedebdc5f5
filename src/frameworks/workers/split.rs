//! Hand-written routing: one function that tells requests apart by comparing their path and method is a route for each of them.

use crate::base::Name;
use crate::frameworks::things::{client_string, param_names};
use crate::frameworks::{AppView, Route, Told};
use crate::values::{Origin, Part, Shape, Truth, Value};

/// More paths than this in one function are a table of something else.
const MOST_PATHS: usize = 200;
/// The path that stands for all that no comparison names.
const OTHERS: &str = "/*";
/// A path that equals no other.
const NO_PATH: &str = "/…";

/// The routes that the function of `route` makes by itself: one for each path and method that its code compares with. A function
/// that does nothing but hand on to somebody else makes none.
pub(in crate::frameworks) fn split(app: &AppView<'_>, route: Route) -> Vec<Route> {
    let told = (app.told)(&route);
    let Some(told) = told else { return vec![route] };
    if told.is_empty() {
        return Vec::new();
    }
    let mut paths: Vec<Option<&str>> = Vec::new();
    for one in &told {
        let path = one.path.as_deref();
        if !paths.contains(&path) && (path.is_some() || one.acts) {
            paths.push(path);
        }
    }
    let by_path = paths.iter().any(Option::is_some) && paths.len() <= MOST_PATHS;
    if !by_path {
        return of_methods(&told.iter().collect::<Vec<_>>()).into_iter().map(|it| with(&route, None, it)).collect();
    }
    let mut routes = Vec::new();
    for path in paths {
        let own: Vec<&Told> = told.iter().filter(|it| it.path.as_deref() == path).collect();
        let written = path.unwrap_or(OTHERS);
        routes.extend(of_methods(&own).into_iter().map(|it| with(&route, Some(written), it)));
    }
    routes
}

fn with(route: &Route, path: Option<&str>, method: Name) -> Route {
    let path = path.map_or_else(|| route.path.clone(), str::to_owned);
    Route { methods: vec![method], params: param_names(&path), path, ..route.clone() }
}

/// The methods that these runs tell apart, `*` where they do not, or not all of what they do.
fn of_methods(told: &[&Told]) -> Vec<Name> {
    let any = || vec![Name::new("*")];
    let Some(first) = told.iter().position(|it| it.acts && it.method.is_some()) else {
        // A refusal alone shows the method, too.
        let mut named: Vec<Name> = told.iter().filter_map(|it| it.method).filter(|it| *it != "OPTIONS").collect();
        named.dedup();
        return if named.len() == 1 && !told.iter().any(|it| it.acts) { named } else { any() };
    };
    let mut methods: Vec<Name> = Vec::new();
    for one in &told[first..] {
        match one.method {
            Some(method) if method == "OPTIONS" || methods.contains(&method) => {}
            Some(method) => methods.push(method),
            None if one.acts => return any(),
            None => {}
        }
    }
    if methods.is_empty() { any() } else { methods }
}

/// The URL of a request to a path that a comparison named: what stands before and after the path is the client's.
pub(in crate::frameworks) fn request_url(path: &str) -> Option<Value> {
    let path = match path {
        OTHERS => NO_PATH,
        other if other.starts_with('/') && !other.contains([':', '*']) => other,
        _ => return None,
    };
    let part = |name: &str| client_string(Part::Request, &[Name::new(name)]);
    let quasis = ["".into(), path.into(), "".into()];
    let shape = Shape::Text { quasis: quasis.into(), parts: [part("origin"), part("search")].into() };
    Some(Value::new(shape, Origin::client(Part::Request, &[Name::new("url")]), Truth::always(true)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(path: Option<&str>, method: Option<&str>, acts: bool) -> Told {
        Told { path: path.map(str::to_owned), method: method.map(Name::new), acts }
    }

    fn methods(told: &[Told]) -> Vec<&'static str> {
        of_methods(&told.iter().collect::<Vec<_>>()).iter().map(|it| it.as_str()).collect()
    }

    #[test]
    fn methods_are_told_apart_where_everything_is_under_one() {
        assert_eq!(methods(&[told(None, Some("GET"), true), told(None, Some("PATCH"), true)]), ["GET", "PATCH"]);
        // What comes before is of all of them, what comes after is of none.
        assert_eq!(methods(&[told(None, None, true), told(None, Some("POST"), true)]), ["POST"]);
        assert_eq!(methods(&[told(None, Some("POST"), true), told(None, None, true)]), ["*"]);
        assert_eq!(methods(&[told(None, Some("OPTIONS"), false), told(None, None, true)]), ["*"]);
    }
}
