//! Which files are route modules, and under which path: by their names, or as `app/routes.ts` says.

use crate::frameworks::file_routes::{joined, split};
use crate::values::{Shape, Value};

/// A route module that is found by its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Named {
    /// The folder that holds `routes`: `app`, perhaps below others.
    pub base: String,
    /// Its name in dots, as the convention for flat files would write it; empty for the root.
    pub id: String,
    /// The path.
    pub path: String,
}

/// What the file at `path` is to the convention for file names.
pub(super) fn named(path: &str) -> Option<Named> {
    let (folders, stem) = split(path)?;
    if folders.last() == Some(&"app") && stem == "root" {
        return Some(Named { base: folders.join("/"), id: String::new(), path: "/*".to_owned() });
    }
    let at = folders.windows(2).position(|it| it == ["app", "routes"])?;
    let below = &folders[at + 2..];
    if stem.ends_with(".server") || stem.ends_with(".client") {
        return None;
    }
    // The file of a folder is the folder's route; a folder that ends in `+` is but a part of the name.
    let mut parts: Vec<&str> = below.iter().map(|it| it.strip_suffix('+').unwrap_or(it)).collect();
    let plus = below.last().is_some_and(|it| it.ends_with('+'));
    match stem {
        "route" | "index" | "_route" if !below.is_empty() && !plus => {}
        "index" if below.is_empty() || plus => parts.push("_index"),
        _ => parts.push(stem),
    }
    let id = parts.join(".");
    let segments = segments(&id);
    Some(Named { base: folders[..=at].join("/"), path: joined(&segments), id })
}

/// The segments that a name in dots stands for.
fn segments(id: &str) -> Vec<String> {
    let mut segments = Vec::new();
    for part in parts(id) {
        let part = match part.strip_prefix('(').and_then(|it| it.strip_suffix(')')) {
            Some(optional) => optional.to_owned(),
            None => part,
        };
        if part.starts_with('_') {
            continue;
        }
        // `a_` is `a` outside of its layout.
        let part = part.strip_suffix('_').filter(|it| !it.is_empty()).unwrap_or(&part);
        segments.push(match part.strip_prefix('$') {
            Some("") => "*".to_owned(),
            Some(name) => format!(":{name}"),
            None => part.replace(['[', ']'], ""),
        });
    }
    segments
}

/// A name at its dots, those in brackets left alone.
fn parts(id: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut escaped = false;
    for letter in id.chars() {
        match letter {
            '[' => escaped = true,
            ']' => escaped = false,
            _ => {}
        }
        if letter == '.' && !escaped {
            parts.push(String::new());
        } else if let Some(last) = parts.last_mut() {
            last.push(letter);
        }
    }
    parts.retain(|it| !it.is_empty());
    parts
}

/// A route module that `app/routes.ts` names.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Configured {
    /// The file, relative to the folder of the configuration.
    pub file: String,
    /// The path.
    pub path: String,
    /// Its parents among the configured, outermost first.
    pub parents: Vec<usize>,
}

/// The routes that a configuration names, and whether that is all of them.
pub(super) fn configured(config: &Value) -> (Vec<Configured>, bool) {
    let (mut all, mut whole) = (Vec::new(), true);
    collect(config, "", &[], &mut all, &mut whole);
    (all, whole)
}

fn collect(value: &Value, prefix: &str, parents: &[usize], all: &mut Vec<Configured>, whole: &mut bool) {
    match &value.shape {
        Shape::Promise(inner) => collect(inner, prefix, parents, all, whole),
        Shape::Array(entries) => entries.iter().for_each(|it| collect(it, prefix, parents, all, whole)),
        Shape::Object(entry) => {
            let Some(file) = entry.get("file").and_then(Value::as_str) else {
                *whole = false;
                return;
            };
            let own = entry.get("path").and_then(Value::as_str).unwrap_or_default();
            let path = below(prefix, own);
            all.push(Configured { file: file.to_owned(), path: path.clone(), parents: parents.to_vec() });
            let chain: Vec<usize> = parents.iter().copied().chain([all.len() - 1]).collect();
            if let Some(children) = entry.get("children") {
                collect(children, &path, &chain, all, whole);
            }
        }
        Shape::Nullish => {}
        _ => *whole = false,
    }
}

/// A path below another, in the form of a route's path.
pub(super) fn below(prefix: &str, path: &str) -> String {
    let segments = prefix.split('/').chain(path.split('/')).filter(|it| !it.is_empty());
    joined(&segments.map(|it| it.trim_end_matches('?').to_owned()).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_dots_make_the_path() {
        let table = [
            ("app/routes/_index.tsx", "/"),
            ("app/routes/events.$slug.tsx", "/events/:slug"),
            ("app/routes/dashboard.$orgId._index.tsx", "/dashboard/:orgId"),
            ("app/routes/_auth.login.tsx", "/login"),
            ("app/routes/posts_.$id.edit.tsx", "/posts/:id/edit"),
            ("app/routes/files.$.ts", "/files/*"),
            ("app/routes/($lang).about.tsx", "/:lang/about"),
            ("app/routes/report[.]csv.ts", "/report.csv"),
            ("app/routes/notes.$id/route.tsx", "/notes/:id"),
            ("app/routes/users/$userId.tsx", "/users/:userId"),
            ("app/routes/_app+/notes+/$id.tsx", "/notes/:id"),
            ("apps/web/app/routes/api.v1.things.ts", "/api/v1/things"),
            ("app/root.tsx", "/*"),
        ];
        for (file, path) in table {
            assert_eq!(named(file).map(|it| it.path), Some(path.to_owned()), "{file}");
        }
        for file in ["app/routes/notes.server.ts", "src/routes/x.tsx", "app/routes/a.test.ts", "app/lib/root.css"] {
            assert_eq!(named(file), None, "{file}");
        }
    }
}
