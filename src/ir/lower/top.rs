//! Top-level statements: what they import and export, and their code.

use tree_sitter::Node;

use super::context::Lower;
use super::kinds::Kind;
use crate::base::Name;
use crate::ir::{Body, DEFAULT_BINDING, Export, ExprId, Import, Imported, Item, Stmt, StmtId};

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

    pub(super) fn add_import(&mut self, local: Node<'t>, specifier: u32, what: Imported, type_only: bool) {
        let local = self.name(local);
        self.item.shown.imports.push(Import { local, specifier, what, type_only });
    }

    pub(super) fn add_export(&mut self, name: Name, export: Export) {
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
    pub(super) fn bind_default(&mut self, value: ExprId, node: Node<'t>, out: &mut Vec<StmtId>) {
        let name = Name::new(DEFAULT_BINDING);
        self.let_global(name, value, node, out);
        self.add_export(Name::new("default"), Export::Local(name));
    }

    pub(super) fn let_global(&mut self, name: Name, value: ExprId, node: Node<'t>, out: &mut Vec<StmtId>) {
        let (pattern, span) = (self.bind(name), self.span(node));
        out.push(self.push_stmt(Stmt::Let { pattern, init: Some(value) }, span));
    }
}

pub(super) fn imported(name: Name) -> Imported {
    if name == "default" { Imported::Default } else { Imported::Named(name) }
}
