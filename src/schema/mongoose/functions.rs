//! Functions that schemas give their records and models, and what they take out of JSON.

use super::find::{Declared, at_name, fields, text};
use super::{function, items};
use crate::base::{FileId, ItemId, Name};
use crate::ir::{AssignOp, Expr, ExprId, FnId, Item, Key, Lit, Pattern, Stmt, UnaryOp};
use crate::schema::code::Code;
use crate::schema::{Entity, Method};

/// `{ methods: { … } }` among a schema's options.
pub fn table(code: &Code<'_>, declared: Declared<'_>, object: ExprId, is_static: bool, entity: &mut Entity) {
    let Some(id) = item_id(code, declared) else { return };
    for (name, value) in fields(declared.item, object) {
        if let Some(function) = function(declared.item, value) {
            entity.methods.push(Method { name, is_static, code: (declared.file, id, function) });
        }
    }
}

fn item_id(code: &Code<'_>, declared: Declared<'_>) -> Option<ItemId> {
    items(code.module(declared.file)?).find(|(_, item)| std::ptr::eq(*item, declared.item)).map(|(id, _)| id)
}

/// What statements of the file add to the schema that a name is bound to.
pub fn added(code: &Code<'_>, file: FileId, schema: Name, entity: &mut Entity, hidden: &mut Vec<Name>) {
    let Some(module) = code.module(file) else { return };
    for (id, item) in items(module) {
        for expr in &item.exprs {
            match expr {
                // `schema.methods.x = function () {}`, `schema.methods = { … }`
                Expr::Assign { op: AssignOp::Set, target: Pattern::Place(place), value } => {
                    let Some((holder, name)) = below(item, *place, schema) else { continue };
                    let is_static = holder == "statics";
                    match (name, function(item, *value)) {
                        (Some(name), Some(function)) => add(entity, hidden, item, name, is_static, (file, id, function)),
                        (None, None) => {
                            for (name, value) in fields(item, *value) {
                                if let Some(function) = self::function(item, value) {
                                    add(entity, hidden, item, name, is_static, (file, id, function));
                                }
                            }
                        }
                        _ => {}
                    }
                }
                // `schema.method("x", function () {})`, `schema.set("toJSON", { … })`
                Expr::Call { callee, args, .. } => {
                    let Expr::Member { object, name, .. } = item.expr(*callee) else { continue };
                    if !matches!(item.expr(*object), Expr::Global(it) if *it == schema) {
                        continue;
                    }
                    let (Some(key), Some(value)) = (args.first().and_then(|it| text(item, it.expr)), args.get(1)) else {
                        continue;
                    };
                    match (name.as_str(), function(item, value.expr)) {
                        ("method" | "static", Some(function)) => {
                            add(entity, hidden, item, key, *name == "static", (file, id, function));
                        }
                        ("set", _) if key == "toJSON" => transform(item, value.expr, hidden),
                        _ => {}
                    }
                }
                _ => {}
            }
        }
    }
}

fn add(entity: &mut Entity, hidden: &mut Vec<Name>, item: &Item, name: Name, is_static: bool, code: (FileId, ItemId, FnId)) {
    if name == "toJSON" && !is_static {
        taken_out(item, code.2, hidden);
    }
    entity.methods.retain(|it| !(it.name == name && it.is_static == is_static));
    entity.methods.push(Method { name, is_static, code });
}

/// `schema.methods` or `schema.methods.x`, as what and which.
fn below(item: &Item, place: ExprId, schema: Name) -> Option<(Name, Option<Name>)> {
    let Expr::Member { object, name, .. } = item.expr(place) else { return None };
    let is = |expr: ExprId| matches!(item.expr(expr), Expr::Global(it) if *it == schema);
    let holds = |name: Name| name == "methods" || name == "statics";
    match item.expr(*object) {
        _ if is(*object) && holds(*name) => Some((*name, None)),
        Expr::Member { object, name: holder, .. } if is(*object) && holds(*holder) => Some((*holder, Some(*name))),
        _ => None,
    }
}

/// `{ transform(doc, ret) { delete ret.password } }`
pub fn transform(item: &Item, options: ExprId, hidden: &mut Vec<Name>) {
    if let Some(function) = at_name(item, options, "transform").and_then(|it| function(item, it)) {
        taken_out(item, function, hidden);
    }
}

/// Fields that a function deletes, blanks or destructures away.
fn taken_out(item: &Item, function: FnId, hidden: &mut Vec<Name>) {
    let span = item.function(function).span;
    for (at, expr) in item.exprs.iter().enumerate() {
        if !span.contains(item.expr_span(ExprId(at as u32))) {
            continue;
        }
        match expr {
            Expr::Unary { op: UnaryOp::Delete, operand } => hidden.extend(member(item, *operand)),
            Expr::Assign { op: AssignOp::Set, target: Pattern::Place(place), value }
                if matches!(item.expr(*value), Expr::Lit(Lit::Undefined)) =>
            {
                hidden.extend(member(item, *place));
            }
            _ => {}
        }
    }
    for (at, stmt) in item.stmts.iter().enumerate() {
        if let Stmt::Let { pattern: Pattern::Object { props, rest: Some(_) }, .. } = stmt
            && span.contains(item.stmt_span(crate::ir::StmtId(at as u32)))
        {
            hidden.extend(props.iter().filter_map(|(key, _)| match key {
                Key::Name(name) => Some(*name),
                Key::Computed(_) => None,
            }));
        }
    }
}

fn member(item: &Item, expr: ExprId) -> Option<Name> {
    match item.expr(expr) {
        Expr::Member { name, .. } => Some(*name),
        Expr::Index { index, .. } => text(item, *index),
        _ => None,
    }
}
