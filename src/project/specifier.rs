//! What a module specifier says by itself, before any file is looked for.

use std::borrow::Cow;

/// The kinds of specifiers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    /// `./x`, `../x`, `/x`, `.`, `..`
    Relative,
    /// Everything that may be an alias or a package.
    Bare,
    /// A package or runtime module by its very form (`node:fs`, `npm:hono@4`, `https://esm.sh/stripe@16`): its name without
    /// registry and version.
    Package(Cow<'a, str>),
}

/// Endings of files that bundlers import and that hold no code of ours.
const ASSETS: [&str; 30] = [
    "css", "scss", "sass", "less", "styl", "svg", "png", "jpg", "jpeg", "gif", "webp", "avif", "ico", "json", "json5", "wasm",
    "html", "md", "mdx", "graphql", "gql", "txt", "woff", "woff2", "ttf", "mp3", "mp4", "vue", "svelte", "astro",
];

/// Cuts `?raw` and the like off. Package imports (`#x`) may hold a question mark nowhere else.
pub(super) fn without_query(specifier: &str) -> &str {
    specifier.split_once('?').map_or(specifier, |(path, _)| path)
}

/// Whether it ends like something that is no code.
pub(super) fn is_asset(specifier: &str) -> bool {
    let file = specifier.rsplit('/').next().unwrap_or(specifier);
    file.rsplit_once('.').is_some_and(|(_, ending)| ASSETS.iter().any(|it| ending.eq_ignore_ascii_case(it)))
}

/// The kind of a specifier that has no query any more.
pub(super) fn kind(specifier: &str) -> Kind<'_> {
    if specifier.starts_with('.') || specifier.starts_with('/') {
        return Kind::Relative;
    }
    let Some((scheme, rest)) = specifier.split_once(':') else { return Kind::Bare };
    let is_scheme = scheme.starts_with(|it: char| it.is_ascii_lowercase())
        && scheme.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || b"+.-".contains(&it));
    if !is_scheme {
        return Kind::Bare;
    }
    Kind::Package(match scheme {
        "node" => rest.into(),
        "npm" | "jsr" => Cow::Owned(unversioned(rest.trim_start_matches('/'))),
        "http" | "https" => Cow::Owned(of_url(rest.trim_start_matches('/'))),
        _ => specifier.into(),
    })
}

/// The package of a bare specifier: `@scope/name` of `@scope/name/sub`, and what follows it (without the slash).
pub(super) fn split_package(specifier: &str) -> (&str, &str) {
    let scope = if specifier.starts_with('@') { specifier.find('/').map_or(specifier.len(), |it| it + 1) } else { 0 };
    match specifier[scope..].find('/') {
        Some(slash) => (&specifier[..scope + slash], &specifier[scope + slash + 1..]),
        None => (specifier, ""),
    }
}

/// `@scope/name@1.2.3/sub` → `@scope/name/sub`.
fn unversioned(package: &str) -> String {
    let (name, sub) = split_package(package);
    let name = match name.char_indices().skip(1).find(|(_, it)| *it == '@') {
        Some((at, _)) => &name[..at],
        None => name,
    };
    if sub.is_empty() { name.to_owned() } else { format!("{name}/{sub}") }
}

/// The package that a URL without its scheme names, on the content networks for packages; another URL stays as it is.
fn of_url(url: &str) -> String {
    let (host, path) = url.split_once('/').unwrap_or((url, ""));
    match host {
        "esm.sh" | "esm.run" | "cdn.skypack.dev" | "unpkg.com" | "ga.jspm.io" => {
            let path = path.strip_prefix("npm:").unwrap_or(path).trim_start_matches('*');
            // esm.sh pins its own build in front: `v135/stripe@16`.
            let path = match path.split_once('/') {
                Some((build, rest)) if is_build(build) => rest.trim_start_matches('*'),
                _ => path,
            };
            unversioned(path)
        }
        "cdn.jsdelivr.net" => unversioned(path.strip_prefix("npm/").unwrap_or(path)),
        "deno.land" => match path.strip_prefix("x/") {
            // The entry file of a module says nothing.
            Some(path) => {
                let name = unversioned(path);
                name.strip_suffix("/mod.ts").map_or_else(|| name.clone(), str::to_owned)
            }
            None => unversioned(path),
        },
        _ => url.to_owned(),
    }
}

fn is_build(text: &str) -> bool {
    text == "stable" || text.strip_prefix('v').is_some_and(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::{Kind, is_asset, kind, split_package};

    #[test]
    fn registries_and_versions_are_cut_off() {
        for (specifier, package) in [
            ("node:crypto", "crypto"),
            ("npm:hono@4", "hono"),
            ("npm:/hono@4/cors", "hono/cors"),
            ("npm:@supabase/supabase-js@2.45.4", "@supabase/supabase-js"),
            ("jsr:@hono/hono@^4.6/jwt", "@hono/hono/jwt"),
            ("jsr:@supabase/supabase-js", "@supabase/supabase-js"),
            ("https://esm.sh/@supabase/supabase-js@2", "@supabase/supabase-js"),
            ("https://esm.sh/v135/stripe@16.12.0/lib/x", "stripe/lib/x"),
            ("https://cdn.jsdelivr.net/npm/jose@5/+esm", "jose/+esm"),
            ("https://deno.land/x/oak@v12.6.1/mod.ts", "oak"),
            ("https://deno.land/std@0.168.0/http/server.ts", "std/http/server.ts"),
            ("https://example.test/a.ts", "example.test/a.ts"),
            ("cloudflare:workers", "cloudflare:workers"),
            ("bun:sqlite", "bun:sqlite"),
        ] {
            assert_eq!(kind(specifier), Kind::Package(package.into()), "{specifier}");
        }
    }

    #[test]
    fn the_rest_is_relative_or_bare() {
        for specifier in [".", "..", "./a", "../a.js", "/a"] {
            assert_eq!(kind(specifier), Kind::Relative, "{specifier}");
        }
        for specifier in ["express", "@/lib/db", "~/x", "#db", "$lib/x", "@acme/db/client", "src/users"] {
            assert_eq!(kind(specifier), Kind::Bare, "{specifier}");
        }
        assert_eq!(split_package("@acme/db/client/x"), ("@acme/db", "client/x"));
        assert_eq!(split_package("@acme"), ("@acme", ""));
        assert!(is_asset("./a/Logo.SVG") && !is_asset("./auth.service") && !is_asset("./json"));
    }
}
