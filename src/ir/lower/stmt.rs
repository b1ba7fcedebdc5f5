//! Statements.

use tree_sitter::Node;

use super::context::{Kid, Lower, MOST_DEPTH};
use super::kinds::Kind;
use super::pattern::Use;
use crate::base::{Name, Span};
use crate::ir::{Expr, ExprId, Pattern, Stmt, StmtId, UnaryOp};
use crate::syntax::gap_of;

impl<'t> Lower<'t> {
    /// The statements of a block, whose names are declared before the first of them runs.
    pub(super) fn statements(&mut self, kids: &[Kid<'t>]) -> Vec<StmtId> {
        self.declare_block(kids);
        let mut out = Vec::with_capacity(kids.len());
        for kid in kids {
            self.statement_in_list(kid, &mut out);
        }
        out
    }

    /// A child of a block: a statement, an error between statements, or a token.
    pub(super) fn statement_in_list(&mut self, kid: &Kid<'t>, out: &mut Vec<StmtId>) {
        if kid.kind == Kind::Error {
            // A tag that the grammar tore off is read with its template.
            if gap_of(kid.node, self.text).is_none() {
                out.push(self.opaque_statement(kid.node));
            }
        } else if kid.node.is_missing() {
            // A block without its end.
            self.mark_broken();
        } else if kid.node.is_named() {
            self.statement(kid.node, kid.kind, out);
        }
    }

    /// A statement where one is expected; several declarators become a block.
    fn single(&mut self, node: Node<'t>) -> StmtId {
        let kind = self.kind(node);
        let mut out = Vec::new();
        self.statement(node, kind, &mut out);
        match out[..] {
            [one] => one,
            _ => {
                let span = self.span(node);
                self.push_stmt(Stmt::Block(out), span)
            }
        }
    }

    fn single_or_empty(&mut self, node: Option<Node<'t>>, around: Node<'t>) -> StmtId {
        match node {
            Some(node) => self.single(node),
            None => {
                let span = self.span(around);
                self.push_stmt(Stmt::Empty, span)
            }
        }
    }

    /// Lowers a statement to one or more.
    pub(super) fn statement(&mut self, node: Node<'t>, kind: Kind, out: &mut Vec<StmtId>) {
        if self.depth >= MOST_DEPTH {
            let span = self.span(node);
            out.push(self.push_stmt(Stmt::Opaque(Vec::new()), span));
            return;
        }
        // Functions, classes, and blocks live on without their broken part; their heads are looked at where they are lowered.
        let answers_itself = matches!(
            kind,
            Kind::FunctionDeclaration
                | Kind::GeneratorDeclaration
                | Kind::ClassDeclaration
                | Kind::AbstractClass
                | Kind::Block
                | Kind::Export
        );
        if node.has_error() && !answers_itself && !self.only_head_is_broken(node, kind) && self.has_own_error(node) {
            out.push(self.opaque_statement(node));
            return;
        }
        self.depth += 1;
        let span = self.span(node);
        match kind {
            Kind::Lexical | Kind::Variable => self.declaration(node, out),
            Kind::Export => {
                if let Some(inner) = self.field(node, self.fields().declaration) {
                    let kind = self.kind(inner);
                    self.statement(inner, kind, out);
                }
            }
            _ => {
                let stmt = self.statement_of(node, kind);
                // An expression may begin in an ERROR before its statement.
                let start = if let Stmt::Expr(expr) = stmt { self.item.expr_spans[expr.0 as usize].start } else { span.start };
                out.push(self.push_stmt(stmt, Span::new(start.min(span.start), span.end)));
            }
        }
        self.depth -= 1;
    }

    /// Whether the errors of a compound statement all lie within the expression at its head, which alone becomes opaque.
    fn only_head_is_broken(&mut self, node: Node<'t>, kind: Kind) -> bool {
        let head = match kind {
            Kind::If | Kind::While | Kind::Do => self.fields().condition,
            Kind::Switch => self.fields().value,
            Kind::ForIn => self.fields().right,
            _ => return false,
        };
        let kids = self.kids(node);
        let is_head = |kid: &&Kid<'t>| kid.field == head;
        if kids.iter().find(is_head).is_none_or(|kid| kid.node.is_missing() || kid.kind == Kind::Error) {
            return false;
        }
        let clean = kids.iter().filter(|kid| !is_head(kid)).all(|kid| {
            let answers = kid.kind.is_statement() || kid.kind.is_list() || kid.kind == Kind::Else;
            !kid.node.is_missing() && (!kid.node.has_error() || answers)
        });
        clean && kids.iter().filter(is_head).any(|kid| kid.node.has_error())
    }

    /// The expression at a statement's head.
    fn head(&mut self, node: Option<Node<'t>>, around: Node<'t>) -> ExprId {
        match node {
            Some(node) if self.has_own_error(node) => {
                self.mark_broken();
                self.opaque(node)
            }
            Some(node) => self.expr(node),
            None => self.opaque(around),
        }
    }

    fn statement_of(&mut self, node: Node<'t>, kind: Kind) -> Stmt {
        let fields = self.fields();
        match kind {
            Kind::ExpressionStatement => self.expression_statement(node),
            Kind::Block => self.block(node),
            Kind::Return => {
                let value = self.first_expr(node);
                Stmt::Return(value)
            }
            Kind::Throw => match self.first_expr(node) {
                Some(value) => Stmt::Throw(value),
                None => Stmt::Opaque(Vec::new()),
            },
            Kind::If => {
                let test = self.head(self.field(node, fields.condition), node);
                let then = self.single_or_empty(self.field(node, fields.consequence), node);
                let other = self.field(node, fields.alternative).and_then(|it| self.first_statement(it));
                Stmt::If { test, then, other: other.map(|it| self.single(it)) }
            }
            Kind::For => self.for_of_three(node),
            Kind::ForIn => self.for_in(node),
            Kind::While | Kind::Do => {
                let test = self.field(node, fields.condition);
                let body = self.field(node, fields.body);
                Stmt::While { test: self.head(test, node), body: self.single_or_empty(body, node), post: kind == Kind::Do }
            }
            Kind::Switch => self.switch(node),
            Kind::Try => self.try_of(node),
            Kind::Break => Stmt::Break(self.field(node, fields.label).map(|it| self.name(it))),
            Kind::Continue => Stmt::Continue(self.field(node, fields.label).map(|it| self.name(it))),
            Kind::Labeled => {
                let label = self.field(node, fields.label).map_or_else(|| self.name(node), |it| self.name(it));
                Stmt::Labeled(label, self.single_or_empty(self.field(node, fields.body), node))
            }
            Kind::FunctionDeclaration | Kind::GeneratorDeclaration => {
                let Some(name) = self.field(node, fields.name).map(|it| self.name(it)) else { return Stmt::Opaque(Vec::new()) };
                Stmt::Function { pattern: self.bind(name), function: self.function_of(node, Some(name)) }
            }
            Kind::ClassDeclaration | Kind::AbstractClass => self.class_declaration(node, Vec::new()),
            Kind::Enum => self.enum_of(node),
            Kind::Module | Kind::Namespace => self.namespace(node),
            Kind::With => {
                let inner = self.field(node, fields.object).map(|it| self.expr(it));
                Stmt::Opaque(inner.into_iter().collect())
            }
            Kind::ImportAlias => {
                let mut parts =
                    self.kids(node).into_iter().filter(|kid| matches!(kid.kind, Kind::Identifier | Kind::NestedIdentifier));
                let (Some(name), Some(target)) = (parts.next(), parts.next()) else { return Stmt::Empty };
                let pattern = self.bind(self.name(name.node));
                Stmt::Let { pattern, init: Some(self.dotted(target.node)) }
            }
            Kind::FunctionSignature
            | Kind::TypeAlias
            | Kind::Interface
            | Kind::Ambient
            | Kind::Debugger
            | Kind::EmptyStatement
            | Kind::Import => Stmt::Empty,
            _ => Stmt::Opaque(self.understood(node)),
        }
    }

    /// `a.b.c` of a type-level alias as an expression.
    fn dotted(&mut self, node: Node<'t>) -> ExprId {
        let span = self.span(node);
        let mut parts = self.text(node).split('.').map(str::trim);
        let first = Name::new(parts.next().unwrap_or(""));
        let head = self.reference(first);
        let mut expr = self.push_expr(head, span);
        for name in parts {
            let member = Expr::Member { object: expr, name: Name::new(name), optional: false };
            expr = self.push_expr(member, span);
        }
        expr
    }

    fn first_expr(&mut self, node: Node<'t>) -> Option<ExprId> {
        let inner = self.kids(node).into_iter().find(|kid| kid.kind.is_expression())?;
        Some(self.expr(inner.node))
    }

    fn first_statement(&mut self, node: Node<'t>) -> Option<Node<'t>> {
        self.kids(node).into_iter().find(|kid| kid.kind.is_statement()).map(|kid| kid.node)
    }

    fn expression_statement(&mut self, node: Node<'t>) -> Stmt {
        if let Some((name, assignment)) = self.using(node) {
            let pattern = self.bind(self.name(name));
            let awaited = self.kids(node).first().is_some_and(|kid| kid.kind == Kind::Await);
            let init = self.field(assignment, self.fields().right).map(|it| self.expr(it));
            let init = init.filter(|_| !awaited).or_else(|| {
                let span = self.span(node);
                Some(self.push_expr(Expr::Await(init?), span))
            });
            return Stmt::Let { pattern, init };
        }
        let Some(inner) = self.kids(node).into_iter().find(|kid| kid.node.is_named()) else { return Stmt::Empty };
        if inner.kind == Kind::Namespace {
            return self.namespace(inner.node);
        }
        Stmt::Expr(self.expr(inner.node))
    }

    /// The name and the assignment of `using a = b` and `await using a = b`, which the grammar takes for expressions.
    pub(super) fn using(&mut self, node: Node<'t>) -> Option<(Node<'t>, Node<'t>)> {
        let text = self.text(node);
        if !text.starts_with("using") && !text.starts_with("await") {
            return None;
        }
        let mut inner = node.named_child(0)?;
        if self.kind(inner) == Kind::Await {
            inner = inner.named_child(0)?;
        }
        let is_using = self.kind(inner) == Kind::Assign && self.kids(inner).first().is_some_and(|kid| kid.kind == Kind::KwUsing);
        let left = self.field(inner, self.fields().left).filter(|it| self.kind(*it) == Kind::Identifier)?;
        is_using.then_some((left, inner))
    }

    pub(super) fn block(&mut self, node: Node<'t>) -> Stmt {
        let kids = self.kids(node);
        self.scopes.enter();
        let out = self.statements(&kids);
        self.scopes.leave();
        Stmt::Block(out)
    }

    /// One statement a declarator.
    fn declaration(&mut self, node: Node<'t>, out: &mut Vec<StmtId>) {
        for kid in self.kids(node) {
            if kid.kind == Kind::Declarator {
                out.push(self.declarator(kid.node));
            }
        }
    }

    pub(super) fn declarator(&mut self, node: Node<'t>) -> StmtId {
        let fields = self.fields();
        let name = self.field(node, fields.name);
        let ty = self.field(node, fields.ty);
        let ty = self.annotation(ty);
        let pattern = name.map_or(Pattern::Opaque, |it| self.pattern(it, Use::Declare));
        self.set_type(&pattern, ty.as_ref());
        if let (Pattern::Global(name), Some(ty)) = (&pattern, ty) {
            self.item.bind_types.push((*name, ty));
        }
        let hint = name.filter(|it| self.is_name(*it)).map(|it| self.name(it));
        let init = self.field(node, fields.value).map(|it| self.named_expr(it, hint));
        let span = self.span(node);
        self.push_stmt(Stmt::Let { pattern, init }, span)
    }

    fn for_of_three(&mut self, node: Node<'t>) -> Stmt {
        let fields = self.fields();
        let body = self.field(node, fields.body);
        self.scopes.enter();
        let initializer = self.field(node, fields.initializer);
        if let Some(initializer) = initializer {
            let kind = self.kind(initializer);
            self.declare_block(&[Kid { node: initializer, kind, field: 0 }]);
        }
        let init = initializer.and_then(|it| match self.kind(it) {
            Kind::EmptyStatement => None,
            kind if kind.is_expression() => {
                let (expr, span) = (self.expr(it), self.span(it));
                Some(self.push_stmt(Stmt::Expr(expr), span))
            }
            _ => Some(self.single(it)),
        });
        let test = self.field(node, fields.condition).filter(|it| self.kind(*it).is_expression()).map(|it| self.expr(it));
        let update = self.field(node, fields.increment).map(|it| self.expr(it));
        let body = self.single_or_empty(body, node);
        self.scopes.leave();
        Stmt::For { init, test, update, body }
    }

    fn for_in(&mut self, node: Node<'t>) -> Stmt {
        let fields = self.fields();
        let right = self.head(self.field(node, fields.right), node);
        let kind = self.field(node, fields.kind);
        self.scopes.enter();
        let left = self.field(node, fields.left);
        let declares = kind.is_some();
        if let (Some(left), Some(kind)) = (left, kind)
            && self.kind(kind) != Kind::KwVar
        {
            self.declare_pattern(left);
        }
        let of = if declares { Use::Declare } else { Use::Assign };
        let pattern = left.map_or(Pattern::Opaque, |it| self.pattern(it, of));
        let is_of = self.field(node, fields.operator).is_some_and(|it| self.kind(it) == Kind::KwOf);
        let body = self.single_or_empty(self.field(node, fields.body), node);
        self.scopes.leave();
        if is_of { Stmt::ForOf { pattern, iter: right, body } } else { Stmt::ForIn { pattern, object: right, body } }
    }

    fn switch(&mut self, node: Node<'t>) -> Stmt {
        let fields = self.fields();
        let on = self.head(self.field(node, fields.value), node);
        let mut cases = Vec::new();
        self.scopes.enter();
        let kids = self.field(node, fields.body).map(|it| self.kids(it)).unwrap_or_default();
        let is_case = |kid: &&Kid<'t>| matches!(kid.kind, Kind::Case | Kind::Default);
        for case in kids.iter().filter(is_case) {
            let inner = self.kids(case.node);
            self.declare_block(&inner);
        }
        for kid in &kids {
            if kid.kind == Kind::Error || kid.node.is_missing() {
                self.mark_broken();
            }
            if !is_case(&kid) {
                continue;
            }
            let value = self.field(kid.node, fields.value).map(|it| self.head(Some(it), kid.node));
            let mut body = Vec::new();
            for inner in self.kids(kid.node) {
                if inner.kind.is_statement() || inner.kind == Kind::Error {
                    self.statement_in_list(&inner, &mut body);
                }
            }
            cases.push((value, body));
        }
        self.scopes.leave();
        Stmt::Switch { on, cases }
    }

    fn try_of(&mut self, node: Node<'t>) -> Stmt {
        let fields = self.fields();
        let block = self.single_or_empty(self.field(node, fields.body), node);
        let (mut param, mut handler) = (None, None);
        if let Some(clause) = self.field(node, fields.handler) {
            self.scopes.enter();
            if let Some(bound) = self.field(clause, fields.parameter) {
                self.declare_pattern(bound);
                param = Some(self.pattern(bound, Use::Declare));
            }
            handler = Some(self.single_or_empty(self.field(clause, fields.body), clause));
            self.scopes.leave();
        }
        let finalizer = self.field(node, fields.finalizer).map(|it| self.single_or_empty(self.field(it, fields.body), it));
        Stmt::Try { block, param, handler, finalizer }
    }

    /// `decorators` are those that stand before an `export`.
    pub(super) fn class_declaration(&mut self, node: Node<'t>, decorators: Vec<ExprId>) -> Stmt {
        let Some(name) = self.field(node, self.fields().name).map(|it| self.name(it)) else { return Stmt::Opaque(Vec::new()) };
        Stmt::Class { pattern: self.bind(name), class: self.class_of(node, Some(name), decorators) }
    }

    fn enum_of(&mut self, node: Node<'t>) -> Stmt {
        let fields = self.fields();
        let Some(name) = self.field(node, fields.name).map(|it| self.name(it)) else { return Stmt::Opaque(Vec::new()) };
        let pattern = self.bind(name);
        let mut members = Vec::new();
        for kid in self.field(node, fields.body).map(|it| self.kids(it)).unwrap_or_default() {
            if kid.kind == Kind::EnumAssignment {
                let (name, value) = (self.field(kid.node, fields.name), self.field(kid.node, fields.value));
                let Some(name) = name.map(|it| self.member_name(it)) else { continue };
                let value = value.filter(|it| self.is_literal(*it)).map(|it| self.expr(it));
                members.push((name, value));
            } else if kid.field == fields.name && kid.field != 0 {
                members.push((self.member_name(kid.node), None));
            }
        }
        Stmt::Enum { pattern, members }
    }

    pub(super) fn is_literal(&mut self, node: Node<'t>) -> bool {
        match self.kind(node) {
            Kind::String | Kind::Number => true,
            Kind::Template => !self.kids(node).iter().any(|kid| kid.kind == Kind::Substitution),
            Kind::Unary => {
                self.unary_op(node) == UnaryOp::Minus
                    && self.field(node, self.fields().argument).is_some_and(|it| self.kind(it) == Kind::Number)
            }
            _ => false,
        }
    }

    fn namespace(&mut self, node: Node<'t>) -> Stmt {
        match self.field(node, self.fields().body) {
            Some(body) => self.block(body),
            None => Stmt::Empty,
        }
    }
}
