//! Edits as plain data.

use crate::base::{FileId, Span};

/// An edit that closes a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as a menu shows it.
    pub title: String,
    /// How safe it is to take unread.
    pub applicability: Applicability,
    /// Replacements: absolute bytes of each file's current text; not overlapping; in order of file and place.
    pub edits: Vec<TextEdit>,
}

/// One replacement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextEdit {
    /// The file.
    pub file: FileId,
    /// Absolute bytes; empty for an insertion.
    pub span: Span,
    /// The new text.
    pub text: String,
}

/// How safe a fix is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Applicability {
    /// A start that a person must finish.
    Sketch,
    /// Changes behaviour in a way that a person should look at.
    Review,
    /// Closes the finding, and a legitimate request still works.
    Safe,
}
