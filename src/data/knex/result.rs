//! What comes out of a query.

use std::sync::Arc;

use crate::data::assemble::kept;
use crate::data::record;
use crate::values::{AccessId, Op, Query, Shape, Value};

/// The value of a query that ran.
pub(super) fn of(query: &Query, access: AccessId) -> Value {
    let rows = record::of_statement(query, access);
    if kept(query, "raw").is_some() {
        return match kept(query, "driver").and_then(Value::as_str) {
            Some("mysql" | "mysql2") => Value::of(Shape::Array(Arc::from([rows, Value::unknown()]))),
            Some("sqlite3" | "better-sqlite3") => rows,
            _ => record::object([("rows", rows), ("rowCount", record::count(access))]),
        };
    }
    if query.op.writes() {
        return match (kept(query, "returning"), query.op) {
            (Some(_), _) => record::rows(access),
            // The new keys, where the database tells them.
            (None, Op::Create | Op::Upsert) => Value::of(Shape::List(record::computed(access, Shape::Unknown))),
            (None, _) => record::count(access),
        };
    }
    if kept(query, "form").and_then(Value::as_str) == Some("pluck") {
        return Value::of(Shape::List(record::computed(access, Shape::Unknown)));
    }
    match (query.single, &rows.shape) {
        (true, Shape::Array(all)) => all.first().cloned().unwrap_or_else(Value::unknown),
        (true, _) => record::maybe_row(access),
        (false, _) => rows,
    }
}
