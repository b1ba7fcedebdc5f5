//! PostgREST's builders: `from(table).select(…).eq(…)`.

use super::{base, logic, mark, pending, select};
use crate::base::{Loc, Name};
use crate::data::{sink, target};
use crate::schema::{Entity, Schema};
use crate::values::{
    Call, EventKind, Filter, Include, Lib, Op, Origin, Outcome, Payload, Projection, Quantifier, Query, Shape, Sink, Test, Value,
};

/// A method of a table.
pub(super) fn start(lib: &Lib, method: &str, call: &Call<'_>, schema: &Schema) -> Option<Outcome> {
    let op = match method {
        "select" => Op::Read,
        "insert" => Op::Create,
        "upsert" => Op::Upsert,
        "update" => Op::Update,
        "delete" => Op::Delete,
        _ => return None,
    };
    let table = lib.get("table").and_then(Value::as_str).map(Name::new);
    let mut query = base(lib, table, op);
    let entity = table.and_then(|table| schema.find(table));
    let (first, loc) = (call.args.first(), call.arg_locs.first().copied());
    let options = call.args.get(1);
    let mut events = Vec::new();
    match (op, first) {
        (Op::Read, _) => {
            events = project(&mut query, first, loc, schema);
            if options.and_then(|it| it.field("head")).is_some_and(|it| matches!(it.shape, Shape::Bool(true))) {
                query.op = Op::Count;
                query.projection = Projection::default();
            }
        }
        (Op::Create | Op::Update | Op::Upsert, Some(value)) => {
            query.payload.push(Payload { value: value.clone(), loc, relation: Vec::new() });
            if op == Op::Upsert {
                query.filter = overwritten(value, options, entity, loc);
            }
        }
        _ => {}
    }
    Some(Outcome { events, ..pending(query) })
}

/// `client.rpc(function, args)`
pub(super) fn procedure(lib: &Lib, call: &Call<'_>) -> Outcome {
    let mut query = base(lib, None, Op::Call);
    let name = call.args.first();
    if let Some(name) = name {
        query.state.push((Name::new(mark::PROCEDURE), name.clone()));
    }
    query.filter_loc = call.arg_locs.get(1).copied();
    query.filter = call.args.get(1).map_or(Filter::All, |args| equalities(args, query.filter_loc));
    let events = name.and_then(|name| sink::in_text(Sink::Identifier, name)).into_iter().collect();
    Outcome { events, ..pending(query) }
}

/// A method of a query that has not run.
pub(super) fn go_on(query: &Query, method: Name, call: &Call<'_>, schema: &Schema) -> Option<Outcome> {
    let mut query = query.clone();
    let (first, second) = (call.args.first(), call.args.get(1));
    let loc_of = |index: usize| call.arg_locs.get(index).copied();
    let mut events = Vec::new();
    match method.as_str() {
        "select" => events = project(&mut query, first, loc_of(0), schema),
        "single" => {
            query.single = true;
            remember(&mut query, mark::EXACTLY_ONE);
        }
        "maybeSingle" => query.single = true,
        "csv" | "geojson" | "explain" => remember(&mut query, mark::TEXT),
        "throwOnError" => remember(&mut query, mark::THROWS),
        "returns" | "overrideTypes" | "abortSignal" | "setHeader" | "rollback" | "maxAffected" | "retry" => {}
        "order" => events.extend(first.and_then(|column| sink::in_text(Sink::Identifier, column))),
        "limit" if !of_related(second) => query.limit = first.cloned(),
        "range" if !of_related(call.args.get(2)) => query.limit = first.zip(second).map(|(from, to)| span(from, to)),
        "limit" | "range" => {}
        "match" => {
            events.extend(first.and_then(sink::operators));
            let filter = first.map_or(Filter::All, |fields| equalities(fields, loc_of(0)));
            query.filter = query.filter.and(filter);
        }
        "or" if of_related(second) => {}
        "or" => {
            let (filter, found) = logic::read(first?, loc_of(0));
            events = found;
            query.filter = query.filter.and(filter);
        }
        "not" | "filter" => {
            let operator = second.and_then(Value::as_str);
            let value = call.args.get(2).cloned().unwrap_or_else(Value::unknown);
            if operator.is_none_or(logic::reads_syntax) {
                events.extend(sink::in_text(Sink::Filter, &value));
            }
            let test = operator.map_or(Test::Other, logic::test);
            condition(&mut query, &mut events, first?, test, value, loc_of(2), method == "not");
        }
        _ => {
            let test = compare(&method)?;
            let value = second.cloned().unwrap_or_else(Value::unknown);
            // A list that holds one value is compared by its elements.
            let value = match (&value.shape, method.as_str()) {
                (Shape::Array(values), "contains") if values.len() == 1 => values[0].clone(),
                _ => value,
            };
            condition(&mut query, &mut events, first?, test, value, loc_of(1), false);
        }
    }
    let has = |mark: &str| query.state.iter().any(|(key, _)| *key == mark);
    query.throws_on_missing = has(mark::THROWS) && has(mark::EXACTLY_ONE);
    Some(Outcome { events, ..pending(query) })
}

fn compare(method: &str) -> Option<Test> {
    Some(match method {
        "eq" | "is" | "contains" => Test::Equal,
        "in" => Test::In,
        "neq" => Test::NotEqual,
        "gt" | "gte" | "lt" | "lte" | "like" | "ilike" | "likeAllOf" | "likeAnyOf" | "ilikeAllOf" | "ilikeAnyOf"
        | "regexMatch" | "regexIMatch" | "isDistinct" | "notIn" | "containedBy" | "rangeGt" | "rangeGte" | "rangeLt"
        | "rangeLte" | "rangeAdjacent" | "overlaps" | "textSearch" | "fts" | "plfts" | "phfts" | "wfts" => Test::Other,
        _ => return None,
    })
}

fn remember(query: &mut Query, mark: &str) {
    query.state.push((Name::new(mark), Value::bool(true)));
}

/// Whether options name another table for what they go with.
fn of_related(options: Option<&Value>) -> bool {
    options.is_some_and(|it| ["referencedTable", "foreignTable"].iter().any(|key| it.field(key).is_some()))
}

/// How many records lie from one index to another, both counted in; the value that sets the end where it is not fixed.
fn span(from: &Value, to: &Value) -> Value {
    match (from.as_number(), to.as_number()) {
        (Some(from), Some(to)) if to >= from => {
            Value::with_origin(Shape::Num((to - from + 1.0).to_string().into()), Origin::Literal)
        }
        _ => to.clone(),
    }
}

fn project(query: &mut Query, columns: Option<&Value>, loc: Option<Loc>, schema: &Schema) -> Vec<EventKind> {
    let entity = query.entity.and_then(|table| schema.find(table));
    let read = select::read(columns, entity, schema);
    query.projection = read.projection;
    query.projection_loc = loc;
    remember(query, mark::RECORDS);
    for path in read.inner {
        query.state.push((Name::new(mark::INNER), Value::str(&path)));
    }
    columns.and_then(|text| sink::in_text(Sink::Filter, text)).into_iter().collect()
}

/// Adds a condition on a column, or on a column of a related table.
fn condition(
    query: &mut Query,
    events: &mut Vec<EventKind>,
    column: &Value,
    test: Test,
    value: Value,
    loc: Option<Loc>,
    negated: bool,
) {
    let Some(name) = column.as_str() else {
        events.extend(sink::in_text(Sink::Identifier, column));
        let filter = std::mem::take(&mut query.filter);
        query.filter = filter.and(Filter::Opaque(vec![value]));
        return;
    };
    let column = name.split("->").next().unwrap_or(name);
    let (path, field) = match column.rsplit_once('.') {
        Some((path, _)) => (path, &name[path.len() + 1..]),
        None => ("", name),
    };
    let filter = Filter::Field { field: Name::new(field), test, value, loc };
    let filter = if negated { Filter::Not(Box::new(filter)) } else { filter };
    if path.is_empty() {
        query.filter = std::mem::take(&mut query.filter).and(filter);
        return;
    }
    let keys: Vec<Name> = path.split('.').map(Name::new).collect();
    // Every table on the way must have a row; without `!inner` the condition only empties what is embedded.
    let required = (1..=keys.len()).all(|count| {
        let way = keys[..count].iter().map(|key| key.as_str()).collect::<Vec<_>>().join(".");
        query.state.iter().any(|(key, value)| *key == mark::INNER && value.as_str() == Some(way.as_str()))
    });
    if !required {
        if let Some(include) = embedded(&mut query.projection, &keys) {
            include.filter = std::mem::take(&mut include.filter).and(filter);
        }
        return;
    }
    let mut relations = Vec::new();
    for count in 1..=keys.len() {
        relations.extend(embedded(&mut query.projection, &keys[..count]).map(|include| include.relation));
    }
    let related = relations.into_iter().rev().fold(filter, |filter, relation| Filter::Related {
        relation,
        quantifier: Quantifier::Some,
        filter: Box::new(filter),
    });
    query.filter = std::mem::take(&mut query.filter).and(related);
}

/// The embedded table at the end of a path of keys; a table may be named instead of its alias.
fn embedded<'a>(projection: &'a mut Projection, keys: &[Name]) -> Option<&'a mut Include> {
    let (first, rest) = keys.split_first()?;
    let include = projection.related.iter_mut().find(|it| it.key == *first || it.relation == *first)?;
    if rest.is_empty() { Some(include) } else { embedded(&mut include.projection, rest) }
}

/// An equality for every field of an object.
fn equalities(fields: &Value, loc: Option<Loc>) -> Filter {
    let Some(object) = fields.as_object() else { return Filter::Opaque(vec![fields.clone()]) };
    let mut filter = Filter::All;
    for (name, value) in &object.fields {
        filter = filter.and(Filter::equal(*name, value.clone(), object.loc_of(name).or(loc)));
    }
    if object.spreads.is_empty() { filter } else { filter.and(Filter::Opaque(object.spreads.clone())) }
}

/// The records that an upsert writes over: those with the same key.
fn overwritten(rows: &Value, options: Option<&Value>, entity: Option<&Entity>, loc: Option<Loc>) -> Filter {
    let named = options.and_then(|it| it.field("onConflict"));
    let keys: Vec<Name> = match named.and_then(Value::as_str) {
        Some(columns) => columns.split(',').map(|it| Name::new(it.trim())).collect(),
        None => {
            let primary = entity.and_then(|it| it.uniques.iter().find(|unique| unique.primary));
            primary.map_or_else(|| vec![Name::new("id")], |unique| unique.fields.clone())
        }
    };
    let row = target::elements(rows).and_then(<[Value]>::first).unwrap_or(rows);
    let Some(object) = row.as_object() else { return Filter::Opaque(vec![rows.clone()]) };
    let mut filter = Filter::All;
    for key in keys {
        match object.get(&key) {
            Some(value) => filter = filter.and(Filter::equal(key, value.clone(), object.loc_of(&key).or(loc))),
            None if object.is_closed() => {}
            None => filter = filter.and(Filter::Opaque(object.spreads.clone())),
        }
    }
    filter
}
