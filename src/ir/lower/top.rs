//! Top-level statements: what they import and export, and their code.

use std::sync::Arc;

use tree_sitter::Node;

use super::context::Lower;
use super::kinds::Kind;
use crate::base::Name;
use crate::ir::{
    Body, DEFAULT_BINDING, Export, Expr, ExprId, Import, Imported, Item, Key, Pattern, Prop, Stmt, StmtId, export_binding,
};

impl<'t> Lower<'t> {
    /// Lowers the whole item.
    pub(super) fn run(mut self, node: Node<'t>) -> Item {
        let mut out = Vec::new();
        let kind = self.kind(node);
        self.top(node, kind, &mut out);
        self.item.functions[0].body = Body::Block(out);
        let binds = std::mem::take(&mut self.item.binds);
        self.item.assigns.retain(|name| !binds.contains(name));
        self.item.binds = binds;
        self.item
    }

    fn top(&mut self, node: Node<'t>, kind: Kind, out: &mut Vec<StmtId>) {
        match kind {
            Kind::Error => out.push(self.opaque_statement(node)),
            Kind::Import | Kind::Export if self.has_own_error(node) => {
                self.item.shown.esm = true;
                out.push(self.opaque_statement(node));
            }
            Kind::Import => self.import(node),
            Kind::Export => self.export(node, out),
            Kind::TypeAlias | Kind::Interface => self.top_type(node),
            Kind::Lexical | Kind::Variable if !self.has_own_error(node) => self.top_declaration(node, out),
            Kind::ExpressionStatement if !self.has_own_error(node) => {
                self.item.shown.directive = self.directive(node, kind);
                if !self.commonjs(node, out) {
                    self.statement(node, kind, out);
                }
            }
            _ => self.statement(node, kind, out),
        }
    }

    fn top_type(&mut self, node: Node<'t>) {
        if let Some(declared) = self.declared_type(node) {
            self.item.types.push(declared);
        }
    }

    /// The index of a specifier among the item's.
    pub(super) fn specifier(&mut self, text: &str) -> u32 {
        let all = &mut self.item.shown.specifiers;
        let index = all.iter().position(|it| &**it == text).unwrap_or_else(|| {
            all.push(text.into());
            all.len() - 1
        });
        index as u32
    }

    fn source(&mut self, node: Node<'t>) -> Option<u32> {
        let source = self.field(node, self.fields().source)?;
        let text = self.string(source);
        Some(self.specifier(&text))
    }

    fn import(&mut self, node: Node<'t>) {
        (self.item.shown.esm, self.item.shown.is_import) = (true, true);
        let kids = self.kids(node);
        let type_only = kids.iter().any(|kid| kid.kind == Kind::KwType);
        for kid in kids {
            match kid.kind {
                Kind::ImportRequire => {
                    let Some(specifier) = self.source(kid.node) else { continue };
                    let name = self.kids(kid.node).into_iter().find(|it| it.kind == Kind::Identifier);
                    if let Some(name) = name {
                        self.add_import(name.node, specifier, Imported::Namespace, type_only);
                    }
                }
                Kind::ImportClause => {
                    if let Some(specifier) = self.source(node) {
                        self.import_clause(kid.node, specifier, type_only);
                    }
                }
                _ => {}
            }
        }
        self.source(node);
    }

    fn import_clause(&mut self, clause: Node<'t>, specifier: u32, type_only: bool) {
        let fields = self.fields();
        for kid in self.kids(clause) {
            match kid.kind {
                Kind::Identifier => self.add_import(kid.node, specifier, Imported::Default, type_only),
                Kind::NamespaceImport => {
                    if let Some(name) = self.kids(kid.node).into_iter().find(|it| it.kind == Kind::Identifier) {
                        self.add_import(name.node, specifier, Imported::Namespace, type_only);
                    }
                }
                Kind::NamedImports => {
                    for part in self.kids(kid.node) {
                        let Some(name) = self.field(part.node, fields.name).filter(|_| part.kind == Kind::ImportSpecifier) else {
                            continue;
                        };
                        let own_type = self.kids(part.node).iter().any(|it| it.kind == Kind::KwType && it.field == 0);
                        let local = self.field(part.node, fields.alias).unwrap_or(name);
                        let what = imported(self.member_name(name));
                        self.add_import(local, specifier, what, type_only || own_type);
                    }
                }
                _ => {}
            }
        }
    }

    fn add_import(&mut self, local: Node<'t>, specifier: u32, what: Imported, type_only: bool) {
        let local = self.name(local);
        self.item.shown.imports.push(Import { local, specifier, what, type_only });
    }

    fn add_export(&mut self, name: Name, export: Export) {
        self.item.shown.exports.push((name, export));
    }

    fn export(&mut self, node: Node<'t>, out: &mut Vec<StmtId>) {
        self.item.shown.esm = true;
        let fields = self.fields();
        let kids = self.kids(node);
        let has = |kind: Kind| kids.iter().any(|kid| kid.kind == kind && kid.field == 0);
        // A re-export of types binds nothing at run time; `export type *` has its `type` in an ERROR.
        let type_only = has(Kind::KwType) || has(Kind::Error);
        let specifier = self.source(node);
        if type_only {
            return;
        }
        if let Some(specifier) = specifier {
            for kid in &kids {
                match kid.kind {
                    Kind::Star => self.item.shown.stars.push(specifier),
                    Kind::NamespaceExport => {
                        let name = self.kids(kid.node).into_iter().find(|it| matches!(it.kind, Kind::Identifier | Kind::String));
                        if let Some(name) = name.map(|it| self.member_name(it.node)) {
                            self.add_export(name, Export::From(specifier, Name::new("*")));
                        }
                    }
                    Kind::ExportClause => self.export_clause(kid.node, Some(specifier)),
                    _ => {}
                }
            }
            return;
        }
        let mut decorators = Vec::new();
        for kid in &kids {
            match kid.kind {
                Kind::Decorator => decorators.extend(self.decorator(kid.node)),
                Kind::ExportClause => self.export_clause(kid.node, None),
                _ => {}
            }
        }
        let is_default = has(Kind::KwDefault);
        if let Some(declaration) = self.field(node, fields.declaration) {
            self.export_declaration(declaration, is_default, decorators, out);
        } else if let Some(value) = self.field(node, fields.value) {
            let hint = self.named_expr(value, None);
            self.bind_default(hint, node, out);
        } else if has(Kind::Equals)
            && let Some(value) = kids.iter().find(|kid| kid.kind.is_expression())
        {
            let value = self.expr(value.node);
            self.bind_default(value, node, out);
        }
    }

    fn export_clause(&mut self, clause: Node<'t>, from: Option<u32>) {
        let fields = self.fields();
        for kid in self.kids(clause) {
            let Some(name) = self.field(kid.node, fields.name).filter(|_| kid.kind == Kind::ExportSpecifier) else { continue };
            if self.kids(kid.node).iter().any(|it| it.kind == Kind::KwType && it.field == 0) {
                continue;
            }
            let name = self.member_name(name);
            let exported = self.field(kid.node, fields.alias).map_or(name, |it| self.member_name(it));
            self.add_export(exported, from.map_or(Export::Local(name), |specifier| Export::From(specifier, name)));
        }
    }

    fn export_declaration(&mut self, node: Node<'t>, is_default: bool, decorators: Vec<ExprId>, out: &mut Vec<StmtId>) {
        let kind = self.kind(node);
        let before = self.item.binds.len();
        match kind {
            Kind::ClassDeclaration | Kind::AbstractClass => {
                let stmt = self.class_declaration(node, decorators);
                let span = self.span(node);
                out.push(self.push_stmt(stmt, span));
            }
            Kind::TypeAlias | Kind::Interface => self.top_type(node),
            _ => self.statement(node, kind, out),
        }
        for index in before..self.item.binds.len() {
            let name = self.item.binds[index];
            self.add_export(if is_default { Name::new("default") } else { name }, Export::Local(name));
        }
    }

    /// Binds and exports the file's default.
    fn bind_default(&mut self, value: ExprId, node: Node<'t>, out: &mut Vec<StmtId>) {
        let name = Name::new(DEFAULT_BINDING);
        self.let_global(name, value, node, out);
        self.add_export(Name::new("default"), Export::Local(name));
    }

    fn let_global(&mut self, name: Name, value: ExprId, node: Node<'t>, out: &mut Vec<StmtId>) {
        let (pattern, span) = (self.bind(name), self.span(node));
        out.push(self.push_stmt(Stmt::Let { pattern, init: Some(value) }, span));
    }

    /// Declarators; those that are `require("…")` are imports and no code.
    fn top_declaration(&mut self, node: Node<'t>, out: &mut Vec<StmtId>) {
        for kid in self.kids(node) {
            if kid.kind != Kind::Declarator {
                continue;
            }
            let Some((specifier, names)) = self.required(kid.node) else {
                out.push(self.declarator(kid.node));
                continue;
            };
            self.item.shown.commonjs = true;
            let specifier = self.specifier(&specifier);
            for (local, key) in names {
                let what = match key {
                    Some(Key::Name(name)) => imported(name),
                    _ => Imported::Namespace,
                };
                self.add_import(local, specifier, what, false);
            }
        }
        self.item.shown.is_import = out.is_empty() && !self.item.shown.imports.is_empty();
    }

    /// `module.exports = x`, `exports.a = x`, and chains of them; whether the statement was one.
    fn commonjs(&mut self, node: Node<'t>, out: &mut Vec<StmtId>) -> bool {
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
}

fn imported(name: Name) -> Imported {
    if name == "default" { Imported::Default } else { Imported::Named(name) }
}
