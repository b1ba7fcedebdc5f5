//! The real file system.
#![expect(clippy::disallowed_methods, reason = "this is the door that the ban points to")]

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use ignore::{WalkBuilder, WalkState};

use super::{Enter, Kind, Metadata, ReadError, System, Walked};
use crate::project::note::{LoadNote, Problem};

/// The name of the file that leaves paths out of the analysis, in the syntax of `.gitignore`.
const IGNORE_FILE: &str = ".routewardenignore";

/// The real file system.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl System for Disk {
    fn read(&self, path: &Path, most: u64) -> Result<Vec<u8>, ReadError> {
        let found = self.metadata(path)?;
        if found.kind != Kind::File {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file").into());
        }
        if found.len > most {
            return Err(ReadError::TooLarge(found.len));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(found.len).unwrap_or(0));
        // The file may have grown since it was measured.
        fs::File::open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
        let len = bytes.len() as u64;
        if len > most { Err(ReadError::TooLarge(len)) } else { Ok(bytes) }
    }

    fn metadata(&self, path: &Path) -> io::Result<Metadata> {
        fs::metadata(path).map(|it| metadata_of(&it))
    }

    fn link_metadata(&self, path: &Path) -> io::Result<Metadata> {
        fs::symlink_metadata(path).map(|it| metadata_of(&it))
    }

    fn read_link(&self, path: &Path) -> io::Result<PathBuf> {
        fs::read_link(path).map(plain)
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        fs::canonicalize(path).map(plain)
    }

    fn read_dir(&self, path: &Path) -> io::Result<Vec<PathBuf>> {
        let mut paths = fs::read_dir(path)?.map(|entry| entry.map(|it| it.path())).collect::<io::Result<Vec<_>>>()?;
        paths.sort_unstable();
        Ok(paths)
    }

    fn walk(&self, root: &Path, enter: Enter) -> Walked {
        let found = Mutex::new(Walked::default());
        let with = |act: &dyn Fn(&mut Walked)| act(&mut found.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        WalkBuilder::new(root)
            .hidden(false)
            .require_git(false)
            .follow_links(false)
            .add_custom_ignore_filename(IGNORE_FILE)
            .filter_entry(move |entry| {
                entry.depth() == 0 || !entry.file_type().is_some_and(|it| it.is_dir()) || enter(entry.path())
            })
            .build_parallel()
            .run(|| {
                Box::new(|entry| {
                    match entry {
                        Ok(entry) => {
                            let kind = entry.file_type();
                            if kind.is_some_and(|it| it.is_file()) {
                                with(&|it| it.files.push(entry.path().to_path_buf()));
                            } else if kind.is_some_and(|it| it.is_symlink())
                                && Disk.is_file(entry.path())
                                && let Ok(target) = Disk.canonicalize(entry.path())
                            {
                                with(&|it| it.files.push(target.clone()));
                            }
                        }
                        Err(error) => {
                            if let Some(path) = path_of(&error) {
                                let problem = Problem::Unreadable(reason_of(&error));
                                with(&|it| it.notes.push(LoadNote { path: path.into(), problem: problem.clone() }));
                            }
                        }
                    }
                    WalkState::Continue
                })
            });
        let mut found = found.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        found.files.sort_unstable();
        found.files.dedup();
        found
    }
}

fn metadata_of(found: &fs::Metadata) -> Metadata {
    let ty = found.file_type();
    let kind = if ty.is_symlink() {
        Kind::Link
    } else if ty.is_dir() {
        Kind::Folder
    } else if ty.is_file() {
        Kind::File
    } else {
        Kind::Other
    };
    Metadata { kind, len: found.len() }
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        ignore::Error::Loop { child, .. } => Some(child),
        _ => None,
    }
}

fn reason_of(error: &ignore::Error) -> String {
    error.io_error().map_or_else(|| error.to_string(), |it| it.kind().to_string())
}

/// Windows gives canonical paths as `\\?\C:\…`, which editors do not send and Node does not take.
fn plain(path: PathBuf) -> PathBuf {
    if !cfg!(windows) {
        return path;
    }
    match path.to_str().and_then(|text| text.strip_prefix(r"\\?\")) {
        Some(rest) if rest.as_bytes().get(1) == Some(&b':') => PathBuf::from(rest),
        _ => path,
    }
}
