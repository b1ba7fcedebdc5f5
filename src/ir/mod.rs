//! A file as owned values: what the rest of the program knows of source code.
//!
//! Every top-level statement is an [`Item`] with arenas of its own, and all its spans are relative to its first byte, so an edit
//! in one item leaves every other item equal to what it was. Names are resolved within the file: a name that is declared inside an
//! item is a [`Expr::Local`], everything else a [`Expr::Global`] (a top-level binding, an import, or a global of the runtime).
//!
//! **Invariant:** no tree-sitter type leaves `syntax` and `ir::lower`; lowering never fails, it says `Opaque`.

mod expr;
mod interface;
mod item;
pub mod lower;

pub use expr::*;
pub use interface::*;
pub use item::*;
