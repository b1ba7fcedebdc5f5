//! What a file shows to others. Typing inside a function's body never changes it.

use std::sync::Arc;

use crate::base::{Name, Span};

/// Imports, exports and top-level names of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interface {
    /// Every module specifier that the file names (`import`, `export … from`, `require("…")`, `import("…")`), in order, without repeats.
    pub specifiers: Vec<Arc<str>>,
    /// Local name → what it imports. `const x = require("y")` and `const { a } = require("y")` at top level are imports, too.
    pub imports: Vec<Import>,
    /// Exported name → what it is, in order. `module.exports = x` and `export default x` are `default`; `exports.a = b` is `a`.
    pub exports: Vec<(Name, Export)>,
    /// `export * from "…"`: indices into `specifiers`.
    pub stars: Vec<u32>,
    /// `"use server"`, `"use client"` at the head of the file.
    pub directives: Vec<Arc<str>>,
    /// Whether it is written as CommonJS (`module.exports`, `exports.x`, `require` and no `import`/`export`).
    pub commonjs: bool,
}

/// One imported name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The name in this file.
    pub local: Name,
    /// Index into [`Interface::specifiers`].
    pub specifier: u32,
    /// What of that module.
    pub what: Imported,
    /// `import type`, `import { type A }`.
    pub type_only: bool,
}

/// What of a module is imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Imported {
    /// `{ a as b }`: the exported name.
    Named(Name),
    /// `import a from`
    Default,
    /// `import * as a`, `const a = require()`.
    Namespace,
}

/// What an exported name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Export {
    /// A top-level binding of this file. The value of `export default <expr>` is bound to the name `*default*`.
    Local(Name),
    /// `export { a as b } from "…"`: specifier index, and the name there (`default` for the default, `*` for the namespace).
    From(u32, Name),
}

/// The name that `export default <expr>` and `module.exports = <expr>` bind.
pub const DEFAULT_BINDING: &str = "*default*";

/// The name that `exports.a = <expr>` and `module.exports = { a }` bind: `exports.a`, which no variable can be called. Reading
/// `exports.a` or `module.exports.a` is [`super::Expr::Global`] of that name.
pub fn export_binding(exported: Name) -> Name {
    Name::new(&format!("exports.{exported}"))
}

/// An item's part of the [`Interface`]. Specifiers are indices into its own list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Module specifiers that the item names, in order, without repeats.
    pub specifiers: Vec<Arc<str>>,
    /// Names that it imports.
    pub imports: Vec<Import>,
    /// Names that it exports.
    pub exports: Vec<(Name, Export)>,
    /// `export * from "…"`, and CommonJS forms of it.
    pub stars: Vec<u32>,
    /// The item is a string and nothing else: a directive, if only directives stand before it.
    pub directive: Option<Arc<str>>,
    /// It is an import statement, or declares nothing but what `require("…")` gives.
    pub is_import: bool,
    /// It has the form of an ECMAScript module: `import`, `export`.
    pub esm: bool,
    /// It has the form of a CommonJS module: `require("…")`, `module.exports`, `exports.a`.
    pub commonjs: bool,
}

/// Where an import statement of a module stands, for edits that add one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportSite {
    /// Index into [`Interface::specifiers`].
    pub specifier: u32,
    /// Absolute bytes of the whole statement.
    pub span: Span,
}
