//! Which variable a name means.

use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use tree_sitter::Node;

use super::context::{Kid, Lower};
use super::kinds::Kind;
use crate::base::Name;
use crate::ir::{Local, LocalId};

/// Names in sight. The top level of an item has no scope of its own: its names are the file's.
#[derive(Default)]
pub(super) struct Scopes {
    /// What each name means: the innermost last, with the depth of its scope.
    visible: FxHashMap<Name, SmallVec<[(LocalId, u32); 2]>>,
    /// Names in order of declaration, to be taken back.
    declared: Vec<Name>,
    /// Where in `declared` each open scope begins.
    begins: Vec<usize>,
}

impl Scopes {
    pub(super) fn enter(&mut self) {
        self.begins.push(self.declared.len());
    }

    pub(super) fn leave(&mut self) {
        let begin = self.begins.pop().unwrap_or(0);
        for name in self.declared.drain(begin..) {
            if let Some(stack) = self.visible.get_mut(&name) {
                stack.pop();
            }
        }
    }

    /// Whether the current place is the item's top level.
    pub(super) fn is_top(&self) -> bool {
        self.begins.is_empty()
    }

    pub(super) fn resolve(&self, name: Name) -> Option<LocalId> {
        self.visible.get(&name)?.last().map(|(local, _)| *local)
    }

    fn here(&self, name: Name) -> Option<LocalId> {
        let (local, depth) = *self.visible.get(&name)?.last()?;
        (depth as usize == self.begins.len()).then_some(local)
    }

    fn declare(&mut self, name: Name, local: LocalId) {
        self.visible.entry(name).or_default().push((local, self.begins.len() as u32));
        self.declared.push(name);
    }
}

impl<'t> Lower<'t> {
    /// Declares a name in the current scope; a second time is the same variable. At the top level names are the file's.
    pub(super) fn declare(&mut self, node: Node<'t>) {
        let name = self.name(node);
        if name.is_empty() || self.scopes.is_top() || self.scopes.here(name).is_some() {
            return;
        }
        let local = LocalId(self.item.locals.len() as u32);
        let (owner, span) = (self.function(), self.span(node));
        self.item.locals.push(Local { name, owner, ty: None, span });
        self.scopes.declare(name, local);
    }

    /// Declares the names of a pattern.
    pub(super) fn declare_pattern(&mut self, pattern: Node<'t>) {
        let mut todo = vec![pattern];
        while let Some(node) = todo.pop() {
            match self.kind(node) {
                Kind::Identifier | Kind::ShorthandPattern => self.declare(node),
                Kind::PairPattern => todo.extend(self.field(node, self.fields().value)),
                Kind::DefaultPattern | Kind::ObjectDefault => todo.extend(self.field(node, self.fields().left)),
                Kind::ObjectPattern | Kind::ArrayPattern | Kind::RestPattern => {
                    todo.extend(self.kids(node).iter().rev().filter(|kid| kid.node.is_named()).map(|kid| kid.node));
                }
                _ => {}
            }
        }
    }

    /// Declares what a list of statements declares for its own block.
    pub(super) fn declare_block(&mut self, statements: &[Kid<'t>]) {
        if self.scopes.is_top() {
            return;
        }
        for kid in statements {
            self.declare_statement(kid.node, kid.kind);
        }
    }

    fn declare_statement(&mut self, node: Node<'t>, kind: Kind) {
        match kind {
            Kind::Lexical => self.declare_declarators(node),
            Kind::FunctionDeclaration
            | Kind::GeneratorDeclaration
            | Kind::ClassDeclaration
            | Kind::AbstractClass
            | Kind::Enum => {
                if let Some(name) = self.field(node, self.fields().name) {
                    self.declare(name);
                }
            }
            Kind::ImportAlias => {
                if let Some(name) = node.named_child(0) {
                    self.declare(name);
                }
            }
            Kind::Export => {
                if let Some(inner) = self.field(node, self.fields().declaration) {
                    self.declare_statement(inner, self.kind(inner));
                }
            }
            Kind::ExpressionStatement => {
                if let Some((name, _)) = self.using(node) {
                    self.declare(name);
                }
            }
            _ => {}
        }
    }

    fn declare_declarators(&mut self, node: Node<'t>) {
        for kid in self.kids(node) {
            if kid.kind == Kind::Declarator
                && let Some(name) = self.field(kid.node, self.fields().name)
            {
                self.declare_pattern(name);
            }
        }
    }

    /// Declares every `var` of a function's body, wherever it stands.
    pub(super) fn declare_vars(&mut self, body: Node<'t>) {
        if !self.text(body).contains("var") {
            return;
        }
        let mut todo = vec![body];
        while let Some(node) = todo.pop() {
            match self.kind(node) {
                Kind::Variable => self.declare_declarators(node),
                Kind::ForIn => {
                    let is_var = self.field(node, self.fields().kind).is_some_and(|it| self.kind(it) == Kind::KwVar);
                    if let Some(left) = self.field(node, self.fields().left).filter(|_| is_var) {
                        self.declare_pattern(left);
                    }
                    todo.extend(self.field(node, self.fields().body));
                }
                Kind::Block
                | Kind::If
                | Kind::Else
                | Kind::Switch
                | Kind::SwitchBody
                | Kind::Case
                | Kind::Default
                | Kind::For
                | Kind::While
                | Kind::Do
                | Kind::Try
                | Kind::Catch
                | Kind::Finally
                | Kind::With
                | Kind::Labeled
                | Kind::Export => {
                    let inner = |kid: &&Kid<'t>| {
                        kid.kind.is_statement()
                            || matches!(
                                kid.kind,
                                Kind::Else | Kind::SwitchBody | Kind::Case | Kind::Default | Kind::Catch | Kind::Finally
                            )
                    };
                    todo.extend(self.kids(node).iter().rev().filter(inner).map(|kid| kid.node));
                }
                _ => {}
            }
        }
    }
}
