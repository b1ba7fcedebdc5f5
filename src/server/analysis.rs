//! When findings are asked for, and which of them are sent.
//!
//! A document that was touched is always answered with its version, even if nothing changed: the client knows then that the
//! answer is about this text. Everything else is sent only if it looks different.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::analysed::Analysed;
use super::convert;
use super::documents::Latest;
use super::event::{Event, Work};
use super::folders::{FolderId, State};
use super::lsp::DidChangeConfigurationParams;
use super::main_loop::{Loop, Refresh};
use super::workers::{Outcome, guarded};

/// Up to this, analysing on the loop's own thread is quicker felt than a worker: no hand-over, and nothing else has arrived.
const INLINE: Duration = Duration::from_millis(15);

/// A file that may have other findings than the client has.
#[derive(Clone)]
struct Other {
    path: PathBuf,
    version: Option<i32>,
    home: Option<FolderId>,
    /// The folder's count of changes at which its findings were true.
    known: Option<u64>,
}

impl Loop {
    /// Asks for the findings of the documents that were touched.
    pub(super) fn analyse_touched(&mut self) {
        let mut paths: Vec<PathBuf> =
            self.documents.iter().filter(|(_, it)| it.touched && !it.asked).map(|(path, _)| path.to_owned()).collect();
        paths.sort_unstable();
        for path in paths {
            let Some(document) = self.documents.get(&path) else { continue };
            let Some(folder) = document.home.and_then(|home| self.folders.get(home)) else { continue };
            let State::Ready(session) = &folder.state else { continue };
            let (version, changes) = (Some(document.version()), folder.changes);
            if document.cost.is_some_and(|it| it < INLINE) {
                document.touched = false;
                let snapshot = session.snapshot();
                let outcome = guarded(|| Analysed::of(&snapshot, &path, &self.view, version, changes));
                // The next edit waits for snapshots: this one must be gone before.
                drop(snapshot);
                self.touched(&path, outcome);
            } else if self.workers.any_free() {
                document.touched = false;
                document.asked = true;
                let (snapshot, view) = (session.snapshot(), self.view.clone());
                self.workers.run(Box::new(move || {
                    let outcome = guarded(|| Analysed::of(&snapshot, &path, &view, version, changes));
                    drop(snapshot);
                    Work::Touched(path, outcome)
                }));
            }
        }
    }

    /// The findings of a document that was touched are there.
    pub(super) fn touched(&mut self, path: &Path, outcome: Outcome<Analysed>) {
        let Some(document) = self.documents.get(path) else { return };
        document.asked = false;
        match outcome {
            Outcome::Done(analysed) => {
                document.cost = Some(analysed.took);
                if analysed.version == Some(document.version()) {
                    self.send(analysed, true);
                } else {
                    document.touched = true;
                }
            }
            Outcome::Overtaken => document.touched = true,
            Outcome::Panicked(message) => {
                tracing::error!("checking {} failed: {message}; please report this", path.display());
                self.refuse_diagnostics(path);
            }
        }
    }

    /// Looks at the open documents of folders where something changed, and at files that the client still shows findings of.
    pub(super) fn survey_stale(&mut self) {
        if !self.folders.iter().any(|it| it.stale && !it.surveyed) {
            return;
        }
        let others = self.others();
        for folder in self.folders.iter().filter(|it| it.stale && !it.surveyed) {
            let State::Ready(session) = &folder.state else { continue };
            if !self.workers.any_free() {
                return;
            }
            folder.stale = false;
            let (id, changes) = (folder.id, folder.changes);
            let concerned: Vec<Other> =
                others.iter().filter(|it| it.home == Some(id) && it.known != Some(changes)).cloned().collect();
            if concerned.is_empty() {
                continue;
            }
            folder.surveyed = true;
            let (snapshot, view) = (session.snapshot(), self.view.clone());
            self.workers.run(Box::new(move || {
                let one = |it: &Other| Analysed::of(&snapshot, &it.path, &view, it.version, changes);
                let outcome = guarded(|| concerned.iter().map(one).collect());
                drop(snapshot);
                Work::Surveyed(id, outcome)
            }));
        }
    }

    /// Files whose findings the client has and nobody looks at now, sorted by path. Those that were touched are on their way already.
    fn others(&mut self) -> Vec<Other> {
        let mut others = Vec::new();
        for path in self.documents.paths() {
            let known = self.documents.latest(&path);
            let Some(document) = self.documents.get(&path).filter(|it| !it.touched && !it.asked) else { continue };
            others.push(Other { path, version: Some(document.version()), home: document.home, known });
        }
        for path in self.published.keys().filter(|path| !self.documents.is_open(path)) {
            let home = self.folders.of(path).map(|it| it.id);
            others.push(Other { path: path.clone(), version: None, home, known: None });
        }
        others.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        others
    }

    /// The findings of a folder's other files are there.
    pub(super) fn surveyed(&mut self, id: FolderId, outcome: Outcome<Vec<Analysed>>) {
        let Some(folder) = self.folders.get(id) else { return };
        folder.surveyed = false;
        match outcome {
            Outcome::Done(files) => {
                let mut news = false;
                for file in files {
                    news |= self.send(file, false);
                }
                if news {
                    self.tell_to_pull();
                }
            }
            Outcome::Overtaken => folder.stale = true,
            Outcome::Panicked(message) => tracing::error!("checking failed: {message}; please report this"),
        }
    }

    /// Sends findings if they are about the text that the client has: always if it waits for them, else if they look different.
    /// Where the client pulls, they are kept for it; answers whether it has others.
    fn send(&mut self, analysed: Analysed, awaited: bool) -> bool {
        let pull = self.view.flags.pull;
        let shown = self.published.get(&analysed.path).copied();
        let Some(document) = self.documents.get(&analysed.path) else {
            // A closed file: only what the client still shows of it is brought up to date.
            if analysed.version.is_none() && shown.is_some_and(|it| it != analysed.hash) {
                self.publish(&analysed);
            }
            return false;
        };
        if analysed.version != Some(document.version()) {
            return false;
        }
        let former = document.latest.as_ref();
        // Findings of an older state may arrive after newer ones.
        if former.is_some_and(|it| it.analysed.version == analysed.version && it.analysed.changes > analysed.changes) {
            return false;
        }
        let same = former.is_some_and(|it| it.analysed.hash == analysed.hash);
        let had = former.is_some_and(|it| it.pulled);
        let analysed = Arc::new(analysed);
        document.latest = Some(Latest { analysed: analysed.clone(), pulled: had && same });
        if !pull && (awaited || shown != Some(analysed.hash)) {
            self.publish(&analysed);
        }
        pull && !awaited && had && !same
    }

    fn publish(&mut self, analysed: &Analysed) {
        let Some(uri) = self.view.uri_of(&analysed.path) else { return };
        self.outbox.publish(uri.as_str(), analysed.version, &analysed.json);
        if analysed.diagnostics.is_empty() && analysed.version.is_none() {
            self.published.remove(&analysed.path);
        } else if self.published.get(&analysed.path) != Some(&analysed.hash) {
            self.published.insert(analysed.path.clone(), analysed.hash);
        }
    }

    /// Takes back what the client shows of a file.
    pub(super) fn withdraw(&mut self, path: &Path) {
        self.published.remove(path);
        if let Some(uri) = self.view.open.get(path).cloned().or_else(|| convert::uri_of(path)) {
            self.outbox.publish(uri.as_str(), None, "[]");
        }
    }

    /// Tells a client that pulls to do so: once, and once more if there was news before it had answered.
    fn tell_to_pull(&mut self) {
        if !self.view.flags.pull || !self.ready {
            return;
        }
        if self.refresh != Refresh::Idle {
            self.refresh = Refresh::SentAndStale;
            return;
        }
        self.refresh = Refresh::Sent;
        let (client, sender) = (self.client.clone(), self.sender.clone());
        self.runtime.spawn(async move {
            if let Err(error) = client.workspace_diagnostic_refresh().await {
                tracing::debug!("the editor does not refresh: {error}");
            }
            let _ = sender.send(Event::Refreshed);
        });
    }

    /// The client has answered that it will pull.
    pub(super) fn refreshed(&mut self) {
        let again = self.refresh == Refresh::SentAndStale;
        self.refresh = Refresh::Idle;
        if again {
            self.tell_to_pull();
        }
    }

    /// Settings changed: everything that is shown is looked at again.
    pub(super) fn configure(&mut self, params: &DidChangeConfigurationParams) {
        let settings = self.view.settings.clone().with(Some(&params.settings));
        if settings == self.view.settings {
            return;
        }
        Arc::make_mut(&mut self.view).settings = settings;
        self.folders.iter().for_each(super::folders::Folder::changed);
        self.documents.iter().for_each(|(_, document)| document.touched = true);
        self.tell_to_pull();
    }
}
