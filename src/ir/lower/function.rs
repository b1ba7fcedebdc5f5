//! Functions of every form.

use std::sync::Arc;

use tree_sitter::Node;

use super::context::{Kid, Lower, MOST_DEPTH};
use super::kinds::Kind;
use super::pattern::Use;
use crate::base::Name;
use crate::ir::{Body, FnId, Param, Pattern};

impl<'t> Lower<'t> {
    /// Lowers a function, method, arrow function, signature or static block. `name` is what it is called where it stands.
    pub(super) fn function_of(&mut self, node: Node<'t>, name: Option<Name>) -> FnId {
        let kind = self.kind(node);
        let id = self.reserve_function(self.span(node));
        let index = id.0 as usize;
        self.functions.push(id);
        self.scopes.enter();
        self.depth += 1;
        let own = self.field(node, self.fields().name).filter(|_| matches!(kind, Kind::Function | Kind::Generator));
        if let Some(own) = own {
            self.declare(own);
            self.scopes.enter();
        }
        let is_arrow = kind == Kind::Arrow;
        let mut is_generator = matches!(kind, Kind::Generator | Kind::GeneratorDeclaration);
        let mut is_async = false;
        for kid in self.kids(node) {
            is_async |= kid.kind == Kind::KwAsync;
            is_generator |= kid.kind == Kind::Star;
        }
        let function = &mut self.item.functions[index];
        (function.is_async, function.is_generator, function.is_arrow) = (is_async, is_generator, is_arrow);
        function.name = name;
        if self.has_own_error(node) {
            self.mark_broken();
        }
        self.item.functions[index].returns = {
            let written = self.field(node, self.fields().return_type);
            self.annotation(written)
        };
        let params = self.params(node);
        self.item.functions[index].params = params;
        let (body, directives) = match self.field(node, self.fields().body) {
            None => (Body::None, Vec::new()),
            Some(_) if self.depth >= MOST_DEPTH => (Body::Block(Vec::new()), Vec::new()),
            Some(body) if self.kind(body) == Kind::Block => {
                self.declare_vars(body);
                let kids = self.kids(body);
                let directives = self.directives(&kids);
                (Body::Block(self.statements(&kids)), directives)
            }
            Some(body) => (Body::Expr(self.expr(body)), Vec::new()),
        };
        let function = &mut self.item.functions[index];
        (function.body, function.directives) = (body, directives);
        self.depth -= 1;
        if own.is_some() {
            self.scopes.leave();
        }
        self.scopes.leave();
        self.functions.pop();
        id
    }

    fn params(&mut self, node: Node<'t>) -> Vec<Param> {
        if let Some(single) = self.field(node, self.fields().parameter) {
            self.declare(single);
            let pattern = self.pattern(single, Use::Declare);
            return vec![Param { pattern, rest: false, ty: None, decorators: Vec::new(), is_property: false }];
        }
        let Some(list) = self.field(node, self.fields().parameters) else { return Vec::new() };
        let kids = self.kids(list);
        let is_param = |kid: &&Kid<'t>| matches!(kid.kind, Kind::Required | Kind::OptionalParameter);
        let patterns: Vec<_> = kids.iter().filter(is_param).map(|kid| self.field(kid.node, self.fields().pattern)).collect();
        for pattern in patterns.iter().flatten() {
            self.declare_pattern(*pattern);
        }
        kids.iter().filter(is_param).zip(patterns).filter_map(|(kid, pattern)| self.param(kid.node, pattern)).collect()
    }

    fn param(&mut self, node: Node<'t>, pattern: Option<Node<'t>>) -> Option<Param> {
        // `this: T` is a type and no parameter.
        if pattern.is_some_and(|it| self.kind(it) == Kind::This) {
            return None;
        }
        let (mut decorators, mut is_property) = (Vec::new(), false);
        for kid in self.kids(node) {
            match kid.kind {
                Kind::Decorator => decorators.extend(self.decorator(kid.node)),
                Kind::Accessibility | Kind::Override | Kind::KwReadonly => is_property = true,
                _ => {}
            }
        }
        let ty = self.field(node, self.fields().ty);
        let ty = self.annotation(ty);
        let rest = pattern.filter(|it| self.kind(*it) == Kind::RestPattern);
        let bound = match rest {
            Some(rest) => self.kids(rest).into_iter().find(|kid| kid.node.is_named()).map(|kid| kid.node),
            None => pattern,
        };
        let mut lowered = bound.map_or(Pattern::Opaque, |it| self.pattern(it, Use::Declare));
        self.set_type(&lowered, ty.as_ref());
        if let Some(value) = self.field(node, self.fields().value) {
            lowered = Pattern::Default { pattern: Box::new(lowered), value: self.expr(value) };
        }
        Some(Param { pattern: lowered, rest: rest.is_some(), ty, decorators, is_property })
    }

    /// Notes the written type of a variable.
    pub(super) fn set_type(&mut self, pattern: &Pattern, ty: Option<&Arc<crate::ir::TypeRef>>) {
        if let (Pattern::Local(local), Some(ty)) = (pattern, ty) {
            self.item.locals[local.0 as usize].ty = Some(ty.clone());
        }
    }

    /// The strings at the head of a body.
    fn directives(&self, statements: &[Kid<'t>]) -> Vec<Arc<str>> {
        let rest = statements.iter().skip_while(|kid| !kid.node.is_named());
        rest.map_while(|kid| self.directive(kid.node, kid.kind)).collect()
    }

    /// The text of a statement that is a string and nothing else.
    pub(super) fn directive(&self, node: Node<'t>, kind: Kind) -> Option<Arc<str>> {
        let inner = (kind == Kind::ExpressionStatement).then(|| node.named_child(0)).flatten()?;
        (self.kind(inner) == Kind::String && !node.has_error()).then(|| self.string(inner).into())
    }
}
