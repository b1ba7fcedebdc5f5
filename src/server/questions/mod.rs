//! The questions of the client, one file each. An answer is a function of a snapshot and runs on a worker.

pub mod actions;
pub mod diagnostics;
mod edits;
mod hover;
mod lenses;
mod resolve;
mod symbols;

use std::path::Path;

use crate::check::Snapshot;

use super::event::{Question, Reply};
use super::lsp::{Answer, Error, ErrorCode, Uri};
use super::view::View;
use super::workers::{Outcome, guarded};

/// What a question is about.
pub enum About {
    /// A document.
    Document(Uri),
    /// All folders.
    Workspace,
    /// It names nothing that is known here.
    Nothing,
}

/// Does the same to the reply of any question.
macro_rules! with_reply {
    ($question:expr, $reply:ident => $body:expr) => {
        match $question {
            Question::Diagnostics(_, $reply) => $body,
            Question::Hover(_, $reply) => $body,
            Question::Actions(_, $reply) => $body,
            Question::Resolve(_, $reply) => $body,
            Question::Symbols(_, $reply) => $body,
            Question::Search(_, $reply) => $body,
            Question::Lenses(_, $reply) => $body,
        }
    };
}

impl Question {
    /// What it is about.
    pub fn about(&self) -> About {
        About::Document(match self {
            Question::Diagnostics(it, _) => it.text_document.uri.clone(),
            Question::Hover(it, _) => it.text_document_position_params.text_document.uri.clone(),
            Question::Actions(it, _) => it.text_document.uri.clone(),
            Question::Symbols(it, _) => it.text_document.uri.clone(),
            Question::Lenses(it, _) => it.text_document.uri.clone(),
            Question::Search(..) => return About::Workspace,
            Question::Resolve(it, _) => match actions::Data::of(it) {
                Some(data) => data.uri,
                None => return About::Nothing,
            },
        })
    }

    /// Whether it means a place in the text that the client had when it asked.
    pub fn has_positions(&self) -> bool {
        matches!(self, Question::Hover(..) | Question::Actions(..))
    }

    /// Whether the client cancelled it.
    pub fn is_abandoned(&self) -> bool {
        with_reply!(self, reply => reply.is_closed())
    }

    /// Answers with an error.
    pub fn refuse(self, error: &Error) {
        with_reply!(self, reply => drop(reply.send(Err(error.clone()))));
    }

    /// Answers that there is nothing.
    pub fn answer_nothing(self) {
        match self {
            Question::Diagnostics(_, reply) => drop(reply.send(Ok(diagnostics::none()))),
            Question::Hover(_, reply) => drop(reply.send(Ok(None))),
            Question::Actions(_, reply) => drop(reply.send(Ok(None))),
            Question::Resolve(action, reply) => drop(reply.send(Ok(*action))),
            Question::Symbols(_, reply) => drop(reply.send(Ok(None))),
            Question::Search(_, reply) => drop(reply.send(Ok(None))),
            Question::Lenses(_, reply) => drop(reply.send(Ok(None))),
        }
    }

    /// Answers. The question comes back if it was overtaken by an edit and makes sense for the text after it; what means a position
    /// does not, and is refused: the client asks again if it still wants to know.
    ///
    /// There is one snapshot a folder, and at least one for a question about a document.
    pub fn answer(self, path: &Path, snapshots: Vec<Snapshot>, view: &View) -> Option<Question> {
        let Some(snapshot) = snapshots.first() else {
            self.answer_nothing();
            return None;
        };
        match self {
            Question::Hover(params, reply) => finish(reply, guarded(|| hover::answer(&params, path, snapshot, view))),
            Question::Actions(params, reply) => finish(reply, guarded(|| actions::answer(&params, path, snapshot, view))),
            Question::Resolve(action, reply) => finish(reply, guarded(|| resolve::answer(&action, path, snapshot, view))),
            Question::Symbols(params, reply) => match guarded(|| symbols::answer(path, snapshot, view)) {
                Outcome::Overtaken => return Some(Question::Symbols(params, reply)),
                outcome => finish(reply, outcome),
            },
            Question::Search(params, reply) => match guarded(|| symbols::search(&params.query, &snapshots, view)) {
                Outcome::Overtaken => return Some(Question::Search(params, reply)),
                outcome => finish(reply, outcome),
            },
            Question::Lenses(params, reply) => match guarded(|| lenses::answer(path, snapshot, view)) {
                Outcome::Overtaken => return Some(Question::Lenses(params, reply)),
                outcome => finish(reply, outcome),
            },
            Question::Diagnostics(params, reply) => match guarded(|| diagnostics::answer(&params, path, snapshot, view)) {
                Outcome::Overtaken => return Some(Question::Diagnostics(params, reply)),
                outcome => finish(reply, outcome),
            },
        }
        None
    }
}

fn finish<T>(reply: Reply<T>, outcome: Outcome<T>) {
    let answer: Answer<T> = match outcome {
        Outcome::Done(answer) => Ok(answer),
        Outcome::Overtaken => Err(Error::new(ErrorCode::ContentModified)),
        Outcome::Panicked(message) => {
            tracing::error!("a question could not be answered: {message}; please report this");
            Err(Error::internal_error())
        }
    };
    // Nobody is there any more if the client cancelled.
    let _ = reply.send(answer);
}
