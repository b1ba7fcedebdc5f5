//! DynamoDB: commands of the SDK's version 3, sent by the document client or the plain one, and the document client of version 2.
//!
//! **Invariant:** the keys of a table are not known; a condition is what `Key` and the expressions say, each on the attribute that they name.

mod expression;
mod request;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::{DataLayer, Undefined, record, target};
use crate::base::{Loc, Name};
use crate::schema::Schema;
use crate::values::{AccessId, Call, CallForm, Lib, Op, Outcome, Query, Runs, Shape, Value};

/// The layer.
pub(super) struct DynamoDb;

/// The layer's id.
const ID: &str = "dynamodb";

impl DataLayer for DynamoDb {
    fn id(&self) -> &'static str {
        ID
    }

    fn call(&self, call: &Call<'_>, _schema: &Schema) -> Option<Outcome> {
        if let Some((import, path)) = target::export(call) {
            return exported(call, import.package, &path);
        }
        if let Some((query, method)) = target::query(call, ID) {
            // Version 2 sends a request when it is asked for its promise.
            return (method == "promise" || method == "send").then(|| sent(query.clone(), call));
        }
        let (lib, path) = target::thing(call, ID)?;
        let [method] = path.as_slice() else { return None };
        if lib.kind != "client" {
            return None;
        }
        if method == "send" {
            let command = call.args.first()?.as_lib().filter(|it| it.owner == *ID && it.kind == "command")?;
            let name = command.get("name")?.as_str()?;
            return request::read(name, command.get("input")?, lib.made).map(|it| ran(it, Runs::Promised, call));
        }
        let name = request::of_method(method)?;
        let queries = request::read(name, call.args.first()?, lib.made)?;
        let later = lib.get("later").is_some() && !call.args.iter().any(Value::is_callable);
        Some(ran(queries, if later { Runs::Later } else { Runs::Promised }, call))
    }

    fn member(&self, _lib: &Lib, _name: Name) -> Option<Value> {
        None
    }

    fn result(&self, query: &Query, access: AccessId) -> Value {
        let said = query.state.iter().any(|(key, _)| *key == request::RETURNS);
        match query.op {
            Op::Read if query.single => record::object([("Item", record::maybe_row(access))]),
            Op::Read => record::object([
                ("Items", record::rows(access)),
                ("Responses", Value::unknown()),
                ("Count", record::count(access)),
                ("LastEvaluatedKey", Value::unknown()),
            ]),
            Op::Count => record::object([("Count", record::count(access))]),
            _ if said => record::object([("Attributes", record::maybe_row(access))]),
            _ => record::object([("Attributes", Value::unknown())]),
        }
    }

    /// The SDK throws where it turns values into its own form.
    fn undefined(&self, _query: &Query) -> Undefined {
        Undefined::Refuses
    }
}

fn exported(call: &Call<'_>, package: Name, path: &[Name]) -> Option<Outcome> {
    let is = |it: &str| target::is_package(package, it);
    let path: Vec<&str> = path.iter().map(|it| it.as_str()).skip_while(|it| matches!(*it, "default" | "*")).collect();
    let new = call.form == CallForm::New;
    let client = |data: Vec<(Name, Value)>| Some(Outcome::value(thing("client", data, Some(call.loc))));
    if is("@aws-sdk/util-dynamodb") {
        return match path.as_slice() {
            ["marshall" | "unmarshall"] => Some(Outcome::value(call.args.first()?.clone())),
            _ => None,
        };
    }
    if is("aws-sdk") {
        return match path.as_slice() {
            [.., "DocumentClient"] | ["DynamoDB"] | ["clients/dynamodb"] if new => {
                client(vec![(Name::new("later"), Value::bool(true))])
            }
            _ => None,
        };
    }
    if !is("@aws-sdk/lib-dynamodb") && !is("@aws-sdk/client-dynamodb") {
        return None;
    }
    match path.as_slice() {
        ["DynamoDBDocumentClient" | "DynamoDBDocument", "from"] => client(Vec::new()),
        ["DynamoDBClient" | "DynamoDB"] if new => client(Vec::new()),
        [command] if new && command.ends_with("Command") => {
            let data = vec![
                (Name::new("name"), Value::str(command)),
                (Name::new("input"), call.args.first().cloned().unwrap_or_else(Value::unknown)),
            ];
            Some(Outcome::value(thing("command", data, call.arg_locs.first().copied())))
        }
        _ => None,
    }
}

/// Queries of one request; several come out as a list.
fn ran(mut queries: Vec<Query>, runs: Runs, call: &Call<'_>) -> Outcome {
    if queries.len() == 1 && runs == Runs::Promised {
        return sent(queries.remove(0), call);
    }
    let mut values: Vec<Value> = queries.into_iter().map(pending).collect();
    let value = if values.len() == 1 { values.remove(0) } else { Value::of(Shape::Array(values.into())) };
    Outcome::value(value)
}

fn sent(query: Query, call: &Call<'_>) -> Outcome {
    let hands = call.args.last().filter(|it| it.is_callable()).cloned();
    Outcome { value: Some(pending(query)), runs: Runs::Promised, hands, ..Outcome::default() }
}

fn pending(query: Query) -> Value {
    Value::of(Shape::Query(Arc::new(query)))
}

fn thing(kind: &str, data: Vec<(Name, Value)>, made: Option<Loc>) -> Value {
    let (owner, kind) = (Name::new(ID), Name::new(kind));
    Value::of(Shape::Lib(Arc::new(Lib { owner, kind, path: Arc::from([]), data, made, cell: None })))
}
