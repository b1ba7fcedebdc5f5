//! `selectFrom`, `insertInto`, `updateTable`, `deleteFrom` and what follows them.

use std::sync::Arc;

use super::{ID, base, expression, itself};
use crate::base::{Loc, Name};
use crate::data::assemble::{Select, all_of, keep, kept, named, overwritten, pending, text};
use crate::data::sql::{Piece, SqlText, fragment};
use crate::data::target;
use crate::schema::Schema;
use crate::values::{Call, Callback, CallbackResult, Facts, Filter, Lib, Op, Outcome, Payload, Projection, Query, Shape, Value};

/// Marks of a builder, kept in the query's state.
pub(super) mod mark {
    pub const CLIENT: &str = "client";
    pub const TABLE: &str = "table";
    /// A selected column; one entry each.
    pub const COLUMN: &str = "column";
    /// A joined table: its words, the table, its condition.
    pub const JOINED: &str = "joined";
    /// One condition.
    pub const WHERE: &str = "where";
    pub const GROUPED: &str = "grouped";
    /// A write gives records back: an array of names.
    pub const RETURNING: &str = "returning";
    /// Names of columns that conflict.
    pub const KEYS: &str = "keys";
}

/// A method that begins a query.
pub(super) fn start(client: Option<&Lib>, method: &str, call: &Call<'_>, schema: &Schema) -> Option<Outcome> {
    let op = match method {
        "selectFrom" => Op::Read,
        "insertInto" => Op::Create,
        "replaceInto" => Op::Upsert,
        "updateTable" => Op::Update,
        "deleteFrom" => Op::Delete,
        _ => return None,
    };
    let mut query = base(client, op);
    query.state.extend(client.map(|it| (Name::new(mark::CLIENT), itself(it))));
    keep(&mut query, mark::TABLE, call.args.first()?.clone());
    Some(rebuilt(query, call.loc, schema))
}

/// A callback that gets the expression builder (or something like it) and whose result goes into the same method.
fn expressed(query: &Query, method: Name, function: &Value, given: Value) -> Outcome {
    let result = CallbackResult::Into(method);
    let callback = Callback { function: function.clone(), args: vec![given], result, under: Facts::none(), maybe: false };
    Outcome { callbacks: vec![callback], ..Outcome::value(pending(query.clone())) }
}

/// A method of a query that has not run.
pub(super) fn go_on(query: &Query, method: Name, call: &Call<'_>, schema: &Schema) -> Option<Outcome> {
    let (first, loc) = (call.args.first(), call.arg_locs.first().copied());
    let expressions = || expression::builder(kept(query, mark::CLIENT));
    let closure = call.args.iter().position(|it| matches!(it.shape, Shape::Closure(_)));
    let mut query = query.clone();
    match (method.as_str(), closure) {
        ("where" | "having" | "select" | "set" | "values" | "returning" | "groupBy" | "orderBy" | "distinctOn", Some(0)) => {
            return Some(expressed(&query, method, &call.args[0], expressions()));
        }
        // `where('id', 'in', (eb) => eb.selectFrom(…))`
        ("where", Some(2)) => {
            let pending_part = Value::of(Shape::Array(call.args[..2].into()));
            keep(&mut query, "half", pending_part);
            return Some(expressed(&query, method, &call.args[2], expressions()));
        }
        ("onConflict", Some(0)) => {
            let lib =
                Lib { owner: ID.into(), kind: "conflict".into(), path: Arc::from([]), data: vec![], made: None, cell: None };
            return Some(expressed(&query, method, &call.args[0], Value::of(Shape::Lib(Arc::new(lib)))));
        }
        (join, Some(1)) if join.ends_with("Join") => {
            let data = vec![(Name::new("table"), call.args[0].clone())];
            let lib = Lib { owner: ID.into(), kind: "join".into(), path: Arc::from([]), data, made: None, cell: None };
            return Some(expressed(&query, method, &call.args[1], Value::of(Shape::Lib(Arc::new(lib)))));
        }
        ("$if", Some(1)) => {
            let function = call.args[1].clone();
            let (args, result) = (vec![pending(query.clone())], CallbackResult::Alternative);
            let callback = Callback { function, args, result, under: first?.truth.when_true.clone(), maybe: true };
            return Some(Outcome { callbacks: vec![callback], ..Outcome::value(pending(query)) });
        }
        ("$call", Some(0)) => {
            let (function, args) = (call.args[0].clone(), vec![pending(query)]);
            let result = CallbackResult::Value;
            let callback = Callback { function, args, result, under: Facts::none(), maybe: false };
            return Some(Outcome { callbacks: vec![callback], ..Outcome::default() });
        }
        _ => {}
    }
    match method.as_str() {
        "where" => {
            let half = kept(&query, "half").and_then(target::elements).map(<[Value]>::to_vec);
            query.state.retain(|(key, _)| *key != "half");
            let args: Vec<Value> = half.into_iter().flatten().chain(call.args.iter().cloned()).collect();
            let condition = SqlText::pieces(expression::condition(&args)?).into_part(ID);
            query.state.push((Name::new(mark::WHERE), condition));
        }
        "whereRef" => {
            let [one, sign, other] = call.args else { return None };
            let sign = sign.as_str().unwrap_or("=");
            let pieces = [expression::column(one), vec![text(&format!(" {sign} "))], expression::column(other)].concat();
            query.state.push((Name::new(mark::WHERE), SqlText::pieces(pieces).into_part(ID)));
        }
        "select" | "selectAll" | "distinctOn" => {
            let whole = |it: &Value| it.as_str().map(|it| Value::str(&format!("{it}.*")));
            let named = match (method.as_str(), first) {
                ("selectAll", None) => vec![Value::str("*")],
                ("selectAll", Some(of)) => {
                    target::elements(of).unwrap_or(std::slice::from_ref(of)).iter().filter_map(whole).collect()
                }
                (_, Some(of)) => target::elements(of).unwrap_or(std::slice::from_ref(of)).to_vec(),
                (_, None) => Vec::new(),
            };
            if method != "distinctOn" {
                query.state.extend(named.into_iter().map(|it| (Name::new(mark::COLUMN), it)));
            }
        }
        join if join.ends_with("Join") || join.ends_with("JoinLateral") => {
            let word = match join {
                "leftJoin" | "leftJoinLateral" => " LEFT JOIN ",
                "rightJoin" => " RIGHT JOIN ",
                "fullJoin" => " FULL JOIN ",
                "crossJoin" => " CROSS JOIN ",
                _ => " INNER JOIN ",
            };
            let (table, on) = match (call.args, first.and_then(Value::as_lib).filter(|it| it.kind == "join")) {
                (_, Some(lib)) => (lib.get("table")?.clone(), conjunction(lib)),
                ([table, one, other], None) => {
                    (table.clone(), [expression::column(one), vec![text(" = ")], expression::column(other)].concat())
                }
                ([table, ..], None) => (table.clone(), vec![text("true")]),
                _ => return None,
            };
            let joined = [Value::str(word), table, SqlText::pieces(on).into_part(ID)];
            query.state.push((Name::new(mark::JOINED), Value::of(Shape::Array(Arc::from(joined)))));
        }
        "values" | "set" => {
            let written = match (first?.as_str(), call.args.get(1)) {
                (Some(column), Some(value)) => target::object([(Name::new(column), value.clone())]),
                _ => first?.clone(),
            };
            let each = target::elements(&written).unwrap_or(std::slice::from_ref(&written));
            query.payload.extend(each.iter().map(|it| Payload { value: it.clone(), loc, relation: Vec::new() }));
        }
        "onConflict" => {
            let lib = first?.as_lib()?;
            if let Some(set) = lib.get("set") {
                query.op = Op::Upsert;
                query.payload.push(Payload { value: set.clone(), loc: None, relation: Vec::new() });
                keep(&mut query, mark::KEYS, lib.get("keys").cloned().unwrap_or_else(Value::nullish));
            }
        }
        "onDuplicateKeyUpdate" => {
            query.op = Op::Upsert;
            query.payload.push(Payload { value: first?.clone(), loc, relation: Vec::new() });
        }
        "returning" => keep(&mut query, mark::RETURNING, first?.clone()),
        "returningAll" => keep(&mut query, mark::RETURNING, Value::str("*")),
        "limit" | "top" | "fetch" => query.limit = first.cloned(),
        "groupBy" => keep(&mut query, mark::GROUPED, Value::bool(true)),
        "execute" | "executeTakeFirst" | "executeTakeFirstOrThrow" => {
            query.single = method != "execute";
            query.throws_on_missing = method == "executeTakeFirstOrThrow";
            return Some(Outcome::value(pending(query)));
        }
        "as" => return Some(Outcome::value(expression::aliased(&pending(query), first?.as_str()?))),
        "union" | "unionAll" | "intersect" | "except" => {
            query.filter = Filter::Opaque(query.filter.values().into_iter().cloned().collect());
            return Some(Outcome::value(pending(query)));
        }
        "compile" | "explain" | "stream" | "then" | "catch" | "finally" => return None,
        // Order, offset, locks, types: what they add is not read.
        _ => return Some(Outcome::value(pending(query))),
    }
    Some(rebuilt(query, call.loc, schema))
}

/// A method of what a join's callback gets: `on`, `onRef`, `onTrue`.
pub(super) fn on_join(lib: &Lib, method: &str, call: &Call<'_>) -> Option<Outcome> {
    let pieces = match (method, call.args) {
        ("onRef", [one, sign, other]) => {
            let sign = sign.as_str().unwrap_or("=");
            [expression::column(one), vec![text(&format!(" {sign} "))], expression::column(other)].concat()
        }
        ("on", [only]) if matches!(only.shape, Shape::Closure(_)) => {
            let (function, args) = (only.clone(), vec![expression::builder(None)]);
            let result = CallbackResult::Into("on".into());
            let callback = Callback { function, args, result, under: Facts::none(), maybe: false };
            return Some(Outcome { callbacks: vec![callback], ..Outcome::value(itself(lib)) });
        }
        ("on", args) => expression::condition(args)?,
        _ => vec![text("true")],
    };
    let mut own = Lib { path: Arc::from([]), ..lib.clone() };
    own.data.push((Name::new("on"), SqlText::pieces(pieces).into_part(ID)));
    Some(Outcome::value(Value::of(Shape::Lib(Arc::new(own)))))
}

fn conjunction(lib: &Lib) -> Vec<Piece> {
    let all: Vec<Value> = lib.data.iter().filter(|(key, _)| *key == "on").map(|(_, it)| it.clone()).collect();
    all_of(&all).unwrap_or_else(|| vec![text("true")])
}

/// A method of what the callback of `onConflict` gets.
pub(super) fn on_conflict(lib: &Lib, method: &str, call: &Call<'_>) -> Value {
    let mut own = Lib { path: Arc::from([]), ..lib.clone() };
    if let Some(first) = call.args.first() {
        let names = Value::of(Shape::Array(target::elements(first).unwrap_or(std::slice::from_ref(first)).into()));
        match method {
            "column" | "columns" => own.data.push((Name::new("keys"), names)),
            // What a function of the expression builder gives is computed by the database.
            "doUpdateSet" => own.data.push((Name::new("set"), first.clone())),
            _ => {}
        }
    }
    Value::of(Shape::Lib(Arc::new(own)))
}

/// A table or a list of tables in `from` and `join`.
fn table(value: &Value) -> Option<Vec<Piece>> {
    match (&value.shape, value.as_str()) {
        (_, Some(name)) => Some(vec![text(&named(name))]),
        (Shape::Array(all), _) => {
            let mut pieces = Vec::new();
            for one in all.iter() {
                if !pieces.is_empty() {
                    pieces.push(text(" CROSS JOIN "));
                }
                pieces.extend(table(one)?);
            }
            Some(pieces)
        }
        _ => fragment(value),
    }
}

fn states<'a>(query: &'a Query, key: &'a str) -> impl Iterator<Item = &'a Value> {
    query.state.iter().filter(move |(it, _)| *it == key).map(|(_, value)| value)
}

/// The query that its parts make.
fn rebuilt(mut query: Query, loc: Loc, schema: &Schema) -> Outcome {
    let Some(from) = kept(&query, mark::TABLE).and_then(table) else {
        query.projection = Projection { opaque: true, ..Projection::default() };
        return Outcome::value(pending(query));
    };
    let mut joins = Vec::new();
    for joined in states(&query, mark::JOINED) {
        let Some([word, of, on]) = target::elements(joined) else { continue };
        let Some(of) = table(of) else { continue };
        let word = word.as_str().unwrap_or(" INNER JOIN ");
        joins.push(text(word));
        joins.extend(of);
        if word != " CROSS JOIN " {
            joins.push(text(" ON "));
            joins.extend(fragment(on).unwrap_or_else(|| vec![text("true")]));
        }
    }
    let mut columns: Vec<Piece> = Vec::new();
    for column in states(&query, mark::COLUMN) {
        if !columns.is_empty() {
            columns.push(text(", "));
        }
        columns.extend(expression::column(column));
    }
    if query.op.writes() {
        let of = kept(&query, mark::TABLE).and_then(Value::as_str).map(named).unwrap_or_default();
        columns = vec![text(&format!("{}.*", of.rsplit(" AS ").next().unwrap_or_default()))];
    } else if columns.is_empty() {
        // Nothing is selected yet; of a subquery that only has to exist, nothing ever is.
        columns = vec![text("1 AS \"nothing\"")];
    }
    let conditions: Vec<Value> = states(&query, mark::WHERE).cloned().collect();
    let grouped = kept(&query, mark::GROUPED).is_some();
    let parts = Select { columns, from, joins, filter: all_of(&conditions).unwrap_or_default(), grouped };
    parts.read_into(&mut query, loc, schema);
    if query.op.writes() {
        query.projection = kept(&query, mark::RETURNING).map_or_else(Projection::default, returned);
    }
    if query.op == Op::Upsert {
        let keys: Vec<Name> = kept(&query, mark::KEYS)
            .and_then(target::elements)
            .into_iter()
            .flatten()
            .filter_map(|it| it.as_str().map(Name::new))
            .collect();
        let inserted = query.payload.first().map(|it| it.value.clone());
        query.filter = inserted.filter(|_| !keys.is_empty()).map_or(Filter::All, |it| overwritten(&it, &keys));
    }
    Outcome::value(pending(query))
}

fn returned(columns: &Value) -> Projection {
    let all = target::elements(columns).unwrap_or(std::slice::from_ref(columns));
    let names: Vec<&str> = all.iter().filter_map(Value::as_str).collect();
    if names.iter().any(|it| it.ends_with('*')) {
        return Projection::whole();
    }
    let plain = names.iter().map(|it| it.split(" as ").next().unwrap_or(it).trim());
    Projection { fields: plain.map(Name::new).collect(), opaque: names.len() < all.len(), ..Projection::default() }
}
