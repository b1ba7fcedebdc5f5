//! Finding an entry: one hash look-up for an export of a package, a member of an object, a global.

use rustc_hash::FxHashMap;

use super::model::{CallEntry, Catalog, CatalogFile, ObjectEntry};
use super::schema_form::{BuilderEntry, ModifierEntry};
use crate::base::Name;

/// A file and a place in one of its lists.
pub(super) type Ref = (u32, u32);

/// What the files say of one target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) call: Option<Ref>,
    pub(super) makes: Option<Ref>,
    pub(super) builder: Option<Ref>,
    pub(super) modifier: Option<Ref>,
}

/// Everything by its target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Index {
    /// `pkg#a.b`, `@object.a.b`, `request.a`, `global.a.b`.
    slots: FxHashMap<String, Slot>,
    /// Entries with unmistakable names, by their last name: the whole member path and the entry.
    loose: FxHashMap<String, Vec<(String, Ref)>>,
    /// Objects by `owner/kind`.
    objects: FxHashMap<String, Ref>,
    /// Objects by id.
    ids: FxHashMap<String, Ref>,
    /// Specifiers, with the exports that stand for the whole package.
    packages: FxHashMap<String, Vec<String>>,
    /// Specifiers with `*`.
    patterns: Vec<String>,
    /// Functions of the project that the user declared, by export: the file's path without extension, and the entry.
    declared: FxHashMap<String, Vec<(String, Ref)>>,
}

/// The id of the catalogue as the owner of library things.
pub const OWNER: &str = "catalog";

impl Index {
    /// Reads all files that speak of the versions in use; of two entries for one target the first wins.
    pub(super) fn build(files: &[CatalogFile], in_use: impl Fn(&CatalogFile) -> bool) -> Self {
        let mut index = Index::default();
        for (number, file) in (0u32..).zip(files) {
            if !in_use(file) {
                continue;
            }
            for package in &file.packages {
                if package.contains('*') {
                    index.patterns.push(package.clone());
                } else {
                    index.packages.entry(package.clone()).or_default().extend(file.namespaces.iter().cloned());
                }
            }
            for (place, entry) in (0u32..).zip(&file.calls) {
                for target in &entry.call.0 {
                    index.add_call(target, (number, place), entry.loose);
                }
            }
            for (place, object) in (0u32..).zip(&file.objects) {
                let kind = object.kind.as_deref().unwrap_or(&object.id);
                let owner = object.owner.as_deref().unwrap_or(OWNER);
                index.objects.entry(format!("{owner}/{kind}")).or_insert((number, place));
                index.ids.entry(object.id.clone()).or_insert((number, place));
                for target in &object.made_by {
                    index.set(target, |slot| {
                        slot.makes.get_or_insert((number, place));
                    });
                }
            }
            for (place, builder) in (0u32..).zip(&file.builders) {
                for target in &builder.call.0 {
                    index.set(target, |slot| {
                        slot.builder.get_or_insert((number, place));
                    });
                }
            }
            for (place, modifier) in (0u32..).zip(&file.modifiers) {
                for target in &modifier.call.0 {
                    index.set(target, |slot| {
                        slot.modifier.get_or_insert((number, place));
                    });
                }
            }
        }
        index
    }

    fn set(&mut self, target: &str, set: impl Fn(&mut Slot)) {
        set(self.slots.entry(target.to_owned()).or_default());
    }

    fn add_call(&mut self, target: &str, entry: Ref, loose: bool) {
        self.set(target, |slot| {
            slot.call.get_or_insert(entry);
        });
        if loose && let Some((_, path)) = target.strip_prefix('@').and_then(|it| it.split_once('.')) {
            let last = path.rsplit('.').next().unwrap_or(path);
            self.loose.entry(last.to_owned()).or_default().push((path.to_owned(), entry));
        }
        if let Some((file, export)) = target.split_once('#')
            && is_project_file(file)
        {
            self.declared.entry(export.to_owned()).or_default().push((stem(file).to_owned(), entry));
        }
    }

    /// What stands under a target.
    pub(super) fn slot(&self, target: &str) -> Option<&Slot> {
        self.slots.get(target)
    }

    /// What an export of a package, or a member below it, is: default and namespace imports are the same thing in most bundles.
    pub(super) fn export(&self, package: &str, path: &[Name]) -> Option<&Slot> {
        let package = self.listed(package)?;
        let mut path = path;
        while let [first, rest @ ..] = path
            && *first == "*"
        {
            path = rest;
        }
        let at = |path: &[Name]| self.slots.get(&format!("{package}#{}", join(path)));
        let as_default = |path: &[Name]| {
            let dotted = if path.is_empty() { "default".to_owned() } else { format!("default.{}", join(path)) };
            self.slots.get(&format!("{package}#{dotted}"))
        };
        loop {
            if let Some(slot) = at(path).or_else(|| as_default(path)) {
                return Some(slot);
            }
            let namespaces = self.packages.get(package);
            match path {
                [first, rest @ ..]
                    if *first == "default" || namespaces.is_some_and(|them| them.iter().any(|it| **it == **first)) =>
                {
                    path = rest;
                }
                _ => return None,
            }
        }
    }

    /// The specifier under which a file speaks of that package.
    pub(super) fn listed<'a>(&'a self, package: &'a str) -> Option<&'a str> {
        let package = package.strip_prefix("node:").filter(|bare| self.packages.contains_key(*bare)).unwrap_or(package);
        let package = package.strip_prefix("npm:").unwrap_or(package);
        if self.packages.contains_key(package) {
            return Some(package);
        }
        self.patterns.iter().map(String::as_str).find(|pattern| {
            let (head, tail) = pattern.split_once('*').unwrap_or((pattern, ""));
            package.len() >= head.len() + tail.len() && package.starts_with(head) && package.ends_with(tail)
        })
    }

    /// The object that a library thing is.
    pub(super) fn object(&self, owner: &str, kind: &str) -> Option<Ref> {
        self.objects.get(&format!("{owner}/{kind}")).copied()
    }

    /// The object of that id.
    pub(super) fn object_by_id(&self, id: &str) -> Option<Ref> {
        self.ids.get(id).copied()
    }

    /// An entry with an unmistakable name: `path` ends as its member path does, or is but its last name.
    pub(super) fn loose(&self, path: &[Name]) -> Option<Ref> {
        let last = path.last()?;
        let dotted = join(path);
        let candidates = self.loose.get(last.as_str())?;
        let fits = |member: &str| dotted == member || dotted.ends_with(&format!(".{member}")) || path.len() == 1;
        candidates.iter().find(|(member, _)| fits(member)).map(|(_, entry)| *entry)
    }

    /// The declaration of a function of the project.
    pub(super) fn declared(&self, relative_path: &str, export: &str) -> Option<Ref> {
        let path = stem(relative_path);
        let folder = path.strip_suffix("/index").unwrap_or(path);
        let same = |declared: &str, path: &str| {
            path == declared || path.strip_suffix(declared).is_some_and(|head| head.ends_with('/')) || {
                // An alias names the end of the path only, and so may an import.
                declared.strip_suffix(path).is_some_and(|head| head.ends_with('/'))
            }
        };
        let candidates = self.declared.get(export)?;
        candidates.iter().find(|(declared, _)| same(declared, path) || same(declared, folder)).map(|(_, entry)| *entry)
    }
}

/// Whether the part before `#` names a file of the project: a relative or aliased path, or one with a source extension.
fn is_project_file(text: &str) -> bool {
    text.starts_with(['.', '/'])
        || text.starts_with("@/")
        || text.starts_with("~/")
        || text.starts_with("src/")
        || extension(text).is_some()
}

fn extension(text: &str) -> Option<&str> {
    [".ts", ".tsx", ".js", ".jsx", ".mts", ".cts", ".mjs", ".cjs"].into_iter().find(|it| text.ends_with(it))
}

/// A path without extension and without the marks of an alias or a relative path.
fn stem(path: &str) -> &str {
    let path = extension(path).and_then(|it| path.strip_suffix(it)).unwrap_or(path);
    path.trim_start_matches(['.', '/', '@', '~'])
}

/// Names as a dotted path.
pub(super) fn join(path: &[Name]) -> String {
    let mut text = String::new();
    for name in path {
        if !text.is_empty() {
            text.push('.');
        }
        text.push_str(name);
    }
    text
}

impl Catalog {
    pub(super) fn call_entry(&self, at: Ref) -> Option<&CallEntry> {
        self.files.get(at.0 as usize)?.calls.get(at.1 as usize)
    }

    pub(super) fn object_entry(&self, at: Ref) -> Option<&ObjectEntry> {
        self.files.get(at.0 as usize)?.objects.get(at.1 as usize)
    }

    pub(super) fn builder_entry(&self, at: Ref) -> Option<&BuilderEntry> {
        self.files.get(at.0 as usize)?.builders.get(at.1 as usize)
    }

    pub(super) fn modifier_entry(&self, at: Ref) -> Option<&ModifierEntry> {
        self.files.get(at.0 as usize)?.modifiers.get(at.1 as usize)
    }
}
