//! `package.json` files: versions of dependencies, and the packages of a workspace by name.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::GlobBuilder;
use rustc_hash::FxHashMap;
use serde_json::Value;

use super::jsonc;
use super::note::{LoadNote, Problem};
use super::read;
use super::system::System;
use crate::base::Name;

/// What the `package.json` files of a project say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Packages {
    /// Dependency → version or range as written; of several, the one nearest to the root.
    pub versions: Arc<FxHashMap<Name, Arc<str>>>,
    /// Packages of the workspace by name.
    pub(super) members: FxHashMap<String, Arc<Member>>,
    /// Folders that hold a `package.json`.
    pub(super) folders: Vec<PathBuf>,
}

/// A package whose source is part of the project.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Member {
    /// Its folder, canonical.
    pub folder: PathBuf,
    /// Its `package.json`.
    pub manifest: Value,
}

impl Packages {
    /// Reads the `package.json` files that the walk found, and those above the root with the packages of their workspaces.
    pub(super) fn read(system: &dyn System, root: &Path, found: &[PathBuf], most: u64) -> (Self, Vec<LoadNote>) {
        let mut paths: Vec<PathBuf> = found.to_vec();
        let mut catalog = FxHashMap::default();
        for folder in above(system, root) {
            let manifest = folder.join("package.json");
            let pnpm = read::text(system, &folder.join("pnpm-workspace.yaml"), most).map(|it| it.0).unwrap_or_default();
            let mut globs = yaml_list(&pnpm, "packages");
            catalog.extend(yaml_map(&pnpm, "catalog"));
            if system.is_file(&manifest) {
                globs.extend(json_of(system, &manifest, most).map(|it| workspaces(&it)).unwrap_or_default());
                paths.push(manifest);
            }
            // Below the root the walk has found them all.
            if folder != root {
                paths.extend(expand(system, folder, &globs));
            }
        }
        paths.sort_unstable();
        paths.dedup();
        paths.sort_by_key(|it| it.components().count());
        let (mut packages, mut notes) = (Packages::default(), Vec::new());
        let mut versions: FxHashMap<Name, Arc<str>> = FxHashMap::default();
        for path in paths {
            let manifest = match json_of(system, &path, most) {
                Ok(manifest) => manifest,
                Err(note) => {
                    notes.push(note);
                    continue;
                }
            };
            let Some(folder) = path.parent() else { continue };
            for (name, version) in dependencies(&manifest) {
                let version = if version == "catalog:" { catalog.get(name).map_or(version, String::as_str) } else { version };
                versions.entry(Name::new(name)).or_insert_with(|| version.into());
            }
            packages.folders.push(folder.to_path_buf());
            if let Some(name) = manifest.get("name").and_then(Value::as_str) {
                let member = Member { folder: folder.to_path_buf(), manifest: manifest.clone() };
                packages.members.entry(name.to_owned()).or_insert_with(|| Arc::new(member));
            }
        }
        packages.versions = Arc::new(versions);
        (packages, notes)
    }

    /// The innermost folder above `file` that holds a `package.json`.
    pub(super) fn folder_of(&self, file: &Path) -> Option<&Path> {
        file.ancestors().skip(1).find_map(|it| self.folders.iter().find(|folder| *folder == it).map(PathBuf::as_path))
    }

    /// Whether a package of that name comes from a registry: some `package.json` asks for it and it is no member.
    pub(super) fn is_dependency(&self, name: &str) -> bool {
        !self.members.contains_key(name) && self.versions.contains_key(&Name::new(name))
    }
}

/// The root and the folders above it, up to the repository's.
fn above<'a>(system: &dyn System, root: &'a Path) -> Vec<&'a Path> {
    let mut folders = Vec::new();
    for folder in root.ancestors() {
        folders.push(folder);
        if system.exists(&folder.join(".git")) {
            return folders;
        }
    }
    // Without a repository, only what is plainly one project: a folder above counts if it declares a workspace.
    let declares = |folder: &&Path| {
        *folder == root
            || system.is_file(&folder.join("pnpm-workspace.yaml"))
            || json_of(system, &folder.join("package.json"), read::MAX_FILE_BYTES).is_ok_and(|it| !workspaces(&it).is_empty())
    };
    folders.retain(declares);
    folders
}

fn json_of(system: &dyn System, path: &Path, most: u64) -> Result<Value, LoadNote> {
    let (text, _) = read::text(system, path, most)?;
    jsonc::parse(&text).map_err(|error| LoadNote { path: path.into(), problem: Problem::Malformed(error.to_string()) })
}

fn dependencies(manifest: &Value) -> impl Iterator<Item = (&str, &str)> {
    ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"]
        .into_iter()
        .filter_map(|field| manifest.get(field)?.as_object())
        .flatten()
        .filter_map(|(name, version)| Some((name.as_str(), version.as_str()?)))
}

/// `workspaces`, as a list or as `{ packages: […] }`.
fn workspaces(manifest: &Value) -> Vec<String> {
    let field = manifest.get("workspaces");
    let list = field.and_then(|it| it.get("packages")).or(field).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(|it| it.as_str().map(str::to_owned)).collect()
}

/// How deep below a workspace's root its packages lie at most, where a pattern says `**`.
const MOST_DEPTH: usize = 4;

fn expand(system: &dyn System, root: &Path, globs: &[String]) -> Vec<PathBuf> {
    let build = |text: &str| {
        let text = text.trim_start_matches("./").trim_end_matches('/');
        GlobBuilder::new(text).literal_separator(true).build().ok().map(|it| it.compile_matcher())
    };
    let wanted: Vec<_> = globs.iter().filter(|it| !it.starts_with('!')).filter_map(|it| build(it)).collect();
    let unwanted: Vec<_> = globs.iter().filter_map(|it| build(it.strip_prefix('!')?)).collect();
    let depth = globs.iter().map(|it| if it.contains("**") { MOST_DEPTH } else { it.split('/').count() }).max().unwrap_or(0);
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    for _ in 0..depth.min(MOST_DEPTH) {
        let below = folders.iter().flat_map(|it| system.read_dir(it).unwrap_or_default());
        folders = below
            .filter(|it| !it.file_name().is_some_and(|name| name == "node_modules" || name.as_encoded_bytes().starts_with(b".")))
            .filter(|it| system.link_metadata(it).is_ok_and(|it| it.kind == super::system::Kind::Folder))
            .collect();
        for folder in &folders {
            let relative = folder.strip_prefix(root).unwrap_or(folder);
            let manifest = folder.join("package.json");
            if wanted.iter().any(|it| it.is_match(relative))
                && !unwanted.iter().any(|it| it.is_match(relative))
                && system.is_file(&manifest)
            {
                found.push(manifest);
            }
        }
    }
    found
}

/// The items of a block or flow list at the top level of a YAML text. All that `pnpm-workspace.yaml` needs.
fn yaml_list(text: &str, key: &str) -> Vec<String> {
    let (inline, block) = yaml_entry(text, key);
    let flow = inline.trim().trim_start_matches('[').trim_end_matches(']').split(',');
    let items = block.into_iter().filter_map(|it| it.trim().strip_prefix('-'));
    flow.chain(items).map(yaml_scalar).filter(|it| !it.is_empty()).collect()
}

/// The entries of a block map at the top level of a YAML text.
fn yaml_map(text: &str, key: &str) -> Vec<(String, String)> {
    let (_, block) = yaml_entry(text, key);
    block.into_iter().filter_map(|it| it.rsplit_once(':')).map(|(key, value)| (yaml_scalar(key), yaml_scalar(value))).collect()
}

/// What stands behind a top-level key, and the lines below it.
fn yaml_entry<'a>(text: &'a str, key: &str) -> (&'a str, Vec<&'a str>) {
    let mut lines = text.lines().skip_while(|it| !it.strip_prefix(key).is_some_and(|it| it.trim_start().starts_with(':')));
    let inline = lines.next().and_then(|it| it.split_once(':')).map_or("", |(_, rest)| rest);
    let below = |it: &&str| it.is_empty() || it.starts_with([' ', '\t', '-', '#', '\r']);
    (inline.split(" #").next().unwrap_or(""), lines.take_while(below).filter(|it| !it.trim_start().starts_with('#')).collect())
}

fn yaml_scalar(text: &str) -> String {
    let text = text.split(" #").next().unwrap_or("").trim();
    text.trim_matches(|it| it == '"' || it == '\'').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{yaml_list, yaml_map};

    #[test]
    fn pnpm_workspaces_are_read_in_both_forms() {
        let block = "# all\npackages:\n  - 'apps/*' # web\n  # none\n- \"packages/**\"\n\ncatalog:\n  zod: ^3.0.0\n  '@trpc/server': 11.0.0\nonly: x\n";
        assert_eq!(yaml_list(block, "packages"), ["apps/*", "packages/**"]);
        assert_eq!(yaml_list("packages: [\"a\", 'b/*']\n", "packages"), ["a", "b/*"]);
        assert_eq!(
            yaml_map(block, "catalog"),
            [("zod".to_owned(), "^3.0.0".to_owned()), ("@trpc/server".to_owned(), "11.0.0".to_owned())]
        );
    }
}
