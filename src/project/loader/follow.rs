//! Reading files and all that they import, in rounds.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use xxhash_rust::xxh3::xxh3_64;

use super::{LoadedFile, Loader};
use crate::base::FileId;
use crate::ir::Module;
use crate::project::note::{LoadNote, Problem};
use crate::project::read;
use crate::project::resolver::Resolved;
use crate::project::target::Target;

/// A file to be read.
#[derive(Debug)]
pub(super) struct Wanted {
    pub path: PathBuf,
    /// Its text, if it was read already.
    pub text: Option<String>,
    pub is_root: bool,
}

/// A file that was read and lowered.
pub(super) struct Read {
    pub path: PathBuf,
    pub hash: u64,
    pub module: Arc<Module>,
    pub is_root: bool,
    pub resolved: Vec<Resolved>,
    pub note: Option<LoadNote>,
}

impl Loader {
    /// Reads these files and everything that they import and that is not read yet. `before` gives modules of unchanged texts.
    pub(super) fn follow(&mut self, wanted: Vec<Wanted>, before: &FxHashMap<FileId, Arc<LoadedFile>>) {
        let mut asked: FxHashSet<PathBuf> = wanted.iter().map(|it| it.path.clone()).collect();
        let mut wanted = wanted;
        while !wanted.is_empty() {
            let read: Vec<_> = std::mem::take(&mut wanted).into_par_iter().map(|it| self.read(it, before)).collect();
            let mut next: BTreeSet<PathBuf> = BTreeSet::new();
            for read in read {
                match read {
                    Ok(read) => {
                        let imported = self.insert(read, before);
                        next.extend(imported.into_iter().filter(|it| !asked.contains(it)));
                    }
                    Err(note) => self.note_all([note]),
                }
            }
            asked.extend(next.iter().cloned());
            wanted = next.into_iter().map(|path| Wanted { path, text: None, is_root: false }).collect();
        }
    }

    fn read(&self, wanted: Wanted, before: &FxHashMap<FileId, Arc<LoadedFile>>) -> Result<Read, LoadNote> {
        let Wanted { path, text, is_root } = wanted;
        let (text, note) = match text {
            Some(text) => (text, None),
            None => read::text(&*self.system, &path, self.most)?,
        };
        let hash = xxh3_64(text.as_bytes());
        let known = self.ids.get(&path).and_then(|it| before.get(&it)).filter(|it| it.hash == hash);
        let module = match known {
            Some(known) => known.module.clone(),
            None => match (self.lower)(&path, &text) {
                Some(module) => Arc::new(module),
                None => {
                    return Err(LoadNote { path: path.into(), problem: Problem::Malformed("not a known language".to_owned()) });
                }
            },
        };
        let resolved = self.resolve_all(&path, &module);
        Ok(Read { path, hash, module, is_root, resolved, note })
    }

    pub(super) fn resolve_all(&self, path: &Path, module: &Module) -> Vec<Resolved> {
        module.interface.specifiers.iter().map(|it| self.resolver.resolve(path, it)).collect()
    }

    /// Takes a file in; gives the paths that it leads to and that are not read yet, if they are to be followed.
    pub(super) fn insert(&mut self, read: Read, before: &FxHashMap<FileId, Arc<LoadedFile>>) -> Vec<PathBuf> {
        let Read { path, hash, module, is_root, resolved, note } = read;
        self.note_all(note);
        let id = self.ids.of(&path);
        let targets: Arc<[Target]> = resolved
            .iter()
            .map(|it| match it {
                Resolved::File(path) => Target::File(self.ids.of(path)),
                Resolved::Package(name) => Target::Package(*name),
                Resolved::Unresolved => Target::Unresolved,
            })
            .collect();
        let is_client = module.interface.directives.iter().any(|it| &**it == "use client");
        let file =
            LoadedFile { id, relative: self.relative(&path), path: path.into(), hash, module, targets, is_root, is_client };
        let follows = file.follows();
        let file = match before.get(&id) {
            Some(old) if old.same_as(&file) => old.clone(),
            _ => Arc::new(file),
        };
        self.files.insert(id, file);
        if !follows {
            return Vec::new();
        }
        let paths = resolved.into_iter().filter_map(|it| if let Resolved::File(path) = it { Some(path) } else { None });
        paths.filter(|it| self.ids.get(it).is_none_or(|id| !self.files.contains_key(&id))).collect()
    }

    /// Drops what no root reaches any more.
    pub(super) fn drop_unreachable(&mut self) {
        let mut stack: Vec<FileId> = self.files.values().filter(|it| it.is_root).map(|it| it.id).collect();
        let mut reached: FxHashSet<FileId> = stack.iter().copied().collect();
        while let Some(file) = stack.pop().and_then(|it| self.files.get(&it)) {
            let targets = file.targets.iter().filter(|_| file.follows());
            for id in targets.filter_map(|it| if let Target::File(id) = it { Some(*id) } else { None }) {
                if self.files.contains_key(&id) && reached.insert(id) {
                    stack.push(id);
                }
            }
        }
        self.files.retain(|id, _| reached.contains(id));
    }
}

impl LoadedFile {
    /// Whether what it imports is read on its account: nothing that runs in a browser alone can reach data.
    pub(super) fn follows(&self) -> bool {
        !self.is_client || self.is_root
    }

    fn same_as(&self, other: &LoadedFile) -> bool {
        Arc::ptr_eq(&self.module, &other.module)
            && (self.hash, &self.targets, self.is_root, &self.relative)
                == (other.hash, &other.targets, other.is_root, &other.relative)
    }
}
