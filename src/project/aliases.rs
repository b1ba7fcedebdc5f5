//! Aliases as the nearest `tsconfig.json`, `jsconfig.json` or `deno.json` define them, read leniently.
//!
//! `oxc_resolver` reads `tsconfig.json` exactly: a base that is not installed, or a file that no `include` covers, leaves the
//! aliases out. An analysis without `node_modules` must not lose its imports over that.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dashmap::DashMap;
use path_clean::PathClean as _;
use serde_json::Value;

use super::jsonc;
use super::manifest::Packages;
use super::read;
use super::specifier::split_package;
use super::system::System;

/// Where an alias leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Lead {
    /// To this absolute path, ending still open.
    Path(PathBuf),
    /// To another specifier (`npm:hono@4`), from an import map.
    Specifier(String),
}

/// What a specifier leads to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Leads {
    /// The places to look at, best first.
    pub leads: Vec<Lead>,
    /// An alias of its own defines the specifier (not `*` and no base folder): it is no package.
    pub is_alias: bool,
}

/// Aliases of all folders, read once.
#[derive(Debug, Default)]
pub(super) struct Aliases {
    files: DashMap<PathBuf, Option<Arc<Vec<Alias>>>, rustc_hash::FxBuildHasher>,
}

#[derive(Debug)]
struct Alias {
    /// With at most one `*`; a base folder is `*`.
    pattern: String,
    leads: Vec<Lead>,
}

/// The files that define aliases, in the order in which they are asked within a folder.
const FILES: [&str; 5] = ["tsconfig.json", "jsconfig.json", "deno.json", "deno.jsonc", "import_map.json"];

/// How many `extends` and `references` are followed.
const MOST_HOPS: usize = 8;

impl Aliases {
    /// Where `specifier` may lead, in a file of `folder`.
    pub(super) fn leads(&self, system: &dyn System, packages: &Packages, folder: &Path, specifier: &str) -> Leads {
        let mut found = Leads::default();
        for folder in folder.ancestors() {
            for name in FILES {
                let Some(aliases) = self.of_file(system, packages, &folder.join(name)) else { continue };
                let mut matches: Vec<(usize, &Alias, &str)> =
                    aliases.iter().filter_map(|it| Some((it.pattern.len(), it, star(&it.pattern, specifier)?))).collect();
                matches.sort_by_key(|(length, ..)| std::cmp::Reverse(*length));
                for (_, alias, rest) in matches {
                    found.is_alias |= alias.pattern != "*";
                    found.leads.extend(alias.leads.iter().map(|it| it.filled(rest)));
                }
            }
        }
        found
    }

    fn of_file(&self, system: &dyn System, packages: &Packages, path: &Path) -> Option<Arc<Vec<Alias>>> {
        if let Some(known) = self.files.get(path) {
            return known.value().clone();
        }
        let mut aliases = Vec::new();
        let found = collect(system, packages, path, &mut aliases, 0).map(|()| Arc::new(aliases));
        self.files.insert(path.to_path_buf(), found.clone());
        found
    }
}

impl Lead {
    fn filled(&self, rest: &str) -> Lead {
        match self {
            Lead::Path(path) => match path.to_str() {
                Some(text) if text.contains('*') => Lead::Path(PathBuf::from(text.replacen('*', rest, 1)).clean()),
                _ => Lead::Path(path.clone()),
            },
            Lead::Specifier(text) => Lead::Specifier(text.replacen('*', rest, 1)),
        }
    }
}

/// What the pattern's `*` stands for if it matches; empty for a pattern without one.
fn star<'a>(pattern: &str, specifier: &'a str) -> Option<&'a str> {
    match pattern.split_once('*') {
        None => (pattern == specifier).then_some(""),
        Some((head, tail)) if specifier.len() >= head.len() + tail.len() => {
            specifier.strip_prefix(head).and_then(|it| it.strip_suffix(tail))
        }
        Some(_) => None,
    }
}

fn collect(system: &dyn System, packages: &Packages, path: &Path, aliases: &mut Vec<Alias>, hops: usize) -> Option<()> {
    let (text, _) = read::text(system, path, read::MAX_FILE_BYTES).ok()?;
    let (config, folder) = (jsonc::parse(&text).ok()?, path.parent()?);
    import_map(&config, folder, aliases);
    if let Some(file) = config.get("importMap").and_then(Value::as_str)
        && hops < MOST_HOPS
    {
        collect(system, packages, &folder.join(file).clean(), aliases, hops + 1);
    }
    let before = aliases.len();
    let options = config.get("compilerOptions");
    let base =
        options.and_then(|it| it.get("baseUrl")).and_then(Value::as_str).map(|it| folder.join(template(it, folder)).clean());
    if let Some(paths) = options.and_then(|it| it.get("paths")).and_then(Value::as_object) {
        let base = base.as_deref().unwrap_or(folder);
        for (pattern, targets) in paths {
            let targets = targets.as_array().into_iter().flatten().filter_map(Value::as_str);
            let leads = targets.map(|it| Lead::Path(base.join(template(it, folder)).clean())).collect();
            aliases.push(Alias { pattern: pattern.clone(), leads });
        }
    }
    // As in TypeScript, a file's own `paths` replace those that it extends.
    let has_paths = aliases.len() > before;
    if let Some(base) = base {
        aliases.push(Alias { pattern: "*".to_owned(), leads: vec![Lead::Path(base.join("*"))] });
    }
    if hops >= MOST_HOPS {
        return Some(());
    }
    if !has_paths {
        let extends =
            config.get("extends").into_iter().flat_map(|it| it.as_array().map_or(std::slice::from_ref(it), Vec::as_slice));
        for base in extends.filter_map(Value::as_str).rev() {
            if let Some(path) = extended(system, packages, folder, base) {
                collect(system, packages, &path, aliases, hops + 1);
            }
        }
    }
    for reference in config.get("references").and_then(Value::as_array).into_iter().flatten() {
        if let Some(path) = reference.get("path").and_then(Value::as_str) {
            let path = folder.join(path).clean();
            let path = if system.is_dir(&path) { path.join("tsconfig.json") } else { path };
            // A package that is referenced has its own files; one beside this file splits it (`tsconfig.app.json`).
            if path.parent() == Some(folder) {
                collect(system, packages, &path, aliases, hops + 1);
            }
        }
    }
    Some(())
}

fn import_map(config: &Value, folder: &Path, aliases: &mut Vec<Alias>) {
    for (from, to) in config.get("imports").and_then(Value::as_object).into_iter().flatten() {
        let Some(to) = to.as_str() else { continue };
        let is_prefix = from.ends_with('/') && to.ends_with('/');
        let (from, to) = if is_prefix { (format!("{from}*"), format!("{to}*")) } else { (from.clone(), to.to_owned()) };
        let lead = |to: String| if to.starts_with('.') { Lead::Path(folder.join(to).clean()) } else { Lead::Specifier(to) };
        if !is_prefix && to.contains(':') {
            aliases.push(Alias { pattern: format!("{from}/*"), leads: vec![lead(format!("{}/*", to.trim_end_matches('/')))] });
        }
        aliases.push(Alias { pattern: from, leads: vec![lead(to)] });
    }
}

/// `${configDir}` of a file's own paths. In a base that is extended the exact reader knows better, and is asked first.
fn template(text: &str, folder: &Path) -> String {
    if text.contains("${configDir}") { text.replace("${configDir}", &folder.to_string_lossy()) } else { text.to_owned() }
}

fn extended(system: &dyn System, packages: &Packages, folder: &Path, base: &str) -> Option<PathBuf> {
    let with_ending = |path: PathBuf| {
        let text = path.as_os_str().to_owned();
        let named = |ending: &str| {
            let mut text = text.clone();
            text.push(ending);
            PathBuf::from(text)
        };
        [path, named(".json"), named("/tsconfig.json")].into_iter().find(|it| system.is_file(it))
    };
    if base.starts_with('.') || Path::new(base).is_absolute() {
        return with_ending(folder.join(base).clean());
    }
    let (name, rest) = split_package(base);
    if let Some(member) = packages.members.get(name) {
        return with_ending(member.folder.join(if rest.is_empty() { "tsconfig.json" } else { rest }));
    }
    folder.ancestors().find_map(|it| with_ending(it.join("node_modules").join(base)))
}
