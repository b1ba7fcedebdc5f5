//! Reading SQL text: which records of which table a statement touches, with which of the values that come with it.
//!
//! A statement's text is put together from [`Piece`]s ([`SqlText`]), rendered with one placeholder a hole, parsed, and read against the
//! tables that it names ([`scope`]). What cannot be parsed is an [`Op::Call`](crate::values::Op::Call) whose filter is opaque.

mod condition;
mod expression;
mod projection;
mod scope;
mod statement;
mod text;
mod write;

pub(super) use statement::{COUNTED, Statement, read};
pub(super) use text::{Piece, Placeholders, SqlText, fragment};

use crate::base::Name;
use sqlparser::ast::{Ident, ObjectName, ObjectNamePart};

/// An identifier as PostgreSQL reads it: lower case unless it is quoted.
fn fold(ident: &Ident) -> Name {
    match ident.quote_style {
        Some(_) => Name::new(&ident.value),
        None => Name::new(&ident.value.to_lowercase()),
    }
}

/// A table's name: without the schema where it is the default one.
fn table_name(name: &ObjectName) -> Name {
    let mut parts: Vec<Name> = Vec::new();
    for part in &name.0 {
        if let ObjectNamePart::Identifier(ident) = part {
            parts.push(fold(ident));
        }
    }
    match parts.as_slice() {
        [] => Name::new(""),
        [single] => *single,
        [.., schema, table] if ["public", "dbo", "main"].contains(&schema.as_str()) => *table,
        [.., schema, table] => Name::new(&format!("{schema}.{table}")),
    }
}

/// The last part of a name.
fn last_name(name: &ObjectName) -> Option<Name> {
    match name.0.last() {
        Some(ObjectNamePart::Identifier(ident)) => Some(fold(ident)),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
