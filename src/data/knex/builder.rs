//! The builder's methods, and the query that it stands for.

use std::sync::Arc;

use super::condition::{self, Words};
use super::{ID, base, raw, thing, value};
use crate::base::Name;
use crate::data::assemble::{Select, named, overwritten, quoted, text};
use crate::data::sql::{Piece, fragment};
use crate::data::target;
use crate::schema::Schema;
use crate::values::{
    Call, Callback, CallbackResult, EventKind, Facts, Filter, Lib, Op, Origin, Outcome, Payload, Projection, Query, Shape, Value,
};

/// A new builder of a client, on a table.
pub(super) fn made(client: &Lib, table: Option<&Value>, call: &Call<'_>) -> Value {
    let mut data = vec![(Name::new("client"), super::itself(client))];
    data.extend(table.map(|it| (Name::new("table"), it.clone())));
    value(Lib { made: Some(call.loc), ..thing(Lib::THENABLE, data) })
}

/// Whether it is one of this layer's builders.
pub(super) fn is_builder(lib: &Lib) -> bool {
    lib.owner == ID && lib.kind == Lib::THENABLE
}

fn set(mut lib: Lib, key: &str, value: Value) -> Lib {
    lib.data.retain(|(it, _)| *it != key);
    lib.data.push((Name::new(key), value));
    lib
}

fn push(lib: Lib, key: &str, value: Value) -> Lib {
    let mut all = list(&lib, key);
    all.push(value);
    set(lib, key, row(&all))
}

fn row(parts: &[Value]) -> Value {
    Value::of(Shape::Array(parts.into()))
}

/// What was added under a key; what only one way added may be absent.
fn list(lib: &Lib, key: &str) -> Vec<Value> {
    let Some(known) = lib.get(key) else { return Vec::new() };
    let mut all: Vec<Value> = Vec::new();
    let ways: Vec<&[Value]> = known.alternatives().iter().filter_map(|way| target::elements(way)).collect();
    let certain = known.alternatives().len() == 1;
    for way in &ways {
        for value in *way {
            let everywhere = certain || ways.len() == known.alternatives().len() && ways.iter().all(|it| it.contains(value));
            let value = if everywhere { value.clone() } else { value.join(&Value::nullish()) };
            if !all.contains(&value) {
                all.push(value);
            }
        }
    }
    all
}

fn with_builder(function: &Value, builder: Lib, result: CallbackResult) -> Callback {
    Callback { function: function.clone(), args: vec![value(builder)], result, under: Facts::none(), maybe: false }
}

/// A builder of the same client without anything in it, for conditions in brackets and subqueries.
fn inner(lib: &Lib) -> Lib {
    Lib {
        made: lib.made,
        ..thing(Lib::THENABLE, lib.get("client").map(|it| (Name::new("client"), it.clone())).into_iter().collect())
    }
}

/// A method of a builder.
pub(super) fn method(lib: &Lib, method: Name, call: &Call<'_>) -> Option<Outcome> {
    let own = Lib { path: Arc::from([]), made: Some(call.loc), ..lib.clone() };
    let (first, second) = (call.args.first(), call.args.get(1));
    let mut events: Vec<EventKind> = Vec::new();
    let function = call.args.iter().find(|it| matches!(it.shape, Shape::Closure(_)));
    if let Some(words) = Words::of(&method) {
        if let Some(function) = function {
            // A subquery or a group of conditions that a function builds. What stands before it (`whereIn('id', …)`) is kept meanwhile.
            let column = call.args.first().filter(|it| it.as_str().is_some());
            let own = match column {
                Some(column) => set(own, "pending", column.clone()),
                None => own,
            };
            let callback = with_builder(function, inner(lib), CallbackResult::ArgumentInto(method));
            return Some(Outcome { callbacks: vec![callback], ..Outcome::value(value(own)) });
        }
        let kept = own.get("pending").cloned();
        let own = Lib { data: own.data.iter().filter(|(key, _)| *key != "pending").cloned().collect(), ..own };
        let with_column: Vec<Value> = kept.into_iter().chain(call.args.iter().cloned()).collect();
        let call = Call { args: &with_column, ..call.clone() };
        let next = match condition::pieces(&words, &call) {
            None => own,
            Some(pieces) => {
                events = condition::sinks(&words, &pieces);
                push(own, "wheres", row(&[Value::bool(words.or), condition::made(pieces)]))
            }
        };
        return Some(Outcome { events, ..Outcome::value(value(next)) });
    }
    let returning = |lib: Lib, at: Option<&Value>| match at.filter(|it| it.shape != Shape::Nullish) {
        Some(columns) => set(lib, "returning", columns.clone()),
        None => lib,
    };
    let next = match method.as_str() {
        "from" | "table" | "into" => set(own, "table", first?.clone()),
        "as" => set(own, "alias", first?.clone()),
        "select" | "column" | "columns" | "distinct" => call.args.iter().fold(own, |own, it| push(own, "columns", it.clone())),
        "first" => {
            let own = call.args.iter().fold(own, |own, it| push(own, "columns", it.clone()));
            set(own, "single", Value::bool(true))
        }
        "pluck" => set(push(own, "columns", first?.clone()), "form", Value::str("pluck")),
        "count" | "countDistinct" | "sum" | "sumDistinct" | "avg" | "avgDistinct" | "min" | "max" => {
            let name = format!("{}({})", method.trim_end_matches("Distinct"), first.and_then(Value::as_str).unwrap_or("*"));
            push(own, "columns", condition::made(vec![text(&aggregate(&name, &method))]))
        }
        "insert" => returning(set(set(own, "op", Value::str("insert")), "payload", first?.clone()), second),
        "update" => match first?.as_str() {
            Some(column) => {
                let written = target::object([(Name::new(column), second?.clone())]);
                returning(set(set(own, "op", Value::str("update")), "payload", written), call.args.get(2))
            }
            None => returning(set(set(own, "op", Value::str("update")), "payload", first?.clone()), second),
        },
        "increment" | "decrement" => {
            // The new value is computed from the old one.
            let by = |value: &Value| Value::with_origin(Shape::Unknown, Origin::derived([value.origin.clone()]));
            let written = match (first?.as_str(), first?.as_object()) {
                (Some(column), _) => target::object([(Name::new(column), second.map_or_else(Value::unknown, by))]),
                (None, Some(object)) => target::object(object.fields.iter().map(|(name, value)| (*name, by(value)))),
                (None, None) => first?.clone(),
            };
            set(set(own, "op", Value::str("update")), "payload", written)
        }
        "del" | "delete" => returning(set(own, "op", Value::str("delete")), first),
        "truncate" => set(own, "op", Value::str("delete")),
        "onConflict" => set(own, "keys", first.cloned().unwrap_or_else(Value::nullish)),
        "merge" | "upsert" => {
            let own = set(own, "op", Value::str("upsert"));
            match first.filter(|it| it.as_object().is_some() || matches!(it.shape, Shape::Unknown)) {
                Some(set_to) => set(own, "merged", set_to.clone()),
                None => own,
            }
        }
        "returning" => set(own, "returning", first?.clone()),
        "limit" => set(own, "limit", first?.clone()),
        "groupBy" | "groupByRaw" => set(own, "grouped", Value::bool(true)),
        "clone" => Lib { cell: None, ..own },
        "modify" => {
            let callback = with_builder(first?, own, CallbackResult::Argument);
            let mut callback = callback;
            callback.args.extend(call.args.iter().skip(1).cloned());
            return Some(Outcome { callbacks: vec![callback], ..Outcome::default() });
        }
        "on" | "andOn" | "orOn" | "onVal" | "andOnVal" | "orOnVal" | "using" => {
            let pieces = match (method.ends_with("Val"), call.args) {
                (true, [name, value]) => Some([condition::column(name), vec![text(" = ")], condition::operand(value)].concat()),
                (true, _) => None,
                (false, args) => condition::on(args),
            };
            match pieces {
                Some(pieces) => push(own, "wheres", row(&[Value::bool(method.starts_with("or")), condition::made(pieces)])),
                None => own,
            }
        }
        "unionAll" | "union" | "intersect" | "except" => {
            let other = condition::made(crate::data::assemble::opaque(first?));
            push(own, "wheres", row(&[Value::bool(true), other]))
        }
        "orderByRaw" | "havingRaw" | "joinRaw" | "fromRaw" => {
            events = crate::data::sql::SqlText::pieces(raw::pieces(call.args)).sinks();
            own
        }
        _ if method.to_ascii_lowercase().ends_with("join") => {
            if let Some(function) = function {
                let own = set(own, "joining", first?.clone());
                let callback = with_builder(function, inner(lib), CallbackResult::ArgumentInto(method));
                return Some(Outcome { callbacks: vec![callback], ..Outcome::value(value(own)) });
            }
            let kept = own.get("joining").cloned();
            let own = Lib { data: own.data.iter().filter(|(key, _)| *key != "joining").cloned().collect(), ..own };
            let all: Vec<Value> = kept.into_iter().chain(call.args.iter().cloned()).collect();
            let on = condition::on(&all[1..]).map(condition::made).unwrap_or_else(Value::nullish);
            push(own, "joins", row(&[Value::str(&method), all.first()?.clone(), on]))
        }
        "stream" | "pipe" | "asCallback" | "toSQL" | "toString" | "toQuery" | "columnInfo" => return None,
        // Order, offset, locks, options: what they add is not read.
        _ => own,
    };
    Some(Outcome { events, ..Outcome::value(value(next)) })
}

/// `count(* as n)` as SQL; the column under its name, or under the function's.
fn aggregate(call: &str, method: &str) -> String {
    let (function, of) = call.trim_end_matches(')').split_once('(').unwrap_or((call, "*"));
    let (column, alias) = match of.to_ascii_lowercase().rfind(" as ") {
        Some(at) => (of[..at].trim(), of[at + 4..].trim()),
        None => (of.trim(), method),
    };
    format!("{function}({}) AS {}", named(column), quoted(alias))
}

/// The columns that a selection names.
fn columns(lib: &Lib) -> Vec<Piece> {
    let mut all: Vec<Piece> = Vec::new();
    let mut add = |pieces: Vec<Piece>| {
        if !all.is_empty() {
            all.push(text(", "));
        }
        all.extend(pieces);
    };
    fn one(value: &Value, add: &mut dyn FnMut(Vec<Piece>)) {
        match (&value.shape, value.as_lib()) {
            (Shape::Str(name), _) => add(vec![text(&named(name))]),
            (Shape::Array(_) | Shape::List(_), _) => target::elements(value).into_iter().flatten().for_each(|it| one(it, add)),
            (Shape::Object(object), _) => {
                for (alias, column) in &object.fields {
                    let mut pieces = condition::column(column);
                    pieces.push(text(&format!(" AS {}", quoted(alias))));
                    add(pieces);
                }
            }
            (_, Some(lib)) if is_builder(lib) => {
                let mut pieces = condition::operand(value);
                let alias = lib.get("alias").and_then(Value::as_str).unwrap_or("subquery");
                pieces.push(text(&format!(" AS {}", quoted(alias))));
                add(pieces);
            }
            (Shape::Nullish, _) => {}
            // Which columns, the code decides as it runs.
            _ => add(fragment(value).unwrap_or_else(|| vec![text("*")])),
        }
    }
    for value in list(lib, "columns") {
        for way in value.alternatives() {
            one(way, &mut add);
        }
    }
    all
}

/// A table in `from` or `join`.
fn table(value: &Value) -> Option<Vec<Piece>> {
    match (&value.shape, value.as_lib()) {
        (Shape::Str(name), _) => Some(vec![text(&named(name))]),
        (Shape::Object(object), _) => {
            let (alias, of) = object.fields.first()?;
            let mut pieces = table(of)?;
            pieces.push(text(&format!(" AS {}", quoted(alias))));
            Some(pieces)
        }
        (_, Some(lib)) if is_builder(lib) => {
            let mut pieces = condition::operand(value);
            let alias = lib.get("alias").and_then(Value::as_str).unwrap_or("subquery");
            pieces.push(text(&format!(" AS {}", quoted(alias))));
            Some(pieces)
        }
        _ => fragment(value),
    }
}

fn joins(lib: &Lib) -> Vec<Piece> {
    let mut all = Vec::new();
    for join in list(lib, "joins") {
        let join = join.alternatives().iter().find(|it| it.shape != Shape::Nullish).cloned();
        let Some(Shape::Array(parts)) = join.as_ref().map(|it| &it.shape) else { continue };
        let [how, to, on] = &**parts else { continue };
        let Some(to) = table(to) else { continue };
        let word = match how.as_str().unwrap_or("") {
            "leftJoin" | "leftOuterJoin" => " LEFT JOIN ",
            "rightJoin" | "rightOuterJoin" => " RIGHT JOIN ",
            "fullOuterJoin" | "outerJoin" => " FULL JOIN ",
            "crossJoin" => " CROSS JOIN ",
            _ => " INNER JOIN ",
        };
        all.push(text(word));
        all.extend(to);
        if word != " CROSS JOIN " {
            all.push(text(" ON "));
            all.extend(fragment(on).filter(|it| !it.is_empty()).unwrap_or_else(|| vec![text("true")]));
        }
    }
    all
}

/// Its conditions, as the database reads them: `a AND b OR c` without brackets.
pub(super) fn conditions(lib: &Lib) -> Vec<Piece> {
    let (mut certain, mut perhaps): (Vec<Piece>, Vec<Piece>) = (Vec::new(), Vec::new());
    for condition in list(lib, "wheres") {
        let optional = condition.alternatives().iter().any(|it| it.shape == Shape::Nullish);
        for way in condition.alternatives() {
            let Shape::Array(parts) = &way.shape else { continue };
            let [or, pieces] = &**parts else { continue };
            let (or, pieces) = (or.shape == Shape::Bool(true), fragment(pieces).unwrap_or_default());
            if optional && (!or || certain.is_empty()) {
                perhaps.push(Piece::Maybe(pieces));
                continue;
            }
            if !certain.is_empty() {
                certain.push(text(if or { " OR (" } else { " AND (" }));
            } else {
                certain.push(text("("));
            }
            certain.extend(pieces);
            certain.push(text(")"));
        }
    }
    if certain.is_empty() && !perhaps.is_empty() {
        certain.push(text("true"));
    }
    certain.extend(perhaps);
    certain
}

fn select(lib: &Lib) -> Option<Select> {
    Some(Select {
        columns: columns(lib),
        from: table(lib.get("table")?)?,
        joins: joins(lib),
        filter: conditions(lib),
        grouped: lib.get("grouped").is_some(),
    })
}

/// The statement of a builder, for statements around it; the conditions alone where it has no table.
pub(super) fn statement(lib: &Lib) -> Vec<Piece> {
    select(lib).map_or_else(|| conditions(lib), |it| it.text().into_pieces())
}

/// The query that a builder stands for.
pub(super) fn query(lib: &Lib, schema: &Schema) -> Query {
    let client = lib.get("client").and_then(Value::as_lib);
    let op = match lib.get("op").and_then(Value::as_str) {
        Some("insert") => Op::Create,
        Some("update") => Op::Update,
        Some("upsert") => Op::Upsert,
        Some("delete") => Op::Delete,
        _ => Op::Read,
    };
    let mut query = base(client, op);
    query.made = lib.made;
    query.limit = lib.get("limit").cloned();
    query.single = lib.get("single").is_some();
    query.state.extend(["form", "returning"].iter().filter_map(|key| Some((Name::new(key), lib.get(key)?.clone()))));
    let Some(mut parts) = select(lib) else {
        query.projection = Projection { opaque: true, ..Projection::default() };
        return query;
    };
    if op.writes() {
        let of = lib.get("table").and_then(Value::as_str).map(named).unwrap_or_default();
        let of = of.rsplit(" AS ").next().unwrap_or_default().to_owned();
        parts.columns = if of.is_empty() { Vec::new() } else { vec![text(&format!("{of}.*"))] };
    }
    if let Some(loc) = lib.made {
        parts.read_into(&mut query, loc, schema);
    }
    if op.writes() {
        query.projection = returned(lib.get("returning"));
    }
    if let Some(written) = lib.get("payload") {
        let keys: Vec<Name> = lib.get("keys").map(names).unwrap_or_default();
        if op == Op::Upsert {
            query.filter = if keys.is_empty() { Filter::All } else { overwritten(written, &keys) };
        }
        for value in [Some(written), lib.get("merged")].into_iter().flatten() {
            let rows = target::elements(value).filter(|_| matches!(value.shape, Shape::Array(_) | Shape::List(_)));
            let each = rows.unwrap_or(std::slice::from_ref(value));
            query.payload.extend(each.iter().map(|it| Payload { value: it.clone(), loc: None, relation: Vec::new() }));
        }
    }
    query
}

fn names(value: &Value) -> Vec<Name> {
    match value.as_str() {
        Some(name) => vec![Name::new(name)],
        None => target::elements(value).into_iter().flatten().filter_map(|it| it.as_str().map(Name::new)).collect(),
    }
}

fn returned(columns: Option<&Value>) -> Projection {
    let Some(columns) = columns else { return Projection::default() };
    let names = names(columns);
    if names.is_empty() || names.iter().any(|it| it.ends_with('*')) {
        return Projection::whole();
    }
    Projection { fields: names, ..Projection::default() }
}
