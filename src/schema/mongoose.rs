//! Mongoose schemas in code: `new Schema({ … })` and the models that are made of them.

mod fields;
mod find;
mod functions;

use rustc_hash::FxHashMap;

use self::find::{Declared, at_name, calls_model, is_schema};
use super::code::{Code, Named, imports};
use super::{Draft, Entity, FieldDefault, FieldType, Hidden};
use crate::base::{FileId, Name};
use crate::ir::{Expr, ExprId, Item, Module, Pattern, Stmt};

/// The source name of entities from here.
pub const SOURCE: &str = "mongoose";

/// Whether the module may declare one.
pub fn declares(module: &Module) -> bool {
    imports(module, &["mongoose"])
}

/// Reads the models of all files.
pub fn read(code: &Code<'_>) -> Draft {
    let mut draft = Draft::default();
    let mut schemas: FxHashMap<(FileId, Name), Declared<'_>> = FxHashMap::default();
    for (file, module) in code.importing(&["mongoose"]) {
        for entry in module.items.iter() {
            for stmt in &entry.item.stmts {
                if let Stmt::Let { pattern: Pattern::Global(name), init: Some(init) } = stmt
                    && is_schema(code, file, &entry.item, *init)
                {
                    schemas.insert((file, *name), Declared { file, item: &entry.item, expr: *init });
                }
            }
        }
    }
    for (file, module) in code.importing(&["mongoose"]) {
        for entry in module.items.iter() {
            let item = &*entry.item;
            for expr in &item.exprs {
                let Some((name, schema, collection)) = calls_model(code, file, item, expr) else { continue };
                let declared = match item.expr(schema) {
                    Expr::Global(local) => match (code.resolve)(file, *local) {
                        Some(Named::Item(file, name)) => schemas.get(&(file, name)).copied().map(|it| (it, Some((file, name)))),
                        _ => None,
                    },
                    _ if is_schema(code, file, item, schema) => Some((Declared { file, item, expr: schema }, None)),
                    _ => None,
                };
                let Some((declared, bound)) = declared else { continue };
                if draft.entities.iter().any(|it| it.name == name) {
                    continue;
                }
                let mut entity = model(code, name, declared, bound, &mut draft);
                entity.table = collection.or(entity.table).filter(|it| *it != entity.name);
                draft.entities.push(entity);
            }
        }
    }
    draft
}

fn model(code: &Code<'_>, name: Name, declared: Declared<'_>, bound: Option<(FileId, Name)>, draft: &mut Draft) -> Entity {
    let mut entity = Entity::new(name, SOURCE);
    let (definition, options) = declared.arguments();
    if let Some(definition) = definition {
        fields::read(code, declared, definition, &mut entity, &mut draft.enums);
    }
    let mut hidden: Vec<Name> = Vec::new();
    if let Some(options) = options {
        let at = |key: &str| at_name(declared.item, options, key);
        if at("timestamps").is_some_and(|it| !find::is_literal(declared.item, it, "false")) {
            for key in ["createdAt", "updatedAt"] {
                let named =
                    at("timestamps").and_then(|it| at_name(declared.item, it, key)).and_then(|it| find::text(declared.item, it));
                let mut field =
                    super::Field::new(named.unwrap_or_else(|| Name::new(key)), FieldType::Date, crate::base::Span::default());
                field.default = Some(FieldDefault::Generated);
                entity.fields.push(field);
            }
        }
        entity.table = at("collection").and_then(|it| find::text(declared.item, it));
        for key in ["toJSON", "toObject"] {
            at(key).into_iter().filter(|_| key == "toJSON").for_each(|it| functions::transform(declared.item, it, &mut hidden));
        }
        for (key, is_static) in [("methods", false), ("statics", true)] {
            at(key).into_iter().for_each(|it| functions::table(code, declared, it, is_static, &mut entity));
        }
    }
    if let Some((file, local)) = bound {
        functions::added(code, file, local, &mut entity, &mut hidden);
    }
    for field in &mut entity.fields {
        if field.hidden.is_none() && hidden.contains(&field.name) {
            field.hidden = Some(Hidden::FromJson);
        }
    }
    entity
}

/// The items of a file with their ids.
fn items(module: &Module) -> impl Iterator<Item = (crate::base::ItemId, &Item)> {
    module.items.iter().map(|entry| (entry.id, &*entry.item))
}

/// The function that an expression is.
fn function(item: &Item, expr: ExprId) -> Option<crate::ir::FnId> {
    match item.expr(expr) {
        Expr::Function(function) => Some(*function),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
