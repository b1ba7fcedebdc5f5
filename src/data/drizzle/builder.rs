//! `select … from … where`, `insert`, `update`, `delete`, `$count`, raw statements, transactions.

use super::{base, client_of, expression, result, tables};
use crate::base::{Loc, Name};
use crate::data::assemble::{Select, all_of, keep, kept, opaque, pending, quoted, text};
use crate::data::sql::{Piece, Placeholders, SqlText, Statement, fragment, read};
use crate::data::{assemble, target};
use crate::schema::Schema;
use crate::values::{
    Call, Callback, CallbackResult, EventKind, Facts, Filter, Lib, Op, Outcome, Payload, Projection, Query, Runs, Shape, Value,
};

/// Marks of a builder, kept in the query's state.
pub(super) mod mark {
    /// The table.
    pub const TABLE: &str = "table";
    /// What is selected, as an object.
    pub const FIELDS: &str = "fields";
    /// A joined table: the table, how, on what.
    pub const JOINED: &str = "joined";
    /// The condition.
    pub const WHERE: &str = "where";
    /// Rows are put together.
    pub const GROUPED: &str = "grouped";
    /// A write gives records back.
    pub const RETURNING: &str = "returning";
    /// It gives a number.
    pub const NUMBER: &str = "number";
    /// A statement's text.
    pub const RAW: &str = "raw";
}

/// A method of the client or of a transaction.
pub(super) fn start(lib: &Lib, method: &str, call: &Call<'_>, schema: &Schema) -> Option<Outcome> {
    let first = call.args.first();
    let op = match method {
        "select" | "selectDistinct" | "selectDistinctOn" => Op::Read,
        "insert" => Op::Create,
        "update" => Op::Update,
        "delete" => Op::Delete,
        "$count" => Op::Count,
        "execute" | "run" | "all" | "get" | "values" => return Some(raw(lib, method, call, schema)),
        "with" => return Some(Outcome::value(client_of(lib))),
        "$with" => {
            let data = vec![(Name::new("name"), first?.clone())];
            return Some(Outcome::value(tables::value(tables::lib("common", data))));
        }
        "transaction" => {
            let run = first.filter(|it| it.is_callable())?;
            let (function, args) = (run.clone(), vec![client_of(lib)]);
            let result = CallbackResult::Value;
            let callback = Callback { function, args, result, under: Facts::none(), maybe: false };
            return Some(Outcome { callbacks: vec![callback], ..Outcome::default() });
        }
        // The interpreter runs the queries of an array that is handed to it.
        "batch" => return Some(Outcome::value(first?.clone())),
        "refreshMaterializedView" | "rollback" | "setTransaction" => return Some(Outcome::value(Value::nullish())),
        _ => return None,
    };
    let mut query = base(lib, op);
    match op {
        Op::Read => {
            let fields = if method == "selectDistinctOn" { call.args.get(1) } else { first };
            if let Some(fields) = fields.filter(|it| it.shape != Shape::Nullish) {
                keep(&mut query, mark::FIELDS, fields.clone());
            }
        }
        _ => {
            keep(&mut query, mark::TABLE, first?.clone());
            if op == Op::Count {
                keep(&mut query, mark::NUMBER, Value::bool(true));
                if let Some(condition) = call.args.get(1) {
                    keep(&mut query, mark::WHERE, condition.clone());
                }
            }
        }
    }
    Some(rebuilt(query, call.loc, schema))
}

/// `db.execute(sql`…`)` and the like.
fn raw(lib: &Lib, method: &str, call: &Call<'_>, schema: &Schema) -> Outcome {
    let mut query = base(lib, Op::Call);
    keep(&mut query, mark::RAW, Value::bool(true));
    query.single = method == "get";
    let Some(first) = call.args.first() else { return Outcome::default() };
    // A builder may be handed over instead.
    if let Shape::Query(_) = &first.shape {
        return Outcome::value(first.clone());
    }
    let text = fragment(first).map_or_else(|| SqlText::of(first), SqlText::pieces);
    let events = text.sinks();
    let value = match read(&query, &text, None, Placeholders::Numbered, schema) {
        Statement::Query(query) => pending(*query),
        Statement::Harmless => Value::nullish(),
    };
    let runs = result::is_synchronous(&query);
    Outcome { value: Some(value), events, runs: if runs { Runs::Now } else { Runs::Later }, ..Outcome::default() }
}

/// A method of a query that has not run.
pub(super) fn go_on(query: &Query, method: Name, call: &Call<'_>, schema: &Schema) -> Option<Outcome> {
    let mut query = query.clone();
    let (first, loc) = (call.args.first(), call.arg_locs.first().copied());
    let mut events = sinks(call.args);
    let relational = kept(&query, super::relational::MODEL).is_some();
    match method.as_str() {
        "from" => keep(&mut query, mark::TABLE, first?.clone()),
        "innerJoin" | "leftJoin" | "rightJoin" | "fullJoin" | "crossJoin" | "innerJoinLateral" | "leftJoinLateral" => {
            let condition = call.args.get(1).cloned().unwrap_or_else(Value::nullish);
            let join = Value::of(Shape::Array(std::sync::Arc::from([first?.clone(), Value::str(&method), condition])));
            query.state.push((Name::new(mark::JOINED), join));
        }
        // The last condition replaces the one before.
        "where" => keep(&mut query, mark::WHERE, first.cloned().unwrap_or_else(Value::nullish)),
        "limit" => {
            query.limit = first.filter(|it| it.shape != Shape::Nullish).cloned();
            return Some(Outcome { events, ..Outcome::value(pending(query)) });
        }
        "groupBy" => keep(&mut query, mark::GROUPED, Value::bool(true)),
        "set" | "values" if query.op.writes() && query.payload.is_empty() => {
            query.payload.push(Payload { value: first?.clone(), loc, relation: Vec::new() });
        }
        "onConflictDoUpdate" | "onDuplicateKeyUpdate" => {
            query.op = Op::Upsert;
            let set = first?.field("set").cloned().unwrap_or_else(Value::unknown);
            query.payload.push(Payload { value: set, loc: None, relation: Vec::new() });
            let condition = ["setWhere", "where"].iter().find_map(|key| first?.field(key));
            match condition {
                Some(condition) => keep(&mut query, mark::WHERE, condition.clone()),
                None => {
                    let filter = overwritten(&query, first?);
                    let outcome = rebuilt(query, call.loc, schema);
                    let Some(Shape::Query(built)) = outcome.value.as_ref().map(|it| &it.shape) else { return Some(outcome) };
                    let value = pending(Query { filter, ..(**built).clone() });
                    return Some(Outcome { value: Some(value), events, ..outcome });
                }
            }
        }
        "returning" | "$returningId" | "output" => {
            keep(&mut query, mark::RETURNING, first.cloned().unwrap_or_else(|| Value::bool(true)));
        }
        "as" if !relational => return Some(Outcome::value(tables::subquery(first?.as_str()?, &pending(query)))),
        "get" | "all" | "run" | "execute" | "values" | "sync" => {
            if method == "get" {
                query.single = true;
            }
            let runs = result::is_synchronous(&query);
            return Some(Outcome { events, runs: if runs { Runs::Now } else { Runs::Later }, ..Outcome::value(pending(query)) });
        }
        "toSQL" | "getSQL" => return Some(Outcome::value(Value::unknown())),
        "then" | "catch" | "finally" => return None,
        // Order, locks, hints, set operations: what they add is not read.
        "orderBy"
        | "offset"
        | "having"
        | "for"
        | "$dynamic"
        | "prepare"
        | "onConflictDoNothing"
        | "select"
        | "$withCache"
        | "overridingSystemValue"
        | "comment"
        | "ignore"
        | "top"
        | "fetch" => {
            return Some(Outcome { events, ..Outcome::value(pending(query)) });
        }
        "union" | "unionAll" | "intersect" | "except" => {
            query.filter = Filter::Opaque(query.filter.values().into_iter().cloned().collect());
            return Some(Outcome { events, ..Outcome::value(pending(query)) });
        }
        _ => return None,
    }
    let outcome = if relational { super::relational::rebuilt(query, call.loc, schema) } else { rebuilt(query, call.loc, schema) };
    events.extend(outcome.events);
    Some(Outcome { events, ..outcome })
}

/// What of the client becomes text.
fn sinks(args: &[Value]) -> Vec<EventKind> {
    let fields = |value: &Value| value.as_object().map(|it| it.fields.iter().map(|(_, it)| it.clone()).collect::<Vec<_>>());
    let inner = args.iter().filter_map(fields).flatten();
    let all = args.iter().cloned().chain(inner);
    all.filter(|it| it.as_lib().is_some()).filter_map(|it| fragment(&it)).flat_map(|it| SqlText::pieces(it).sinks()).collect()
}

/// The records that an upsert may find instead: by the conflicting columns, as they are inserted.
fn overwritten(query: &Query, config: &Value) -> Filter {
    let Some(target) = config.field("target") else { return Filter::All };
    let columns = target::elements(target).unwrap_or(std::slice::from_ref(target));
    let Some(inserted) = query.payload.first() else { return Filter::All };
    let columns: Vec<Name> = columns.iter().filter_map(tables::column_of).map(|(_, name)| Name::new(name)).collect();
    assemble::overwritten(&inserted.value, &columns)
}

/// The query that its parts make.
fn rebuilt(mut query: Query, loc: Loc, schema: &Schema) -> Outcome {
    let Some(table) = kept(&query, mark::TABLE).cloned() else { return Outcome::value(pending(query)) };
    let Some(from) = tables::from(&table) else {
        // The table is chosen at run time.
        query.projection = Projection { opaque: true, ..Projection::default() };
        return Outcome::value(pending(query));
    };
    let joins = query.state.iter().filter(|(key, _)| *key == mark::JOINED).filter_map(|(_, it)| join(it)).flatten().collect();
    let columns = match (query.op.writes(), kept(&query, mark::FIELDS), kept(&query, mark::NUMBER)) {
        (true, ..) => vec![text(&format!("{}.*", quoted(tables::table_of(&table).unwrap_or(""))))],
        (false, _, Some(_)) => vec![text("count(*) AS \"count\"")],
        (false, Some(fields), _) => columns(fields),
        (false, None, None) => Vec::new(),
    };
    let select = Select {
        columns,
        from,
        joins,
        filter: kept(&query, mark::WHERE).and_then(|it| all_of(std::slice::from_ref(it))).unwrap_or_default(),
        grouped: kept(&query, mark::GROUPED).is_some(),
    };
    select.read_into(&mut query, loc, schema);
    if query.op.writes() {
        query.projection = match kept(&query, mark::RETURNING) {
            None => Projection::default(),
            Some(fields) if fields.as_object().is_some() => returned(fields),
            Some(_) => Projection::whole(),
        };
    }
    Outcome::value(pending(query))
}

/// ` left join t on …`
fn join(value: &Value) -> Option<Vec<Piece>> {
    let Shape::Array(parts) = &value.shape else { return None };
    let [table, how, condition] = &**parts else { return None };
    let how = match how.as_str()? {
        "leftJoin" | "leftJoinLateral" => " LEFT JOIN ",
        "rightJoin" => " RIGHT JOIN ",
        "fullJoin" => " FULL JOIN ",
        "crossJoin" => " CROSS JOIN ",
        _ => " INNER JOIN ",
    };
    let mut all = vec![text(how)];
    all.extend(tables::from(table)?);
    if how != " CROSS JOIN " {
        all.push(text(" ON "));
        all.extend(all_of(std::slice::from_ref(condition)).unwrap_or_else(|| opaque(condition)));
    }
    Some(all)
}

/// The columns of a selection, each under its key.
fn columns(fields: &Value) -> Vec<Piece> {
    let mut all: Vec<Piece> = Vec::new();
    let Some(object) = fields.as_object() else { return all };
    for (key, value) in &object.fields {
        let column = match (tables::table_of(value), value.as_object()) {
            (Some(table), _) => vec![text(&format!("{}.*", quoted(table)))],
            (None, Some(_)) => columns(value),
            (None, None) => {
                let mut pieces = expression::operand(value);
                pieces.push(text(&format!(" AS {}", quoted(&key.replace('.', "_")))));
                pieces
            }
        };
        if column.is_empty() {
            continue;
        }
        if !all.is_empty() {
            all.push(text(", "));
        }
        all.extend(column);
    }
    all
}

/// The columns that a write gives back.
fn returned(fields: &Value) -> Projection {
    let mut projection = Projection::default();
    for (_, value) in fields.as_object().iter().flat_map(|it| &it.fields) {
        match tables::column_of(value) {
            Some((_, name)) => projection.fields.push(Name::new(name)),
            None if tables::table_of(value).is_some() => projection.whole = true,
            None => {}
        }
    }
    projection
}
