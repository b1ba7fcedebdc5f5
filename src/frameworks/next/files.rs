//! Which files of a Next app are routes, and under which path.

use crate::base::Name;

/// What a file is to Next. `base` is the folder that holds `app` or `pages`: one app of perhaps several in the workspace.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum FileKind {
    /// `app/**/route.ts`: a function a method.
    Handlers { base: String, path: RoutePath },
    /// `pages/api/**`: one function for all methods.
    Api { base: String, path: RoutePath },
    /// `middleware.ts` or `proxy.ts` beside `app` or `pages`, and the name of its function.
    Middleware { base: String, name: &'static str },
}

/// A route's path.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct RoutePath(Vec<Segment>);

#[derive(Clone, Debug, PartialEq)]
enum Segment {
    Fixed(String),
    Param(String),
    Rest { name: String, optional: bool },
}

/// What the file at `path` (relative to the workspace, with `/`) is.
pub(super) fn kind(path: &str) -> Option<FileKind> {
    let mut folders: Vec<&str> = path.split('/').filter(|it| !it.is_empty() && *it != ".").collect();
    let (stem, ending) = folders.pop()?.rsplit_once('.')?;
    if !matches!(ending, "ts" | "tsx" | "js" | "jsx" | "mjs" | "mts") || folders.contains(&"node_modules") {
        return None;
    }
    if let (true, Some(at)) = (stem == "route", app_folder(&folders)) {
        let path = RoutePath::of_folders(&folders[at + 1..])?;
        return Some(FileKind::Handlers { base: folders[..at].join("/"), path });
    }
    if let "middleware" | "proxy" = stem {
        let name = if stem == "proxy" { "proxy" } else { "middleware" };
        return Some(FileKind::Middleware { base: folders.join("/"), name });
    }
    let at = folders.windows(2).position(|it| it == ["pages", "api"])?;
    if [".d", ".test", ".spec"].iter().any(|it| stem.ends_with(it)) || stem == "_middleware" {
        return None;
    }
    let mut path: Vec<Segment> = folders[at + 1..].iter().map(|it| segment(it)).collect();
    if stem != "index" {
        path.push(segment(stem));
    }
    Some(FileKind::Api { base: folders[..at].join("/"), path: RoutePath(path) })
}

/// The `app` folder that routes are counted from: the one in `src`, otherwise the outermost; a package that is itself called
/// `app` is not it.
fn app_folder(folders: &[&str]) -> Option<usize> {
    let all = || folders.iter().enumerate().filter(|(_, it)| **it == "app").map(|(at, _)| at);
    let below_src = all().find(|at| *at > 0 && folders[at - 1] == "src");
    below_src.or_else(|| all().find(|at| *at == 0 || folders.get(at + 1) != Some(&"app")))
}

fn segment(folder: &str) -> Segment {
    let inner = folder.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    let Some(inner) = inner else { return Segment::Fixed(folder.replace("%5F", "_").replace("%5f", "_")) };
    if let Some(inner) = inner.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
        return Segment::Rest { name: inner.trim_start_matches("...").to_owned(), optional: true };
    }
    match inner.strip_prefix("...") {
        Some(name) => Segment::Rest { name: name.to_owned(), optional: false },
        None => Segment::Param(inner.to_owned()),
    }
}

impl RoutePath {
    /// The path that folders below `app` make; `None` where a private folder takes them out of routing.
    fn of_folders(folders: &[&str]) -> Option<Self> {
        let mut path: Vec<Segment> = Vec::new();
        for folder in folders {
            if folder.starts_with('_') {
                return None;
            }
            if folder.starts_with('@') || (folder.starts_with('(') && folder.ends_with(')')) {
                continue;
            }
            let (up, rest) = intercepted(folder);
            match up {
                Some(up) => path.truncate(path.len().saturating_sub(up)),
                None => path.clear(),
            }
            path.push(segment(rest));
        }
        Some(RoutePath(path))
    }

    /// The path of some page, nobody knows which.
    pub(super) fn any() -> Self {
        RoutePath(vec![Segment::Param(String::new())])
    }

    /// Whether it is the path of some page.
    pub(super) fn is_any(&self) -> bool {
        *self == Self::any()
    }

    /// The path in the form of a route's path.
    pub(super) fn written(&self) -> String {
        if self.0.is_empty() {
            return "/".to_owned();
        }
        let part = |segment: &Segment| match segment {
            Segment::Fixed(text) => format!("/{text}"),
            Segment::Param(name) => format!("/:{name}"),
            Segment::Rest { name, .. } => format!("/*{name}"),
        };
        self.0.iter().map(part).collect()
    }

    /// The names of its parameters.
    pub(super) fn params(&self) -> Vec<Name> {
        let name = |segment: &Segment| match segment {
            Segment::Fixed(_) => None,
            Segment::Param(name) | Segment::Rest { name, .. } => Some(Name::new(name)),
        };
        self.0.iter().filter_map(name).collect()
    }

    /// Paths of requests that get there, as different as its parameters let them be in the eyes of a matcher.
    pub(super) fn samples(&self) -> Vec<String> {
        // A word and a number; neither begins like a folder that matchers leave out.
        let mut samples: Vec<String> = ["zq1w", "7"]
            .iter()
            .map(|word| {
                let part = |segment: &Segment| match segment {
                    Segment::Fixed(text) => format!("/{text}"),
                    Segment::Param(_) => format!("/{word}"),
                    Segment::Rest { .. } => format!("/{word}/{word}"),
                };
                self.0.iter().map(part).collect()
            })
            .collect();
        if let Some((Segment::Rest { optional: true, .. }, before)) = self.0.split_last() {
            samples.extend(RoutePath(before.to_vec()).samples());
        }
        for sample in &mut samples {
            if sample.is_empty() {
                sample.push('/');
            }
        }
        samples.dedup();
        samples
    }
}

/// `(.)x`, `(..)x`, `(..)(..)x`: how many segments up it counts from, `None` for the root (`(...)x`).
fn intercepted(folder: &str) -> (Option<usize>, &str) {
    if let Some(rest) = folder.strip_prefix("(...)") {
        return (None, rest);
    }
    let (mut up, mut rest) = (0, folder.strip_prefix("(.)").unwrap_or(folder));
    while let Some(below) = rest.strip_prefix("(..)") {
        up += 1;
        rest = below;
    }
    (Some(up), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handlers(path: &str) -> Option<(String, String)> {
        match kind(path)? {
            FileKind::Handlers { base, path } | FileKind::Api { base, path } => Some((base, path.written())),
            FileKind::Middleware { .. } => None,
        }
    }

    #[test]
    fn folders_make_the_path() {
        let table = [
            ("app/api/lists/route.ts", "", "/api/lists"),
            ("src/app/api/lists/[id]/route.js", "src", "/api/lists/:id"),
            ("apps/web/src/app/(main)/api/x/route.tsx", "apps/web/src", "/api/x"),
            ("app/@modal/x/route.ts", "", "/x"),
            ("app/route.ts", "", "/"),
            ("app/docs/[...slug]/route.ts", "", "/docs/*slug"),
            ("app/docs/[[...slug]]/route.ts", "", "/docs/*slug"),
            ("app/feed/(..)photo/[id]/route.ts", "", "/photo/:id"),
            ("app/%5Fhealth/route.ts", "", "/_health"),
            ("packages/app/app/api/x/route.ts", "packages/app", "/api/x"),
            ("packages/app/src/app/api/x/route.ts", "packages/app/src", "/api/x"),
            ("pages/api/users/index.ts", "", "/api/users"),
            ("src/pages/api/users/[id].js", "src", "/api/users/:id"),
            ("pages/api/[...all].ts", "", "/api/*all"),
        ];
        for (file, base, path) in table {
            assert_eq!(handlers(file), Some((base.to_owned(), path.to_owned())), "{file}");
        }
    }

    #[test]
    fn other_files_are_no_routes() {
        for file in
            ["app/_lib/route.ts", "app/api/route.test.ts", "app/page.tsx", "lib/route.ts", "pages/api/x.d.ts", "pages/about.tsx"]
        {
            assert_eq!(handlers(file), None, "{file}");
        }
        let middleware = |base: &str, name| Some(FileKind::Middleware { base: base.to_owned(), name });
        assert_eq!(kind("src/middleware.ts"), middleware("src", "middleware"));
        assert_eq!(kind("proxy.js"), middleware("", "proxy"));
    }
}
