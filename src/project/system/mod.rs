//! The one door to files.
//!
//! **Invariant:** no other module of the program calls `std::fs` to read; `clippy.toml` says so.

mod disk;
mod memory;
mod overlay;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use disk::Disk;
pub use memory::Memory;
pub use overlay::Overlay;

use super::note::LoadNote;

/// Whether the walk goes into a folder (absolute path).
pub type Enter = Arc<dyn Fn(&Path) -> bool + Send + Sync>;

/// Access to files. Paths are absolute; a path that comes out of [`System::canonicalize`] or [`System::walk`] is the file's identity.
pub trait System: fmt::Debug + Send + Sync {
    /// The bytes of a regular file, if there are at most `most` of them. Devices and pipes are never opened.
    fn read(&self, path: &Path, most: u64) -> Result<Vec<u8>, ReadError>;

    /// What stands at the path, links followed.
    fn metadata(&self, path: &Path) -> io::Result<Metadata>;

    /// What stands at the path itself.
    fn link_metadata(&self, path: &Path) -> io::Result<Metadata>;

    /// Where a symbolic link points.
    fn read_link(&self, path: &Path) -> io::Result<PathBuf>;

    /// The absolute path without links and dots.
    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf>;

    /// The entries of a folder as absolute paths, sorted.
    fn read_dir(&self, path: &Path) -> io::Result<Vec<PathBuf>>;

    /// All files below `root` that ignore files do not leave out, sorted, each once. Links to folders are not followed.
    fn walk(&self, root: &Path, enter: Enter) -> Walked;

    /// Whether something stands at the path.
    fn exists(&self, path: &Path) -> bool {
        self.metadata(path).is_ok()
    }

    /// Whether it is a folder, links followed.
    fn is_dir(&self, path: &Path) -> bool {
        self.metadata(path).is_ok_and(|it| it.kind == Kind::Folder)
    }

    /// Whether it is a regular file, links followed.
    fn is_file(&self, path: &Path) -> bool {
        self.metadata(path).is_ok_and(|it| it.kind == Kind::File)
    }
}

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// Its kind.
    pub kind: Kind,
    /// Bytes of a file.
    pub len: u64,
}

/// Kinds of directory entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A pipe, a socket, a device.
    Other,
}

/// The outcome of a walk.
#[derive(Debug, Default)]
pub struct Walked {
    /// Canonical paths, sorted.
    pub files: Vec<PathBuf>,
    /// Folders that could not be entered.
    pub notes: Vec<LoadNote>,
}

/// Why a file was not read.
#[derive(Debug)]
pub enum ReadError {
    /// It has more bytes than were asked for: how many.
    TooLarge(u64),
    /// The system refused.
    Io(io::Error),
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        ReadError::Io(error)
    }
}

impl From<ReadError> for io::Error {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::TooLarge(bytes) => io::Error::new(io::ErrorKind::FileTooLarge, format!("{bytes} bytes")),
            ReadError::Io(error) => error,
        }
    }
}
