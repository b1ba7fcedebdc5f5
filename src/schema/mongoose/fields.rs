//! The paths of a schema.

use std::sync::Arc;

use super::find::{Declared, at_name, fields, is_literal, text};
use crate::base::{Name, Span};
use crate::ir::{Expr, ExprId, Item, Lit};
use crate::schema::code::{Code, Named};
use crate::schema::{Entity, Field, FieldDefault, FieldType, Hidden, Relation};

/// Deeper nesting is not read.
const MOST_DEPTH: usize = 4;

/// Reads the paths of a definition into the entity.
pub fn read(
    code: &Code<'_>,
    declared: Declared<'_>,
    definition: ExprId,
    entity: &mut Entity,
    enums: &mut Vec<(Name, Vec<Name>)>,
) {
    let mut reader = Reader { code, entity, enums };
    reader.paths(declared, definition, "", false, 0);
}

struct Reader<'a, 'c> {
    code: &'a Code<'c>,
    entity: &'a mut Entity,
    enums: &'a mut Vec<(Name, Vec<Name>)>,
}

impl Reader<'_, '_> {
    fn paths(&mut self, at: Declared<'_>, definition: ExprId, above: &str, list: bool, depth: usize) {
        if depth > MOST_DEPTH {
            return;
        }
        for (name, value) in fields(at.item, definition) {
            let path = if above.is_empty() { name } else { Name::new(&format!("{above}.{name}")) };
            self.path(at, path, value, list, depth);
        }
    }

    fn path(&mut self, at: Declared<'_>, path: Name, value: ExprId, list: bool, depth: usize) {
        let item = at.item;
        let mut field = Field::new(path, FieldType::Other, Span::default());
        field.nullable = true;
        field.list = list;
        let options = match item.expr(value) {
            Expr::Object(_) => at_name(item, value, "type").map(|ty| (ty, value)),
            _ => Some((value, value)),
        };
        let Some((ty, options)) = options else {
            // A nested object: its paths count, and it as a whole.
            field.ty = FieldType::Json;
            self.push(field);
            self.paths(at, value, &path, list, depth + 1);
            return;
        };
        let mut key = at_name(item, options, "ref");
        let (mut ty, mut holder) = (ty, at);
        if let Expr::Array(elements) = item.expr(ty) {
            field.list = true;
            let Some(element) = elements.first() else {
                field.ty = FieldType::Json;
                return self.push(field);
            };
            ty = element.expr;
            if let Expr::Object(_) = item.expr(ty) {
                match at_name(item, ty, "type") {
                    Some(inner) => {
                        key = key.or(at_name(item, ty, "ref"));
                        ty = inner;
                    }
                    None => {
                        field.ty = FieldType::Json;
                        self.push(field);
                        return self.paths(at, ty, &path, true, depth + 1);
                    }
                }
            }
        }
        // A schema in the schema.
        if let Expr::Global(name) = item.expr(ty)
            && let Some(Named::Item(file, name)) = (self.code.resolve)(at.file, *name)
            && let Some(inner) = self.code.binder(file, name)
            && let Some(schema) = inner.exprs.iter().position(|it| matches!(it, Expr::New { .. }))
        {
            holder = Declared { file, item: inner, expr: ExprId(schema as u32) };
            field.ty = FieldType::Json;
            let list = field.list;
            self.push(field);
            if let (Some(definition), _) = holder.arguments() {
                self.paths(holder, definition, &path, list, depth + 1);
            }
            return;
        }
        let _ = holder;
        field.ty = self.kind(item, ty);
        if let Some(to) = key.and_then(|it| text(item, it)) {
            let fields = if field.list { Vec::new() } else { vec![path] };
            field.ty = FieldType::Relation(Relation { to, fields, references: Vec::new(), label: None });
        }
        if options == value && matches!(item.expr(options), Expr::Object(_)) {
            self.options(item, options, &mut field);
        }
        self.push(field);
    }

    fn options(&mut self, item: &Item, options: ExprId, field: &mut Field) {
        let at = |key: &str| at_name(item, options, key);
        let yes = |key: &str| at(key).is_some_and(|it| first(item, it, |it| is_literal(item, it, "true")));
        field.nullable = !yes("required");
        if yes("unique") {
            self.entity.add_unique(vec![field.name], None, false);
        }
        if at("select").is_some_and(|it| is_literal(item, it, "false")) {
            field.hidden = Some(Hidden::FromReads);
        }
        field.default = at("default").map(|it| match item.expr(it) {
            Expr::Lit(Lit::Str(text) | Lit::Num(text)) => FieldDefault::Constant(text.clone()),
            Expr::Lit(Lit::Bool(value)) => FieldDefault::Constant(Arc::from(value.to_string())),
            _ => FieldDefault::Generated,
        });
        field.max_length = at("maxlength").or(at("maxLength")).and_then(|it| match item.expr(it) {
            Expr::Lit(Lit::Num(number)) => number.parse().ok(),
            Expr::Array(parts) => match parts.first().map(|it| item.expr(it.expr)) {
                Some(Expr::Lit(Lit::Num(number))) => number.parse().ok(),
                _ => None,
            },
            _ => None,
        });
        let members = at("enum").map(|it| at_name(item, it, "values").unwrap_or(it));
        if let Some(Expr::Array(parts)) = members.map(|it| item.expr(it)) {
            let members: Vec<Name> = parts.iter().filter_map(|it| text(item, it.expr)).collect();
            if !members.is_empty() && field.ty == FieldType::String {
                let name = Name::new(&format!("{}.{}", self.entity.name, field.name));
                self.enums.push((name, members));
                field.ty = FieldType::Enum(name);
            }
        }
    }

    fn kind(&self, item: &Item, ty: ExprId) -> FieldType {
        let name = match item.expr(ty) {
            Expr::Global(name) | Expr::Member { name, .. } => *name,
            Expr::Lit(Lit::Str(text)) => Name::new(text),
            _ => return FieldType::Other,
        };
        match name.as_str() {
            "String" | "string" => FieldType::String,
            "Number" | "number" | "Decimal128" => FieldType::Float,
            "Boolean" | "boolean" => FieldType::Bool,
            "Date" | "date" => FieldType::Date,
            "Buffer" => FieldType::Bytes,
            "UUID" => FieldType::Uuid,
            "Mixed" | "Object" | "Map" => FieldType::Json,
            _ => FieldType::Other,
        }
    }

    fn push(&mut self, field: Field) {
        if self.entity.fields.iter().all(|it| it.name != field.name) {
            self.entity.fields.push(field);
        }
    }
}

/// An option's value, which may come with a message: `[true, "is required"]`.
fn first(item: &Item, expr: ExprId, is: impl Fn(ExprId) -> bool) -> bool {
    match item.expr(expr) {
        Expr::Array(parts) => parts.first().is_some_and(|it| is(it.expr)),
        _ => is(expr),
    }
}
