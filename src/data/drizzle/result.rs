//! What comes out of a query.

use std::sync::Arc;

use super::builder::mark;
use super::{expression, relational, tables};
use crate::base::Name;
use crate::data::assemble::kept;
use crate::data::{record, target};
use crate::values::{AccessId, Fact, Facts, Key, Op, Origin, Query, Row, RowPath, Shape, Truth, Value};

/// Drivers whose queries run at once where they are asked for.
const SYNCHRONOUS: [&str; 5] = ["better-sqlite3", "bun-sqlite", "node-sqlite", "expo-sqlite", "durable-sqlite"];

/// Whether a terminal method runs the query at once.
pub(super) fn is_synchronous(query: &Query) -> bool {
    kept(query, "driver").and_then(Value::as_str).is_some_and(|it| SYNCHRONOUS.contains(&it))
}

/// The value of a query that ran.
pub(super) fn of(query: &Query, access: AccessId) -> Value {
    if kept(query, mark::RAW).is_some() {
        return raw(query, access);
    }
    if kept(query, relational::MODEL).is_some() {
        return if query.single { record::maybe_row(access) } else { record::rows(access) };
    }
    if kept(query, mark::NUMBER).is_some() {
        return record::count(access);
    }
    if query.op == Op::Count {
        return record::of_statement(query, access);
    }
    if query.op.writes() && kept(query, mark::RETURNING).is_none() {
        let count = || record::count(access);
        let keys = ["rowCount", "rowsAffected", "changes", "affectedRows", "count"];
        let mut all = target::object(keys.map(|key| (Name::new(key), count()))).as_object().cloned().unwrap_or_default();
        all.set(Name::new("meta"), record::object([("changes", count())]), None);
        return Value::of(Shape::Object(Arc::new(all)));
    }
    let fields = kept(query, if query.op.writes() { mark::RETURNING } else { mark::FIELDS });
    let element = match fields.filter(|it| it.as_object().is_some()) {
        Some(fields) if is_plain(fields, query) => None,
        Some(fields) => Some(element(fields, query, access)),
        None => by_table(query, access),
    };
    match element {
        None if query.single => record::maybe_row(access),
        None => record::rows(access),
        Some(element) if query.single => element,
        Some(element) => Value::with_origin(Shape::List(element), origin(access, &[])),
    }
}

/// `{ rows }`, rows, or a pair, by the driver.
fn raw(query: &Query, access: AccessId) -> Value {
    let rows = record::of_statement(query, access);
    if query.single {
        return record::maybe_row(access);
    }
    match kept(query, "driver").and_then(Value::as_str) {
        Some("node-postgres" | "neon-serverless" | "vercel-postgres" | "pglite" | "neon-http" | "planetscale-serverless") => {
            record::object([("rows", rows), ("rowCount", record::count(access))])
        }
        Some("mysql2") => Value::of(Shape::Array(Arc::from([rows, Value::unknown()]))),
        _ => rows,
    }
}

/// Whether a selection is columns of the main table under their own names.
fn is_plain(fields: &Value, query: &Query) -> bool {
    fields.as_object().is_some_and(|object| {
        object.is_closed()
            && object.fields.iter().all(|(key, value)| {
                tables::column_of(value).is_some_and(|(table, name)| *key == name && path(query, table).is_empty())
            })
    })
}

/// A table of the query as a path from its record: nothing for the main one.
fn path(query: &Query, alias: &str) -> Vec<Name> {
    let named = |table: &Value| -> Option<Name> {
        (tables::table_of(table)? == alias).then(|| table.as_lib()?.get("name")?.as_str().map(Name::new)).flatten()
    };
    let joined = query.state.iter().filter(|(key, _)| *key == mark::JOINED).filter_map(|(_, it)| target::elements(it)?.first());
    let name = kept(query, mark::TABLE).into_iter().chain(joined).find_map(named);
    let name = name.unwrap_or_else(|| Name::new(alias));
    if query.entity == Some(name) { Vec::new() } else { vec![name] }
}

fn origin(access: AccessId, path: &[Name]) -> Origin {
    Origin::Row(RowPath { access, path: path.into() })
}

fn holds(access: AccessId, path: &[Name]) -> Facts {
    Facts::one(Fact::Holds(Key::Row(access, path.into()))).union(&record::found(access))
}

fn row(access: AccessId, path: &[Name]) -> Value {
    let row = Row { at: RowPath { access, path: path.into() }, without: Vec::new() };
    Value::new(Shape::Row(Arc::new(row)), origin(access, path), Truth::implies(holds(access, path)))
}

/// One record of a selection.
fn element(fields: &Value, query: &Query, access: AccessId) -> Value {
    let all = fields.as_object().map(|it| it.fields.as_slice()).unwrap_or_default();
    let each = all.iter().map(|(key, value)| {
        let value = match (tables::column_of(value), tables::table_of(value), value.as_object()) {
            (Some((table, name)), ..) => {
                let mut at = path(query, table);
                at.push(Name::new(name));
                Value::new(Shape::Unknown, origin(access, &at), Truth::implies(holds(access, &at)))
            }
            (None, Some(table), _) => row(access, &path(query, table)),
            (None, None, Some(_)) => element(value, query, access),
            _ => Value::with_origin(Shape::Unknown, Origin::derived([origin(access, &[]), expression::origin(value)])),
        };
        (*key, value)
    });
    let object = target::object(each);
    Value::new(object.shape.clone(), origin(access, &[]), Truth::implies(record::found(access)))
}

/// Of joined tables without a selection: each under its name.
fn by_table(query: &Query, access: AccessId) -> Option<Value> {
    let joined = query.state.iter().filter(|(key, _)| *key == mark::JOINED).filter_map(|(_, it)| target::elements(it)?.first());
    let joined: Vec<&Value> = joined.collect();
    if joined.is_empty() || query.op.writes() {
        return None;
    }
    let all = kept(query, mark::TABLE).into_iter().chain(joined).filter_map(tables::table_of);
    let object = target::object(all.map(|alias| {
        let short = alias.rsplit('.').next().unwrap_or(alias);
        (Name::new(short), row(access, &path(query, alias)))
    }));
    Some(Value::new(object.shape.clone(), origin(access, &[]), Truth::implies(record::found(access))))
}
