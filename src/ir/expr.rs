//! Statements, expressions and patterns.

use std::sync::Arc;

use super::{ClassId, FnId, LocalId, TypeRef};
use crate::base::Name;

/// Index into [`super::Item::exprs`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExprId(pub u32);

/// Index into [`super::Item::stmts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StmtId(pub u32);

/// An expression. Type assertions, `satisfies`, `!` and parentheses leave no trace: they stand for what they wrap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expr {
    /// Broken or not understood; the expressions inside that were understood.
    Opaque(Vec<ExprId>),
    /// A literal.
    Lit(Lit),
    /// `` `a${x}b` ``: one more text than expressions.
    Template { quasis: Vec<Arc<str>>, exprs: Vec<ExprId> },
    /// `` tag<T>`a${x}b` ``.
    Tagged { tag: ExprId, quasis: Vec<Arc<str>>, exprs: Vec<ExprId>, type_args: Vec<TypeRef> },
    /// A variable declared inside this item.
    Local(LocalId),
    /// A top-level binding of the file, an import, or a global of the runtime.
    Global(Name),
    /// `this`
    This,
    /// `super`
    Super,
    /// `[a, ...b]`; holes are absent.
    Array(Vec<Arg>),
    /// `{ a, b: c, ...d }`
    Object(Vec<Prop>),
    /// A function expression, arrow function or object method.
    Function(FnId),
    /// A class expression.
    Class(ClassId),
    /// `a.b`, `a?.b`, `a.#b` (the name then begins with `#`).
    Member { object: ExprId, name: Name, optional: bool },
    /// `a[b]`, `a?.[b]`
    Index { object: ExprId, index: ExprId, optional: bool },
    /// `f(a)`, `f?.(a)`
    Call { callee: ExprId, args: Vec<Arg>, optional: bool, type_args: Vec<TypeRef> },
    /// `new F(a)`
    New { callee: ExprId, args: Vec<Arg>, type_args: Vec<TypeRef> },
    /// `!a`, `-a`, `typeof a`, `void a`, `delete a`
    Unary { op: UnaryOp, operand: ExprId },
    /// `a + b`, `a === b`, …
    Binary { op: BinaryOp, left: ExprId, right: ExprId },
    /// `a && b`, `a || b`, `a ?? b`
    Logical { op: LogicalOp, left: ExprId, right: ExprId },
    /// `a = b`, `a += b`, `a ??= b`; `++` and `--` are arithmetic assignments of 1.
    Assign { op: AssignOp, target: Pattern, value: ExprId },
    /// `a ? b : c`
    Cond { test: ExprId, then: ExprId, other: ExprId },
    /// `await a`
    Await(ExprId),
    /// `yield a`
    Yield(Option<ExprId>),
    /// `import(a)`
    Import(ExprId),
    /// `import.meta`
    ImportMeta,
    /// `a, b`
    Seq(Vec<ExprId>),
    /// JSX: the expressions in its attributes and children, with the attribute's name where there is one.
    Jsx { tag: Option<ExprId>, parts: Vec<(Option<Name>, ExprId)> },
}

/// An argument or array element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arg {
    /// The value.
    pub expr: ExprId,
    /// `...expr`
    pub spread: bool,
}

/// A part of an object literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Prop {
    /// `a: b`, `a`, `a() {}`, `[a]: b`
    Field { key: Key, value: ExprId },
    /// `...a`
    Spread(ExprId),
    /// `get a() {}`: the value is the function's result.
    Getter { key: Key, function: FnId },
}

/// A property key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// `a`, `"a"`, `1`
    Name(Name),
    /// `[a]`
    Computed(ExprId),
}

/// Literals.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Lit {
    /// A string, unescaped.
    Str(Arc<str>),
    /// A number as written, without separators.
    Num(Arc<str>),
    /// `1n`
    BigInt,
    /// `true`, `false`
    Bool(bool),
    /// `null`
    Null,
    /// `undefined`
    Undefined,
    /// `/text/flags`, with its delimiters.
    Regex(Arc<str>),
}

/// Unary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    /// `!`
    Not,
    /// `typeof`
    Typeof,
    /// `void`
    Void,
    /// `delete`
    Delete,
    /// `-`
    Minus,
    /// `+`
    Plus,
    /// `~`
    BitNot,
}

/// Binary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOp {
    /// `==`, `===`
    Eq,
    /// `!=`, `!==`
    NotEq,
    /// `<`, `<=`, `>`, `>=`
    Compare,
    /// `+`
    Add,
    /// Other arithmetic and bit operators.
    Arith,
    /// `in`
    In,
    /// `instanceof`
    Instanceof,
}

/// Logical operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogicalOp {
    /// `&&`
    And,
    /// `||`
    Or,
    /// `??`
    Nullish,
}

/// Assignment operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AssignOp {
    /// `=`
    Set,
    /// `+=`
    Add,
    /// `-=`, `++`, …
    Arith,
    /// `&&=`, `||=`, `??=`
    Logical(LogicalOp),
}

/// What is bound or assigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// A variable of this item.
    Local(LocalId),
    /// A top-level binding of the file.
    Global(Name),
    /// `a.b`, `a[b]` as the target of an assignment: the member expression.
    Place(ExprId),
    /// `{ a, b: c, ...rest }`
    Object { props: Vec<(Key, Pattern)>, rest: Option<Box<Pattern>> },
    /// `[a, , ...rest]`; holes are `None`.
    Array { elements: Vec<Option<Pattern>>, rest: Option<Box<Pattern>> },
    /// `a = expr`
    Default { pattern: Box<Pattern>, value: ExprId },
    /// Not understood.
    Opaque,
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stmt {
    /// Holds a syntax error, or is not understood: the expressions inside that were understood.
    Opaque(Vec<ExprId>),
    /// `expr;`
    Expr(ExprId),
    /// `const a = b`: one statement a declarator. `using` is `const`.
    Let { pattern: Pattern, init: Option<ExprId> },
    /// `return a`
    Return(Option<ExprId>),
    /// `if (test) then else other`
    If { test: ExprId, then: StmtId, other: Option<StmtId> },
    /// `for (init; test; update) body`
    For { init: Option<StmtId>, test: Option<ExprId>, update: Option<ExprId>, body: StmtId },
    /// `for (const a of b)`, `for await`
    ForOf { pattern: Pattern, iter: ExprId, body: StmtId },
    /// `for (const a in b)`
    ForIn { pattern: Pattern, object: ExprId, body: StmtId },
    /// `while (test) body`; `do body while (test)` with `post`.
    While { test: ExprId, body: StmtId, post: bool },
    /// `switch (on) { case a: … default: … }`; `None` is the default.
    Switch { on: ExprId, cases: Vec<(Option<ExprId>, Vec<StmtId>)> },
    /// `try { block } catch (param) { handler } finally { finalizer }`
    Try { block: StmtId, param: Option<Pattern>, handler: Option<StmtId>, finalizer: Option<StmtId> },
    /// `throw a`
    Throw(ExprId),
    /// `{ … }`
    Block(Vec<StmtId>),
    /// `break`, `break label`
    Break(Option<Name>),
    /// `continue`, `continue label`
    Continue(Option<Name>),
    /// `label: body`
    Labeled(Name, StmtId),
    /// `function f() {}`; bound before its block runs.
    Function { pattern: Pattern, function: FnId },
    /// `class C {}`
    Class { pattern: Pattern, class: ClassId },
    /// `enum E { A = "a" }`: a closed object of its members, with their values where they are literals.
    Enum { pattern: Pattern, members: Vec<(Name, Option<ExprId>)> },
    /// Declarations without run-time meaning, and `;`.
    Empty,
}
