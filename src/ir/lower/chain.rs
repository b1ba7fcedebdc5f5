//! Chains: `a.b().c()`, `a + b + c`.
//!
//! They nest to the left in the tree. They are walked down in a loop and built on the way back, so that a long one costs no stack.
//!
//! The grammar (0.23.2) binds type arguments weaker than what stands before: `await f<T>(x).y` comes out as `((await f)<T>(x)).y`, and so
//! do `!f<T>(x)`, `a + f<T>(x)` and all typed tags. A chain that hangs on something that no chain can hang on without parentheses is
//! therefore moved to that thing's last operand: the chain waits in [`Lower::tails`] until the operand that ends there is lowered.

use smallvec::SmallVec;
use tree_sitter::Node;

use super::context::{Lower, MOST_DEPTH};
use super::kinds::Kind;
use crate::base::Name;
use crate::ir::{Expr, ExprId, TypeRef, export_binding};

/// A link of a chain.
#[derive(Clone, Copy)]
pub(super) struct Link<'t> {
    pub node: Node<'t>,
    /// [`Kind::Template`] for a template whose tag is what comes before it.
    pub kind: Kind,
    /// Type arguments that are not in `node`.
    pub types: Option<Types<'t>>,
    /// Where the chain begins, if not where `node` does.
    pub from: Option<usize>,
}

/// Where type arguments stand.
#[derive(Clone, Copy)]
pub(super) enum Types<'t> {
    /// In an instantiation expression.
    Node(Node<'t>),
    /// Between these bytes of the text, with the angle brackets.
    Text(usize, usize),
}

/// Links, outermost first, that belong to the operand that ends at `end`.
pub(super) struct Tail<'t> {
    end: usize,
    links: Links<'t>,
}

type Links<'t> = SmallVec<[Link<'t>; 8]>;

impl<'t> Lower<'t> {
    pub(super) fn expr(&mut self, node: Node<'t>) -> ExprId {
        self.named_expr(node, None)
    }

    /// An expression; a function or class without a name is called `hint`.
    pub(super) fn named_expr(&mut self, node: Node<'t>, hint: Option<Name>) -> ExprId {
        if self.depth >= MOST_DEPTH {
            let span = self.span(node);
            return self.push_expr(Expr::Opaque(Vec::new()), span);
        }
        let (mut chain, reach) = self.tail_for(node);
        let waiting = self.tails.len();
        let base = self.descend(node, &mut chain);
        let links = chain.iter().filter(|it| it.is_expr()).count() as u32;
        let start = self.depth;
        let kept = MOST_DEPTH.saturating_sub(start) * 3 / 4;
        let hung = self.tails.get(waiting).and_then(|it| it.links.first()).map(|it| it.node.end_byte());
        let expr = if links > kept {
            self.cut(&mut chain, kept, base)
        } else {
            self.depth = start + links + 1;
            self.base(base, hint.filter(|_| links == 0))
        };
        if let Some(end) = hung.filter(|_| is_wrapper(self.kind(base))) {
            self.stretch(expr, end);
        }
        let mut expr = self.chained(expr, &chain, start);
        // A tail that nothing took goes where the tree has it.
        while self.tails.len() > waiting {
            if let Some(tail) = self.tails.pop() {
                expr = self.chained(expr, &tail.links, start);
            }
        }
        self.depth = start;
        if let Some(end) = reach {
            self.stretch(expr, end);
        }
        expr
    }

    /// Walks down a chain, outermost link first, and says what it begins with.
    fn descend(&mut self, node: Node<'t>, chain: &mut Links<'t>) -> Node<'t> {
        let mut base = node;
        loop {
            let kind = self.kind(base);
            if is_wrapper(kind) && !(kind == Kind::Binary && self.is_typed_comparison(base)) {
                self.hang(base, chain);
            }
            let fields = self.fields();
            let inner = match kind {
                Kind::Call => self.field(base, fields.function).filter(|it| self.kind(*it) != Kind::ImportCall),
                Kind::Member | Kind::Subscript => self.field(base, fields.object),
                Kind::Binary if !self.is_typed_comparison(base) => self.field(base, fields.left),
                Kind::Parens | Kind::NonNull | Kind::As | Kind::Satisfies | Kind::Assertion | Kind::Instantiation => {
                    self.kids(base).into_iter().find(|kid| kid.kind.is_expression()).map(|kid| kid.node)
                }
                _ => None,
            };
            let Some(inner) = inner else { return base };
            match kind {
                Kind::NonNull => {}
                Kind::Instantiation => {
                    if let Some(link) = chain.last_mut().filter(|it| it.kind == Kind::Call) {
                        link.types = Some(Types::Node(base));
                    }
                }
                _ => chain.push(Link { node: base, kind, types: None, from: None }),
            }
            base = inner;
        }
    }

    /// Makes the links that end a chain wait for the last operand of `wrapper`, on which they cannot hang.
    fn hang(&mut self, wrapper: Node<'t>, chain: &mut Links<'t>) {
        let postfix = chain.iter().rev().take_while(|it| it.is_postfix()).count();
        if postfix > 0 {
            let links = chain.drain(chain.len() - postfix..).collect();
            self.tails.push(Tail { end: wrapper.end_byte(), links });
        }
    }

    /// Lowers a node with links that hang on its last operand.
    pub(super) fn with_tail(&mut self, node: Node<'t>, links: Links<'t>) -> ExprId {
        self.tails.push(Tail { end: node.end_byte(), links });
        self.expr(node)
    }

    /// The links that wait for this node; or, if they wait for its last operand, where they end.
    fn tail_for(&mut self, node: Node<'t>) -> (Links<'t>, Option<usize>) {
        let end = node.end_byte();
        let Some(index) = self.tails.iter().rposition(|it| it.end == end) else { return (Links::new(), None) };
        if is_wrapper(self.kind(node)) {
            return (Links::new(), self.tails[index].links.first().map(|it| it.node.end_byte()));
        }
        let mut links = self.tails.remove(index).links;
        for link in &mut links {
            link.from = Some(node.start_byte());
        }
        (links, None)
    }

    /// Lets an expression reach as far as the links that the tree has outside of it.
    fn stretch(&mut self, expr: ExprId, end: usize) {
        let end = self.span_of(end, end).end;
        let index = expr.0 as usize;
        self.item.expr_spans[index].end = self.item.expr_spans[index].end.max(end);
        if let Expr::Function(id) = self.item.exprs[index] {
            let span = &mut self.item.functions[id.0 as usize].span;
            span.end = span.end.max(end);
        }
    }

    /// Builds the links of a chain, outermost first, around what it begins with.
    fn chained(&mut self, mut expr: ExprId, chain: &[Link<'t>], start: u32) -> ExprId {
        let mut left = chain.iter().filter(|it| it.is_expr()).count() as u32;
        for link in chain.iter().rev().filter(|it| it.is_expr()) {
            self.depth = start + left;
            left -= 1;
            expr = self.link(link, expr);
        }
        expr
    }

    /// One link of a chain, with what is left of it.
    fn link(&mut self, link: &Link<'t>, left: ExprId) -> ExprId {
        let node = link.node;
        let expr = match link.kind {
            Kind::Call => self.call(node, left, link.types),
            Kind::Template => {
                let type_args = link.types.map_or_else(Vec::new, |it| self.types_of(it));
                let (quasis, exprs) = self.template(node);
                Expr::Tagged { tag: left, quasis, exprs, type_args }
            }
            Kind::Member => {
                let Some(property) = self.field(node, self.fields().property) else { return left };
                let name = self.name(property);
                if self.is_exports(left) {
                    Expr::Global(export_binding(name))
                } else {
                    Expr::Member { object: left, name, optional: self.is_optional(node) }
                }
            }
            Kind::Subscript => match self.field(node, self.fields().index) {
                Some(index) => Expr::Index { object: left, index: self.expr(index), optional: self.is_optional(node) },
                None => Expr::Opaque(vec![left]),
            },
            _ => return self.binary(node, left),
        };
        let span = self.span_of(link.from.unwrap_or(node.start_byte()), node.end_byte());
        self.push_expr(expr, span)
    }

    pub(super) fn types_of(&mut self, types: Types<'t>) -> Vec<TypeRef> {
        match types {
            Types::Node(node) => self.type_arguments(self.field(node, self.fields().type_arguments)),
            Types::Text(start, end) => self.parsed_types(start, end),
        }
    }

    /// Leaves only the outermost `kept` links of a chain; the operands of the others stand in one opaque expression.
    fn cut(&mut self, chain: &mut Links<'t>, kept: u32, base: Node<'t>) -> ExprId {
        let mut links = 0;
        let at = chain.iter().position(|it| {
            links += u32::from(it.is_expr());
            links > kept
        });
        let rest: Vec<Link<'t>> = chain.drain(at.unwrap_or(chain.len())..).collect();
        let span = rest.first().map_or_else(|| self.span(base), |it| self.span(it.node));
        self.depth += kept + 1;
        // What the innermost operation begins with.
        let first = rest.iter().rev().find(|it| it.kind == Kind::Binary).and_then(|it| self.field(it.node, self.fields().left));
        let mut operands = vec![first.unwrap_or(base)];
        let inside_first = |it: &Link<'t>| first.is_some_and(|first| it.node.end_byte() <= first.end_byte());
        for link in rest.into_iter().rev().filter(|it| !inside_first(it)) {
            match link.kind {
                Kind::Binary => operands.extend(self.field(link.node, self.fields().right)),
                Kind::Subscript => operands.extend(self.field(link.node, self.fields().index)),
                Kind::Call => {
                    if let Some(arguments) = self.field(link.node, self.fields().arguments) {
                        operands.extend(self.kids(arguments).iter().filter(|kid| kid.kind.is_expression()).map(|kid| kid.node));
                    }
                }
                _ => {}
            }
        }
        let operands = operands.into_iter().map(|it| self.expr(it)).collect();
        self.push_expr(Expr::Opaque(operands), span)
    }

    /// What a chain begins with.
    fn base(&mut self, node: Node<'t>, hint: Option<Name>) -> ExprId {
        let kind = self.kind(node);
        let repaired = match kind {
            Kind::Binary => Some(self.typed_comparison(node)),
            Kind::Template => self.template_after_error(node),
            _ => None,
        };
        repaired.unwrap_or_else(|| {
            let expr = self.simple(node, kind, hint);
            let span = self.span(node);
            self.push_expr(expr, span)
        })
    }
}

impl Link<'_> {
    /// Whether it is an expression of its own; parentheses and type assertions are not.
    fn is_expr(&self) -> bool {
        self.is_postfix() || self.kind == Kind::Binary
    }

    fn is_postfix(&self) -> bool {
        matches!(self.kind, Kind::Call | Kind::Member | Kind::Subscript | Kind::Template)
    }
}

/// Whether a node ends with an operand that binds weaker than a chain's links.
fn is_wrapper(kind: Kind) -> bool {
    use Kind::*;
    matches!(kind, Await | Unary | Binary | Ternary | Yield | Arrow | Assign | Augmented)
}
