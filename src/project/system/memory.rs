//! A tree in memory, for tests.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use path_clean::PathClean as _;

use super::{Enter, Kind, Metadata, ReadError, System, Walked};

/// Files in memory. Folders are there as soon as a file lies in them; there are no links and no ignore files.
#[derive(Debug, Default)]
pub struct Memory {
    files: RwLock<BTreeMap<PathBuf, Vec<u8>>>,
}

impl Memory {
    /// A tree of these files: absolute path, text.
    pub fn new<P: Into<PathBuf>, B: Into<Vec<u8>>>(files: impl IntoIterator<Item = (P, B)>) -> Self {
        let files = files.into_iter().map(|(path, bytes)| (path.into(), bytes.into())).collect();
        Memory { files: RwLock::new(files) }
    }

    /// Creates or overwrites a file.
    pub fn write(&self, path: impl Into<PathBuf>, bytes: impl Into<Vec<u8>>) {
        self.locked().insert(path.into(), bytes.into());
    }

    /// Deletes a file.
    pub fn remove(&self, path: &Path) {
        self.locked().remove(path);
    }

    fn files(&self) -> RwLockReadGuard<'_, BTreeMap<PathBuf, Vec<u8>>> {
        self.files.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn locked(&self) -> RwLockWriteGuard<'_, BTreeMap<PathBuf, Vec<u8>>> {
        self.files.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl System for Memory {
    fn read(&self, path: &Path, most: u64) -> Result<Vec<u8>, ReadError> {
        let files = self.files();
        let bytes = files.get(&path.clean()).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        let len = bytes.len() as u64;
        if len > most { Err(ReadError::TooLarge(len)) } else { Ok(bytes.clone()) }
    }

    fn metadata(&self, path: &Path) -> io::Result<Metadata> {
        let (path, files) = (path.clean(), self.files());
        if let Some(bytes) = files.get(&path) {
            return Ok(Metadata { kind: Kind::File, len: bytes.len() as u64 });
        }
        match files.range(path.clone()..).next() {
            Some((below, _)) if below.starts_with(&path) => Ok(Metadata { kind: Kind::Folder, len: 0 }),
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn link_metadata(&self, path: &Path) -> io::Result<Metadata> {
        self.metadata(path)
    }

    fn read_link(&self, _: &Path) -> io::Result<PathBuf> {
        Err(io::ErrorKind::InvalidInput.into())
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        self.metadata(path).map(|_| path.clean())
    }

    fn read_dir(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        let (path, files) = (path.clean(), self.files());
        let below = files.range(path.clone()..).map(|(it, _)| it).take_while(|it| it.starts_with(&path));
        let mut entries: Vec<PathBuf> =
            below.filter_map(|it| it.strip_prefix(&path).ok()?.components().next().map(|first| path.join(first))).collect();
        entries.dedup();
        if entries.is_empty() { Err(io::ErrorKind::NotFound.into()) } else { Ok(entries) }
    }

    fn walk(&self, root: &Path, enter: Enter) -> Walked {
        let paths: Vec<PathBuf> = self.files().keys().filter(|it| it.starts_with(root)).cloned().collect();
        let files = paths.into_iter().filter(|it| super::overlay::entered(root, it, &enter)).collect();
        Walked { files, notes: Vec::new() }
    }
}
