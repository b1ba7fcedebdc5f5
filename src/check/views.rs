//! What a snapshot knows of files beside the database: places and texts.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use crate::base::{FileId, ItemId, Loc, Span};
use crate::ir::{Item, Module};
use crate::text::LineIndex;

/// One file.
pub(super) struct FileView {
    pub path: Arc<Path>,
    /// `None` for schemas.
    pub module: Option<Arc<Module>>,
    /// Of an open buffer.
    pub version: Option<i32>,
    /// The text, where it is kept: open buffers and schemas.
    pub text: Option<Arc<str>>,
    /// Where each item stands, made when first asked for: a file with thousands of lines has hundreds of findings to place.
    items: OnceLock<FxHashMap<ItemId, usize>>,
    /// The lines of `text`, made when first asked for.
    lines: OnceLock<Arc<LineIndex>>,
}

impl FileView {
    pub fn new(path: Arc<Path>, module: Option<Arc<Module>>, version: Option<i32>, text: Option<Arc<str>>) -> Self {
        FileView { path, module, version, text, items: OnceLock::new(), lines: OnceLock::new() }
    }

    /// The absolute bytes of a place of this file.
    pub fn span(&self, loc: Loc) -> Option<Span> {
        let (item, start) = self.item_at(loc.item)?;
        Some(item.span_of(loc.node)?.shifted(start))
    }

    /// The absolute bytes of an item.
    pub fn item(&self, id: ItemId) -> Option<Span> {
        let (item, start) = self.item_at(id)?;
        Some(Span::new(start, start + item.len))
    }

    fn item_at(&self, id: ItemId) -> Option<(&Item, u32)> {
        let module = self.module.as_ref()?;
        let items = self.items.get_or_init(|| module.items.iter().enumerate().map(|(at, entry)| (entry.id, at)).collect());
        let at = *items.get(&id)?;
        Some((&module.items.get(at)?.item, *module.starts.get(at)?))
    }

    /// The lines of a text that is kept.
    pub fn lines(&self) -> Option<Arc<LineIndex>> {
        let text = self.text.as_ref()?;
        Some(self.lines.get_or_init(|| Arc::new(LineIndex::new(text))).clone())
    }
}

/// All files. Cloning costs a reference count a file.
#[derive(Clone, Default)]
pub(super) struct Views {
    by_id: FxHashMap<FileId, Arc<FileView>>,
    by_path: FxHashMap<Arc<Path>, FileId>,
}

impl Views {
    pub fn insert(&mut self, id: FileId, view: FileView) {
        if self.by_id.get(&id).is_none_or(|old| old.path != view.path) {
            self.by_path.insert(view.path.clone(), id);
        }
        self.by_id.insert(id, Arc::new(view));
    }

    pub fn remove(&mut self, id: FileId) {
        if let Some(view) = self.by_id.remove(&id) {
            self.by_path.remove(&view.path);
        }
    }

    pub fn get(&self, id: FileId) -> Option<&Arc<FileView>> {
        self.by_id.get(&id)
    }

    pub fn at(&self, path: &Path) -> Option<(FileId, &Arc<FileView>)> {
        let id = *self.by_path.get(path)?;
        Some((id, self.by_id.get(&id)?))
    }

    /// The ids of files with code, sorted.
    pub fn with_code(&self) -> Vec<FileId> {
        let mut ids: Vec<FileId> = self.by_id.iter().filter(|(_, view)| view.module.is_some()).map(|(id, _)| *id).collect();
        ids.sort_unstable();
        ids
    }
}
