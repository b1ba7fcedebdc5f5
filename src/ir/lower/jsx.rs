//! JSX.

use tree_sitter::Node;

use super::context::Lower;
use super::kinds::Kind;
use crate::base::Name;
use crate::ir::{Expr, ExprId, Lit};

impl<'t> Lower<'t> {
    /// An element: its tag unless that is a plain HTML element, and the expressions of its attributes and children.
    pub(super) fn jsx(&mut self, node: Node<'t>) -> Expr {
        let mut parts = Vec::new();
        let open = self.field(node, self.fields().open_tag).unwrap_or(node);
        let tag = self.field(open, self.fields().name).and_then(|it| self.tag(it));
        for kid in self.kids(open) {
            match kid.kind {
                Kind::JsxAttribute => parts.extend(self.attribute(kid.node)),
                Kind::JsxExpression => parts.extend(self.container(kid.node).map(|it| (None, it))),
                _ => {}
            }
        }
        if self.kind(node) == Kind::Jsx {
            for kid in self.kids(node) {
                match kid.kind {
                    Kind::JsxExpression => parts.extend(self.container(kid.node).map(|it| (None, it))),
                    Kind::Jsx | Kind::JsxSelfClosing => parts.push((None, self.expr(kid.node))),
                    _ => {}
                }
            }
        }
        Expr::Jsx { tag, parts }
    }

    fn tag(&mut self, node: Node<'t>) -> Option<ExprId> {
        let text = self.text(node);
        let is_element = !text.contains('.') && !text.starts_with(|it: char| it.is_uppercase() || it == '_' || it == '$');
        (!is_element).then(|| self.expr(node))
    }

    fn attribute(&mut self, node: Node<'t>) -> Option<(Option<Name>, ExprId)> {
        let kids = self.kids(node);
        let name = self.name(kids.first()?.node);
        let value = kids[1..].iter().find(|kid| kid.node.is_named() && kid.kind != Kind::Error);
        let span = self.span(node);
        let value = match value {
            // No escapes here: a backslash is a backslash.
            Some(kid) if kid.kind == Kind::String => {
                let text = self.text(kid.node).trim_matches(['"', '\'']).into();
                let span = self.span(kid.node);
                self.push_expr(Expr::Lit(Lit::Str(text)), span)
            }
            Some(kid) if kid.kind == Kind::JsxExpression => self.container(kid.node)?,
            Some(kid) => self.expr(kid.node),
            None => self.push_expr(Expr::Lit(Lit::Bool(true)), span),
        };
        Some((Some(name), value))
    }

    /// The expression of `{expr}` or `{...expr}`.
    fn container(&mut self, node: Node<'t>) -> Option<ExprId> {
        let inner = self.kids(node).into_iter().find(|kid| kid.kind.is_expression() || kid.kind == Kind::Spread)?;
        if inner.kind != Kind::Spread {
            return Some(self.expr(inner.node));
        }
        let spread = self.kids(inner.node).into_iter().find(|kid| kid.kind.is_expression())?;
        Some(self.expr(spread.node))
    }
}
