//! Code with errors: as much of it as can be understood.

use tree_sitter::Node;

use super::context::{Lower, MOST_DEPTH};
use super::kinds::Kind;
use crate::ir::{Expr, ExprId, Stmt, StmtId};
use crate::syntax::gap_of;

/// How many expressions of an error are kept.
const MOST_UNDERSTOOD: usize = 500;

impl<'t> Lower<'t> {
    /// Whether a node holds an error that is no statement's or member's inside it.
    pub(super) fn has_own_error(&mut self, node: Node<'t>) -> bool {
        if !node.has_error() {
            return false;
        }
        if self.kind(node) == Kind::Error || node.is_missing() {
            return gap_of(node, self.text).is_none();
        }
        let mut todo = vec![node];
        while let Some(node) = todo.pop() {
            for kid in self.kids(node) {
                if !kid.node.has_error() && !kid.node.is_missing() || kid.kind.is_statement() || kid.kind.is_list() {
                    continue;
                }
                if kid.kind == Kind::Error || kid.node.is_missing() {
                    if gap_of(kid.node, self.text).is_none() {
                        return true;
                    }
                } else {
                    todo.push(kid.node);
                }
            }
        }
        false
    }

    /// An expression that is not understood, with those inside that are.
    pub(super) fn opaque(&mut self, node: Node<'t>) -> ExprId {
        let inner = self.understood(node);
        let span = self.span(node);
        self.push_expr(Expr::Opaque(inner), span)
    }

    /// A statement with an error, with the expressions inside that are understood.
    pub(super) fn opaque_statement(&mut self, node: Node<'t>) -> StmtId {
        self.mark_broken();
        let inner = self.understood(node);
        let span = self.span(node);
        self.push_stmt(Stmt::Opaque(inner), span)
    }

    /// The largest expressions below a node that hold no error of their own, in order.
    pub(super) fn understood(&mut self, node: Node<'t>) -> Vec<ExprId> {
        let mut found = Vec::new();
        let mut todo: Vec<(Node<'t>, u32)> = vec![(node, self.depth)];
        let mut is_first = true;
        while let Some((node, depth)) = todo.pop() {
            if found.len() >= MOST_UNDERSTOOD {
                break;
            }
            let kind = self.kind(node);
            if kind.is_expression() && !is_first && !node.is_missing() && !self.has_own_error(node) {
                self.depth += 1;
                found.push(self.expr(node));
                self.depth -= 1;
                continue;
            }
            is_first = false;
            if depth < MOST_DEPTH && !kind.is_type() {
                todo.extend(self.kids(node).iter().rev().filter(|kid| kid.node.is_named()).map(|kid| (kid.node, depth + 1)));
            }
        }
        found
    }
}
