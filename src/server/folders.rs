//! The folders that are analysed, each with a session of its own.

use std::path::{Path, PathBuf};

use crate::check::{ConfigError, Disk, Session, System, project_root, real_path};

use super::convert::path_of;
use super::lsp::InitializeParams;
use super::progress::Shown;

/// The name of the configuration file.
pub const CONFIG: &str = "routewarden.toml";

/// Names a folder for the life of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FolderId(u32);

impl FolderId {
    /// The number, for names outside.
    pub fn number(self) -> u32 {
        self.0
    }
}

/// A folder.
pub struct Folder {
    /// Its name.
    pub id: FolderId,
    /// Absolute, without links.
    pub root: PathBuf,
    /// Its session.
    pub state: State,
    /// Counts what happened to it: findings of an older count may be out of date.
    pub changes: u64,
    /// Whether findings of files that were not touched may have changed.
    pub stale: bool,
    /// Whether a worker is looking at them.
    pub surveyed: bool,
    /// What was last said about its configuration.
    pub complaint: Option<ConfigError>,
    /// Whether it is here only for a file outside of the workspace.
    pub stray: bool,
    /// What changed on disk while it was read: it is not known whether that was seen.
    pub missed: Vec<PathBuf>,
    /// Ends the progress that is shown while it is read.
    pub progress: Option<Shown>,
}

/// How far a folder is.
pub enum State {
    /// It is being read.
    Loading,
    /// It is read.
    Ready(Box<Session>),
    /// Its configuration cannot be used; it is read again when that changes.
    Refused,
}

impl Folder {
    /// The session, once there is one.
    pub fn session(&mut self) -> Option<&mut Session> {
        match &mut self.state {
            State::Ready(session) => Some(session),
            State::Loading | State::Refused => None,
        }
    }

    /// Something happened to the folder that other files' findings may depend on.
    pub fn changed(&mut self) {
        self.changes += 1;
        self.stale = true;
    }
}

/// All folders.
#[derive(Default)]
pub struct Folders {
    all: Vec<Folder>,
    next: u32,
}

impl Folders {
    /// Adds a folder that is yet to be read, if it is not there; its id if it is new.
    pub fn add(&mut self, root: PathBuf, stray: bool) -> Option<FolderId> {
        if self.all.iter().any(|it| it.root == root) {
            return None;
        }
        let id = FolderId(self.next);
        self.next += 1;
        self.all.push(Folder {
            id,
            root,
            state: State::Loading,
            changes: 0,
            stale: false,
            surveyed: false,
            complaint: None,
            stray,
            missed: Vec::new(),
            progress: None,
        });
        Some(id)
    }

    /// Takes a folder out.
    pub fn remove(&mut self, root: &Path) -> Option<Folder> {
        let index = self.all.iter().position(|it| it.root == root)?;
        Some(self.all.remove(index))
    }

    /// The folder of that id, if it was not removed meanwhile.
    pub fn get(&mut self, id: FolderId) -> Option<&mut Folder> {
        self.all.iter_mut().find(|it| it.id == id)
    }

    /// The innermost folder that holds the path.
    pub fn of(&mut self, path: &Path) -> Option<&mut Folder> {
        self.all.iter_mut().filter(|it| path.starts_with(&it.root)).max_by_key(|it| it.root.as_os_str().len())
    }

    /// All of them.
    pub fn iter(&mut self) -> impl Iterator<Item = &mut Folder> {
        self.all.iter_mut()
    }
}

/// The roots that a client names: workspace folders, else the older forms; none for a single file.
pub fn roots(params: &InitializeParams) -> Vec<PathBuf> {
    #[expect(deprecated, reason = "older clients and some new ones send nothing else")]
    let (uri, path) = (params.root_uri.as_ref(), params.root_path.as_ref());
    let folders: Vec<PathBuf> = params.workspace_folders.iter().flatten().filter_map(|folder| path_of(&folder.uri)).collect();
    if !folders.is_empty() {
        return folders;
    }
    let root = uri.and_then(path_of).or_else(|| path.map(|it| real_path(&Disk, Path::new(it))));
    root.into_iter().collect()
}

/// The root for a file outside of every folder: its project's, else its own folder. None where that would be a home folder or a
/// whole disk: reading it would take longer than anyone waits, and show the user nothing.
pub fn root_of_stray(path: &Path) -> Option<PathBuf> {
    let root = project_root(&Disk, path);
    let home = std::env::home_dir().map(|it| real_path(&Disk, &it));
    let too_wide = root.parent().is_none() || home.as_ref().is_some_and(|it| it.starts_with(&root));
    (!too_wide && Disk.is_dir(&root)).then_some(root)
}
