//! A parsed text.

use std::path::Path;

use tree_sitter::{Node, Tree};

/// The grammar of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// TypeScript without JSX, where `<T>x` is a type assertion.
    Ts,
    /// TypeScript with JSX, which JavaScript is a part of.
    Tsx,
}

impl Language {
    /// The grammar for a path: `.ts`, `.mts` and `.cts` have their own, everything else may hold JSX.
    pub fn of(path: &Path) -> Self {
        match path.extension().and_then(|it| it.to_str()) {
            Some("ts" | "mts" | "cts") => Language::Ts,
            _ => Language::Tsx,
        }
    }

    /// Whether a path names source code that is read here at all.
    pub fn reads(path: &Path) -> bool {
        let extension = path.extension().and_then(|it| it.to_str());
        matches!(extension, Some("ts" | "mts" | "cts" | "tsx" | "js" | "jsx" | "mjs" | "cjs"))
    }

    /// The grammar itself.
    pub fn grammar(self) -> tree_sitter::Language {
        match self {
            Language::Ts => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
            Language::Tsx => tree_sitter_typescript::LANGUAGE_TSX.into(),
        }
    }
}

/// The syntax tree of one version of a text. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct SyntaxTree {
    pub(super) tree: Tree,
    pub(super) language: Language,
    pub(super) broken: bool,
    pub(super) fresh: bool,
}

impl SyntaxTree {
    /// The whole file.
    pub fn root(&self) -> Node<'_> {
        self.tree.root_node()
    }

    /// The grammar it was parsed with.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Whether the text holds a syntax error that is not a known gap of the grammar.
    pub fn broken(&self) -> bool {
        self.broken
    }

    /// Whether it was parsed from nothing, not updated from an older tree.
    pub fn fresh(&self) -> bool {
        self.fresh
    }
}
