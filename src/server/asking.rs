//! When questions are answered.

use std::path::{Path, PathBuf};

use super::convert;
use super::event::{Question, Reply, Work};
use super::folders::State;
use super::lsp::*;
use super::main_loop::{Loop, Waiting};
use super::questions::{About, diagnostics};

impl Loop {
    /// The client asks. What arrived before it is done first.
    pub(super) fn ask(&mut self, question: Question) {
        let version = self.present_version(&question);
        self.waiting.push_back(Waiting { question, version });
    }

    fn path_asked(&self, uri: &Uri) -> Option<PathBuf> {
        self.documents.path(uri).map(Path::to_path_buf).or_else(|| convert::path_of(uri))
    }

    /// The version of the document that a question is about, if it is open.
    fn present_version(&mut self, question: &Question) -> Option<i32> {
        let About::Document(uri) = question.about() else { return None };
        let path = self.path_asked(&uri)?;
        Some(self.documents.get(&path)?.version())
    }

    /// A document whose findings are asked for and out of date counts as touched.
    pub(super) fn touch_what_is_pulled(&mut self) {
        for waiting in &self.waiting {
            let Question::Diagnostics(params, _) = &waiting.question else { continue };
            let Some(path) = self.documents.path(&params.text_document.uri).map(Path::to_path_buf) else { continue };
            let latest = self.documents.latest(&path);
            let Some(document) = self.documents.get(&path) else { continue };
            let changes = document.home.and_then(|home| self.folders.get(home)).map(|it| it.changes);
            document.touched |= changes.is_some() && latest != changes && !document.asked;
        }
    }

    /// Answers what can be answered; the rest waits on.
    pub(super) fn answer_waiting(&mut self) {
        for _ in 0..self.waiting.len() {
            let Some(waiting) = self.waiting.pop_front() else { return };
            if let Some(later) = self.answer(waiting) {
                self.waiting.push_back(later);
            }
        }
    }

    /// Answers one question, or gives it back for later.
    fn answer(&mut self, waiting: Waiting) -> Option<Waiting> {
        let present = self.present_version(&waiting.question);
        let Waiting { question, version } = waiting;
        if question.is_abandoned() {
            return None;
        }
        if question.has_positions() && present != version {
            // Asked about a text that is gone: whatever stands at that position now was not meant.
            question.refuse(&Error::new(ErrorCode::ContentModified));
            return None;
        }
        let question = match question {
            Question::Diagnostics(params, reply) if present.is_some() => self.answer_diagnostics(params, reply)?,
            question => self.answer_on_worker(question)?,
        };
        Some(Waiting { question, version })
    }

    /// Has a question answered by a worker, or gives it back if its folder or all workers are busy.
    fn answer_on_worker(&mut self, question: Question) -> Option<Question> {
        let (path, snapshots) = match question.about() {
            About::Document(uri) => {
                let path = self.path_asked(&uri).unwrap_or_default();
                match self.folders.of(&path).map(|folder| &folder.state) {
                    Some(State::Ready(session)) if self.workers.any_free() => (path, vec![session.snapshot()]),
                    Some(State::Ready(_) | State::Loading) => return Some(question),
                    Some(State::Refused) | None => {
                        question.answer_nothing();
                        return None;
                    }
                }
            }
            About::Workspace => {
                if !self.workers.any_free() || self.folders.iter().any(|it| matches!(it.state, State::Loading)) {
                    return Some(question);
                }
                let snapshots = self.folders.iter().filter_map(|it| it.session().map(|session| session.snapshot()));
                (PathBuf::new(), snapshots.collect())
            }
            About::Nothing => {
                question.answer_nothing();
                return None;
            }
        };
        let view = self.view.clone();
        self.workers.run(Box::new(move || Work::Answered(question.answer(&path, snapshots, &view))));
        None
    }

    /// Answers with the latest findings of an open document, once they are about its present text and project.
    fn answer_diagnostics(
        &mut self,
        params: DocumentDiagnosticParams,
        reply: Reply<DocumentDiagnosticReportResult>,
    ) -> Option<Question> {
        let path = self.documents.path(&params.text_document.uri).map(Path::to_path_buf).unwrap_or_default();
        let Some(document) = self.documents.get(&path) else { return Some(Question::Diagnostics(params, reply)) };
        let folder = match document.home {
            Some(home) => self.folders.get(home),
            None => self.folders.of(&path).filter(|it| matches!(it.state, State::Loading)),
        };
        let Some(folder) = folder else {
            let _ = reply.send(Ok(diagnostics::none()));
            return None;
        };
        match &mut document.latest {
            Some(latest)
                if latest.analysed.changes == folder.changes && latest.analysed.version == Some(document.text.version()) =>
            {
                latest.pulled = true;
                let _ = reply.send(Ok(diagnostics::report(&latest.analysed, params.previous_result_id.as_deref())));
                None
            }
            _ => Some(Question::Diagnostics(params, reply)),
        }
    }

    /// The findings of a document cannot be found: nobody shall wait for them.
    pub(super) fn refuse_diagnostics(&mut self, path: &Path) {
        for waiting in std::mem::take(&mut self.waiting) {
            match waiting.question {
                Question::Diagnostics(params, reply) if self.documents.path(&params.text_document.uri) == Some(path) => {
                    let _ = reply.send(Err(Error::internal_error()));
                }
                question => self.waiting.push_back(Waiting { question, version: waiting.version }),
            }
        }
    }
}
