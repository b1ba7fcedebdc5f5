//! Syntax trees to IR.
//!
//! A top-level statement is lowered by itself, so that an edit costs the items that it touches: [`relower`]. The result never
//! depends on the way that a text was typed: apart from [`crate::base::ItemId`]s it is that of [`lower`].

mod broken;
mod chain;
mod class;
mod commonjs;
mod context;
mod dump;
mod expr;
mod function;
mod incremental;
mod interface;
mod jsx;
mod kinds;
mod literal;
mod pattern;
mod scope;
mod stmt;
mod tag;
#[cfg(test)]
mod tests;
mod top;
mod types;

use std::sync::Arc;

use tree_sitter::Node;

use self::context::Lower;
use self::kinds::{Grammar, Kind};
use super::{Item, ItemEntry, Module};
use crate::base::{ItemId, Span};
use crate::syntax::SyntaxTree;

pub use self::dump::dump;
pub use self::incremental::relower;

/// Lowers a whole file.
pub fn lower(tree: &SyntaxTree, text: &str) -> Module {
    let grammar = Grammar::of(tree.language());
    let nodes = top_nodes(tree, grammar);
    let items: Arc<[ItemEntry]> = (nodes.iter().enumerate())
        .map(|(index, node)| ItemEntry { id: ItemId(index as u32), item: Arc::new(lower_item(*node, text, grammar)) })
        .collect();
    Module {
        interface: Arc::new(interface::interface(items.iter().map(|it| &*it.item))),
        starts: nodes.iter().map(|it| it.start_byte() as u32).collect(),
        len: text.len() as u32,
        next_item: items.len() as u32,
        items,
    }
}

/// The top-level statements of a file in order.
fn top_nodes<'t>(tree: &'t SyntaxTree, grammar: &Grammar) -> Vec<Node<'t>> {
    let root = tree.root();
    // A text of which nothing can be made is one error.
    if grammar.kind(root.kind_id()) == Kind::Error {
        return vec![root];
    }
    let mut cursor = root.walk();
    let mut nodes = Vec::with_capacity(root.child_count());
    let mut more = cursor.goto_first_child();
    while more {
        let node = cursor.node();
        if !grammar.kind(node.kind_id()).is_extra() && node.is_named() {
            nodes.push(node);
        }
        more = cursor.goto_next_sibling();
    }
    nodes
}

fn lower_item(node: Node<'_>, text: &str, grammar: &'static Grammar) -> Item {
    let span = Span::new(node.start_byte() as u32, node.end_byte() as u32);
    Lower::new(text, grammar, span).run(node)
}
