//! Paths of routes and mounts: Express 4 and 5 syntax read into segments, joined, written and compared.

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
    /// Everything from here; `must` if it has to be something.
    Rest { name: String },
    /// A fixed beginning and anything after it.
    Begins(String),
    /// Parameters and texts in one segment (`:from-:to`).
    Mixed(String),
    /// A regular expression, or a text that is not known.
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

/// How far a pattern reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::frameworks) enum Reach {
    /// A path that begins with it, on a segment's boundary.
    Below,
    /// That path only.
    Exact,
}

impl PathText {
    /// Reads a path as it is written.
    pub(in crate::frameworks) fn parse(text: &str) -> Self {
        if !text.starts_with(['/', '*', '{', ':', '…', '(']) && text.contains(['^', '\\', '$', '|', '[']) {
            return PathText(vec![Segment::Unknown(text.to_owned())]);
        }
        let plain = without_groups(text);
        PathText(plain.split('/').filter(|it| !it.is_empty()).map(segment).collect())
    }

    /// A regular expression.
    pub(in crate::frameworks) fn regex(source: &str) -> Self {
        PathText(vec![Segment::Unknown(source.to_owned())])
    }

    /// This path below `prefix`.
    pub(in crate::frameworks) fn below(&self, prefix: &PathText) -> PathText {
        PathText(prefix.0.iter().chain(&self.0).cloned().collect())
    }

    /// The path in the form of a route's path.
    pub(in crate::frameworks) fn written(&self) -> String {
        if let [Segment::Unknown(regex)] = self.0.as_slice()
            && regex != "…"
        {
            return regex.clone();
        }
        let mut text = String::new();
        for segment in &self.0 {
            text.push('/');
            match segment {
                Segment::Fixed(it) | Segment::Mixed(it) | Segment::Unknown(it) => text.push_str(it),
                Segment::Param { name, optional, .. } => {
                    text.push(':');
                    text.push_str(name);
                    if *optional {
                        text.push('?');
                    }
                }
                Segment::Rest { name } => {
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

    /// Whether it is the root.
    pub(in crate::frameworks) fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it has a parameter of that name.
    pub(in crate::frameworks) fn has_param(&self, wanted: &str) -> bool {
        self.0.iter().any(|segment| match segment {
            Segment::Param { name, .. } | Segment::Rest { name } => name == wanted,
            Segment::Mixed(text) => crate::frameworks::things::param_names(text).iter().any(|it| *it == wanted),
            _ => false,
        })
    }

    /// Whether every request to `route` is one to this pattern.
    pub(in crate::frameworks) fn covers(&self, route: &PathText, reach: Reach) -> Covers {
        let mut sure = Covers::Yes;
        let mut theirs = route.0.iter();
        for (index, ours) in self.0.iter().enumerate() {
            if let Segment::Rest { .. } = ours {
                // `*` alone takes in the root as well; `/x/*` wants something after the slash.
                return if index == 0 || theirs.next().is_some() { sure } else { Covers::No };
            }
            if let (Segment::Param { optional: true, .. }, true) = (ours, theirs.as_slice().is_empty()) {
                continue;
            }
            let Some(their) = theirs.next() else { return Covers::No };
            match (ours, their) {
                (one, other) if one == other => {}
                (Segment::Fixed(one), Segment::Fixed(other)) if one.eq_ignore_ascii_case(other) => {}
                (Segment::Begins(start), Segment::Fixed(other)) if starts_with(other, start) => return sure,
                (Segment::Fixed(_), Segment::Fixed(_)) | (Segment::Begins(_), Segment::Fixed(_)) => return Covers::No,
                (Segment::Param { constrained: false, .. }, Segment::Fixed(_) | Segment::Param { .. } | Segment::Mixed(_)) => {}
                (Segment::Fixed(_), Segment::Param { .. } | Segment::Mixed(_)) => return Covers::No,
                _ => sure = Covers::Maybe,
            }
        }
        match (reach, theirs.next()) {
            (_, None) | (Reach::Below, Some(_)) => sure,
            (Reach::Exact, Some(_)) => Covers::No,
        }
    }
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|it| it.eq_ignore_ascii_case(start))
}

/// `{/:a}` of Express 5 as `/:a?`.
fn without_groups(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut named = false;
    for letter in text.chars() {
        match letter {
            '{' => named = false,
            '}' if named => plain.push('?'),
            '}' => {}
            _ => {
                named |= letter == ':';
                plain.push(letter);
            }
        }
    }
    plain
}

fn segment(text: &str) -> Segment {
    let is_name = |it: char| it.is_alphanumeric() || it == '_' || it == '$';
    if let Some(rest) = text.strip_prefix(':') {
        let end = rest.find(|it| !is_name(it)).unwrap_or(rest.len());
        let (name, mut tail) = rest.split_at(end);
        let constrained = tail.starts_with('(');
        if let (true, Some(close)) = (constrained, tail.rfind(')')) {
            tail = &tail[close + 1..];
        }
        // `(.*)` and the like take everything.
        let open = rest.contains("(.*)") || rest.contains("(.+)");
        return match tail {
            "" if open => Segment::Rest { name: name.to_owned() },
            "" | "?" => Segment::Param { name: name.to_owned(), optional: tail == "?", constrained },
            "*" | "+" => Segment::Rest { name: name.to_owned() },
            _ => Segment::Mixed(without_constraints(text)),
        };
    }
    if text == "(.*)" || text == "*" {
        return Segment::Rest { name: String::new() };
    }
    if let Some(name) = text.strip_prefix('*')
        && name.chars().all(is_name)
    {
        return Segment::Rest { name: name.to_owned() };
    }
    if let Some(start) = text.strip_suffix('*').or_else(|| text.strip_suffix("(.*)"))
        && start.chars().all(|it| is_name(it) || matches!(it, '-' | '.' | '~'))
    {
        return Segment::Begins(start.to_owned());
    }
    match text {
        _ if text.contains('…') => Segment::Unknown(text.to_owned()),
        _ if text.contains(':') => Segment::Mixed(without_constraints(text)),
        _ if text.contains(['(', ')', '*', '+', '?', '\\', '[', '|']) => Segment::Unknown(text.to_owned()),
        _ => Segment::Fixed(text.to_owned()),
    }
}

/// `:from(\\d+)-:to` without what is in parentheses.
fn without_constraints(text: &str) -> String {
    let mut depth = 0u32;
    let mut plain = String::new();
    for letter in text.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => plain.push(letter),
            _ => {}
        }
    }
    plain
}

/// The paths that a value stands for; `None` where it is none (a function, a router).
pub(in crate::frameworks) fn paths(value: &Value) -> Option<Vec<PathText>> {
    match &value.shape {
        Shape::Str(text) => Some(vec![PathText::parse(text)]),
        Shape::Text { quasis, parts } => {
            let mut text = String::new();
            for (index, quasi) in quasis.iter().enumerate() {
                text.push_str(quasi);
                match parts.get(index) {
                    Some(part) => text.push_str(part.as_str().unwrap_or("…")),
                    None => break,
                }
            }
            Some(vec![PathText::parse(&text)])
        }
        Shape::Array(all) if !all.is_empty() => {
            let each: Option<Vec<Vec<PathText>>> = all.iter().map(paths).collect();
            each.map(|it| it.concat())
        }
        // `process.env.PREFIX || '/api'`: the text that is written.
        Shape::OneOf(all) => all.iter().find(|it| it.as_str().is_some()).and_then(paths),
        Shape::Builtin(path) if path.first().is_some_and(|it| *it == "RegExp") => {
            Some(vec![PathText::regex(path.get(1).map_or("…", |it| it.as_str()))])
        }
        Shape::Scalar(Scalar::String) => Some(vec![PathText::regex("…")]),
        Shape::Unknown if matches!(value.origin, Origin::Env(_)) => Some(vec![PathText::regex("…")]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(pattern: &str, route: &str) -> Covers {
        PathText::parse(pattern).covers(&PathText::parse(route), Reach::Below)
    }

    #[test]
    fn a_prefix_ends_where_a_segment_ends() {
        assert_eq!(covers("/api", "/api/x"), Covers::Yes);
        assert_eq!(covers("/api", "/API/x/"), Covers::Yes);
        assert_eq!(covers("/api", "/apix"), Covers::No);
        assert_eq!(covers("/", "/anything"), Covers::Yes);
        assert_eq!(covers("/api/*", "/api/x/y"), Covers::Yes);
        assert_eq!(covers("*", "/"), Covers::Yes);
        assert_eq!(covers("/{*all}", "/a/b"), Covers::Yes);
        assert_eq!(covers("/api*", "/apix/y"), Covers::Yes);
        assert_eq!(covers("/:tenant", "/acme/users"), Covers::Yes);
    }

    #[test]
    fn what_only_some_requests_meet_is_no_cover() {
        assert_eq!(covers("/admin", "/:section/x"), Covers::No);
        assert_eq!(covers("/:id(\\d+)", "/:id"), Covers::Maybe);
        assert_eq!(PathText::regex("^\\/v\\d").covers(&PathText::parse("/v1/x"), Reach::Below), Covers::Maybe);
        assert_eq!(PathText::parse("/a").covers(&PathText::parse("/a/b"), Reach::Exact), Covers::No);
    }

    #[test]
    fn paths_are_written_in_one_form() {
        let written = |text: &str| PathText::parse(text).written();
        assert_eq!(written("/users/:id(\\d+)/"), "/users/:id");
        assert_eq!(written("//users//:id?"), "/users/:id?");
        assert_eq!(written("/users{/:id}"), "/users/:id?");
        assert_eq!(written("/files/*path"), "/files/*path");
        assert_eq!(written("/files/*"), "/files/*");
        assert_eq!(written("/flights/:from-:to"), "/flights/:from-:to");
        assert_eq!(written(""), "/");
        assert_eq!(PathText::regex("^\\/v\\d+").written(), "^\\/v\\d+");
    }
}
