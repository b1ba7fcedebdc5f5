//! Open buffers over another system.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dashmap::DashMap;

use super::{Enter, Kind, Metadata, ReadError, System, Walked};

/// Texts of open buffers, saved or not, over the system that holds the rest.
#[derive(Debug)]
pub struct Overlay {
    below: Arc<dyn System>,
    open: DashMap<PathBuf, Arc<str>, rustc_hash::FxBuildHasher>,
}

impl Overlay {
    /// No buffer is open yet.
    pub fn new(below: Arc<dyn System>) -> Self {
        Overlay { below, open: DashMap::default() }
    }

    /// The buffer at this canonical path now holds `text`.
    pub fn open(&self, path: impl Into<PathBuf>, text: Arc<str>) {
        self.open.insert(path.into(), text);
    }

    /// The buffer was closed: what is saved counts again.
    pub fn close(&self, path: &Path) {
        self.open.remove(path);
    }

    /// The text of an open buffer.
    pub fn text(&self, path: &Path) -> Option<Arc<str>> {
        self.open.get(path).map(|it| it.value().clone())
    }
}

impl System for Overlay {
    fn read(&self, path: &Path, most: u64) -> Result<Vec<u8>, ReadError> {
        match self.text(path) {
            Some(text) if text.len() as u64 > most => Err(ReadError::TooLarge(text.len() as u64)),
            Some(text) => Ok(text.as_bytes().to_vec()),
            None => self.below.read(path, most),
        }
    }

    fn metadata(&self, path: &Path) -> io::Result<Metadata> {
        match self.text(path) {
            Some(text) => Ok(Metadata { kind: Kind::File, len: text.len() as u64 }),
            None => self.below.metadata(path),
        }
    }

    fn link_metadata(&self, path: &Path) -> io::Result<Metadata> {
        match self.text(path) {
            Some(text) => Ok(Metadata { kind: Kind::File, len: text.len() as u64 }),
            None => self.below.link_metadata(path),
        }
    }

    fn read_link(&self, path: &Path) -> io::Result<PathBuf> {
        self.below.read_link(path)
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        self.below.canonicalize(path).or_else(|error| {
            if self.open.contains_key(path) {
                return Ok(path.to_path_buf());
            }
            // A buffer that was never saved has a folder, and a canonical path only through it.
            let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return Err(error) };
            let path = self.below.canonicalize(folder)?.join(name);
            if self.open.contains_key(&path) { Ok(path) } else { Err(error) }
        })
    }

    fn read_dir(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        let below = self.below.read_dir(path);
        let open: Vec<PathBuf> =
            self.open.iter().filter(|it| it.key().parent() == Some(path)).map(|it| it.key().clone()).collect();
        if open.is_empty() {
            return below;
        }
        let mut entries = below.unwrap_or_default();
        entries.extend(open);
        entries.sort_unstable();
        entries.dedup();
        Ok(entries)
    }

    fn walk(&self, root: &Path, enter: Enter) -> Walked {
        let mut walked = self.below.walk(root, enter.clone());
        let open: Vec<PathBuf> = self.open.iter().map(|it| it.key().clone()).collect();
        // A saved file that the walk did not bring is ignored; an unsaved one is new.
        walked
            .files
            .extend(open.into_iter().filter(|it| it.starts_with(root) && entered(root, it, &enter) && !self.below.exists(it)));
        walked.files.sort_unstable();
        walked.files.dedup();
        walked
    }
}

/// Whether every folder between `root` and `path` is one that the walk goes into.
pub(super) fn entered(root: &Path, path: &Path, enter: &Enter) -> bool {
    path.ancestors().skip(1).take_while(|it| *it != root && it.starts_with(root)).all(|it| enter(it))
}
