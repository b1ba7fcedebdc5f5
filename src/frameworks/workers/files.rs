//! Pages functions: which files are routes, under which path, and what runs before them.

use super::{OWNER, route};
use crate::base::{FileId, Loc, Name};
use crate::frameworks::things::{request_method, thing, value, with};
use crate::frameworks::{AppView, Framework, Link, Returned, Route, Scope, web};
use crate::values::{Call, Lib, Outcome, Shape, Value};

/// Pages functions.
pub(in crate::frameworks) struct Pages;

impl Framework for Pages {
    fn id(&self) -> &'static str {
        "pages-functions"
    }

    fn call(&self, _call: &Call<'_>) -> Option<Outcome> {
        None
    }

    fn member(&self, _lib: &Lib, _name: Name) -> Option<Value> {
        None
    }

    fn routes(&self, app: &AppView<'_>) -> Vec<Route> {
        routes(app)
    }

    fn arguments(&self, route: &Route, _index: usize) -> Vec<Value> {
        let mut request = thing(OWNER, "request");
        if let Some(method) = request_method(route) {
            request = with(request, "method", method);
        }
        vec![value(with(thing(OWNER, "context"), "request", value(request)))]
    }

    fn returned(&self, route: &Route, index: usize, value: &Value) -> Returned {
        let response = value.awaited().as_lib().is_some_and(|lib| matches!(lib.kind.as_str(), "response" | "fetched"));
        if index < route.chain.len() && !response { Returned::Nothing } else { web::answer(value) }
    }
}

/// What a file may export, and the method that it answers to.
const EXPORTS: [(&str, &str); 8] = [
    ("onRequest", "*"),
    ("onRequestGet", "GET"),
    ("onRequestPost", "POST"),
    ("onRequestPut", "PUT"),
    ("onRequestPatch", "PATCH"),
    ("onRequestDelete", "DELETE"),
    ("onRequestHead", "HEAD"),
    ("onRequestOptions", "OPTIONS"),
];

/// The app's folder, the folders below `functions`, and the file's name without its ending.
fn place(path: &str) -> Option<(String, Vec<&str>, &str)> {
    let mut folders: Vec<&str> = path.split('/').filter(|it| !it.is_empty() && *it != ".").collect();
    let (stem, ending) = folders.pop()?.rsplit_once('.')?;
    let at = folders.iter().position(|it| *it == "functions")?;
    // Supabase's functions are files of their own kind, and so are those of other platforms.
    let other = at.checked_sub(1).is_some_and(|before| matches!(folders[before], "supabase" | "netlify"));
    if other || !matches!(ending, "ts" | "tsx" | "js" | "jsx" | "mjs" | "mts") || stem.ends_with(".d") {
        return None;
    }
    Some((folders[..at].join("/"), folders[at + 1..].to_vec(), stem))
}

fn segment(name: &str) -> String {
    match name.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
        Some(inner) => match inner.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            Some(rest) => format!("*{rest}"),
            None => format!(":{inner}"),
        },
        None => name.to_owned(),
    }
}

/// A middleware of a folder.
struct Middleware<'a> {
    base: String,
    folders: Vec<&'a str>,
    method: &'static str,
    functions: Vec<Value>,
    loc: Loc,
}

/// The routes of all Pages functions.
fn routes(app: &AppView<'_>) -> Vec<Route> {
    let (mut middlewares, mut found) = (Vec::<Middleware<'_>>::new(), Vec::new());
    for (file, path, interface) in app.files {
        let Some((base, folders, stem)) = path.to_str().and_then(place) else { continue };
        for (export, method) in EXPORTS {
            if !interface.exports.iter().any(|(name, _)| *name == export) {
                continue;
            }
            let Some((exported, loc)) = (app.export)(*file, Name::new(export)) else { continue };
            let functions = match &exported.shape {
                Shape::Array(all) => all.to_vec(),
                _ => vec![exported],
            };
            if stem == "_middleware" {
                middlewares.push(Middleware { base: base.clone(), folders: folders.clone(), method, functions, loc });
            } else {
                found.push((*file, base.clone(), folders.clone(), stem, method, functions, loc));
            }
        }
    }
    // Parents come first.
    middlewares.sort_by_key(|it| it.folders.len());
    found
        .into_iter()
        .filter_map(
            |(file, base, folders, stem, method, functions, loc): (FileId, String, Vec<&str>, &str, &str, Vec<Value>, Loc)| {
                let mut chain: Vec<Link> = Vec::new();
                for middleware in &middlewares {
                    let applies = middleware.base == base && folders.starts_with(&middleware.folders);
                    if applies && (middleware.method == "*" || middleware.method == method) {
                        let link = |it: &Value| Link { function: it.clone(), loc: middleware.loc, scope: Scope::App };
                        chain.extend(middleware.functions.iter().map(link));
                    }
                }
                let (handler, before) = functions.split_last()?;
                chain.extend(before.iter().map(|it| Link { function: it.clone(), loc, scope: Scope::Route }));
                let mut path: String = folders.iter().map(|it| format!("/{}", segment(it))).collect();
                if stem != "index" {
                    path = format!("{path}/{}", segment(stem));
                }
                let path = if path.is_empty() { "/".to_owned() } else { path };
                let mut route = route(Pages.id(), path, file, loc, handler.clone(), chain);
                route.methods = vec![Name::new(method)];
                Some(route)
            },
        )
        .collect()
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn only_files_below_functions_are_looked_at() {
        assert_eq!(place("functions/api/[id].ts").map(|it| it.2), Some("[id]"));
        assert!(place("src/api/x.ts").is_none());
        assert!(place("supabase/functions/x/index.ts").is_none());
    }
}
