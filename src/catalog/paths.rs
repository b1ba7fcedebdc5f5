//! Which requests a list of path patterns takes in.

use super::model::PathLanguage;
use crate::base::Pattern;
use crate::values::{Origin, Part, Shape, Value};

/// Whether the path of `request` is matched by one of the patterns; `None` where it cannot be said, or not for every request.
pub(super) fn takes_in(patterns: &Value, language: PathLanguage, request: &Value) -> Option<bool> {
    let paths = samples(request.as_lib()?.get("path")?)?;
    let each: Vec<Option<bool>> = paths.iter().map(|path| matched(patterns, language, path)).collect();
    let first = each.first().copied().flatten()?;
    each.iter().all(|it| *it == Some(first)).then_some(first)
}

/// Whether it can be said under which paths the request comes.
pub(super) fn knows_path(request: &Value) -> bool {
    request.as_lib().and_then(|it| it.get("path")).and_then(samples).is_some()
}

fn matched(patterns: &Value, language: PathLanguage, path: &str) -> Option<bool> {
    match &patterns.shape {
        Shape::Str(start) if language == PathLanguage::Prefix => {
            Some(if &**start == "/" { path == "/" } else { path.starts_with(&**start) })
        }
        Shape::Str(source) => Pattern::path(source)?.matches(path),
        Shape::Builtin(names) => match &**names {
            [kind, source] if *kind == "RegExp" => Pattern::regex(source)?.matches(path),
            _ => None,
        },
        Shape::Array(all) => {
            let each: Vec<Option<bool>> = all.iter().map(|it| matched(it, language, path)).collect();
            match () {
                () if each.contains(&Some(true)) => Some(true),
                () if each.contains(&None) => None,
                () => Some(false),
            }
        }
        _ => None,
    }
}

/// Paths that stand for all that a request's path may be.
fn samples(path: &Value) -> Option<Vec<String>> {
    let (quasis, parts) = match &path.shape {
        Shape::Str(text) => return Some(vec![text.to_string()]),
        Shape::Text { quasis, parts } => (quasis, parts),
        _ => return None,
    };
    // What follows the path is no part of it.
    let query = |it: &Value| matches!(&it.origin, Origin::Client(it) if it.part == Part::Request && it.path.first().is_some_and(|it| *it == "search"));
    let parts = match parts.split_last() {
        Some((last, rest)) if query(last) => rest,
        _ => parts,
    };
    let one_segment = |it: &Value| matches!(&it.origin, Origin::Client(it) if it.part == Part::Path);
    let fillings: &[&str] = if parts.iter().all(one_segment) { &["0", "a-b"] } else { &["0", "a-b", "a/b"] };
    let filled = |filling: &&str| {
        let mut text = String::new();
        for (index, quasi) in quasis.iter().enumerate().take(parts.len() + 1) {
            text.push_str(quasi);
            text.push_str(if index < parts.len() { filling } else { "" });
        }
        text
    };
    Some(fillings.iter().map(filled).collect())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::base::Name;
    use crate::values::{Lib, Truth};

    fn request(quasis: &[&str]) -> Value {
        let param = Value::client(Part::Path, &["id".into()]);
        let path = match quasis {
            [all] => Value::str(all),
            _ => Value::new(
                Shape::Text {
                    quasis: quasis.iter().map(|it| Arc::from(*it)).collect(),
                    parts: vec![param; quasis.len() - 1].into(),
                },
                Origin::Unknown,
                Truth::default(),
            ),
        };
        let data = vec![(Name::new("path"), path)];
        let (owner, kind) = (Name::new("web"), Name::new("request"));
        Value::of(Shape::Lib(Arc::new(Lib { owner, kind, path: Arc::from([]), data, made: None, cell: None })))
    }

    fn list(patterns: &[&str]) -> Value {
        Value::of(Shape::Array(patterns.iter().map(|it| Value::str(it)).collect()))
    }

    #[test]
    fn patterns_take_in_paths_as_the_library_matches_them() {
        let patterns = list(&["/sign-in(.*)", "/api/feed/:id"]);
        assert_eq!(takes_in(&patterns, PathLanguage::Pattern, &request(&["/sign-in/x"])), Some(true));
        assert_eq!(takes_in(&patterns, PathLanguage::Pattern, &request(&["/api/feed/", ""])), Some(true));
        assert_eq!(takes_in(&patterns, PathLanguage::Pattern, &request(&["/api/feed/", "/rows"])), Some(false));
    }

    #[test]
    fn a_prefix_takes_in_what_begins_with_it() {
        let prefixes = list(&["/", "/api/feed"]);
        assert_eq!(takes_in(&prefixes, PathLanguage::Prefix, &request(&["/api/feed/", ""])), Some(true));
        assert_eq!(takes_in(&prefixes, PathLanguage::Prefix, &request(&["/api/notes"])), Some(false));
    }

    #[test]
    fn what_holds_for_some_requests_only_is_not_said() {
        assert_eq!(takes_in(&list(&["/api/0"]), PathLanguage::Pattern, &request(&["/api/", ""])), None);
        assert_eq!(takes_in(&Value::unknown(), PathLanguage::Pattern, &request(&["/api"])), None);
        assert_eq!(takes_in(&list(&["/api"]), PathLanguage::Pattern, &Value::unknown()), None);
    }
}
