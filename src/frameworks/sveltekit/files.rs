//! What a file of a SvelteKit app is, by its name.

use crate::frameworks::file_routes::{joined, split};

/// What a file is. `base` is the app's `src` folder.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum FileKind {
    /// `+server`: a function a method.
    Server { base: String, path: String },
    /// `+page.server`: `load` and `actions`.
    Page { base: String, path: String },
    /// `+layout.server`: `load`.
    Layout { base: String, path: String },
    /// `hooks.server`.
    Hooks { base: String },
    /// `*.remote`: every export is an endpoint.
    Remote { base: String, name: String },
}

/// What the file at `path` (relative to the workspace, with `/`) is.
pub(super) fn kind(path: &str) -> Option<FileKind> {
    let (folders, stem) = split(path)?;
    let base = |at: usize| folders[..at].join("/");
    if stem == "hooks.server" || (stem == "index" && folders.last() == Some(&"hooks.server")) {
        let at = folders.iter().rposition(|it| *it == "src")?;
        return Some(FileKind::Hooks { base: base(at + 1) });
    }
    if let Some(name) = stem.strip_suffix(".remote") {
        let at = folders.iter().rposition(|it| *it == "src")?;
        return Some(FileKind::Remote { base: base(at + 1), name: name.to_owned() });
    }
    let at = folders.windows(2).position(|it| it == ["src", "routes"])?;
    let segments: Vec<String> = folders[at + 2..].iter().filter(|it| !is_group(it)).map(|it| segment(it)).collect();
    let (base, path) = (base(at + 1), joined(&segments));
    // `+page@group.server` breaks out of layouts, not of the path.
    let (name, server) = stem.split_once('.').unwrap_or((stem, ""));
    match (name.split('@').next().unwrap_or(name), server) {
        ("+server", "") => Some(FileKind::Server { base, path }),
        ("+page", "server") => Some(FileKind::Page { base, path }),
        ("+layout", "server") => Some(FileKind::Layout { base, path: format!("{}/*", path.trim_end_matches('/')) }),
        _ => None,
    }
}

fn is_group(folder: &str) -> bool {
    folder.starts_with('(') && folder.ends_with(')')
}

/// A segment: `[id]`, `[id=matcher]`, `[[optional]]`, `[...rest]`, also between other letters.
fn segment(folder: &str) -> String {
    let (mut text, mut rest) = (String::new(), folder);
    while let Some((before, tail)) = rest.split_once('[') {
        let Some((inner, after)) = tail.trim_start_matches('[').split_once(']') else { break };
        text.push_str(before);
        let name = inner.split('=').next().unwrap_or(inner);
        match name.strip_prefix("...") {
            Some(name) => text.push_str(&format!("*{name}")),
            None => text.push_str(&format!(":{name}")),
        }
        rest = after.trim_start_matches(']');
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_make_the_path() {
        let path = |file| match kind(file) {
            Some(FileKind::Server { path, .. } | FileKind::Page { path, .. } | FileKind::Layout { path, .. }) => Some(path),
            _ => None,
        };
        let table = [
            ("src/routes/+page.server.ts", "/"),
            ("src/routes/api/notes/[id]/+server.ts", "/api/notes/:id"),
            ("src/routes/(app)/notes/[id=integer]/+page.server.js", "/notes/:id"),
            ("src/routes/[[lang]]/files/[...path]/+server.ts", "/:lang/files/*path"),
            ("apps/web/src/routes/[from]-[to]/+page@.server.ts", "/:from-:to"),
            ("src/routes/(app)/admin/+layout.server.ts", "/admin/*"),
        ];
        for (file, expected) in table {
            assert_eq!(path(file), Some(expected.to_owned()), "{file}");
        }
        for file in ["src/routes/+page.ts", "src/routes/+page.svelte", "src/lib/+server.txt", "src/routes/x/+server.test.ts"] {
            assert_eq!(kind(file), None, "{file}");
        }
        assert_eq!(kind("src/hooks.server.ts"), Some(FileKind::Hooks { base: "src".to_owned() }));
    }
}
