//! Tagged templates with type arguments, which the grammar (0.23.2) takes for something else.
//!
//! Three forms come out of it: a call of `tag<T>` with a missing `!`, which `chain` reads like any call; comparisons, `(tag < T) > template`;
//! an ERROR with `tag<T>` before the template. In all of them what stands before the tag (`await`, `!`, `a +`) sits inside, on the tag.

use smallvec::{SmallVec, smallvec};
use tree_sitter::Node;

use super::chain::{Link, Types};
use super::context::Lower;
use super::kinds::{Grammar, Kind};
use crate::base::Span;
use crate::ir::{ExprId, TypeRef};
use crate::syntax::{self, Language};

/// How many bytes of type arguments are read.
const MOST_TYPES: usize = 2000;

impl<'t> Lower<'t> {
    /// A template whose tag is in an ERROR before it.
    pub(super) fn template_after_error(&mut self, template: Node<'t>) -> Option<ExprId> {
        let start = template.start_byte();
        if self.text.as_bytes().get(start.checked_sub(1)?) != Some(&b'>') {
            return None;
        }
        let mut node = template;
        while node.start_byte() == start {
            let Some(before) = node.prev_sibling() else {
                node = node.parent()?;
                continue;
            };
            // What stands before the item is another item's.
            let torn_off =
                self.kind(before) == Kind::Error && before.end_byte() == start && before.start_byte() >= self.base as usize;
            if !torn_off {
                return None;
            }
            let parts = before.child(0).filter(|it| self.kind(*it) == Kind::Instantiation)?;
            let tag = parts.named_child(0)?;
            let link = Link { node: template, kind: Kind::Template, types: Some(Types::Node(parts)), from: None };
            return Some(self.with_tail(tag, smallvec![link]));
        }
        None
    }

    /// Whether an operation is a tag, its type arguments, and what follows: its last operand begins with a template directly after `>`.
    pub(super) fn is_typed_comparison(&self, node: Node<'t>) -> bool {
        self.typed_template(node).is_some()
    }

    /// The last operand of an operation, the template that it begins with, and where its type arguments begin.
    fn typed_template(&self, node: Node<'t>) -> Option<(Node<'t>, Node<'t>, usize)> {
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
        let open = self.angle(start - 1, node.start_byte())?;
        (self.kind(first) == Kind::Template && self.before(node, open).is_some()).then_some((operand, first, open))
    }

    /// The leftmost operand of an operation that ends before the byte `open`.
    fn before(&self, node: Node<'t>, open: usize) -> Option<Node<'t>> {
        let mut tag = node;
        while tag.end_byte() > open {
            tag = self.field(tag, self.fields().left).filter(|_| self.kind(tag) == Kind::Binary)?;
        }
        Some(tag)
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
        let (mut open, mut quote): (SmallVec<[u8; 8]>, _) = (SmallVec::new(), None);
        for (index, byte) in text.iter().enumerate().rev().take(MOST_TYPES) {
            match (quote, *byte) {
                (Some(end), byte) if byte == end => quote = None,
                (Some(_), _) => {}
                (None, b'"' | b'\'') => quote = Some(*byte),
                (None, b'`') => return None,
                (None, b';') if open.last() != Some(&b'}') => return None,
                (None, b'>') if index > 0 && text[index - 1] == b'=' => {}
                (None, byte @ (b'>' | b')' | b']' | b'}')) => open.push(byte),
                (None, byte @ (b'<' | b'(' | b'[' | b'{')) => {
                    let close = open.pop()?;
                    if matches!((byte, close), (b'<', b'>') | (b'(', b')') | (b'[', b']') | (b'{', b'}')) {
                        if open.is_empty() {
                            return Some(first + index);
                        }
                    } else {
                        return None;
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// An operation that is a tagged template.
    pub(super) fn typed_comparison(&mut self, node: Node<'t>) -> ExprId {
        let found = self.typed_template(node).and_then(|found| Some((found, self.before(node, found.2)?)));
        let Some(((operand, template, open), tag)) = found else { return self.opaque(node) };
        let mut links: SmallVec<[Link<'t>; 8]> = SmallVec::new();
        let mut link = operand;
        while let Some(inner) = self.chain_inner(link) {
            if self.kind(link) != Kind::NonNull {
                links.push(Link { node: link, kind: self.kind(link), types: None, from: None });
            }
            link = inner;
        }
        let types = Some(Types::Text(open, template.start_byte()));
        links.push(Link { node: template, kind: Kind::Template, types, from: None });
        self.with_tail(tag, links)
    }

    /// The types in `<…>`, whose nodes are not types in this tree.
    pub(super) fn parsed_types(&self, start: usize, end: usize) -> Vec<TypeRef> {
        let Some(written) = self.text.get(start..end) else { return Vec::new() };
        let text = format!("type T = T{written};");
        let Some(tree) = syntax::parse(&text, Language::Ts).filter(|tree| !tree.broken()) else { return Vec::new() };
        let mut lower = Lower::new(&text, Grammar::of(Language::Ts), Span::new(0, text.len() as u32));
        let declared = tree.root().named_child(0).and_then(|it| lower.declared_type(it));
        declared.map_or_else(Vec::new, |(_, ty)| ty.args)
    }
}
