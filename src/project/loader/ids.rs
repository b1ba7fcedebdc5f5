//! Numbers for paths.

use std::path::Path;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::base::FileId;

/// A number for each path that was ever asked for: never given to another one.
#[derive(Debug, Default)]
pub(super) struct Ids {
    by_path: FxHashMap<Arc<Path>, FileId>,
    paths: Vec<Arc<Path>>,
}

impl Ids {
    /// The path's number, a new one if need be.
    pub(super) fn of(&mut self, path: &Path) -> FileId {
        if let Some(id) = self.get(path) {
            return id;
        }
        let path: Arc<Path> = path.into();
        let id = FileId(u32::try_from(self.paths.len()).unwrap_or(u32::MAX));
        self.paths.push(path.clone());
        self.by_path.insert(path, id);
        id
    }

    /// The path's number, if it has one.
    pub(super) fn get(&self, path: &Path) -> Option<FileId> {
        self.by_path.get(path).copied()
    }

    /// The path of a number.
    pub(super) fn path(&self, id: FileId) -> Option<&Arc<Path>> {
        self.paths.get(id.0 as usize)
    }
}
