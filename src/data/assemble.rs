//! Statements that builders put together part by part: read as the SQL text that they become.

use std::sync::Arc;

use super::sql::{COUNTED, Piece, Placeholders, SqlText, Statement, fragment, read};
use crate::base::{Loc, Name};
use crate::schema::Schema;
use crate::values::{Filter, Op, Query, Shape, Value};

/// The key in a query's state of its text, for statements around it.
pub(super) const TEXT: &str = "text";

/// A `select`, or the selecting part of a write.
#[derive(Clone, Debug, Default)]
pub(super) struct Select {
    /// What comes back; empty for everything.
    pub columns: Vec<Piece>,
    /// The table.
    pub from: Vec<Piece>,
    /// ` inner join … on …`
    pub joins: Vec<Piece>,
    /// The condition; empty for none.
    pub filter: Vec<Piece>,
    /// Rows are put together, so that a count counts each group.
    pub grouped: bool,
}

impl Select {
    /// The statement's text.
    pub fn text(self) -> SqlText {
        let mut all = vec![text("SELECT ")];
        if self.columns.is_empty() {
            all.push(text("*"));
        }
        all.extend(self.columns);
        all.push(text(" FROM "));
        all.extend(self.from);
        all.extend(self.joins);
        if !self.filter.is_empty() {
            all.push(text(" WHERE "));
            all.extend(self.filter);
        }
        if self.grouped {
            all.push(text(" GROUP BY 1"));
        }
        SqlText::pieces(all)
    }

    /// Tells `query` which records of which table it reads, and what of them.
    pub fn read_into(self, query: &mut Query, loc: Loc, schema: &Schema) {
        let text = self.text();
        query.state.retain(|(key, _)| *key != TEXT && *key != COUNTED);
        query.filter = Filter::All;
        let base = Query { state: Vec::new(), ..query.clone() };
        if let Statement::Query(found) = read(&base, &text, None, Placeholders::Numbered, schema) {
            query.entity = found.entity;
            query.filter = found.filter;
            query.projection = found.projection;
            if !query.op.writes() {
                query.op = if found.op == Op::Count { Op::Count } else { Op::Read };
            }
            query.state.extend(found.state);
        }
        query.state.push((Name::new(TEXT), text.into_value(&query.layer, loc)));
    }
}

/// Fixed text.
pub(super) fn text(text: &str) -> Piece {
    Piece::Text(text.into())
}

/// A name in quotes, each part of its own.
pub(super) fn quoted(name: &str) -> String {
    name.split('.').map(|part| format!("\"{}\"", part.replace('"', ""))).collect::<Vec<_>>().join(".")
}

/// A table or column as builders take it in one text, in quotes: `t`, `t.c`, `t.*`, `t.c as x`.
pub(super) fn named(name: &str) -> String {
    let name = name.trim();
    let lower = name.to_ascii_lowercase();
    if let Some(at) = lower.rfind(" as ") {
        return format!("{} AS {}", named(&name[..at]), quoted(name[at + 4..].trim()));
    }
    let part = |part: &str| if part == "*" { part.to_owned() } else { quoted(part) };
    name.split('.').map(part).collect::<Vec<_>>().join(".")
}

/// Pieces in brackets.
pub(super) fn bracketed(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut all = vec![text("(")];
    all.extend(pieces);
    all.push(text(")"));
    all
}

/// A condition that cannot be read; the values in it.
pub(super) fn opaque(value: &Value) -> Vec<Piece> {
    vec![text("not_known("), Piece::Bound(value.clone()), text(")")]
}

/// All conditions that are there; none where nothing is. One that only some ways have limits nothing for certain.
pub(super) fn all_of(values: &[Value]) -> Option<Vec<Piece>> {
    let (mut certain, mut perhaps): (Vec<Piece>, Vec<Piece>) = (Vec::new(), Vec::new());
    for value in values {
        let ways = conditions(value);
        if value.alternatives().iter().any(|it| it.shape == Shape::Nullish) {
            if !ways.is_empty() {
                perhaps.push(Piece::Maybe(ways.concat()));
            }
            continue;
        }
        let Some(one) = either(ways) else { continue };
        if !certain.is_empty() {
            certain.push(text(" AND "));
        }
        certain.extend(bracketed(one));
    }
    if certain.is_empty() && !perhaps.is_empty() {
        certain.push(text("true"));
    }
    certain.extend(perhaps);
    (!certain.is_empty()).then_some(certain)
}

/// One of the conditions that are there, those of every way.
pub(super) fn any_of(values: &[Value]) -> Option<Vec<Piece>> {
    either(values.iter().flat_map(conditions).collect())
}

fn either(ways: Vec<Vec<Piece>>) -> Option<Vec<Piece>> {
    let count = ways.len();
    ways.into_iter().map(|way| if count > 1 { bracketed(way) } else { way }).reduce(|mut one, other| {
        one.push(text(" OR "));
        one.extend(other);
        one
    })
}

/// The condition of each way.
fn conditions(value: &Value) -> Vec<Vec<Piece>> {
    let there = value.alternatives().iter().filter(|it| it.shape != Shape::Nullish);
    there.map(|it| fragment(it).filter(|pieces| !pieces.is_empty()).unwrap_or_else(|| opaque(it))).collect()
}

/// The records that an upsert may find instead: by the columns that conflict, as they are inserted.
pub(super) fn overwritten(inserted: &Value, columns: &[Name]) -> Filter {
    let row = super::target::elements(inserted).and_then(|rows| rows.first()).unwrap_or(inserted);
    columns.iter().fold(Filter::All, |filter, name| match row.field(name) {
        Some(value) => filter.and(Filter::equal(*name, value.clone(), None)),
        None => filter,
    })
}

/// What a query's builder remembers under a key.
pub(super) fn kept<'a>(query: &'a Query, key: &str) -> Option<&'a Value> {
    query.state.iter().find(|(it, _)| *it == key).map(|(_, value)| value)
}

/// Remembers a value under a key in place of what was there.
pub(super) fn keep(query: &mut Query, key: &str, value: Value) {
    query.state.retain(|(it, _)| *it != key);
    query.state.push((Name::new(key), value));
}

/// A query as a value.
pub(super) fn pending(query: Query) -> Value {
    Value::of(Shape::Query(Arc::new(query)))
}
