//! What is bound or assigned.

use tree_sitter::Node;

use super::context::{Lower, MOST_DEPTH};
use super::kinds::Kind;
use crate::ir::{Key, Pattern};

/// Whether a pattern declares its names or assigns to what is there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Declare,
    Assign,
}

impl<'t> Lower<'t> {
    pub(super) fn pattern(&mut self, node: Node<'t>, of: Use) -> Pattern {
        if self.depth >= MOST_DEPTH {
            return Pattern::Opaque;
        }
        self.depth += 1;
        let pattern = self.pattern_inner(node, of);
        self.depth -= 1;
        pattern
    }

    fn pattern_inner(&mut self, node: Node<'t>, of: Use) -> Pattern {
        match self.kind(node) {
            Kind::Identifier | Kind::ShorthandPattern if node.is_missing() => Pattern::Opaque,
            Kind::Identifier | Kind::ShorthandPattern => {
                let name = self.name(node);
                if of == Use::Declare { self.bind(name) } else { self.assign(name) }
            }
            Kind::Member | Kind::Subscript => Pattern::Place(self.expr(node)),
            Kind::Parens | Kind::NonNull | Kind::As | Kind::Satisfies | Kind::Assertion => {
                let inner = self.kids(node).into_iter().find(|kid| kid.kind.is_expression());
                inner.map_or(Pattern::Opaque, |it| self.pattern(it.node, of))
            }
            Kind::DefaultPattern | Kind::ObjectDefault => {
                let (left, right) = (self.field(node, self.fields().left), self.field(node, self.fields().right));
                let Some(left) = left else { return Pattern::Opaque };
                let pattern = self.pattern(left, of);
                match right {
                    Some(right) => {
                        let hint = self.is_name(left).then(|| self.name(left));
                        Pattern::Default { pattern: Box::new(pattern), value: self.named_expr(right, hint) }
                    }
                    None => pattern,
                }
            }
            Kind::ObjectPattern => self.object_pattern(node, of),
            Kind::ArrayPattern => self.array_pattern(node, of),
            _ => Pattern::Opaque,
        }
    }

    pub(super) fn is_name(&self, node: Node<'_>) -> bool {
        matches!(self.kind(node), Kind::Identifier | Kind::ShorthandPattern)
    }

    fn object_pattern(&mut self, node: Node<'t>, of: Use) -> Pattern {
        let (mut props, mut rest) = (Vec::new(), None);
        for kid in self.kids(node) {
            match kid.kind {
                Kind::ShorthandPattern => props.push((Key::Name(self.name(kid.node)), self.pattern(kid.node, of))),
                Kind::ObjectDefault => {
                    let Some(left) = self.field(kid.node, self.fields().left) else { continue };
                    props.push((Key::Name(self.name(left)), self.pattern(kid.node, of)));
                }
                Kind::PairPattern => {
                    let (key, value) = (self.field(kid.node, self.fields().key), self.field(kid.node, self.fields().value));
                    let (Some(key), Some(value)) = (key, value) else { continue };
                    props.push((self.key(key), self.pattern(value, of)));
                }
                Kind::RestPattern => rest = self.rest(kid.node, of),
                _ => {}
            }
        }
        Pattern::Object { props, rest }
    }

    fn array_pattern(&mut self, node: Node<'t>, of: Use) -> Pattern {
        let (mut elements, mut rest) = (Vec::new(), None);
        let mut filled = false;
        for kid in self.kids(node) {
            match kid.kind {
                Kind::Comma => {
                    if !filled {
                        elements.push(None);
                    }
                    filled = false;
                }
                Kind::RestPattern => rest = self.rest(kid.node, of),
                _ if kid.node.is_named() && kid.kind != Kind::Error => {
                    elements.push(Some(self.pattern(kid.node, of)));
                    filled = true;
                }
                _ => {}
            }
        }
        Pattern::Array { elements, rest }
    }

    fn rest(&mut self, node: Node<'t>, of: Use) -> Option<Box<Pattern>> {
        let inner = self.kids(node).into_iter().find(|kid| kid.node.is_named())?;
        Some(Box::new(self.pattern(inner.node, of)))
    }
}
