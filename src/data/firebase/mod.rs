//! Firestore and the Realtime Database, by the Admin SDK and by the web SDK on servers.
//!
//! Both keep documents under paths. A reference is a thing (`collection`, `doc`, `query`, `ref`) that holds the query it would read by
//! (data `query`): the last collection of its path is the entity, the last key is `id`, and what stands above is a condition on the
//! parent's key (`users/{uid}/todos` is `todos` where `userId` is `uid`).
//!
//! **Invariant:** a path that the code does not spell leaves the entity unknown.

mod firestore;
mod path;
mod realtime;
mod results;
#[cfg(test)]
mod tests;
mod web;

use std::sync::Arc;

pub(super) use firestore::Firestore;
pub(super) use realtime::Realtime;

use crate::base::{Loc, Name};
use crate::values::{
    Call, Callback, CallbackResult, DbClient, Facts, Filter, Lib, Op, Outcome, Payload, Privilege, Query, ResultForm, Runs,
    Shape, Test, Value,
};

/// The key of a document.
const KEY: &str = "id";

/// A thing of a layer.
fn thing(layer: &str, kind: &str, data: Vec<(Name, Value)>, made: Option<Loc>) -> Value {
    let (owner, kind) = (Name::new(layer), Name::new(kind));
    Value::of(Shape::Lib(Arc::new(Lib { owner, kind, path: Arc::from([]), data, made, cell: None })))
}

/// A client: `privileged` where the rules of the database do not hold for it.
fn client(layer: &str, privileged: bool, made: Loc) -> Value {
    let data = if privileged { vec![(Name::new("privilege"), Value::str("service"))] } else { Vec::new() };
    thing(layer, "db", data, Some(made))
}

/// A query of a client that selects everything of nothing.
fn base(layer: &str, client: Option<&Lib>) -> Query {
    let privileged = client.is_some_and(|it| it.get("privilege").is_some());
    let privilege = if privileged { Privilege::Service } else { Privilege::Plain };
    let client = DbClient { privilege, made: client.and_then(|it| it.made) };
    let mut query = Query::new(Name::new(layer), client, None, Op::Read);
    query.projection = crate::values::Projection::whole();
    query
}

/// A reference that would read by `query`.
fn reference(layer: &str, kind: &str, query: Query) -> Value {
    thing(layer, kind, vec![(Name::new("query"), Value::of(Shape::Query(Arc::new(query))))], None)
}

/// What a reference would read by.
fn query_of(value: &Value) -> Option<&Query> {
    match &value.as_lib()?.get("query")?.shape {
        Shape::Query(query) => Some(query),
        _ => None,
    }
}

/// One more condition.
fn narrowed(query: &Query, filter: Filter) -> Query {
    let mut query = query.clone();
    query.filter = std::mem::take(&mut query.filter).and(filter);
    query
}

/// `where(field, operator, value)`
fn condition(field: &Value, operator: &Value, value: &Value, loc: Option<Loc>) -> Filter {
    let Some(name) = field.as_str() else { return Filter::Opaque(vec![field.clone(), value.clone()]) };
    let field = Name::new(if name == "__name__" { KEY } else { name });
    let test = match operator.as_str() {
        Some("==" | "array-contains") => Test::Equal,
        Some("in" | "array-contains-any") => Test::In,
        Some("!=") => Test::NotEqual,
        Some("not-in") => {
            let listed = Filter::Field { field, test: Test::In, value: value.clone(), loc };
            return Filter::Not(Box::new(listed));
        }
        Some(_) => Test::Other,
        None => return Filter::Opaque(vec![operator.clone(), value.clone()]),
    };
    Filter::Field { field, test, value: value.clone(), loc }
}

/// The write that a method does by a reference, with what it writes.
fn write(query: &Query, method: &str, value: Option<&Value>, loc: Option<Loc>) -> Option<Query> {
    let mut query = query.clone();
    query.op = match method {
        // A key that was made here is nobody's yet.
        "set" if path::is_fresh(&query) => Op::Create,
        "set" => Op::Upsert,
        "create" | "add" | "push" => Op::Create,
        "update" => Op::Update,
        "delete" | "remove" => Op::Delete,
        _ => return None,
    };
    query.projection = crate::values::Projection::default();
    query.result = ResultForm::Nothing;
    if query.op != Op::Delete {
        query.payload.push(Payload { value: value?.clone(), loc, relation: Vec::new() });
    }
    if query.op == Op::Create {
        let parents = path::of_parents(&query.filter);
        query.payload.extend(parents.map(|value| Payload { value, loc: None, relation: Vec::new() }));
        query.filter = Filter::All;
    }
    query.state.push((Name::new("method"), Value::str(method)));
    Some(query)
}

/// A query that is sent at once.
fn sent(query: Query) -> Outcome {
    Outcome { value: Some(Value::of(Shape::Query(Arc::new(query)))), runs: Runs::Promised, ..Outcome::default() }
}

/// Calls a function with one thing, as a transaction does.
fn within(function: &Value, thing: Value) -> Outcome {
    let callback = Callback {
        function: function.clone(),
        args: vec![thing],
        result: CallbackResult::Value,
        under: Facts::none(),
        maybe: false,
    };
    Outcome { callbacks: vec![callback], ..Outcome::default() }
}

/// The argument at an index, with its place.
fn arg<'a>(call: &Call<'a>, index: usize) -> (Option<&'a Value>, Option<Loc>) {
    (call.args.get(index), call.arg_locs.get(index).copied())
}
