//! What a file is by its path.

use std::path::{Component, Path};

/// What the walk keeps a file for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FileKind {
    /// TypeScript or JavaScript that could hold routes.
    Source,
    /// A database schema that is not code: see [`SchemaKind`].
    Schema(SchemaKind),
    /// Set-up that is not code and changes what routes mean (`supabase/config.toml`, `vercel.json`, `wrangler.toml`).
    Settings,
    /// `package.json`.
    Manifest,
}

/// Kinds of schema texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SchemaKind {
    /// `*.prisma`
    Prisma,
    /// A migration or a schema in SQL.
    Sql,
    /// The output of `supabase gen types typescript`.
    SupabaseTypes,
}

/// Endings of the files that the analysis reads as code.
const SOURCES: [&str; 8] = ["ts", "tsx", "js", "jsx", "mjs", "cjs", "mts", "cts"];

/// Folders that never hold the project's own code, wherever they are.
const NEVER: [&str; 3] = ["node_modules", "bower_components", "__pycache__"];

/// Folders that hold output, copies of other people's code or tests if they lie directly beside a `package.json`; deeper down, the
/// same names are ordinary words (`app/api/vendor`, `src/build`).
const BESIDE_MANIFEST: [&str; 10] =
    ["dist", "build", "out", "coverage", "vendor", "test", "tests", "storybook-static", "public", "typings"];

/// Folders of tests and their like, wherever they are.
const TESTS: [&str; 6] = ["__tests__", "__mocks__", "__fixtures__", "cypress", "e2e", "playwright"];

/// Whether the walk leaves a folder out. `has_manifest` says whether a folder holds a `package.json`.
pub(super) fn is_left_out(folder: &Path, has_manifest: impl Fn(&Path) -> bool) -> bool {
    let Some(name) = folder.file_name().and_then(|it| it.to_str()) else { return false };
    // Remix keeps server-only code in `.server`; other hidden folders are tools' and build output (`.next`, `.turbo`, `.git`).
    if name.starts_with('.') {
        return name != ".server";
    }
    NEVER.contains(&name)
        || TESTS.contains(&name)
        || (BESIDE_MANIFEST.contains(&name) && folder.parent().is_some_and(has_manifest))
}

/// Whether the path ends like code, and not like declarations.
pub(super) fn is_source(path: &Path) -> bool {
    let ending = path.extension().and_then(|it| it.to_str()).unwrap_or_default();
    SOURCES.contains(&ending) && !is_declaration(path)
}

/// What the walk keeps the file at this path for, relative to the root.
pub(super) fn of(relative: &Path) -> Option<FileKind> {
    let name = relative.file_name()?.to_str()?;
    match name {
        "package.json" => return Some(FileKind::Manifest),
        "vercel.json" | "wrangler.toml" | "wrangler.json" | "wrangler.jsonc" | "firebase.json" | "serverless.yml"
        | "serverless.yaml" => {
            return Some(FileKind::Settings);
        }
        "config.toml" if folders(relative).last() == Some("supabase") => return Some(FileKind::Settings),
        "database.types.ts" | "database.types.d.ts" | "supabase.types.ts" => {
            return Some(FileKind::Schema(SchemaKind::SupabaseTypes));
        }
        _ => {}
    }
    match relative.extension()?.to_str()? {
        "prisma" => Some(FileKind::Schema(SchemaKind::Prisma)),
        "sql" => is_schema_sql(relative, name).then_some(FileKind::Schema(SchemaKind::Sql)),
        _ => (is_source(relative) && !is_test(name)).then_some(FileKind::Source),
    }
}

/// Whether a change of this file may change what other files mean: aliases, packages, what is left out.
pub(super) fn is_set_up(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(|it| it.to_str()) else { return false };
    let is_tsconfig = (name.starts_with("tsconfig") || name.starts_with("jsconfig")) && name.ends_with(".json");
    is_tsconfig
        || matches!(
            name,
            "package.json"
                | "pnpm-workspace.yaml"
                | "deno.json"
                | "deno.jsonc"
                | "import_map.json"
                | "routewarden.toml"
                | ".gitignore"
                | ".ignore"
                | ".routewardenignore"
        )
}

/// The names of the folders of a relative path, outermost first.
pub(super) fn folders(relative: &Path) -> impl DoubleEndedIterator<Item = &str> {
    let parts = relative.parent().unwrap_or(relative).components();
    parts.filter_map(|it| if let Component::Normal(name) = it { name.to_str() } else { None })
}

fn is_declaration(path: &Path) -> bool {
    let stem = path.file_stem().and_then(|it| it.to_str()).unwrap_or_default();
    stem.ends_with(".d")
}

fn is_test(name: &str) -> bool {
    [".test.", ".spec.", ".stories.", ".story.", ".cy.", ".e2e.", ".e2e-spec.", ".bench.", ".min."]
        .iter()
        .any(|it| name.contains(it))
}

/// Migrations and schemas; not seeds, down migrations or queries. Beside a Prisma schema its migrations say the same again.
fn is_schema_sql(relative: &Path, name: &str) -> bool {
    let folders: Vec<&str> = folders(relative).collect();
    let has = |names: &[&str]| folders.iter().any(|it| names.contains(it));
    let stem = name.strip_suffix(".sql").unwrap_or(name);
    let is_down = stem == "down" || stem.ends_with(".down") || stem.ends_with("_down") || stem.ends_with(".undo");
    if is_down
        || stem.contains("seed")
        || has(&["seeds", "seed", "queries", "snippets"])
        || folders.windows(2).any(|it| it == ["prisma", "migrations"])
    {
        return false;
    }
    has(&["migrations", "migration", "drizzle", "schemas", "schema", "sqitch", "flyway"])
        || folders.contains(&"supabase")
        || ["schema", "structure", "init", "tables", "database", "ddl", "setup"].contains(&stem)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{FileKind, SchemaKind, is_left_out, of};

    #[test]
    fn output_is_left_out_beside_a_manifest_and_words_are_not() {
        let manifest = |it: &Path| it == Path::new("/w") || it == Path::new("/w/packages/a");
        for folder in
            ["/w/node_modules", "/w/.next", "/w/dist", "/w/packages/a/build", "/w/tests", "/w/src/__tests__", "/w/a/node_modules"]
        {
            assert!(is_left_out(Path::new(folder), manifest), "{folder}");
        }
        for folder in ["/w/src/build", "/w/app/api/vendor", "/w/src/routes/coverage", "/w/app/.server", "/w/src/tests"] {
            assert!(!is_left_out(Path::new(folder), manifest), "{folder}");
        }
    }

    #[test]
    fn kinds_follow_from_paths() {
        let sql = Some(FileKind::Schema(SchemaKind::Sql));
        for (path, kind) in [
            ("src/app.ts", Some(FileKind::Source)),
            ("src/app.d.ts", None),
            ("src/app.test.ts", None),
            ("public/jquery.min.js", None),
            ("prisma/schema.prisma", Some(FileKind::Schema(SchemaKind::Prisma))),
            ("prisma/migrations/1_init/migration.sql", None),
            ("supabase/migrations/1_init.sql", sql),
            ("supabase/seed.sql", None),
            ("migrations/1.down.sql", None),
            ("drizzle/0000_init.sql", sql),
            ("db/schema.sql", sql),
            ("reports/monthly.sql", None),
            ("src/lib/database.types.ts", Some(FileKind::Schema(SchemaKind::SupabaseTypes))),
            ("supabase/config.toml", Some(FileKind::Settings)),
            ("config.toml", None),
        ] {
            assert_eq!(of(Path::new(path)), kind, "{path}");
        }
    }
}
