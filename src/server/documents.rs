//! The open documents.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustc_hash::FxHashMap;

use crate::text::Buffer;

use super::analysed::Analysed;
use super::folders::FolderId;
use super::lsp::Uri;

/// A document that the client has open.
pub struct Document {
    /// Its text and version. Sessions come and go with folders and configurations; what the user typed stays.
    pub text: Buffer,
    /// The folder whose session has it.
    pub home: Option<FolderId>,
    /// Whether its findings have to be asked for.
    pub touched: bool,
    /// Whether a worker is looking for them.
    pub asked: bool,
    /// How long its findings took the last time; `None` before the first.
    pub cost: Option<Duration>,
    /// Its latest findings.
    pub latest: Option<Latest>,
}

impl Document {
    /// Its version, as the client counts.
    pub fn version(&self) -> i32 {
        self.text.version()
    }
}

/// Findings, and whether the client has them.
pub struct Latest {
    /// The findings.
    pub analysed: Arc<Analysed>,
    /// Whether the client was answered with them.
    pub pulled: bool,
}

/// All of them.
#[derive(Default)]
pub struct Documents {
    open: FxHashMap<PathBuf, Document>,
    paths: FxHashMap<String, PathBuf>,
}

impl Documents {
    /// A document was opened.
    pub fn open(&mut self, uri: &Uri, path: PathBuf, text: Buffer) {
        self.paths.insert(uri.as_str().to_owned(), path.clone());
        let document = Document { text, home: None, touched: true, asked: false, cost: None, latest: None };
        self.open.insert(path, document);
    }

    /// A document was closed.
    pub fn close(&mut self, uri: &Uri) -> Option<(PathBuf, Document)> {
        let path = self.paths.remove(uri.as_str())?;
        let document = self.open.remove(&path)?;
        Some((path, document))
    }

    /// The path of an open document: looked up, since asking the disk takes longer than a keystroke may.
    pub fn path(&self, uri: &Uri) -> Option<&Path> {
        self.paths.get(uri.as_str()).map(PathBuf::as_path)
    }

    /// The document at a path.
    pub fn get(&mut self, path: &Path) -> Option<&mut Document> {
        self.open.get_mut(path)
    }

    /// The folder's count of changes at which the latest findings of a document's present text were true.
    pub fn latest(&self, path: &Path) -> Option<u64> {
        let document = self.open.get(path)?;
        let latest = &document.latest.as_ref()?.analysed;
        (latest.version == Some(document.version())).then_some(latest.changes)
    }

    /// Whether it is open.
    pub fn is_open(&self, path: &Path) -> bool {
        self.open.contains_key(path)
    }

    /// All of them, in no order.
    pub fn iter(&mut self) -> impl Iterator<Item = (&Path, &mut Document)> {
        self.open.iter_mut().map(|(path, document)| (path.as_path(), document))
    }

    /// The paths of all of them, sorted.
    pub fn paths(&self) -> Vec<PathBuf> {
        let mut paths: Vec<PathBuf> = self.open.keys().cloned().collect();
        paths.sort_unstable();
        paths
    }
}
