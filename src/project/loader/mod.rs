//! Reading a project, and keeping up with it.
//!
//! Reading runs in rounds: a round reads and lowers its files and resolves their imports on all cores, then gives out ids in the
//! order of the paths, so that nothing depends on the order in which threads finish. A closed file keeps its lowered module and
//! never its text.

mod follow;
mod ids;
mod keep_up;

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use self::follow::Wanted;
use self::ids::Ids;
use super::config::{Config, ConfigError};
use super::discover;
use super::generated;
use super::kinds::{FileKind, SchemaKind};
use super::manifest::Packages;
use super::marks;
use super::note::{LoadNote, Problem};
use super::read;
use super::resolver::Resolver;
use super::roots;
use super::system::System;
use super::target::Target;
use crate::base::{FileId, Name};
use crate::ir::Module;

/// Parses and lowers a text; `None` if the path is of no known language.
pub type Lower = dyn Fn(&Path, &str) -> Option<Module> + Send + Sync;

/// A source file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadedFile {
    /// Its number, stable for the life of the loader.
    pub id: FileId,
    /// Absolute, canonical path.
    pub path: Arc<Path>,
    /// Path relative to the root, with `/`; begins with `..` for a package beside the root.
    pub relative: Arc<Path>,
    /// Hash of the text, for the life of the process.
    pub hash: u64,
    /// The lowered code.
    pub module: Arc<Module>,
    /// What each of the interface's specifiers leads to, parallel to `interface.specifiers`.
    pub targets: Arc<[Target]>,
    /// Reading started here: it is a route or set-up by its path or by a mark in its bytes.
    pub is_root: bool,
    /// It begins with `"use client"`: what it imports was not read on its account.
    pub is_client: bool,
}

/// A schema or a settings file that is no code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceText {
    /// Its number, from the same table as the source files'.
    pub id: FileId,
    /// Absolute, canonical path.
    pub path: Arc<Path>,
    /// Path relative to the root, with `/`.
    pub relative: Arc<Path>,
    /// What it is.
    pub kind: FileKind,
    /// The text.
    pub text: Arc<str>,
}

/// A project as it was read. Cloning it is cheap.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The root, canonical.
    pub root: Arc<Path>,
    /// Source files, sorted by relative path.
    pub files: Vec<Arc<LoadedFile>>,
    /// Schemas that are no code, in the order in which they apply.
    pub schemas: Vec<SourceText>,
    /// Settings that are no code.
    pub settings: Vec<SourceText>,
    /// Dependency → version or range as written in the `package.json` files.
    pub packages: Arc<FxHashMap<Name, Arc<str>>>,
    /// `routewarden.toml`, or the default.
    pub config: Arc<Config>,
    /// Where it was found.
    pub config_path: Option<PathBuf>,
    /// Why it does not count, if it is broken.
    pub config_error: Option<ConfigError>,
    /// What could not be read as it stands, sorted by path.
    pub notes: Vec<LoadNote>,
}

/// What changed.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Files that are new or other than before, sorted by id.
    pub files: Vec<Arc<LoadedFile>>,
    /// Files that are gone, or that no route reaches any more, sorted.
    pub removed: Vec<FileId>,
    /// Schemas, settings, packages, configuration or notes are other than before: ask [`Loader::loaded`].
    pub surroundings: bool,
}

impl Change {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.removed.is_empty() && !self.surroundings
    }
}

/// Reads a project and keeps up with it.
pub struct Loader {
    system: Arc<dyn System>,
    lower: Arc<Lower>,
    rules: Vec<&'static str>,
    most: u64,
    root: Arc<Path>,
    ids: Ids,
    resolver: Resolver,
    packages: Packages,
    config: Arc<Config>,
    /// The configuration file that stands in place of the nearest one.
    named_config: Option<PathBuf>,
    config_path: Option<PathBuf>,
    config_error: Option<ConfigError>,
    /// What the walk found that could hold routes.
    sources: FxHashSet<PathBuf>,
    /// What a walk was made for and did not find: ignored files that tools keep writing.
    left_out: FxHashSet<PathBuf>,
    files: FxHashMap<FileId, Arc<LoadedFile>>,
    texts: Vec<SourceText>,
    notes: BTreeMap<Arc<Path>, Problem>,
}

impl Loader {
    /// A loader of the project at `root` that has read nothing yet. `rules` are the ids that `routewarden.toml` may name.
    pub fn new(system: Arc<dyn System>, root: &Path, lower: Arc<Lower>, rules: &[&'static str]) -> Self {
        let root: Arc<Path> = system.canonicalize(root).unwrap_or_else(|_| root.to_path_buf()).into();
        Loader {
            resolver: Resolver::new(system.clone(), &root, Packages::default()),
            system,
            lower,
            rules: rules.to_vec(),
            most: read::MAX_FILE_BYTES,
            root,
            ids: Ids::default(),
            packages: Packages::default(),
            config: Arc::default(),
            named_config: None,
            config_path: None,
            config_error: None,
            sources: FxHashSet::default(),
            left_out: FxHashSet::default(),
            files: FxHashMap::default(),
            texts: Vec::new(),
            notes: BTreeMap::new(),
        }
    }

    /// Leaves out files with more bytes than `most` instead of [`read::MAX_FILE_BYTES`].
    #[must_use]
    pub fn with_most_bytes(mut self, most: u64) -> Self {
        self.most = most;
        self
    }

    /// Reads that configuration file instead of the nearest `routewarden.toml`.
    #[must_use]
    pub fn with_config(mut self, path: Option<PathBuf>) -> Self {
        self.named_config = path;
        self
    }

    /// Reads the project from the start; what is unchanged since the last time is not lowered again.
    pub fn load(&mut self) -> Loaded {
        self.reload();
        self.loaded()
    }

    /// The project as it was last read.
    pub fn loaded(&self) -> Loaded {
        let mut files: Vec<Arc<LoadedFile>> = self.files.values().cloned().collect();
        files.sort_by(|a, b| a.relative.cmp(&b.relative));
        let (schemas, settings) = self.texts.iter().cloned().partition(|it| matches!(it.kind, FileKind::Schema(_)));
        Loaded {
            root: self.root.clone(),
            files,
            schemas,
            settings,
            packages: self.packages.versions.clone(),
            config: self.config.clone(),
            config_path: self.config_path.clone(),
            config_error: self.config_error.clone(),
            notes: self.notes.iter().map(|(path, problem)| LoadNote { path: path.clone(), problem: problem.clone() }).collect(),
        }
    }

    /// The number of the file at `path`, if it has one.
    pub fn id_of(&self, path: &Path) -> Option<FileId> {
        self.ids.get(path).or_else(|| self.ids.get(&self.identity(path)))
    }

    /// The number of the file at `path`, a new one if it has none.
    pub fn number(&mut self, path: &Path) -> FileId {
        let path = self.identity(path);
        self.ids.of(&path)
    }

    /// The absolute path of a file.
    pub fn path_of(&self, id: FileId) -> Option<&Arc<Path>> {
        self.ids.path(id)
    }

    /// The file of that number, if it is read.
    pub fn file(&self, id: FileId) -> Option<&Arc<LoadedFile>> {
        self.files.get(&id)
    }

    fn reload(&mut self) -> Change {
        let before = (std::mem::take(&mut self.files), std::mem::take(&mut self.texts), std::mem::take(&mut self.notes));
        let settings = (self.packages.clone(), self.config.clone(), self.config_error.clone());
        self.read_config();
        let found = discover::find(&self.system, &self.root, &self.config);
        let (packages, notes) = Packages::read(&*self.system, &self.root, &found.manifests, self.most);
        self.note_all(found.notes.into_iter().chain(notes));
        self.resolver = Resolver::new(self.system.clone(), &self.root, packages.clone());
        self.packages = packages;
        self.read_texts(&found.texts);
        self.resolver.set_generated(self.generated());
        let roots = self.scan(&found.sources);
        self.sources = found.sources.into_iter().collect();
        self.follow(roots, &before.0);
        let surroundings = before.1 != self.texts
            || before.2 != self.notes
            || settings != (self.packages.clone(), self.config.clone(), self.config_error.clone());
        self.difference(&before.0, surroundings)
    }

    /// A configuration that is being typed is broken half of the time: the last one that was not stays.
    fn read_config(&mut self) {
        let (config, path, error) = Config::read(&*self.system, &self.root, self.named_config.as_deref(), &self.rules);
        if error.is_none() || path != self.config_path {
            self.config = Arc::new(config);
        }
        (self.config_path, self.config_error) = (path, error);
    }

    fn read_texts(&mut self, found: &[(PathBuf, FileKind)]) {
        let (system, most) = (&*self.system, self.most);
        let texts: Vec<_> = found.par_iter().map(|(path, _)| read::text(system, path, most)).collect();
        for ((path, kind), text) in found.iter().zip(texts) {
            match text {
                Ok((text, note)) => {
                    self.note_all(note);
                    self.add_text(path, *kind, text.into());
                }
                Err(note) => self.note_all([note]),
            }
        }
    }

    fn add_text(&mut self, path: &Path, kind: FileKind, text: Arc<str>) {
        let id = self.ids.of(path);
        let relative = self.relative(path);
        self.texts.push(SourceText { id, path: path.into(), relative, kind, text });
    }

    fn generated(&self) -> Vec<(PathBuf, Name)> {
        let prisma = self.texts.iter().filter(|it| it.kind == FileKind::Schema(SchemaKind::Prisma));
        prisma.filter_map(|it| generated::prisma_client(&it.path, &it.text)).collect()
    }

    /// Reads the bytes of everything that could hold routes, and keeps the texts of those that do.
    fn scan(&mut self, sources: &[PathBuf]) -> Vec<Wanted> {
        let scanned: Vec<_> = sources
            .par_iter()
            .map(|path| {
                let (text, note) = read::text(&*self.system, path, self.most)?;
                let marks = marks::find(text.as_bytes());
                let is_root = self.is_root(path, &marks);
                Ok((Wanted { path: path.clone(), text: is_root.then_some(text), is_root }, note, marks.supabase_types))
            })
            .collect();
        let mut roots = Vec::new();
        let mut types = Vec::new();
        for scanned in scanned {
            match scanned {
                Ok((wanted, note, is_types)) => {
                    if is_types && !self.texts.iter().any(|it| *it.path == *wanted.path) {
                        types.push((wanted.path.clone(), FileKind::Schema(SchemaKind::SupabaseTypes)));
                    }
                    if wanted.is_root {
                        self.note_all(note);
                        roots.push(wanted);
                    }
                }
                Err(note) => self.note_all([note]),
            }
        }
        self.read_texts(&types);
        self.texts.sort_by_key(|it| it.kind);
        roots
    }

    fn is_root(&self, path: &Path, marks: &marks::Marks) -> bool {
        let relative = path.strip_prefix(&self.root).unwrap_or(path);
        roots::is_root(relative, marks, &|it| self.system.exists(&self.root.join(it)))
    }

    fn note_all(&mut self, notes: impl IntoIterator<Item = LoadNote>) {
        self.notes.extend(notes.into_iter().map(|it| (it.path, it.problem)));
    }

    fn relative(&self, path: &Path) -> Arc<Path> {
        relative_to(&self.root, path)
    }

    fn difference(&self, before: &FxHashMap<FileId, Arc<LoadedFile>>, surroundings: bool) -> Change {
        let is_new = |it: &&Arc<LoadedFile>| before.get(&it.id).is_none_or(|old| !Arc::ptr_eq(old, it));
        let mut files: Vec<Arc<LoadedFile>> = self.files.values().filter(is_new).cloned().collect();
        let mut removed: Vec<FileId> = before.keys().filter(|it| !self.files.contains_key(it)).copied().collect();
        files.sort_unstable_by_key(|it| it.id);
        removed.sort_unstable();
        Change { files, removed, surroundings }
    }
}

/// `path` as seen from `root`, with `/`.
fn relative_to(root: &Path, path: &Path) -> Arc<Path> {
    let shared = root.components().zip(path.components()).take_while(|(a, b)| a == b).count();
    let up = root.components().skip(shared).map(|_| "..");
    let down = path.components().skip(shared).map(|it| match it {
        Component::Normal(name) => name.to_string_lossy().into_owned(),
        other => other.as_os_str().to_string_lossy().into_owned(),
    });
    let parts: Vec<String> = up.map(str::to_owned).chain(down).collect();
    Path::new(&parts.join("/")).into()
}
