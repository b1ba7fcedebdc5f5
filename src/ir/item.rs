//! Modules, items, functions and classes.

use std::sync::Arc;

use super::{Expr, ExprId, ImportSite, Interface, Pattern, Shown, Stmt, StmtId};
use crate::base::{ItemId, Name, Node, Span};

/// A lowered file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// Imports, exports and top-level names: what other files can see.
    pub interface: Arc<Interface>,
    /// The top-level statements in the order of the text.
    pub items: Arc<[ItemEntry]>,
    /// First byte of each item in the file, parallel to `items`. Kept apart, so that typing above an item does not change it.
    pub starts: Arc<[u32]>,
    /// Bytes of the whole file, for ranges that reach its end.
    pub len: u32,
    /// The next free [`ItemId`], for incremental lowering.
    pub next_item: u32,
}

/// An item and its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemEntry {
    /// Stable while the item is edited in place.
    pub id: ItemId,
    /// The lowered code.
    pub item: Arc<Item>,
}

impl Module {
    /// The position of `id` in `items`, if it is still there.
    pub fn index_of(&self, id: ItemId) -> Option<usize> {
        self.items.iter().position(|entry| entry.id == id)
    }

    /// First byte of the item in the file.
    pub fn start_of(&self, id: ItemId) -> Option<u32> {
        self.index_of(id).map(|index| self.starts[index])
    }

    /// The statements that import something, in order, for edits that add one.
    pub fn import_sites(&self) -> Vec<ImportSite> {
        let mut sites = Vec::new();
        for (entry, start) in self.items.iter().zip(self.starts.iter()) {
            let item = &entry.item;
            let Some(text) = item.shown.specifiers.first().filter(|_| item.shown.is_import) else { continue };
            if let Some(specifier) = self.interface.specifiers.iter().position(|it| it == text) {
                sites.push(ImportSite { specifier: specifier as u32, span: Span::new(*start, start + item.len) });
            }
        }
        sites
    }
}

/// One top-level statement. Arenas are indexed by the ids of this item only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// Expressions.
    pub exprs: Vec<Expr>,
    /// Spans of `exprs`.
    pub expr_spans: Vec<Span>,
    /// What each of `exprs` is called in places: the function whose own code it stands in, its number there.
    pub expr_names: Vec<(FnId, u32)>,
    /// Statements.
    pub stmts: Vec<Stmt>,
    /// Spans of `stmts`.
    pub stmt_spans: Vec<Span>,
    /// Functions; the first one is the item's own top-level code, with no parameters.
    pub functions: Vec<Function>,
    /// Classes.
    pub classes: Vec<Class>,
    /// Variables and parameters declared inside the item (not its top-level bindings).
    pub locals: Vec<Local>,
    /// Top-level names that this item binds, in order.
    pub binds: Vec<Name>,
    /// Top-level names of the file that this item assigns without declaring them.
    pub assigns: Vec<Name>,
    /// Written types of `binds`, where there are any.
    pub bind_types: Vec<(Name, Arc<TypeRef>)>,
    /// Interfaces and type aliases that the item declares at top level; an interface that extends others is a `&` of them and its members.
    pub types: Vec<(Name, TypeRef)>,
    /// The item's part of the file's interface.
    pub shown: Shown,
    /// Whether the text holds a syntax error that is not one of the grammar's known gaps.
    pub broken: bool,
    /// Bytes of the item.
    pub len: u32,
}

/// Index into [`Item::functions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FnId(pub u32);

/// Index into [`Item::classes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClassId(pub u32);

/// Index into [`Item::locals`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LocalId(pub u32);

/// A variable, parameter, nested function or nested class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Local {
    /// Its name.
    pub name: Name,
    /// The function that declares it.
    pub owner: FnId,
    /// Its written type, if any.
    pub ty: Option<Arc<TypeRef>>,
    /// Where it is declared.
    pub span: Span,
}

/// A type annotation, as far as the analysis reads types.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TypeRef {
    /// `Promise` of `Promise<X>`, `Prisma.UserSelect`, `string`; empty for forms that are not names.
    pub name: Name,
    /// Type arguments; the members of a union or intersection (`name` is then `|` or `&`); the element of an array (`[]`).
    pub args: Vec<TypeRef>,
    /// Members of an object type: name, type, optional.
    pub members: Vec<(Name, TypeRef, bool)>,
}

/// A function of any form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Declared or inferred name (`const f = () => …` gives `f`).
    pub name: Option<Name>,
    /// The function around it; `None` for the item's own code.
    pub parent: Option<FnId>,
    /// Parameters in order.
    pub params: Vec<Param>,
    /// Statements, or the value of an arrow function with an expression body.
    pub body: Body,
    /// `async`.
    pub is_async: bool,
    /// `function*`.
    pub is_generator: bool,
    /// An arrow function: `this` is that of the function around it.
    pub is_arrow: bool,
    /// `"use server"` and the like at the start of the body.
    pub directives: Vec<Arc<str>>,
    /// The written return type.
    pub returns: Option<Arc<TypeRef>>,
    /// The whole function.
    pub span: Span,
    /// Locals of functions around it that the body reads or writes (transitively), for closures that outlive their caller.
    pub captures: Vec<LocalId>,
    /// The body holds a statement with a syntax error.
    pub broken: bool,
}

/// A function's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// `{ … }`
    Block(Vec<StmtId>),
    /// `=> expr`
    Expr(ExprId),
    /// An overload, an abstract method, a declaration.
    None,
}

/// A parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// What it binds; a default is a [`Pattern::Default`].
    pub pattern: Pattern,
    /// `...rest`.
    pub rest: bool,
    /// The written type.
    pub ty: Option<Arc<TypeRef>>,
    /// `@Body() dto`, in order.
    pub decorators: Vec<ExprId>,
    /// `constructor(private readonly repo: Repo)`: also a field.
    pub is_property: bool,
}

/// A class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// Its name.
    pub name: Option<Name>,
    /// `extends …`.
    pub extends: Option<ExprId>,
    /// Decorators of the class.
    pub decorators: Vec<ExprId>,
    /// Members in order.
    pub members: Vec<Member>,
    /// The whole class.
    pub span: Span,
}

/// A member of a class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its name; `constructor` for the constructor.
    pub name: Name,
    /// What it is.
    pub kind: MemberKind,
    /// `static`.
    pub is_static: bool,
    /// Decorators in order.
    pub decorators: Vec<ExprId>,
    /// The written type of a field.
    pub ty: Option<Arc<TypeRef>>,
    /// The whole member.
    pub span: Span,
}

/// Kinds of class members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemberKind {
    /// The constructor.
    Constructor(FnId),
    /// A method.
    Method(FnId),
    /// `get x()`.
    Getter(FnId),
    /// `set x(v)`.
    Setter(FnId),
    /// A field with its initial value.
    Field(Option<ExprId>),
    /// `static { … }`.
    StaticBlock(FnId),
}

impl Item {
    /// The expression.
    pub fn expr(&self, id: ExprId) -> &Expr {
        &self.exprs[id.0 as usize]
    }

    /// Bytes of the expression, relative to the item.
    pub fn expr_span(&self, id: ExprId) -> Span {
        self.expr_spans[id.0 as usize]
    }

    /// The expression's name in places.
    pub fn expr_node(&self, id: ExprId) -> Node {
        let (function, nth) = self.expr_names[id.0 as usize];
        Node::Expr { function: function.0, nth }
    }

    /// The expression of that name.
    pub fn expr_at(&self, node: Node) -> Option<ExprId> {
        let Node::Expr { function, nth } = node else { return None };
        let index = self.expr_names.iter().position(|it| *it == (FnId(function), nth))?;
        Some(ExprId(index as u32))
    }

    /// Bytes of a node, relative to the item; `None` where the item has no such node.
    pub fn span_of(&self, node: Node) -> Option<Span> {
        match node {
            Node::Start => Some(Span::default()),
            Node::Whole => Some(Span::new(0, self.len)),
            Node::Class(class) => Some(self.classes.get(class as usize)?.span),
            Node::Member { class, nth } => Some(self.classes.get(class as usize)?.members.get(nth as usize)?.span),
            Node::Function(function) => Some(self.functions.get(function as usize)?.span),
            Node::Expr { .. } => Some(self.expr_span(self.expr_at(node)?)),
        }
    }

    /// The functions that stand within a node.
    pub fn functions_in(&self, node: Node) -> Vec<FnId> {
        let Some(span) = self.span_of(node) else { return Vec::new() };
        let inside = self.functions.iter().enumerate().skip(1).filter(|(_, function)| span.contains(function.span));
        inside.map(|(index, _)| FnId(index as u32)).collect()
    }

    /// The statement.
    pub fn stmt(&self, id: StmtId) -> &Stmt {
        &self.stmts[id.0 as usize]
    }

    /// Bytes of the statement, relative to the item.
    pub fn stmt_span(&self, id: StmtId) -> Span {
        self.stmt_spans[id.0 as usize]
    }

    /// The function.
    pub fn function(&self, id: FnId) -> &Function {
        &self.functions[id.0 as usize]
    }

    /// The class.
    pub fn class(&self, id: ClassId) -> &Class {
        &self.classes[id.0 as usize]
    }

    /// The variable.
    pub fn local(&self, id: LocalId) -> &Local {
        &self.locals[id.0 as usize]
    }
}
