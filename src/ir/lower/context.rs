//! What is carried along while one item is lowered.

use rustc_hash::FxHashSet;
use smallvec::SmallVec;
use tree_sitter::{Node, TreeCursor};

use super::chain::Tail;
use super::kinds::{Fields, Grammar, Kind};
use super::scope::Scopes;
use crate::base::{Name, Span};
use crate::ir::{Body, ClassId, Expr, ExprId, FnId, Function, Item, LocalId, Pattern, Stmt, StmtId};

/// How deep the IR of an item may nest. What is deeper is opaque, so that neither lowering nor any reader runs out of stack.
pub(super) const MOST_DEPTH: u32 = 200;

/// A child of a node.
#[derive(Clone, Copy)]
pub(super) struct Kid<'t> {
    pub node: Node<'t>,
    pub kind: Kind,
    /// Id of the field that it is in; 0 for none.
    pub field: u16,
}

pub(super) type Kids<'t> = SmallVec<[Kid<'t>; 6]>;

/// The state of lowering one item.
pub(super) struct Lower<'t> {
    pub text: &'t str,
    pub grammar: &'static Grammar,
    /// First byte of the item.
    pub base: u32,
    pub item: Item,
    pub scopes: Scopes,
    /// The functions around the current place, innermost last.
    pub functions: Vec<FnId>,
    /// How deep the current place is in the IR.
    pub depth: u32,
    /// Links of a chain that the tree has outside of what they belong to.
    pub tails: Vec<Tail<'t>>,
    /// How many expressions each function of the item has of its own, so far.
    counts: Vec<u32>,
    captured: FxHashSet<(FnId, LocalId)>,
    cursor: Option<TreeCursor<'t>>,
}

impl<'t> Lower<'t> {
    /// Begins with an item that spans `span` of the file.
    pub(super) fn new(text: &'t str, grammar: &'static Grammar, span: Span) -> Self {
        let top = Function { body: Body::Block(Vec::new()), span: Span::new(0, span.len()), ..blank() };
        Lower {
            text,
            grammar,
            base: span.start,
            item: Item { functions: vec![top], len: span.len(), ..Item::default() },
            scopes: Scopes::default(),
            functions: vec![FnId(0)],
            depth: 0,
            tails: Vec::new(),
            counts: vec![0],
            captured: FxHashSet::default(),
            cursor: None,
        }
    }

    pub(super) fn fields(&self) -> &'static Fields {
        &self.grammar.fields
    }

    pub(super) fn kind(&self, node: Node<'_>) -> Kind {
        self.grammar.kind(node.kind_id())
    }

    /// The children of a node, tokens included, comments left out.
    pub(super) fn kids(&mut self, node: Node<'t>) -> Kids<'t> {
        let mut kids = Kids::new();
        let cursor = match &mut self.cursor {
            Some(cursor) => {
                cursor.reset(node);
                cursor
            }
            None => self.cursor.insert(node.walk()),
        };
        if cursor.goto_first_child() {
            loop {
                let node = cursor.node();
                let kind = self.grammar.kind(node.kind_id());
                if !kind.is_extra() {
                    kids.push(Kid { node, kind, field: cursor.field_id().map_or(0, |id| id.get()) });
                }
                if !cursor.goto_next_sibling() {
                    break;
                }
            }
        }
        kids
    }

    pub(super) fn field(&self, node: Node<'t>, field: u16) -> Option<Node<'t>> {
        node.child_by_field_id(field)
    }

    pub(super) fn text(&self, node: Node<'_>) -> &'t str {
        self.text.get(node.byte_range()).unwrap_or("")
    }

    pub(super) fn name(&self, node: Node<'_>) -> Name {
        Name::new(self.text(node))
    }

    pub(super) fn span(&self, node: Node<'_>) -> Span {
        self.span_of(node.start_byte(), node.end_byte())
    }

    pub(super) fn span_of(&self, start: usize, end: usize) -> Span {
        Span::new((start as u32).saturating_sub(self.base), (end as u32).saturating_sub(self.base))
    }

    pub(super) fn push_expr(&mut self, expr: Expr, span: Span) -> ExprId {
        let function = self.function();
        let count = &mut self.counts[function.0 as usize];
        self.item.exprs.push(expr);
        self.item.expr_spans.push(span);
        self.item.expr_names.push((function, *count));
        *count += 1;
        ExprId(self.item.exprs.len() as u32 - 1)
    }

    pub(super) fn push_stmt(&mut self, stmt: Stmt, span: Span) -> StmtId {
        self.item.stmts.push(stmt);
        self.item.stmt_spans.push(span);
        StmtId(self.item.stmts.len() as u32 - 1)
    }

    /// The function around the current place.
    pub(super) fn function(&self) -> FnId {
        self.functions.last().copied().unwrap_or(FnId(0))
    }

    /// Keeps a place for a function, so that its id is smaller than those inside it.
    pub(super) fn reserve_function(&mut self, span: Span) -> FnId {
        let parent = Some(self.function());
        let empty = Function { parent, body: Body::None, span, ..blank() };
        self.item.functions.push(empty);
        self.counts.push(0);
        FnId(self.item.functions.len() as u32 - 1)
    }

    pub(super) fn push_class(&mut self, class: crate::ir::Class) -> ClassId {
        self.item.classes.push(class);
        ClassId(self.item.classes.len() as u32 - 1)
    }

    /// Notes that the current place is not what its author means.
    pub(super) fn mark_broken(&mut self) {
        self.item.broken = true;
        for id in &self.functions {
            self.item.functions[id.0 as usize].broken = true;
        }
    }

    /// The variable that a name means here, noted as captured by the functions between its owner and here.
    pub(super) fn resolve(&mut self, name: Name) -> Option<LocalId> {
        let local = self.scopes.resolve(name)?;
        let owner = self.item.locals[local.0 as usize].owner;
        for function in self.functions.iter().rev().take_while(|it| **it != owner) {
            // Once an inner function has it, those around it have it as well.
            if !self.captured.insert((*function, local)) {
                break;
            }
            self.item.functions[function.0 as usize].captures.push(local);
        }
        Some(local)
    }

    /// A name as an expression.
    pub(super) fn reference(&mut self, name: Name) -> Expr {
        self.resolve(name).map_or(Expr::Global(name), Expr::Local)
    }

    /// A name as what is declared here. Names of nested scopes were declared when the scope began.
    pub(super) fn bind(&mut self, name: Name) -> Pattern {
        match self.resolve(name) {
            Some(local) => Pattern::Local(local),
            None => {
                if !self.item.binds.contains(&name) {
                    self.item.binds.push(name);
                }
                Pattern::Global(name)
            }
        }
    }

    /// A name as the target of an assignment.
    pub(super) fn assign(&mut self, name: Name) -> Pattern {
        match self.resolve(name) {
            Some(local) => Pattern::Local(local),
            None => {
                if !self.item.assigns.contains(&name) {
                    self.item.assigns.push(name);
                }
                Pattern::Global(name)
            }
        }
    }
}

fn blank() -> Function {
    Function {
        name: None,
        parent: None,
        params: Vec::new(),
        body: Body::None,
        is_async: false,
        is_generator: false,
        is_arrow: false,
        directives: Vec::new(),
        returns: None,
        span: Span::default(),
        captures: Vec::new(),
        broken: false,
    }
}
