//! Column types, defaults and checks.

use std::sync::Arc;

use sqlparser::ast::{
    AlterType, AlterTypeOperation, ArrayElemTypeDef, BinaryOperator, CreateDomain, DataType, Expr, FunctionArg, FunctionArgExpr,
    FunctionArguments, Ident, ObjectName, UserDefinedTypeRepresentation, Value,
};

use super::{Reader, fold, key};
use crate::base::Name;
use crate::schema::{FieldDefault, FieldType};

/// What a column's type says.
pub struct ColumnType {
    pub ty: FieldType,
    pub list: bool,
    pub max_length: Option<u32>,
    /// `serial` and the like.
    pub generated: bool,
}

impl Reader {
    pub fn column_type(&self, data_type: &DataType) -> ColumnType {
        let text = data_type.to_string().to_lowercase();
        let (text, list) = match text.strip_suffix("[]") {
            Some(base) => (base.trim_end_matches("[]").to_owned(), true),
            None => (text.clone(), text.starts_with("array")),
        };
        let word: String = text.chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect();
        let length =
            || text.split_once('(').and_then(|(_, rest)| rest.split(|it: char| !it.is_ascii_digit()).next()?.parse().ok());
        let textual = ["char", "character", "varchar", "nvarchar", "nchar", "bpchar", "varchar2"].contains(&word.as_str());
        let ty = match word.as_str() {
            _ if textual => FieldType::String,
            "text" | "citext" | "name" | "clob" | "string" | "tinytext" | "mediumtext" | "longtext" | "xml" | "inet" | "cidr"
            | "ltree" => FieldType::String,
            "tinyint" if length() == Some(1) => FieldType::Bool,
            "int" | "integer" | "int2" | "int4" | "int8" | "smallint" | "bigint" | "tinyint" | "mediumint" | "serial"
            | "bigserial" | "smallserial" | "serial4" | "serial8" => FieldType::Int,
            "numeric" | "decimal" | "dec" | "real" | "double" | "float" | "float4" | "float8" | "money" => FieldType::Float,
            "bool" | "boolean" => FieldType::Bool,
            "date" | "time" | "timetz" | "timestamp" | "timestamptz" | "datetime" => FieldType::Date,
            "json" | "jsonb" => FieldType::Json,
            "bytea" | "blob" | "binary" | "varbinary" | "longblob" | "mediumblob" | "tinyblob" | "bytes" => FieldType::Bytes,
            "uuid" => FieldType::Uuid,
            _ => self.named_type(data_type),
        };
        ColumnType { ty, list, max_length: textual.then(length).flatten(), generated: word.contains("serial") }
    }

    fn named_type(&self, data_type: &DataType) -> FieldType {
        let name = match data_type {
            DataType::Custom(name, _) => key(name),
            DataType::Array(ArrayElemTypeDef::SquareBracket(inner, _) | ArrayElemTypeDef::AngleBracket(inner)) => {
                return self.named_type(inner);
            }
            _ => None,
        };
        let Some(name) = name else { return FieldType::Other };
        if self.enums.iter().any(|(it, _)| *it == name) {
            return FieldType::Enum(name);
        }
        self.domains.get(&name).cloned().unwrap_or(FieldType::Other)
    }

    pub fn create_type(&mut self, name: &ObjectName, representation: Option<&UserDefinedTypeRepresentation>) {
        if let (Some(name), Some(UserDefinedTypeRepresentation::Enum { labels })) = (key(name), representation) {
            self.enums.retain(|(it, _)| *it != name);
            self.enums.push((name, labels.iter().map(|it| Name::new(&it.value)).collect()));
        }
    }

    pub fn create_domain(&mut self, domain: &CreateDomain) {
        if let Some(name) = key(&domain.name) {
            let ty = self.column_type(&domain.data_type).ty;
            self.domains.insert(name, ty);
        }
    }

    pub fn alter_type(&mut self, alter: &AlterType) {
        let Some(name) = key(&alter.name) else { return };
        let Some((known, labels)) = self.enums.iter_mut().find(|(it, _)| *it == name) else { return };
        match &alter.operation {
            AlterTypeOperation::AddValue(it) => labels.push(Name::new(&it.value.value)),
            AlterTypeOperation::RenameValue(it) => {
                let (from, to) = (Name::new(&it.from.value), Name::new(&it.to.value));
                labels.iter_mut().filter(|it| **it == from).for_each(|it| *it = to);
            }
            AlterTypeOperation::Rename(it) => {
                let new = fold(&it.new_name);
                *known = new;
                for field in self.tables.iter_mut().flat_map(|it| &mut it.entity.fields) {
                    if field.ty == FieldType::Enum(name) {
                        field.ty = FieldType::Enum(new);
                    }
                }
            }
        }
    }
}

/// Where a column's value comes from if nobody writes it.
pub fn default(expr: &Expr) -> FieldDefault {
    let text = expr.to_string();
    let lower = text.to_lowercase();
    if lower.contains("auth.uid()")
        || lower.contains("auth.user_id()")
        || (lower.contains("auth.jwt()") && lower.contains("'sub'"))
    {
        return FieldDefault::Caller;
    }
    match strip(expr) {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) => FieldDefault::Constant(Arc::from(text.as_str())),
            other => FieldDefault::Constant(Arc::from(other.to_string())),
        },
        _ if text.contains('(') || lower.starts_with("current_") => FieldDefault::Generated,
        _ => FieldDefault::Constant(Arc::from(text)),
    }
}

/// The expression without parentheses and casts.
pub fn strip(expr: &Expr) -> &Expr {
    match expr {
        Expr::Nested(inner) | Expr::Cast { expr: inner, .. } | Expr::Collate { expr: inner, .. } => strip(inner),
        other => other,
    }
}

/// Columns whose text a check bounds: `char_length(title) <= 200`, `length(x) between 1 and 80`.
pub fn bounds(expr: &Expr, out: &mut Vec<(Name, u32)>) {
    match expr {
        Expr::Nested(inner) => bounds(inner, out),
        Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
            bounds(left, out);
            bounds(right, out);
        }
        Expr::BinaryOp { left, op, right } => {
            let bound = match op {
                BinaryOperator::LtEq | BinaryOperator::Eq => length_of(left).zip(number(right)),
                BinaryOperator::Lt => length_of(left).zip(number(right).map(|it| it.saturating_sub(1))),
                BinaryOperator::GtEq => length_of(right).zip(number(left)),
                BinaryOperator::Gt => length_of(right).zip(number(left).map(|it| it.saturating_sub(1))),
                _ => None,
            };
            out.extend(bound);
        }
        Expr::Between { expr, negated: false, high, .. } => out.extend(length_of(expr).zip(number(high))),
        _ => {}
    }
}

fn number(expr: &Expr) -> Option<u32> {
    match strip(expr) {
        Expr::Value(value) => match &value.value {
            Value::Number(text, _) => text.parse().ok(),
            _ => None,
        },
        _ => None,
    }
}

/// The column whose length the expression is.
fn length_of(expr: &Expr) -> Option<Name> {
    let Expr::Function(function) = strip(expr) else { return None };
    let name = super::last(&function.name)?;
    if !["char_length", "length", "character_length", "octet_length"].contains(&name.as_str()) {
        return None;
    }
    let FunctionArguments::List(list) = &function.args else { return None };
    match list.args.as_slice() {
        [FunctionArg::Unnamed(FunctionArgExpr::Expr(arg))] => column(arg, &["trim", "btrim"]),
        _ => None,
    }
}

fn column(expr: &Expr, through: &[&str]) -> Option<Name> {
    match strip(expr) {
        Expr::Identifier(name) => Some(fold(name)),
        Expr::Trim { expr, .. } => column(expr, through),
        Expr::Function(function) if super::last(&function.name).is_some_and(|it| through.contains(&it.as_str())) => {
            match &function.args {
                FunctionArguments::List(list) => match list.args.first() {
                    Some(FunctionArg::Unnamed(FunctionArgExpr::Expr(arg))) => column(arg, through),
                    _ => None,
                },
                _ => None,
            }
        }
        _ => None,
    }
}

/// The names of plain columns in an index or key; `None` where an expression is among them.
pub fn plain_columns(columns: &[sqlparser::ast::IndexColumn]) -> Option<Vec<Name>> {
    columns
        .iter()
        .map(|it| match &it.column.expr {
            Expr::Identifier(name) => Some(fold(name)),
            _ => None,
        })
        .collect()
}

/// The names of identifiers.
pub fn folded(idents: &[Ident]) -> Vec<Name> {
    idents.iter().map(fold).collect()
}
