//! What a worker knows besides the snapshot.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use super::capabilities::Flags;
use super::convert;
use super::lsp::Uri;
use super::settings::Settings;

/// What the client can do, what the user set, and how the client calls its documents. Shared by reference count; the loop changes
/// its own copy.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// What the client can do.
    pub flags: Flags,
    /// What the user set.
    pub settings: Settings,
    /// The addresses of the open documents, as the client wrote them.
    pub open: FxHashMap<PathBuf, Uri>,
}

impl View {
    /// The address of a file.
    pub fn uri_of(&self, path: &Path) -> Option<Uri> {
        self.open.get(path).cloned().or_else(|| convert::uri_of(path))
    }
}
