//! Writing the user's files: whole or not at all, and never over something that was not read.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::check::System;

const BOM: &str = "\u{feff}";

/// A file's text before and after.
pub struct Replacement {
    /// Absolute path.
    pub path: Arc<Path>,
    /// What was analysed.
    pub old: Arc<str>,
    /// What shall stand there.
    pub new: String,
}

/// Replaces all of them, or none: every file is compared with what was analysed, and written beside itself, before the first is
/// replaced. The error is a line for the user.
pub fn replace(files: &[Replacement], root: &Path, system: &dyn System) -> Result<(), String> {
    let mut staged = Vec::with_capacity(files.len());
    let outcome = files.iter().try_for_each(|file| {
        let said = |error: String| format!("`{}` was left alone: {error}", file.path.display());
        staged.push(stage(file, root, system).map_err(said)?);
        Ok::<(), String>(())
    });
    let renamed = outcome.and_then(|()| {
        staged.iter().try_for_each(|it| {
            fs::rename(&it.beside, &it.path).map_err(|error| format!("`{}` could not be replaced: {error}", it.path.display()))
        })
    });
    if renamed.is_err() {
        staged.iter().for_each(|it| drop(fs::remove_file(&it.beside)));
    }
    renamed
}

struct Staged {
    beside: PathBuf,
    path: PathBuf,
}

fn stage(file: &Replacement, root: &Path, system: &dyn System) -> Result<Staged, String> {
    // A link is followed to the file that it names, but not out of the project.
    let path = system.canonicalize(&file.path).map_err(|error| error.to_string())?;
    if !path.starts_with(root) {
        return Err(format!("it is a link to `{}`, outside of the project", path.display()));
    }
    let bytes = system.read(&path, u64::MAX).map_err(|error| error.to_string())?;
    let on_disk = std::str::from_utf8(&bytes).map_err(|_| "it is not valid UTF-8".to_owned())?;
    let (bom, text) = match on_disk.strip_prefix(BOM) {
        Some(rest) if !file.old.starts_with(BOM) => (BOM, rest),
        _ => ("", on_disk),
    };
    if text != &*file.old {
        return Err("it was changed while it was being checked".to_owned());
    }
    let beside = write_beside(&path, &[bom, &file.new]).map_err(|error| error.to_string())?;
    Ok(Staged { beside, path })
}

/// Writes a new file in the folder of `path` with its permissions.
fn write_beside(path: &Path, parts: &[&str]) -> io::Result<PathBuf> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.routewarden-{}", std::process::id()));
    let mut file = OpenOptions::new().write(true).create_new(true).open(&beside)?;
    let written = (|| {
        parts.iter().try_for_each(|part| file.write_all(part.as_bytes()))?;
        file.set_permissions(permissions(path)?)?;
        file.sync_all()
    })();
    if let Err(error) = written {
        drop(fs::remove_file(&beside));
        return Err(error);
    }
    Ok(beside)
}

#[allow(clippy::disallowed_methods, reason = "permissions are copied from file to file; the analysis never sees them")]
fn permissions(path: &Path) -> io::Result<fs::Permissions> {
    let permissions = fs::metadata(path)?.permissions();
    if permissions.readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
    }
    Ok(permissions)
}
