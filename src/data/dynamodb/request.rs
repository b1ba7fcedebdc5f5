//! Requests: the objects that commands and methods take.

use super::ID;
use super::expression::{Placeholders, equal, plain};
use crate::base::{Loc, Name};
use crate::data::target;
use crate::schema::names;
use crate::values::{DbClient, Filter, Op, Origin, Payload, Privilege, Projection, Query, ResultForm, Value};

/// The key in a query's state of a write that gives the record back.
pub(super) const RETURNS: &str = "returns";

/// The command that a method of a document client sends.
pub(super) fn of_method(method: &str) -> Option<&'static str> {
    Some(match method {
        "get" | "getItem" => "GetCommand",
        "put" | "putItem" => "PutCommand",
        "update" | "updateItem" => "UpdateCommand",
        "delete" | "deleteItem" => "DeleteCommand",
        "query" => "QueryCommand",
        "scan" => "ScanCommand",
        "batchGet" | "batchGetItem" => "BatchGetCommand",
        "batchWrite" | "batchWriteItem" => "BatchWriteCommand",
        "transactWrite" | "transactWriteItems" => "TransactWriteCommand",
        _ => return None,
    })
}

/// The queries of a request.
pub(super) fn read(command: &str, input: &Value, made: Option<Loc>) -> Option<Vec<Query>> {
    match command.replace("Item", "").as_str() {
        "BatchGetCommand" => Some(tables(input).iter().map(|(table, keys)| batch_get(*table, keys, made)).collect()),
        "BatchWriteCommand" => Some(tables(input).iter().flat_map(|(table, steps)| batch_write(*table, steps, made)).collect()),
        "TransactWriteCommand" | "TransactWritesCommand" => {
            let steps = input.field("TransactItems").and_then(target::elements).unwrap_or_default();
            let each = steps.iter().flat_map(|it| it.as_object().map_or(&[][..], |it| it.fields.as_slice()));
            let all = each.filter_map(|(name, input)| one(&format!("{name}Command"), input, made)).collect::<Vec<_>>();
            (!all.is_empty()).then_some(all)
        }
        plain => one(plain, input, made).map(|it| vec![it]),
    }
}

fn base(table: Option<Name>, op: Op, made: Option<Loc>) -> Query {
    Query::new(Name::new(ID), DbClient { privilege: Privilege::Plain, made }, table, op)
}

fn one(command: &str, input: &Value, made: Option<Loc>) -> Option<Query> {
    let op = match command {
        "GetCommand" | "QueryCommand" | "ScanCommand" => Op::Read,
        // It overwrites what has the same key; whose that is, is not known.
        "PutCommand" => Op::Create,
        "UpdateCommand" => Op::Update,
        "DeleteCommand" => Op::Delete,
        _ => return None,
    };
    let mut query = base(input.field("TableName").and_then(table_name), op, made);
    let placeholders =
        Placeholders { names: input.field("ExpressionAttributeNames"), values: input.field("ExpressionAttributeValues") };
    query.single = command == "GetCommand" || op.writes();
    query.filter = input.field("Key").map_or(Filter::All, key);
    let conditions: &[&str] = match op {
        Op::Read => &["KeyConditionExpression", "FilterExpression"],
        Op::Update | Op::Delete => &["ConditionExpression"],
        _ => &[],
    };
    for condition in conditions.iter().filter_map(|it| input.field(it)) {
        query.filter = std::mem::take(&mut query.filter).and(placeholders.condition(condition));
    }
    if input.as_object().is_none_or(|it| !it.is_closed()) {
        query.filter = std::mem::take(&mut query.filter).and(Filter::Opaque(Vec::new()));
    }
    let place = |field: &str| input.as_object().and_then(|it| it.loc_of(field));
    let written = match op {
        Op::Create => input.field("Item").map(|it| (it.clone(), place("Item"))),
        Op::Update => input.field("UpdateExpression").map(|it| (placeholders.update(it), place("ExpressionAttributeValues"))),
        _ => None,
    };
    query.payload.extend(written.map(|(value, loc)| Payload { value, loc, relation: Vec::new() }));
    if op == Op::Read {
        query.projection = match input.field("ProjectionExpression") {
            Some(text) => match placeholders.projection(text) {
                Some(fields) => Projection { fields, ..Projection::default() },
                None => Projection { opaque: true, ..Projection::default() },
            },
            None => Projection::whole(),
        };
        query.limit = input.field("Limit").cloned();
        query.result = ResultForm::Item;
        if input.field("Select").and_then(Value::as_str) == Some("COUNT") {
            query.op = Op::Count;
            query.projection = Projection::default();
        }
    } else if input.field("ReturnValues").and_then(Value::as_str).is_some_and(|it| it.starts_with("ALL")) {
        query.projection = Projection::whole();
        query.state.push((Name::new(RETURNS), Value::bool(true)));
    }
    Some(query)
}

/// `Key: { userId, id }`
fn key(key: &Value) -> Filter {
    let Some(object) = key.as_object() else { return Filter::Opaque(vec![key.clone()]) };
    let mut filter = Filter::All;
    for (name, value) in &object.fields {
        filter = filter.and(equal(*name, plain(value).clone(), object.loc_of(name)));
    }
    if object.is_closed() { filter } else { filter.and(Filter::Opaque(object.spreads.clone())) }
}

/// A table's name, or what the name of its setting says (`TODOS_TABLE`).
fn table_name(value: &Value) -> Option<Name> {
    if let Some(text) = value.as_str() {
        return Some(Name::new(text));
    }
    let settings = value.origin.leaves().into_iter().find_map(|it| match it {
        Origin::Env(name) => Some(*name),
        _ => None,
    })?;
    let says_nothing = ["table", "name", "dynamodb", "dynamo", "ddb", "db", "aws", "arn"];
    let words: Vec<String> = names::words(&settings).into_iter().filter(|it| !says_nothing.contains(&it.as_str())).collect();
    Some(Name::new(&if words.is_empty() { "items".to_owned() } else { words.join("_") }))
}

/// The tables of a batch, with what is asked of each.
fn tables(input: &Value) -> Vec<(Option<Name>, Value)> {
    let Some(object) = input.field("RequestItems").and_then(Value::as_object) else { return Vec::new() };
    object.fields.iter().map(|(name, value)| (Some(*name), value.clone())).collect()
}

fn batch_get(table: Option<Name>, keys: &Value, made: Option<Loc>) -> Query {
    let mut query = base(table, Op::Read, made);
    let keys = keys.field("Keys").and_then(target::elements).unwrap_or_default();
    let mut ways: Vec<Filter> = keys.iter().map(key).collect();
    query.filter = if ways.len() == 1 { ways.remove(0) } else { Filter::Or(ways) };
    query.projection = Projection::whole();
    query.result = ResultForm::Item;
    query
}

fn batch_write(table: Option<Name>, steps: &Value, made: Option<Loc>) -> Vec<Query> {
    let steps = target::elements(steps).unwrap_or_default();
    let mut queries = Vec::new();
    for step in steps {
        if let Some(item) = step.field("PutRequest").and_then(|it| it.field("Item")) {
            let mut query = base(table, Op::Create, made);
            query.payload.push(Payload { value: item.clone(), loc: None, relation: Vec::new() });
            queries.push(query);
        }
        if let Some(of) = step.field("DeleteRequest").and_then(|it| it.field("Key")) {
            let mut query = base(table, Op::Delete, made);
            query.filter = key(of);
            query.single = true;
            queries.push(query);
        }
    }
    queries
}
