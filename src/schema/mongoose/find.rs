//! Where schemas and models are made, and small looks at expressions.

use crate::base::{FileId, Name};
use crate::ir::{Expr, ExprId, Item, Key, Lit, Prop};
use crate::schema::code::{Code, Named};

/// `new Schema(…)` in its item.
#[derive(Clone, Copy)]
pub struct Declared<'a> {
    pub file: FileId,
    pub item: &'a Item,
    pub expr: ExprId,
}

impl<'a> Declared<'a> {
    /// The definition and the options, as object literals.
    pub fn arguments(self) -> (Option<ExprId>, Option<ExprId>) {
        match self.item.expr(self.expr) {
            Expr::New { args, .. } | Expr::Call { args, .. } => (args.first().map(|it| it.expr), args.get(1).map(|it| it.expr)),
            _ => (None, None),
        }
    }
}

/// Whether an expression is `new Schema(…)`, `new mongoose.Schema(…)`.
pub fn is_schema(code: &Code<'_>, file: FileId, item: &Item, expr: ExprId) -> bool {
    match item.expr(expr) {
        Expr::New { callee, .. } | Expr::Call { callee, .. } => is_export(code, file, item, *callee, "Schema"),
        _ => false,
    }
}

/// Whether an expression is that export of the package, by name or below the package.
pub fn is_export(code: &Code<'_>, file: FileId, item: &Item, expr: ExprId, export: &str) -> bool {
    let package = |name: Name| match (code.resolve)(file, name) {
        Some(Named::Package(package, what)) if package == "mongoose" => Some(what),
        _ => None,
    };
    match item.expr(expr) {
        Expr::Global(name) => {
            package(*name).is_some_and(|it| it == export)
                // `const { Schema } = mongoose` after an import of the whole.
                || (*name == export && matches!((code.resolve)(file, *name), Some(Named::Item(..))))
        }
        Expr::Member { object, name, .. } if *name == export => match item.expr(*object) {
            Expr::Global(name) => package(*name).is_some(),
            Expr::Member { object, name, .. } => {
                *name == "mongoose" && matches!(item.expr(*object), Expr::Global(it) if package(*it).is_some())
            }
            _ => false,
        },
        _ => false,
    }
}

/// `mongoose.model("User", schema, collection)`: the name, the schema, the collection.
pub fn calls_model(code: &Code<'_>, file: FileId, item: &Item, expr: &Expr) -> Option<(Name, ExprId, Option<Name>)> {
    let Expr::Call { callee, args, .. } = expr else { return None };
    let is_model = match item.expr(*callee) {
        // Of the package or of a connection.
        Expr::Member { name, .. } => *name == "model",
        Expr::Global(_) => is_export(code, file, item, *callee, "model"),
        _ => false,
    };
    let name = args.first().filter(|_| is_model).and_then(|it| text(item, it.expr))?;
    let schema = args.get(1)?.expr;
    Some((name, schema, args.get(2).and_then(|it| text(item, it.expr))))
}

/// The text of a string literal.
pub fn text(item: &Item, expr: ExprId) -> Option<Name> {
    match item.expr(expr) {
        Expr::Lit(Lit::Str(text)) => Some(Name::new(text)),
        _ => None,
    }
}

/// Whether an expression is that boolean.
pub fn is_literal(item: &Item, expr: ExprId, text: &str) -> bool {
    matches!(item.expr(expr), Expr::Lit(Lit::Bool(value)) if value.to_string() == text)
}

/// The fields of an object literal.
pub fn fields(item: &Item, expr: ExprId) -> Vec<(Name, ExprId)> {
    let Expr::Object(props) = item.expr(expr) else { return Vec::new() };
    props
        .iter()
        .filter_map(|prop| match prop {
            Prop::Field { key: Key::Name(name), value } => Some((*name, *value)),
            _ => None,
        })
        .collect()
}

/// The value of a key of an object literal.
pub fn at_name(item: &Item, object: ExprId, key: &str) -> Option<ExprId> {
    fields(item, object).into_iter().find(|(name, _)| *name == key).map(|(_, value)| value)
}
