//! From paths on the command line to a session over their project.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::check::{Disk, Options, Place, Session, System, common_root, project_root, real_path};

use super::{Failure, working_folder};

/// The project of the given paths, read.
pub struct Target {
    /// The session.
    pub session: Session,
    /// The project's root.
    pub root: PathBuf,
    /// The working folder without links, to which printed paths are relative.
    pub folder: PathBuf,
    /// How files are read.
    pub system: Arc<dyn System>,
    /// The given paths, absolute.
    paths: Vec<PathBuf>,
}

impl Target {
    /// Reads the project of `paths`.
    pub fn open(paths: &[PathBuf], config: Option<&Path>) -> Result<Self, Failure> {
        let system: Arc<dyn System> = Arc::new(Disk);
        let given = working_folder()?;
        let folder = real_path(&*system, &given);
        let paths = paths.iter().map(|path| existing(&*system, &given.join(path), path)).collect::<Result<Vec<_>, _>>()?;
        let config_path = config.map(|path| existing(&*system, &given.join(path), path)).transpose()?;
        let roots: Vec<PathBuf> = paths.iter().map(|path| project_root(&*system, path)).collect();
        let root = common_root(&roots)
            .ok_or_else(|| Failure::new("the given paths have no folder in common").help("check them one after the other"))?;
        let session = Session::open(system.clone(), &root, Options { config_path, ..Options::default() });
        if let Some(error) = session.config_error() {
            return Err(error.clone().into());
        }
        Ok(Target { session, root, folder, system, paths })
    }

    /// Whether a place lies below a given path.
    pub fn covers(&self, place: &Place) -> bool {
        self.paths.iter().any(|path| place.path.starts_with(path))
    }
}

fn existing(system: &dyn System, path: &Path, typed: &Path) -> Result<PathBuf, Failure> {
    if system.exists(path) {
        return Ok(real_path(system, path));
    }
    let missing = Failure::new(format!("`{}` does not exist", typed.display()));
    let near = path.ancestors().skip(1).find(|folder| system.is_dir(folder));
    Err(match near {
        Some(folder) => missing.help(format!("the last folder on the way that exists is `{}`", folder.display())),
        None => missing,
    })
}
