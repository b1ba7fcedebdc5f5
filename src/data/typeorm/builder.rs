//! Query builders: `createQueryBuilder('t').where('t.id = :id', { id })…getOne()`.
//!
//! Data: `entity`, `alias`, `op`, `joins` (texts `path`, `alias`, whether selected), `wheres` (how it is joined, the condition, its
//! parameters), `parameters`, `set`, `limit`. The condition is read as SQL with its parameters in place.

use std::sync::Arc;

use super::{Placeholders, SqlText, Statement, base, entity_of, filter, read, thing};
use crate::base::Name;
use crate::data::sql::Piece;
use crate::schema::Schema;
use crate::values::{Call, Filter, Lib, Op, Outcome, Payload, Projection, Query, Shape, Value};

/// A new builder.
pub(super) fn made(entity: Option<&Value>, alias: Option<&Value>, call: &Call<'_>) -> Value {
    let mut data = Vec::new();
    data.extend(entity.map(|it| (Name::new("entity"), it.clone())));
    data.extend(alias.map(|it| (Name::new("alias"), it.clone())));
    let value = thing("builder", data);
    let Some(lib) = value.as_lib() else { return value };
    Value::of(Shape::Lib(Arc::new(Lib { made: Some(call.loc), ..lib.clone() })))
}

fn set(lib: &Lib, key: &str, value: Value) -> Lib {
    let mut own = lib.clone();
    own.data.retain(|(it, _)| *it != key);
    own.data.push((Name::new(key), value));
    own
}

fn push(lib: &Lib, key: &str, value: Value) -> Lib {
    let mut all = list(lib, key);
    all.push(value);
    set(lib, key, Value::of(Shape::Array(all.into())))
}

fn list(lib: &Lib, key: &str) -> Vec<Value> {
    match lib.get(key).map(|it| &it.shape) {
        Some(Shape::Array(all)) => all.to_vec(),
        _ => Vec::new(),
    }
}

/// A method of a builder.
pub(super) fn method(call: &Call<'_>, lib: &Lib, method: Name, schema: &Schema) -> Option<Outcome> {
    let lib = &Lib { path: Arc::from([]), ..lib.clone() };
    let first = call.args.first();
    let row = |parts: &[&Value]| Value::of(Shape::Array(parts.iter().map(|it| (*it).clone()).collect()));
    let nothing = Value::nullish();
    let next = match method.as_str() {
        "where" | "andWhere" | "orWhere" => {
            let how = Value::str(&method);
            let condition = row(&[&how, first.unwrap_or(&nothing), call.args.get(1).unwrap_or(&nothing)]);
            // A second `where` takes the place of the first.
            let lib = if method == "where" { set(lib, "wheres", row(&[])) } else { lib.clone() };
            push(&lib, "wheres", condition)
        }
        "whereInIds" | "andWhereInIds" => {
            let how = Value::str("ids");
            push(lib, "wheres", row(&[&how, first?, &nothing]))
        }
        "setParameter" => {
            push(lib, "parameters", super::target::object([(Name::new(first?.as_str()?), call.args.get(1)?.clone())]))
        }
        "setParameters" => push(lib, "parameters", first?.clone()),
        "leftJoinAndSelect" | "innerJoinAndSelect" => push(lib, "joins", row(&[first?, call.args.get(1)?, &Value::bool(true)])),
        "leftJoin" | "innerJoin" => push(lib, "joins", row(&[first?, call.args.get(1)?, &Value::bool(false)])),
        "select" => set(lib, "select", first.cloned().unwrap_or_else(|| row(&[]))),
        "addSelect" => push(lib, "added", first.cloned().unwrap_or_else(Value::nullish)),
        "take" | "limit" => set(lib, "limit", first?.clone()),
        "from" | "into" => {
            let lib = set(lib, "entity", first?.clone());
            if method == "into" { set(&lib, "op", Value::str("insert")) } else { lib }
        }
        "update" => {
            let lib = set(lib, "op", Value::str("update"));
            match first.map(|it| &it.shape) {
                Some(Shape::Class(_) | Shape::Str(_)) => set(&lib, "entity", first?.clone()),
                Some(_) => set(&lib, "set", first?.clone()),
                None => lib,
            }
        }
        "set" | "values" => set(lib, "set", first?.clone()),
        "insert" => set(lib, "op", Value::str("insert")),
        "delete" | "softDelete" => set(lib, "op", Value::str("delete")),
        "orderBy" | "addOrderBy" | "groupBy" | "addGroupBy" | "having" | "andHaving" | "skip" | "offset" | "cache"
        | "distinct" | "withDeleted" | "setLock" | "returning" | "orIgnore" | "orUpdate" | "comment" | "distinctOn"
        | "useTransaction" => lib.clone(),
        "clone" => Lib { cell: None, ..lib.clone() },
        "getOne" | "getOneOrFail" | "getMany" | "getManyAndCount" | "getRawOne" | "getRawMany" | "getCount" | "getExists"
        | "execute" | "stream" | "getRawAndEntities" => return Some(run(call, lib, method, schema)),
        _ => return None,
    };
    Some(Outcome::value(Value::of(Shape::Lib(Arc::new(next)))))
}

fn run(call: &Call<'_>, lib: &Lib, method: Name, schema: &Schema) -> Outcome {
    let (name, about) = entity_of(lib.get("entity"), schema);
    let entity = name.and_then(|it| schema.find(it));
    let op = match lib.get("op").and_then(Value::as_str) {
        Some("update") => Op::Update,
        Some("insert") => Op::Create,
        Some("delete") => Op::Delete,
        _ if matches!(method.as_str(), "getCount" | "getExists") => Op::Count,
        _ => Op::Read,
    };
    let alias = lib.get("alias").and_then(Value::as_str).or(name.as_ref().map(|it| it.as_str())).unwrap_or("it").to_owned();
    let joins: Vec<Join<'_>> = list(lib, "joins").iter().filter_map(|it| join(it, &alias, entity, schema)).collect();
    let (text, opaque) = statement(lib, &alias, name, &joins);
    let events = text.sinks();
    let mut query = base(name, op);
    if op != Op::Create {
        match read(&base(name, Op::Read), &text, None, Placeholders::Numbered, schema) {
            Statement::Query(read) => query.filter = read.filter,
            Statement::Harmless => {}
        }
        for (object, values) in opaque {
            let more = match object {
                Some(object) => filter::Reader { schema }.filter(&object, entity),
                None => Filter::Opaque(values),
            };
            query.filter = query.filter.and(more);
        }
    }
    query.filter_loc = Some(call.loc);
    query.state.push((Name::new("method"), Value::str(&method)));
    query.limit = lib.get("limit").cloned();
    query.single = matches!(method.as_str(), "getOne" | "getOneOrFail" | "getRawOne");
    query.throws_on_missing = method == "getOneOrFail";
    if let Some(value) = lib.get("set") {
        query.payload.push(Payload { value: value.clone(), loc: None, relation: Vec::new() });
    }
    if op == Op::Read {
        query.projection = projection(lib, &alias, about, &joins, &mut query);
        for join in joins.iter().filter(|it| it.selected) {
            filter::include(&mut query.projection, &join.path, entity, schema);
        }
    }
    Outcome { value: Some(Value::of(Shape::Query(Arc::new(query)))), events, ..Outcome::default() }
}

/// A joined relation.
struct Join<'s> {
    alias: String,
    from: String,
    /// Relations from the builder's entity.
    path: Vec<Name>,
    relation: Name,
    to: Option<&'s crate::schema::Entity>,
    key: Option<Name>,
    selected: bool,
}

fn join<'s>(value: &Value, alias: &str, entity: Option<&'s crate::schema::Entity>, schema: &'s Schema) -> Option<Join<'s>> {
    let Shape::Array(parts) = &value.shape else { return None };
    let (from, relation) = parts.first()?.as_str()?.split_once('.')?;
    let own = parts.get(1)?.as_str()?.to_owned();
    let relation = Name::new(relation);
    let of = (from == alias).then_some(entity).flatten().and_then(|it| it.relation(relation));
    Some(Join {
        alias: own,
        from: from.to_owned(),
        // Further joins hang on aliases of relations; they go by the relation's name most of the time.
        path: if from == alias { vec![relation] } else { vec![Name::new(from), relation] },
        relation,
        to: of.and_then(|(_, it)| schema.find(it.to)),
        key: of.and_then(|(_, it)| it.fields.first().copied()),
        selected: parts.get(2) == Some(&Value::bool(true)),
    })
}

fn projection(
    lib: &Lib,
    alias: &str,
    about: Option<&crate::schema::EntityClass>,
    joins: &[Join<'_>],
    query: &mut Query,
) -> Projection {
    let mut projection = filter::whole(about);
    let names = |value: &Value| -> Vec<String> {
        match &value.shape {
            Shape::Array(all) => all.iter().filter_map(|it| it.as_str().map(str::to_owned)).collect(),
            Shape::Str(text) => vec![text.to_string()],
            _ => Vec::new(),
        }
    };
    if let Some(select) = lib.get("select") {
        let all = names(select);
        let own: Vec<Name> = all.iter().filter_map(|it| it.strip_prefix(alias)?.strip_prefix('.')).map(Name::new).collect();
        let whole = all.iter().any(|it| it == alias);
        if !whole {
            projection = Projection { fields: own, opaque: all.is_empty(), ..Projection::default() };
        }
    }
    for added in list(lib, "added").iter().flat_map(names) {
        if let Some(name) = added.strip_prefix(alias).and_then(|it| it.strip_prefix('.')) {
            let name = Name::new(name);
            projection.omit.retain(|it| *it != name);
            projection.fields.push(name);
        }
        // A joined relation that `addSelect` names comes along; which of its columns is not told apart.
        projection.opaque |= joins.iter().any(|it| added.split('.').next() == Some(it.alias.as_str()));
    }
    let _ = query;
    projection
}

type Rest = Vec<(Option<Value>, Vec<Value>)>;

/// The builder as a statement, and conditions that are no text.
fn statement(lib: &Lib, alias: &str, name: Option<Name>, joins: &[Join<'_>]) -> (SqlText, Rest) {
    let table = name.map_or_else(|| "unknown".to_owned(), |it| it.to_string());
    let mut pieces = vec![Piece::Text(format!("SELECT \"{alias}\".* FROM \"{table}\" \"{alias}\"").into())];
    for join in joins {
        if let (Some(to), Some(key)) = (join.to, join.key) {
            let id = to.primary_key().unwrap_or_else(|| Name::new("id"));
            let (to, own, from) = (to.name, &join.alias, &join.from);
            pieces.push(Piece::Text(format!(" JOIN \"{to}\" \"{own}\" ON \"{own}\".\"{id}\" = \"{from}\".\"{key}\"").into()));
        }
        let _ = join.relation;
    }
    let parameters: Vec<Value> = list(lib, "parameters");
    let wheres = list(lib, "wheres");
    let all: Vec<Value> = wheres.iter().filter_map(|it| part(it, 2)).chain(parameters).collect();
    let (mut rest, mut any, mut perhaps) = (Rest::new(), false, Vec::new());
    for condition in &wheres {
        let optional = condition.alternatives().len() > 1;
        let there = condition.alternatives().iter().find(|it| it.shape != Shape::Nullish);
        let Some(condition) = there else { continue };
        if optional {
            // One that only some ways add.
            let values = [part(condition, 1), part(condition, 2)].into_iter().flatten().map(Piece::Bound);
            perhaps.push(Piece::Maybe(values.collect()));
            continue;
        }
        let (Some(how), Some(text)) = (part(condition, 0), part(condition, 1)) else { continue };
        match &text.shape {
            Shape::Str(_) | Shape::Text { .. } => {}
            Shape::Object(_) | Shape::Array(_) if how.as_str() != Some("orWhere") && how.as_str() != Some("ids") => {
                rest.push((Some(text), Vec::new()));
                continue;
            }
            Shape::Nullish => continue,
            _ => {
                rest.push((None, vec![text]));
                continue;
            }
        }
        let word = match (any, how.as_str()) {
            (false, _) => " WHERE (",
            (true, Some("orWhere")) => " OR (",
            _ => " AND (",
        };
        any = true;
        pieces.push(Piece::Text(word.into()));
        match &text.shape {
            Shape::Str(fixed) => fixed_text(fixed, &all, &mut pieces),
            Shape::Text { quasis, parts } => {
                for (index, quasi) in quasis.iter().enumerate() {
                    fixed_text(quasi, &all, &mut pieces);
                    pieces.extend(parts.get(index).map(|it| Piece::Raw(it.clone())));
                }
            }
            _ => {}
        }
        pieces.push(Piece::Text(")".into()));
    }
    pieces.extend(perhaps);
    (SqlText::pieces(pieces), rest)
}

fn part(value: &Value, index: usize) -> Option<Value> {
    match &value.shape {
        Shape::Array(all) => all.get(index).cloned(),
        _ => None,
    }
}

/// A text of a condition: `alias.property` as quoted names, `:name` and `:...name` as the values that they stand for.
fn fixed_text(text: &str, parameters: &[Value], pieces: &mut Vec<Piece>) {
    let mut out = String::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let word = |text: &str| text.find(|it: char| !(it.is_alphanumeric() || it == '_')).unwrap_or(text.len());
        if next == '\'' || next == '"' {
            let end = rest[1..].find(next).map_or(rest.len(), |at| at + 2);
            out.push_str(&rest[..end]);
            rest = &rest[end..];
        } else if rest.starts_with("::") {
            out.push_str("::");
            rest = &rest[2..];
        } else if next == ':' {
            let tail = rest[1..].strip_prefix("...").unwrap_or(&rest[1..]);
            let end = word(tail);
            if end == 0 {
                out.push(':');
                rest = &rest[1..];
                continue;
            }
            let name = &tail[..end];
            let value = parameters.iter().rev().find_map(|it| it.field(name).cloned());
            pieces.push(Piece::Text(std::mem::take(&mut out).into()));
            pieces.push(Piece::Bound(value.unwrap_or_else(Value::unknown)));
            rest = &tail[end..];
        } else if next.is_alphabetic() || next == '_' {
            let end = word(rest);
            let (name, tail) = rest.split_at(end);
            let property = tail.strip_prefix('.').map(|it| (&it[..word(it)], &it[word(it)..]));
            match property {
                Some((property, tail)) if !property.is_empty() => {
                    out.push_str(&format!("\"{name}\".\"{property}\""));
                    rest = tail;
                }
                _ => {
                    out.push_str(name);
                    rest = tail;
                }
            }
        } else {
            out.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    pieces.push(Piece::Text(out.into()));
}
