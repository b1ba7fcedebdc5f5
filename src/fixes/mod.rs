//! Edits that close findings.
//!
//! A finding says what an edit has to do ([`crate::findings::Intent`]); a planner of that intent writes it from the trace, the
//! schema and the text, in the style of the file.
//!
//! **Invariant:** an edit is planned from the finding, the trace and the text it was computed for; nothing is written here.

mod allowlist;
mod edit;
mod filter;
mod place;
mod refusal;
mod schema;
mod select;
mod style;

use std::sync::Arc;

pub use edit::*;

use crate::base::{FileId, Loc, Span};
use crate::findings::{Finding, Intent};
use crate::ir::Module;
use crate::schema::Schema;
use crate::trace::Trace;

/// What planners work from.
pub struct FixContext<'a> {
    /// The run of the finding's route.
    pub trace: &'a Trace,
    /// The entities.
    pub schema: &'a Schema,
    /// The current text of a file and what it was lowered to.
    pub source: &'a dyn Fn(FileId) -> Option<Source>,
}

/// A file as an edit sees it.
#[derive(Clone)]
pub struct Source {
    /// Its lowered form.
    pub module: Arc<Module>,
    /// Its current text.
    pub text: Arc<str>,
}

/// The fixes of a finding, the best first.
pub fn fixes(context: &FixContext<'_>, finding: &Finding) -> Vec<Fix> {
    let plan = |intent: &Intent| match intent {
        Intent::OwnerFilter { access, column } => filter::plan(context, *access, *column),
        Intent::Allowlist { access, at } => allowlist::plan(context, *access, *at),
        Intent::Schema { at } => schema::plan(context, *at),
        Intent::Select { access } => select::plan(context, *access),
        Intent::Cast { at } => cast(context, *at),
        Intent::Guard | Intent::UseIdentity { .. } => identity(context, intent),
    };
    finding.intents.iter().filter_map(plan).collect()
}

/// Takes the identity instead of a client value.
fn identity(context: &FixContext<'_>, intent: &Intent) -> Option<Fix> {
    let Intent::UseIdentity { at } = intent else { return None };
    let identity = context.trace.accesses.iter().find_map(|access| {
        (access.loc.file == at.file && access.loc.item == at.item).then(|| access.identity.clone()).flatten()
    })?;
    let (span, text) = context.text_at(*at)?;
    if text == *identity {
        return None;
    }
    // `{ userId }` is a field and its value in one word.
    let shorthand = context.is_shorthand(*at);
    let new = if shorthand { format!("{text}: {identity}") } else { identity.to_string() };
    Some(Fix {
        title: format!("Use {identity} instead of the client's value"),
        applicability: Applicability::Review,
        edits: vec![TextEdit { file: at.file, span, text: new }],
    })
}

/// Makes a text of a client value.
fn cast(context: &FixContext<'_>, at: crate::base::Loc) -> Option<Fix> {
    let (span, text) = context.text_at(at)?;
    let new = if context.is_shorthand(at) { format!("{text}: String({text})") } else { format!("String({text})") };
    Some(Fix {
        title: format!("Take {text} as a text"),
        // Where numbers were meant the cast changes what is found.
        applicability: Applicability::Review,
        edits: vec![TextEdit { file: at.file, span, text: new }],
    })
}

impl FixContext<'_> {
    /// Absolute bytes of a place.
    pub(crate) fn absolute(&self, loc: Loc) -> Option<(Source, Span)> {
        let source = (self.source)(loc.file)?;
        let index = source.module.index_of(loc.item)?;
        let span = source.module.items.get(index)?.item.span_of(loc.node)?.shifted(*source.module.starts.get(index)?);
        ((span.end as usize) <= source.text.len()).then_some((source, span))
    }

    /// The text at a place, with its absolute bytes.
    pub(crate) fn text_at(&self, loc: Loc) -> Option<(Span, String)> {
        let (source, span) = self.absolute(loc)?;
        let text = source.text.get(span.start as usize..span.end as usize)?.to_owned();
        Some((span, text))
    }

    /// Whether the value at a place is a field written in one word.
    pub(crate) fn is_shorthand(&self, loc: Loc) -> bool {
        self.absolute(loc).is_some_and(|(source, span)| is_shorthand(&source.text, span))
    }
}

/// Whether the value at these absolute bytes is a field written in one word.
fn is_shorthand(text: &str, span: Span) -> bool {
    let before = text[..span.start as usize].trim_end();
    let after = text[span.end as usize..].trim_start();
    (before.ends_with('{') || before.ends_with(',')) && (after.starts_with(',') || after.starts_with('}'))
}
