//! CommonJS at top level: `require("…")`, `module.exports = x`, `exports.a = x`.

use std::sync::Arc;

use tree_sitter::Node;

use super::context::Lower;
use super::kinds::Kind;
use super::top::imported;
use crate::base::Name;
use crate::ir::{
    DEFAULT_BINDING, Export, Expr, ExprId, Imported, Key, Lit, Pattern, Prop, Stmt, StmtId, UnaryOp, export_binding,
};

/// What a declarator takes from a module.
struct Required<'t> {
    specifier: Arc<str>,
    /// Local names and what they are there; `None` for the whole module.
    names: Vec<(Node<'t>, Option<Name>)>,
}

impl<'t> Lower<'t> {
    /// Declarators; those that are `require("…")` are imports and no code.
    pub(super) fn top_declaration(&mut self, node: Node<'t>, out: &mut Vec<StmtId>) {
        for kid in self.kids(node) {
            if kid.kind != Kind::Declarator {
                continue;
            }
            let Some(Required { specifier, names }) = self.required(kid.node) else {
                out.push(self.declarator(kid.node));
                continue;
            };
            self.item.shown.commonjs = true;
            let specifier = self.specifier(&specifier);
            for (local, key) in names {
                let what = key.map_or(Imported::Namespace, imported);
                self.add_import(local, specifier, what, false);
            }
        }
        self.item.shown.is_import = out.is_empty() && !self.item.shown.imports.is_empty();
    }

    /// `module.exports = x`, `exports.a = x`, and chains of them; whether the statement was one.
    pub(super) fn commonjs(&mut self, node: Node<'t>, out: &mut Vec<StmtId>) -> bool {
        let fields = self.fields();
        let Some(mut value) = node.named_child(0) else { return false };
        let (mut whole, mut names, mut all) = (false, Vec::new(), 0);
        while self.kind(value) == Kind::Assign
            && let (Some(left), Some(right)) = (self.field(value, fields.left), self.field(value, fields.right))
            && let Some(target) = self.exports_target(left)
        {
            match target {
                Some(name) => names.push(name),
                None => whole |= self.kind(left) == Kind::Member,
            }
            all += 1;
            value = right;
        }
        if all == 0 || !whole && names.is_empty() {
            return false;
        }
        self.item.shown.commonjs = true;
        let init = self.named_expr(value, names.first().copied());
        if self.is_nothing(init) && !whole {
            return true;
        }
        if whole {
            self.bind_default(init, node, out);
            self.export_members(init, value, out);
        }
        let local = match &self.item.exprs[init.0 as usize] {
            Expr::Global(name) => Some(*name),
            _ => None,
        };
        let mut value = init;
        for name in names {
            let binding = export_binding(name);
            self.let_global(binding, value, node, out);
            self.add_export(name, Export::Local(local.unwrap_or(binding)));
            // The value is made once: the next name of a chain reads it from this one.
            let span = self.span(node);
            value = self.push_expr(Expr::Global(binding), span);
        }
        true
    }

    /// What an assignment's target is among the exports: `Some(None)` for all of them, `Some(Some(a))` for `exports.a`.
    fn exports_target(&mut self, left: Node<'t>) -> Option<Option<Name>> {
        let text = self.text(left);
        match self.kind(left) {
            Kind::Identifier => (text == "exports").then_some(None),
            Kind::Member if text == "module.exports" => Some(None),
            Kind::Member => {
                let (object, property) = (self.field(left, self.fields().object)?, self.field(left, self.fields().property)?);
                matches!(self.text(object), "exports" | "module.exports").then(|| Some(self.name(property)))
            }
            _ => None,
        }
    }

    /// `module.exports = { a, b: c, d() {}, ...require("e") }` exports what it names as well.
    fn export_members(&mut self, init: ExprId, node: Node<'t>, out: &mut Vec<StmtId>) {
        let props = match self.item.exprs[init.0 as usize].clone() {
            Expr::Object(props) => props,
            Expr::Import(specifier) => {
                self.star(specifier);
                return;
            }
            _ => return,
        };
        let default = Name::new(DEFAULT_BINDING);
        for prop in props {
            let (name, value) = match prop {
                Prop::Field { key: Key::Name(name), value } => (name, Some(value)),
                Prop::Getter { key: Key::Name(name), .. } => (name, None),
                Prop::Spread(inner) => {
                    if let Expr::Import(specifier) = self.item.exprs[inner.0 as usize] {
                        self.star(specifier);
                    }
                    continue;
                }
                _ => continue,
            };
            let local = match value.map(|it| &self.item.exprs[it.0 as usize]) {
                Some(Expr::Global(name)) => Some(*name),
                _ => None,
            };
            // The value was made once, in the object: the name reads it there.
            let span = value.map_or_else(|| self.span(node), |it| self.item.expr_spans[it.0 as usize]);
            let object = self.push_expr(Expr::Global(default), span);
            let member = self.push_expr(Expr::Member { object, name, optional: false }, span);
            let binding = export_binding(name);
            let pattern: Pattern = self.bind(binding);
            out.push(self.push_stmt(Stmt::Let { pattern, init: Some(member) }, span));
            self.add_export(name, Export::Local(local.unwrap_or(binding)));
        }
    }

    fn star(&mut self, specifier: ExprId) {
        let text: Option<Arc<str>> = self.literal(specifier);
        if let Some(text) = text {
            let index = self.specifier(&text);
            self.item.shown.stars.push(index);
        }
    }

    /// What `require("…")` of a declarator imports.
    fn required(&mut self, declarator: Node<'t>) -> Option<Required<'t>> {
        let fields = self.fields();
        let value = self.field(declarator, fields.value).filter(|it| self.kind(*it) == Kind::Call)?;
        let function = self.field(value, fields.function)?;
        if self.kind(function) != Kind::Identifier || self.text(function) != "require" {
            return None;
        }
        let arguments = self.field(value, fields.arguments)?;
        let mut args = self.kids(arguments).into_iter().filter(|kid| kid.node.is_named());
        let (first, None) = (args.next()?, args.next()) else { return None };
        let specifier = match first.kind {
            Kind::String => self.string(first.node).into(),
            Kind::Template if self.is_literal(first.node) => self.text(first.node).trim_matches('`').into(),
            _ => return None,
        };
        let name = self.field(declarator, fields.name)?;
        let mut names = Vec::new();
        match self.kind(name) {
            Kind::Identifier => names.push((name, None)),
            Kind::ObjectPattern => {
                for kid in self.kids(name) {
                    match kid.kind {
                        Kind::ShorthandPattern => names.push((kid.node, Some(self.name(kid.node)))),
                        Kind::PairPattern => {
                            let (key, value) = (self.field(kid.node, fields.key)?, self.field(kid.node, fields.value)?);
                            if self.kind(value) != Kind::Identifier || self.kind(key) == Kind::Computed {
                                return None;
                            }
                            names.push((value, Some(self.member_name(key))));
                        }
                        _ if kid.node.is_named() => return None,
                        _ => {}
                    }
                }
            }
            _ => return None,
        }
        Some(Required { specifier, names })
    }

    /// Whether an expression says nothing: `undefined`, `void 0`.
    fn is_nothing(&self, id: ExprId) -> bool {
        match &self.item.exprs[id.0 as usize] {
            Expr::Lit(Lit::Undefined) => true,
            Expr::Unary { op, .. } => *op == UnaryOp::Void,
            _ => false,
        }
    }
}
