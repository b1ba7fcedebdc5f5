//! Path patterns of routers that match whole paths with `*` for the rest: read into segments, joined, written and compared.

use crate::values::{Origin, Scalar, Shape, Value};

/// A path as segments.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::frameworks) struct PathText(Vec<Segment>);

#[derive(Clone, Debug, PartialEq)]
enum Segment {
    /// A fixed text.
    Fixed(String),
    /// One whole segment of the client's choice.
    Param { name: String, optional: bool, constrained: bool },
    /// Everything from here.
    Rest(String),
    /// A fixed beginning and anything after it, further segments too.
    Begins(String),
    /// A text that is not known.
    Unknown(String),
}

/// Whether a pattern takes in every path of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::frameworks) enum Covers {
    Yes,
    No,
    /// Some of them, or it cannot be said.
    Maybe,
}

impl PathText {
    /// Reads a path as it is written.
    pub(in crate::frameworks) fn parse(text: &str) -> Self {
        PathText(split(text).iter().filter(|it| !it.is_empty()).map(|it| segment(it)).collect())
    }

    /// This path below `prefix`.
    pub(in crate::frameworks) fn below(&self, prefix: &PathText) -> PathText {
        // What is mounted at a wildcard hangs where the wildcard stands.
        let head = prefix.0.iter().filter(|it| !matches!(it, Segment::Rest(name) if name.is_empty()));
        PathText(head.chain(&self.0).cloned().collect())
    }

    /// The path in the form of a route's path.
    pub(in crate::frameworks) fn written(&self) -> String {
        let mut text = String::new();
        for segment in &self.0 {
            text.push('/');
            match segment {
                Segment::Fixed(it) | Segment::Unknown(it) => text.push_str(it),
                Segment::Param { name, optional, .. } => {
                    text.push(':');
                    text.push_str(name);
                    if *optional {
                        text.push('?');
                    }
                }
                Segment::Rest(name) => {
                    text.push('*');
                    text.push_str(name);
                }
                Segment::Begins(it) => {
                    text.push_str(it);
                    text.push('*');
                }
            }
        }
        if text.is_empty() { "/".to_owned() } else { text }
    }

    /// Whether every request to `route` is one to this pattern: the whole path must match, and only `*` reaches further.
    pub(in crate::frameworks) fn covers(&self, route: &PathText) -> Covers {
        let mut sure = Covers::Yes;
        let mut theirs = route.0.iter();
        for (index, ours) in self.0.iter().enumerate() {
            let last = index + 1 == self.0.len();
            match ours {
                // `/x/*` takes in `/x` as well; a named rest wants something.
                Segment::Rest(name) if last => {
                    let empty = theirs.as_slice().is_empty();
                    return if name.is_empty() || !empty { sure } else { Covers::No };
                }
                Segment::Begins(start) => {
                    return match theirs.next() {
                        Some(Segment::Fixed(other)) if other.starts_with(start.as_str()) => sure,
                        Some(Segment::Fixed(_)) | None => Covers::No,
                        Some(_) => Covers::Maybe,
                    };
                }
                _ => {}
            }
            if let (Segment::Param { optional: true, .. }, true) = (ours, theirs.as_slice().is_empty()) {
                continue;
            }
            let Some(their) = theirs.next() else { return Covers::No };
            match (ours, their) {
                (one, other) if one == other => {}
                (Segment::Fixed(_), Segment::Fixed(_) | Segment::Param { .. }) => return Covers::No,
                (Segment::Param { constrained: false, .. } | Segment::Rest(_), Segment::Fixed(_) | Segment::Param { .. }) => {}
                _ => sure = Covers::Maybe,
            }
        }
        if theirs.next().is_some() { Covers::No } else { sure }
    }
}

/// Segments; a slash inside of braces does not end one (`:file{.+/.+}`).
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0u32);
    for (at, letter) in text.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            '/' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

fn segment(text: &str) -> Segment {
    if let Some(rest) = text.strip_prefix(':') {
        let end = rest.find(|it: char| !(it.is_alphanumeric() || it == '_' || it == '-')).unwrap_or(rest.len());
        let (name, tail) = rest.split_at(end);
        if tail.starts_with("{.") || tail == "+" || tail == "*" || tail.starts_with("(.") {
            return Segment::Rest(name.to_owned());
        }
        return Segment::Param {
            name: name.to_owned(),
            optional: tail.ends_with('?'),
            constrained: tail.starts_with(['{', '(']),
        };
    }
    if let Some(inner) = text.strip_prefix('{').and_then(|it| it.strip_suffix('}')) {
        return Segment::Param { name: inner.to_owned(), optional: false, constrained: false };
    }
    match text {
        "*" | "**" => Segment::Rest(String::new()),
        _ if text.contains('…') => Segment::Unknown(text.to_owned()),
        _ => match text.strip_suffix('*') {
            Some(start) => Segment::Begins(start.to_owned()),
            None => Segment::Fixed(text.to_owned()),
        },
    }
}

/// The paths that a value stands for; `None` where it is none (a function, an app).
pub(in crate::frameworks) fn paths(value: &Value) -> Option<Vec<PathText>> {
    match &value.shape {
        Shape::Str(text) => Some(vec![PathText::parse(text)]),
        Shape::Text { quasis, parts } => {
            let mut text = String::new();
            for (index, quasi) in quasis.iter().enumerate() {
                text.push_str(quasi);
                if let Some(part) = parts.get(index) {
                    text.push_str(part.as_str().unwrap_or("…"));
                }
            }
            Some(vec![PathText::parse(&text)])
        }
        Shape::Array(all) if !all.is_empty() => {
            let each: Option<Vec<Vec<PathText>>> = all.iter().map(paths).collect();
            each.map(|it| it.concat())
        }
        Shape::OneOf(all) => all.iter().find(|it| it.as_str().is_some()).and_then(paths),
        Shape::Scalar(Scalar::String) => Some(vec![PathText(vec![Segment::Unknown("…".to_owned())])]),
        Shape::Unknown if matches!(value.origin, Origin::Env(_)) => Some(vec![PathText(vec![Segment::Unknown("…".to_owned())])]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_the_whole_path() {
        let table = [
            ("*", "/", Covers::Yes),
            ("*", "/a/b", Covers::Yes),
            ("/api/*", "/api", Covers::Yes),
            ("/api/*", "/api/x/:id", Covers::Yes),
            ("/api/*", "/apix", Covers::No),
            ("/exact", "/exact", Covers::Yes),
            ("/exact", "/exact/sub", Covers::No),
            ("/admin*", "/admins/x", Covers::Yes),
            ("/a/:id", "/a/1", Covers::Yes),
            ("/a/:id", "/a/:other", Covers::Yes),
            ("/a/:id", "/a/:id/x", Covers::No),
            ("/:id/*", "/:id", Covers::Yes),
            ("/me", "/:id", Covers::No),
            ("/:id{[0-9]+}", "/:name", Covers::Maybe),
            ("/API/*", "/api/x", Covers::No),
        ];
        for (pattern, route, wanted) in table {
            assert_eq!(PathText::parse(pattern).covers(&PathText::parse(route)), wanted, "{pattern} {route}");
        }
    }

    #[test]
    fn paths_are_written_in_one_form() {
        let written = |text: &str| PathText::parse(text).written();
        assert_eq!(written("/users/:id{[0-9]+}/"), "/users/:id");
        assert_eq!(written("/files/:rest{.+}"), "/files/*rest");
        assert_eq!(written("users/{id}"), "/users/:id");
        assert_eq!(written("/a/:b?"), "/a/:b?");
        assert_eq!(PathText::parse("/x").below(&PathText::parse("/api/*")).written(), "/api/x");
    }
}
