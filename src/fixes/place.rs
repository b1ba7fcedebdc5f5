//! Where in the code an edit goes: the function and statement around a place, and what the function's parameters are called.

use std::sync::Arc;

use super::{FixContext, Source};
use crate::base::{FileId, Loc, Span};
use crate::ir::{Body, FnId, Item, Stmt, StmtId};

/// The code around a place.
pub(super) struct Around {
    /// Which file.
    pub file: FileId,
    /// The file.
    pub source: Source,
    /// First byte of the item in the file.
    pub start: u32,
    /// The item.
    pub item: Arc<Item>,
    /// The innermost function around the place.
    pub function: FnId,
    /// Bytes of the place, relative to the item.
    pub span: Span,
}

impl FixContext<'_> {
    /// The code around a place.
    pub(super) fn around(&self, loc: Loc) -> Option<Around> {
        let source = (self.source)(loc.file)?;
        let index = source.module.index_of(loc.item)?;
        let item = source.module.items[index].item.clone();
        let start = *source.module.starts.get(index)?;
        let span = item.span_of(loc.node)?;
        let inner = item
            .functions
            .iter()
            .enumerate()
            .skip(1)
            .filter(|(_, function)| function.span.contains(span))
            .min_by_key(|(_, function)| function.span.len());
        let function = inner.map_or(FnId(0), |(index, _)| FnId(index as u32));
        Some(Around { file: loc.file, source, start, item, function, span })
    }
}

impl FixContext<'_> {
    /// The outermost function within a place: the handler in `asyncHandler(async (req, res) => …)`.
    pub(super) fn handler(&self, loc: Loc) -> Option<Around> {
        let around = self.around(loc)?;
        let inside = around.item.functions_in(loc.node).into_iter();
        let function = inside.max_by_key(|it| around.item.function(*it).span.len())?;
        Some(Around { function, ..around })
    }
}

impl Around {
    /// The statement of the function's own block that holds a place.
    pub fn statement(&self, span: Span) -> Option<Span> {
        let Body::Block(stmts) = &self.item.function(self.function).body else { return None };
        let mut found = None;
        for id in stmts {
            self.innermost(*id, span, &mut found);
        }
        self.with_keyword(found?)
    }

    /// A declaration with its `const`: the IR's statement is the declarator alone. `None` for one of several declarators.
    fn with_keyword(&self, span: Span) -> Option<Span> {
        let absolute = self.absolute(span);
        let before = self.source.text.get(..absolute.start as usize)?.trim_end();
        if before.ends_with(',') {
            return None;
        }
        let keyword =
            ["const", "let", "var"].into_iter().find(|it| before.ends_with(it) && absolute.start as usize > before.len());
        let start = keyword.map_or(absolute.start, |it| (before.len() - it.len()) as u32);
        let end = match self.source.text.as_bytes().get(absolute.end as usize) {
            Some(b';') => absolute.end + 1,
            _ => absolute.end,
        };
        Some(Span::new(start - self.start, end - self.start))
    }

    /// The innermost statement in a block that holds a place: one before which another may be put.
    fn innermost(&self, id: StmtId, span: Span, found: &mut Option<Span>) {
        let own = self.item.stmt_span(id);
        if !own.contains(span) {
            return;
        }
        let mut inside = |all: &[StmtId]| all.iter().for_each(|it| self.innermost(*it, span, found));
        match self.item.stmt(id) {
            Stmt::Block(stmts) => inside(stmts),
            Stmt::If { then, other, .. } => {
                *found = Some(own);
                for branch in [Some(*then), *other].into_iter().flatten() {
                    if let Stmt::Block(stmts) = self.item.stmt(branch) {
                        stmts.iter().for_each(|it| self.innermost(*it, span, found));
                    }
                }
            }
            Stmt::Try { block, handler, finalizer, .. } => {
                *found = Some(own);
                for part in [Some(*block), *handler, *finalizer].into_iter().flatten() {
                    self.innermost(part, span, found);
                }
            }
            Stmt::ForOf { body, .. } | Stmt::ForIn { body, .. } | Stmt::For { body, .. } | Stmt::While { body, .. } => {
                *found = Some(own);
                if let Stmt::Block(stmts) = self.item.stmt(*body) {
                    stmts.iter().for_each(|it| self.innermost(*it, span, found));
                }
            }
            _ => *found = Some(own),
        }
    }

    /// Absolute bytes of a span of the item.
    pub fn absolute(&self, span: Span) -> Span {
        span.shifted(self.start)
    }

    /// The text of a span of the item.
    pub fn text(&self, span: Span) -> &str {
        let span = self.absolute(span);
        self.source.text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// Expressions in the function that are written like that, outermost first in the text.
    pub fn written_like(&self, text: &str) -> Vec<Span> {
        let own = self.item.function(self.function).span;
        let mut spans: Vec<Span> =
            self.item.expr_spans.iter().copied().filter(|span| own.contains(*span) && self.text(*span) == text).collect();
        spans.sort();
        spans.dedup();
        spans
    }

    /// A name that occurs nowhere in the file: this one, or this one with a number.
    pub fn free_in_file(&self, name: &str) -> String {
        free(&self.source.text, name)
    }

    /// A name that occurs nowhere in the function: this one, or this one with a number.
    pub fn free_in_function(&self, name: &str) -> String {
        free(self.text(self.item.function(self.function).span), name)
    }

    /// What the function's parameters are called, where they are plain names.
    pub fn parameter(&self, index: usize) -> Option<&'static str> {
        match self.item.function(self.function).params.get(index)?.pattern {
            crate::ir::Pattern::Local(local) => Some(self.item.local(local).name.as_str()),
            _ => None,
        }
    }
}

fn free(text: &str, name: &str) -> String {
    let is_taken = |name: &str| text.split(|it: char| !(it.is_alphanumeric() || it == '_' || it == '$')).any(|word| word == name);
    let mut free = name.to_owned();
    let mut number = 2;
    while is_taken(&free) {
        free = format!("{name}{number}");
        number += 1;
    }
    free
}
