//! Tagged templates with type arguments, which the grammar (0.23.2) takes for something else.
//!
//! Three forms come out of it: a call of `tag<T>` with a missing `!`; comparisons, `(tag < T) > template`; an ERROR with `tag<T>` before the
//! template. In all of them what stands before the tag (`await`, `!`, `a +`) sits inside, on the tag.

use smallvec::{SmallVec, smallvec};
use tree_sitter::Node;

use super::context::Lower;
use super::kinds::{Grammar, Kind};
use crate::base::Span;
use crate::ir::{Expr, ExprId, TypeRef, UnaryOp};
use crate::syntax::{self, Language};

/// What belongs around the whole chain but stands on its first part.
#[derive(Clone, Copy)]
pub(super) enum Wrapper<'t> {
    Await(Node<'t>),
    Unary(UnaryOp, Node<'t>),
    /// The operation whose right side it is.
    Binary(Node<'t>),
    /// The conditional whose last part it is.
    Cond(Node<'t>),
}

type Wrapped<'t> = (ExprId, SmallVec<[Wrapper<'t>; 2]>);

impl<'t> Lower<'t> {
    /// Whether a call is `` tag<T>`…` ``.
    pub(super) fn is_typed_call(&self, node: Node<'t>) -> bool {
        let arguments = self.field(node, self.fields().arguments);
        arguments.is_some_and(|it| self.kind(it) == Kind::Template)
            && self.field(node, self.fields().function).is_some_and(|it| self.instantiation(it).is_some())
    }

    fn instantiation(&self, function: Node<'t>) -> Option<Node<'t>> {
        let (inner, last) = (function.child(0)?, function.child(function.child_count().checked_sub(1)? as u32)?);
        (self.kind(function) == Kind::NonNull && last.is_missing() && self.kind(inner) == Kind::Instantiation).then_some(inner)
    }

    pub(super) fn typed_call(&mut self, node: Node<'t>) -> Wrapped<'t> {
        let parts = self.field(node, self.fields().function).and_then(|it| self.instantiation(it));
        let template = self.field(node, self.fields().arguments);
        match (parts, template) {
            (Some(parts), Some(template)) => self.instantiated(parts, template),
            _ => (self.opaque(node), SmallVec::new()),
        }
    }

    /// A template whose tag is in an ERROR before it.
    pub(super) fn template_after_error(&mut self, template: Node<'t>) -> Option<Wrapped<'t>> {
        let start = template.start_byte();
        if self.text.as_bytes().get(start.checked_sub(1)?) != Some(&b'>') {
            return None;
        }
        let mut node = template;
        while node.start_byte() == start {
            if let Some(before) = node.prev_sibling() {
                let inner = before.child(0).filter(|it| self.kind(*it) == Kind::Instantiation)?;
                return (self.kind(before) == Kind::Error && before.end_byte() == start)
                    .then(|| self.instantiated(inner, template));
            }
            node = node.parent()?;
        }
        None
    }

    fn instantiated(&mut self, parts: Node<'t>, template: Node<'t>) -> Wrapped<'t> {
        let type_args = self.type_arguments(self.field(parts, self.fields().type_arguments));
        match parts.named_child(0) {
            Some(tag) => self.tagged(tag, type_args, template),
            None => (self.opaque(parts), SmallVec::new()),
        }
    }

    /// Whether an operation is a tag, its type arguments, and what follows: its last operand begins with a template directly after `>`.
    pub(super) fn is_typed_comparison(&self, node: Node<'t>) -> bool {
        self.typed_template(node).is_some()
    }

    /// The last operand of an operation, and the template that it begins with, if that stands directly after `>`.
    fn typed_template(&self, node: Node<'t>) -> Option<(Node<'t>, Node<'t>)> {
        let mut operand = self.field(node, self.fields().right)?;
        while self.kind(operand) == Kind::Binary {
            operand = self.field(operand, self.fields().right)?;
        }
        let start = operand.start_byte();
        if self.text.as_bytes().get(start) != Some(&b'`') || self.text.as_bytes().get(start.checked_sub(1)?) != Some(&b'>') {
            return None;
        }
        let mut first = operand;
        while let Some(inner) = self.chain_inner(first) {
            first = inner;
        }
        (self.kind(first) == Kind::Template && self.angle(start - 1, node.start_byte()).is_some()).then_some((operand, first))
    }

    fn chain_inner(&self, node: Node<'t>) -> Option<Node<'t>> {
        match self.kind(node) {
            Kind::Call => self.field(node, self.fields().function),
            Kind::Member | Kind::Subscript => self.field(node, self.fields().object),
            Kind::NonNull => node.named_child(0),
            _ => None,
        }
    }

    /// Where the `<` stands that the `>` at `close` closes.
    fn angle(&self, close: usize, first: usize) -> Option<usize> {
        let text = self.text.as_bytes().get(first..=close)?;
        let (mut depth, mut quote) = (0_u32, None);
        for (index, byte) in text.iter().enumerate().rev() {
            match (quote, byte) {
                (Some(open), byte) if *byte == open => quote = None,
                (Some(_), _) => {}
                (None, b'"' | b'\'') => quote = Some(*byte),
                (None, b'`' | b';') => return None,
                (None, b'>') if index > 0 && text[index - 1] == b'=' => {}
                (None, b'>' | b')' | b']' | b'}') => depth += 1,
                (None, b'<' | b'(' | b'[' | b'{') => {
                    depth = depth.checked_sub(1)?;
                    if depth == 0 {
                        return (*byte == b'<').then_some(first + index);
                    }
                }
                _ => {}
            }
        }
        None
    }

    pub(super) fn typed_comparison(&mut self, node: Node<'t>) -> ExprId {
        let found = self.typed_template(node);
        let open = found.and_then(|(_, template)| self.angle(template.start_byte() - 1, node.start_byte()));
        let (Some((operand, template)), Some(open)) = (found, open) else { return self.opaque(node) };
        let mut tag = node;
        while tag.end_byte() > open {
            match self.field(tag, self.fields().left) {
                Some(left) if self.kind(tag) == Kind::Binary => tag = left,
                _ => return self.opaque(node),
            }
        }
        let type_args = self.parsed_types(open, template.start_byte());
        let (expr, mut wrappers) = self.tagged(tag, type_args, template);
        let mut chain = Vec::new();
        let mut link = operand;
        while let Some(inner) = self.chain_inner(link) {
            chain.push(link);
            link = inner;
        }
        let expr = self.chained(expr, &chain);
        self.wrapped(expr, &mut wrappers)
    }

    /// The types in `<…>`, whose nodes are not types in this tree.
    fn parsed_types(&self, open: usize, end: usize) -> Vec<TypeRef> {
        let Some(written) = self.text.get(open..end).filter(|it| it.len() < 2000) else { return Vec::new() };
        let text = format!("type T = T{written};");
        let Some(tree) = syntax::parse(&text, Language::Ts).filter(|tree| !tree.broken()) else { return Vec::new() };
        let mut lower = Lower::new(&text, Grammar::of(Language::Ts), Span::new(0, text.len() as u32));
        let declared = tree.root().named_child(0).and_then(|it| lower.declared_type(it));
        declared.map_or_else(Vec::new, |(_, ty)| ty.args)
    }

    fn tagged(&mut self, mut tag: Node<'t>, type_args: Vec<TypeRef>, template: Node<'t>) -> Wrapped<'t> {
        let fields = self.fields();
        let mut wrappers = SmallVec::new();
        loop {
            let (wrapper, inner) = match self.kind(tag) {
                Kind::Await => {
                    (Wrapper::Await(tag), self.kids(tag).into_iter().find(|it| it.kind.is_expression()).map(|it| it.node))
                }
                Kind::Unary => (Wrapper::Unary(self.unary_op(tag), tag), self.field(tag, fields.argument)),
                Kind::Binary => (Wrapper::Binary(tag), self.field(tag, fields.right)),
                Kind::Ternary => (Wrapper::Cond(tag), self.field(tag, fields.alternative)),
                _ => break,
            };
            let Some(inner) = inner else { break };
            wrappers.push(wrapper);
            tag = inner;
        }
        let span = self.span_of(tag.start_byte(), template.end_byte());
        let tag = self.expr(tag);
        let (quasis, exprs) = self.template(template);
        (self.push_expr(Expr::Tagged { tag, quasis, exprs, type_args }, span), wrappers)
    }

    /// Puts around an expression what belongs around it.
    pub(super) fn wrapped(&mut self, mut expr: ExprId, wrappers: &mut SmallVec<[Wrapper<'t>; 2]>) -> ExprId {
        for wrapper in std::mem::replace(wrappers, smallvec![]).into_iter().rev() {
            let fields = self.fields();
            let end = self.item.expr_spans[expr.0 as usize].end;
            let (made, node) = match wrapper {
                Wrapper::Await(node) => (Expr::Await(expr), node),
                Wrapper::Unary(op, node) => (Expr::Unary { op, operand: expr }, node),
                Wrapper::Binary(node) => {
                    let Some(left) = self.field(node, fields.left) else { continue };
                    let left = self.expr(left);
                    (self.operation(node, left, expr), node)
                }
                Wrapper::Cond(node) => {
                    let parts = (self.field(node, fields.condition), self.field(node, fields.consequence));
                    let (Some(test), Some(then)) = parts else { continue };
                    (Expr::Cond { test: self.expr(test), then: self.expr(then), other: expr }, node)
                }
            };
            let start = self.span(node).start;
            expr = self.push_expr(made, Span::new(start, end.max(start)));
        }
        expr
    }
}
