//! Keeping up with changes.
//!
//! A change of a file's text is followed exactly. Files that come or go, and changes of set-up, may change what any import means:
//! then the project is read again, and only what differs is lowered and reported.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use path_clean::PathClean as _;
use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use super::follow::{Read, Wanted};
use super::{Change, LoadedFile, Loader};
use crate::base::FileId;
use crate::ir::Module;
use crate::project::kinds::{self, FileKind, SchemaKind};
use crate::project::marks::{self, Marks};
use crate::project::read;

impl Loader {
    /// Looks at these paths again: they were written, created or deleted, or their buffers were opened, changed or closed.
    pub fn update(&mut self, paths: &[PathBuf]) -> Change {
        let paths: Vec<PathBuf> = paths.iter().map(|it| self.identity(it)).filter(|it| self.concerns(it)).collect();
        if paths.iter().any(|it| kinds::is_set_up(it)) {
            self.left_out.clear();
            return self.reload();
        }
        if paths.iter().any(|it| self.came_or_went(it)) {
            let change = self.reload();
            // Only what the walk would not bring is remembered; a file that is gone may come back.
            let left_out = paths.into_iter().filter(|it| self.system.is_file(it) && !self.knows(it));
            self.left_out.extend(left_out.collect::<Vec<_>>());
            return change;
        }
        let before = self.files.clone();
        let mut surroundings = false;
        let mut wanted = Vec::new();
        for path in paths {
            surroundings |= self.reread_text(&path);
            wanted.extend(self.reread_source(path, &mut surroundings));
        }
        if surroundings {
            let generated = self.generated();
            if generated != self.resolver.generated() {
                return self.reload();
            }
        }
        self.settle(wanted, &before, surroundings)
    }

    /// Takes in what an open buffer holds, already lowered, and its marks. Cheap while the imports stay as they are.
    pub fn edit(&mut self, path: &Path, text: &str, marks: &Marks, module: Arc<Module>) -> Change {
        let path = self.identity(path);
        let old = self.id_of(&path).and_then(|it| self.files.get(&it)).cloned();
        if old.is_none() && !self.sources.contains(&path) {
            return self.update(&[path]);
        }
        let is_root = self.sources.contains(&path) && self.is_root(&path, marks);
        let hash = xxh3_64(text.as_bytes());
        let is_client = module.interface.directives.iter().any(|it| &**it == "use client");
        if let Some(old) = &old
            && (old.is_root, old.is_client) == (is_root, is_client)
            && old.module.interface.specifiers == module.interface.specifiers
        {
            if old.hash == hash && Arc::ptr_eq(&old.module, &module) {
                return Change::default();
            }
            let file = Arc::new(LoadedFile { hash, module, ..LoadedFile::clone(old) });
            self.files.insert(old.id, file.clone());
            return Change { files: vec![file], ..Change::default() };
        }
        if old.is_none() && !is_root {
            return Change::default();
        }
        let before = self.files.clone();
        let resolved = self.resolve_all(&path, &module);
        let imported = self.insert(Read { path, hash, module, is_root, resolved, note: None }, &before);
        let wanted = imported.into_iter().map(|path| Wanted { path, text: None, is_root: false }).collect();
        self.settle(wanted, &before, false)
    }

    fn settle(&mut self, wanted: Vec<Wanted>, before: &FxHashMap<FileId, Arc<LoadedFile>>, surroundings: bool) -> Change {
        let notes = self.notes.len();
        self.follow(wanted, before);
        self.drop_unreachable();
        self.difference(before, surroundings || notes != self.notes.len())
    }

    fn reread_text(&mut self, path: &Path) -> bool {
        let Some(index) = self.texts.iter().position(|it| *it.path == *path) else { return false };
        match read::text(&*self.system, path, self.most) {
            Ok((text, _)) if *text == *self.texts[index].text => false,
            Ok((text, _)) => {
                self.texts[index].text = text.into();
                true
            }
            Err(note) => {
                self.note_all([note]);
                self.texts.remove(index);
                true
            }
        }
    }

    /// What has to be lowered again after this file changed, if it has.
    fn reread_source(&mut self, path: PathBuf, surroundings: &mut bool) -> Option<Wanted> {
        let old = self.ids.get(&path).and_then(|it| self.files.get(&it)).cloned();
        let is_source = self.sources.contains(&path);
        let was_noted = kinds::is_source(&path) && self.notes.remove(&*path).is_some();
        if old.is_none() && !is_source && !was_noted {
            return None;
        }
        *surroundings |= was_noted;
        match read::text(&*self.system, &path, self.most) {
            Ok((text, note)) => {
                *surroundings |= note.is_some();
                self.note_all(note);
                let marks = marks::find(text.as_bytes());
                if marks.supabase_types && !self.texts.iter().any(|it| *it.path == *path) {
                    self.add_text(&path, FileKind::Schema(SchemaKind::SupabaseTypes), text.as_str().into());
                    *surroundings = true;
                }
                let is_root = is_source && self.is_root(&path, &marks);
                (is_root || old.is_some() || was_noted).then_some(Wanted { path, text: Some(text), is_root })
            }
            Err(note) => {
                *surroundings = true;
                self.note_all([note]);
                if let Some(old) = old {
                    self.files.remove(&old.id);
                }
                None
            }
        }
    }

    /// Whether the path could matter at all: not what tools write below `node_modules`, `.git`, `dist`.
    fn concerns(&self, path: &Path) -> bool {
        if self.knows(path) || (kinds::is_set_up(path) && !path.components().any(|it| it.as_os_str() == "node_modules")) {
            return true;
        }
        let has_manifest = |it: &Path| self.packages.folders.iter().any(|folder| folder == it);
        let between = path.ancestors().take_while(|it| **it != *self.root && it.starts_with(&self.root));
        let is_left_out = between.skip(1).any(|it| kinds::is_left_out(it, has_manifest));
        let is_known_kind = kinds::of(path.strip_prefix(&self.root).unwrap_or(path)).is_some();
        !is_left_out && !self.left_out.contains(path) && (is_known_kind || self.is_gone_folder(path))
    }

    fn came_or_went(&self, path: &Path) -> bool {
        let is_noted_text = || self.notes.contains_key(path) && !kinds::is_source(path);
        self.knows(path) != self.system.is_file(path) || is_noted_text() || self.is_gone_folder(path)
    }

    fn is_gone_folder(&self, path: &Path) -> bool {
        !self.system.exists(path) && self.sources.iter().any(|it| it != path && it.starts_with(path))
    }

    fn knows(&self, path: &Path) -> bool {
        self.sources.contains(path)
            || self.notes.contains_key(path)
            || self.ids.get(path).is_some_and(|it| self.files.contains_key(&it))
            || self.texts.iter().any(|it| *it.path == *path)
    }

    /// The path under which a file is known: without links, also if it is gone.
    pub(super) fn identity(&self, path: &Path) -> PathBuf {
        if self.ids.get(path).is_some() {
            return path.to_path_buf();
        }
        let folder = || Some(self.system.canonicalize(path.parent()?).ok()?.join(path.file_name()?));
        self.system.canonicalize(path).ok().or_else(folder).unwrap_or_else(|| path.clean())
    }
}
