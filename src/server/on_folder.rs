//! What happens to folders: they come, are read, are refused for their configuration, change on disk, and go.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::check::{ConfigError, Disk, Options, STACK, Session};

use super::convert;
use super::event::Event;
use super::folders::{CONFIG, FolderId, State, root_of_stray};
use super::lsp::*;
use super::main_loop::Loop;
use super::progress;
use super::workers::{Outcome, guarded};

impl Loop {
    /// Adds a folder, and has it read.
    pub(super) fn add_folder(&mut self, root: PathBuf, stray: bool) {
        if let Some(id) = self.folders.add(root, stray) {
            self.load(id);
        }
    }

    /// Adds the project of a file that no folder holds.
    pub(super) fn add_stray(&mut self, path: &Path) {
        if self.folders.of(path).is_none()
            && let Some(root) = root_of_stray(path)
        {
            tracing::info!("{} is outside of the workspace: reading {}", path.display(), root.display());
            self.add_folder(root, true);
        }
    }

    /// Forgets the project of such a file when none of its files is open any more.
    pub(super) fn drop_stray(&mut self, path: &Path) {
        let Some(root) = self.folders.of(path).filter(|it| it.stray).map(|it| it.root.clone()) else { return };
        if !self.documents.iter().any(|(open, _)| open.starts_with(&root)) {
            self.remove_folder(&root);
        }
    }

    fn remove_folder(&mut self, root: &Path) {
        let Some(folder) = self.folders.remove(root) else { return };
        let mut shown: Vec<PathBuf> = self.published.keys().filter(|it| it.starts_with(root)).cloned().collect();
        shown.sort_unstable();
        shown.iter().for_each(|path| self.withdraw(path));
        if let Some(complaint) = &folder.complaint {
            self.withdraw(&complaint.path);
        }
        // Its open documents may belong to a folder around it, or be on their own now.
        for path in self.documents.paths() {
            if path.starts_with(root) {
                self.add_stray(&path);
                self.settle_in(&path);
            }
        }
    }

    /// Folders came or went.
    pub(super) fn change_folders(&mut self, params: &DidChangeWorkspaceFoldersParams) {
        let paths =
            |folders: &[WorkspaceFolder]| -> Vec<PathBuf> { folders.iter().filter_map(|it| convert::path_of(&it.uri)).collect() };
        paths(&params.event.added).into_iter().for_each(|root| self.add_folder(root, false));
        paths(&params.event.removed).iter().for_each(|root| self.remove_folder(root));
    }

    /// Has a folder read, on a thread of its own: it may take seconds.
    fn load(&mut self, id: FolderId) {
        let Some(folder) = self.folders.get(id) else { return };
        folder.state = State::Loading;
        let (root, sender) = (folder.root.clone(), self.sender.clone());
        let options = Options { encoding: self.view.flags.encoding, config_path: None };
        let read = move || {
            let outcome = guarded(|| Ok(Session::open(Arc::new(Disk), &root, options)));
            let _ = sender.send(Event::Loaded(id, Box::new(outcome)));
        };
        if let Err(error) = std::thread::Builder::new().name("load".to_owned()).stack_size(STACK).spawn(read) {
            tracing::error!("{} cannot be read: {error}", folder.root.display());
        }
        self.show_loading();
    }

    /// Shows progress for folders that are being read.
    pub(super) fn show_loading(&mut self) {
        if !self.ready || !self.view.flags.progress {
            return;
        }
        for folder in self.folders.iter().filter(|it| matches!(it.state, State::Loading) && it.progress.is_none()) {
            let name = folder.root.file_name().unwrap_or_default().to_string_lossy();
            let title = format!("Routewarden: reading {name}");
            folder.progress = Some(progress::show(self.client.clone(), &self.runtime, folder.id.number(), title));
        }
    }

    /// A folder was read.
    pub(super) fn loaded(&mut self, id: FolderId, loaded: Outcome<Result<Session, ConfigError>>) {
        let Some(folder) = self.folders.get(id) else { return };
        let (mut word, mut complaint) = (String::new(), None);
        folder.state = match loaded {
            Outcome::Done(Ok(mut session)) => {
                if !folder.missed.is_empty() {
                    session.files_changed(&folder.missed);
                }
                State::Ready(Box::new(session))
            }
            Outcome::Done(Err(error)) => {
                word = "the configuration cannot be used".to_owned();
                complaint = Some(error);
                State::Refused
            }
            Outcome::Overtaken => State::Refused,
            Outcome::Panicked(message) => {
                tracing::error!("reading {} failed: {message}; please report this", folder.root.display());
                word = "failed".to_owned();
                State::Refused
            }
        };
        folder.missed.clear();
        folder.changed();
        if let Some(shown) = folder.progress.take() {
            shown.end(word);
        }
        let root = folder.root.clone();
        let complaint = complaint.or_else(|| folder.session().and_then(|it| it.config_error().cloned()));
        self.complain(id, complaint);
        for path in self.documents.paths() {
            if path.starts_with(&root) {
                self.settle_in(&path);
            }
        }
    }

    /// Gives an open document to the session of its folder, as soon as there is one.
    pub(super) fn settle_in(&mut self, path: &Path) {
        let Some(document) = self.documents.get(path) else { return };
        let home = self.folders.of(path).filter(|it| matches!(it.state, State::Ready(_))).map(|it| it.id);
        if let Some(former) = document.home.filter(|it| home != Some(*it))
            && let Some(former) = self.folders.get(former)
        {
            if let Some(session) = former.session() {
                session.close_document(path);
            }
            former.changed();
        }
        document.home = home;
        document.touched = true;
        let Some(folder) = home.and_then(|home| self.folders.get(home)) else { return };
        if let Some(session) = folder.session() {
            session.open_document(path, document.text.text().to_string(), document.version());
        }
        folder.changed();
    }

    /// The client saw files change on disk.
    pub(super) fn watched(&mut self, params: &DidChangeWatchedFilesParams) {
        let installed = |path: &Path| path.components().any(|it| it.as_os_str() == "node_modules");
        let paths = params.changes.iter().filter_map(|it| convert::path_of(&it.uri));
        self.files_changed(paths.filter(|path| !installed(path)).collect());
    }

    /// Files changed on disk.
    pub(super) fn files_changed(&mut self, mut paths: Vec<PathBuf>) {
        paths.sort_unstable();
        paths.dedup();
        let mut concerned: Vec<(FolderId, Vec<PathBuf>)> = Vec::new();
        for path in paths {
            let Some(id) = self.folders.of(&path).map(|it| it.id) else { continue };
            match concerned.iter_mut().find(|(it, _)| *it == id) {
                Some((_, paths)) => paths.push(path),
                None => concerned.push((id, vec![path])),
            }
        }
        for (id, paths) in concerned {
            let Some(folder) = self.folders.get(id) else { continue };
            match &mut folder.state {
                State::Ready(session) => {
                    session.files_changed(&paths);
                    let complaint = session.config_error().cloned();
                    folder.changed();
                    self.complain(id, complaint);
                }
                State::Refused if paths.iter().any(|it| it.ends_with(CONFIG)) => self.load(id),
                State::Loading => folder.missed.extend(paths),
                State::Refused => {}
            }
        }
        self.disturbed();
    }

    /// Says what is wrong with a folder's configuration, once, and where it is; or that it is right again.
    fn complain(&mut self, id: FolderId, complaint: Option<ConfigError>) {
        let Some(folder) = self.folders.get(id) else { return };
        if folder.complaint == complaint {
            return;
        }
        if let Some(former) = std::mem::replace(&mut folder.complaint, complaint.clone()) {
            self.withdraw(&former.path);
        }
        let Some(error) = complaint else { return };
        let help = error.help.as_ref().map_or(String::new(), |help| format!(" ({help})"));
        let place = Position { line: error.line.saturating_sub(1), character: error.column.saturating_sub(1) };
        let diagnostic = Diagnostic {
            range: Range { start: place, end: place },
            severity: Some(DiagnosticSeverity::ERROR),
            source: Some("routewarden".to_owned()),
            message: format!("{}{help}", error.message),
            ..Diagnostic::default()
        };
        let json = serde_json::to_string(&[diagnostic]).unwrap_or_else(|_| "[]".to_owned());
        if let Some(uri) = self.view.uri_of(&error.path) {
            self.outbox.publish(uri.as_str(), None, &json);
        }
        let client = self.client.clone();
        let said = format!("Routewarden: {error}{help}");
        self.runtime.spawn(async move { client.show_message(MessageType::ERROR, said).await });
    }
}
