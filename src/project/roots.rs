//! Files that are routes or set-up by their path, or by the marks in their bytes: where reading starts.

use std::path::Path;

use super::kinds::folders;
use super::marks::Marks;

/// Whether reading starts at this file. `relative` is its path below the root; `stands` says whether a path below the root exists.
pub(super) fn is_root(relative: &Path, marks: &Marks, stands: &dyn Fn(&Path) -> bool) -> bool {
    !marks.client && (!marks.owners.is_empty() || by_path(relative, marks, stands))
}

fn by_path(relative: &Path, marks: &Marks, stands: &dyn Fn(&Path) -> bool) -> bool {
    let Some(name) = relative.file_name().and_then(|it| it.to_str()) else { return false };
    let stem = name.split('.').next().unwrap_or(name);
    let folders: Vec<&str> = folders(relative).collect();
    let below = |path: &[&str]| folders.windows(path.len()).any(|it| it == path);
    if below(&["app"]) {
        if stem == "route" {
            return true;
        }
        // A server component that waits for something may read data; one that does not is layout.
        if matches!(stem, "page" | "layout" | "default") {
            return marks.is_async;
        }
    }
    let beside = |names: &[&str]| {
        let folder = relative.parent().unwrap_or(relative);
        names.iter().any(|it| stands(&folder.join(it)))
    };
    let by_name = match stem {
        "middleware" | "proxy" => beside(&["app", "pages", "package.json"]),
        "+server" => true,
        "+page" | "+layout" | "hooks" => name.contains(".server."),
        "next" => name.starts_with("next.config."),
        "root" | "entry" => folders.last() == Some(&"app"),
        "routes" => matches!(folders.last(), Some(&("app" | "start"))),
        "kernel" => folders.last() == Some(&"start"),
        "index" => below(&["supabase", "functions"]),
        _ => name.contains(".remote."),
    };
    by_name
        || below(&["pages", "api"])
        || below(&["app", "routes"])
        || ["api", "routes", "middleware", "plugins", "utils"].iter().any(|it| below(&["server", it]))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::is_root;
    use crate::project::marks;

    #[test]
    fn file_routers_need_no_mark() {
        let stands = |it: &Path| it == Path::new("src/app");
        for path in [
            "app/api/todos/[id]/route.ts",
            "src/pages/api/users/[id].js",
            "src/middleware.ts",
            "src/routes/notes/+server.js",
            "src/routes/notes/+page.server.ts",
            "src/hooks.server.ts",
            "app/routes/notes.$id.tsx",
            "server/api/notes.get.ts",
            "supabase/functions/pay/index.ts",
            "next.config.mjs",
        ] {
            assert!(is_root(Path::new(path), &marks::find(b""), &stands), "{path}");
        }
        for path in
            ["src/components/route.tsx", "src/lib/middleware.ts", "src/routes/+page.ts", "src/pages/about.tsx", "app/page.tsx"]
        {
            assert!(!is_root(Path::new(path), &marks::find(b""), &stands), "{path}");
        }
    }

    #[test]
    fn pages_count_where_they_wait_on_the_server() {
        let stands = |_: &Path| false;
        let server = marks::find(b"export default async function Page() { await db() }");
        let client = marks::find(b"'use client'\nexport default function Page() { const f = async () => {} }");
        assert!(is_root(Path::new("app/notes/page.tsx"), &server, &stands));
        assert!(!is_root(Path::new("app/notes/page.tsx"), &client, &stands));
    }
}
