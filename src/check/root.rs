//! Which project a path belongs to.

use std::path::{Path, PathBuf};

use crate::project::System;

/// The folder that is read for `path` (absolute): the nearest one upward with a `package.json`, else with a `.git`, else the
/// folder itself, for a file the one it lies in.
///
/// The command line and the server ask the same question, so that both see the same project.
pub fn project_root(system: &dyn System, path: &Path) -> PathBuf {
    let own = if system.is_dir(path) { path } else { path.parent().unwrap_or(path) };
    let mut above = own.ancestors();
    // A repository's root ends the search: what lies above it is somebody else's.
    let mut inside = true;
    let found = above.by_ref().take_while(|folder| std::mem::replace(&mut inside, !system.exists(&folder.join(".git"))));
    let folders: Vec<&Path> = found.collect();
    let with = |name: &str| folders.iter().find(|folder| system.exists(&folder.join(name)));
    with("package.json").or_else(|| with(".git")).map_or(own, |folder| folder).to_path_buf()
}

/// The deepest folder that holds all of them.
pub fn common_root(roots: &[PathBuf]) -> Option<PathBuf> {
    let (first, others) = roots.split_first()?;
    first.ancestors().find(|folder| others.iter().all(|it| it.starts_with(folder))).map(Path::to_path_buf)
}

/// The absolute path without links, also for a file that does not exist yet in a folder that does.
pub fn real_path(system: &dyn System, path: &Path) -> PathBuf {
    if let Ok(real) = system.canonicalize(path) {
        return real;
    }
    match (path.parent().and_then(|folder| system.canonicalize(folder).ok()), path.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => path.to_path_buf(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_common_root_is_the_deepest_folder_above_all() {
        let roots = |paths: &[&str]| common_root(&paths.iter().map(PathBuf::from).collect::<Vec<_>>());
        assert_eq!(roots(&["/w/apps/a", "/w/apps/b"]), Some("/w/apps".into()));
        assert_eq!(roots(&["/w/apps", "/w/apps/b"]), Some("/w/apps".into()));
        assert_eq!(roots(&["/w/app", "/w/apps"]), Some("/w".into()));
        assert_eq!(roots(&[]), None);
    }
}
