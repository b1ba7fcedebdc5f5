//! What comes out of a query.

use std::sync::Arc;

use super::builder::mark;
use crate::data::assemble::kept;
use crate::data::record;
use crate::values::{AccessId, Query, Shape, Value};

/// The value of a query that ran.
pub(super) fn of(query: &Query, access: AccessId) -> Value {
    let rows = record::of_statement(query, access);
    if kept(query, "raw").is_some() {
        return record::object([("rows", rows), ("numAffectedRows", record::count(access))]);
    }
    if query.op.writes() && kept(query, mark::RETURNING).is_none() {
        let count = || record::count(access);
        let done = record::object([
            ("numUpdatedRows", count()),
            ("numDeletedRows", count()),
            ("numInsertedOrUpdatedRows", count()),
            ("insertId", record::computed(access, Shape::Unknown)),
        ]);
        return if query.single { done } else { Value::of(Shape::Array(Arc::from([done]))) };
    }
    match (query.single, &rows.shape) {
        (true, Shape::Array(all)) => all.first().cloned().unwrap_or_else(Value::unknown),
        (true, _) if query.throws_on_missing => record::row(access),
        (true, _) => record::maybe_row(access),
        (false, _) => rows,
    }
}
