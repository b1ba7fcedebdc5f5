//! The MongoDB driver: `client.db().collection("todos").findOne({ … })`.
//!
//! Kinds of its things: `client`, `db`, `collection` (data `entity`), `session`. Up to version 2 what `connect` hands over is the
//! database itself, so that a client answers as its default database.
//!
//! **Invariant:** collections have no schema: what a document holds is what the code says of it.

mod collection;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::{DataLayer, Undefined, document as language, record, target};
use crate::base::{Loc, Name};
use crate::schema::Schema;
use crate::values::{AccessId, Call, CallForm, Callback, CallbackResult, Facts, Lib, Outcome, Query, Scalar, Shape, Value};

/// The layer.
pub(super) struct MongoDb;

/// The layer's id.
const ID: &str = "mongodb";

impl DataLayer for MongoDb {
    fn id(&self) -> &'static str {
        ID
    }

    fn call(&self, call: &Call<'_>, _schema: &Schema) -> Option<Outcome> {
        if let Some((import, path)) = target::export(call) {
            return exported(call, import.package, &path);
        }
        if let Some((query, method)) = target::query(call, ID) {
            return collection::cursor(query, method, call);
        }
        if let Some((entity, method)) = language::unknown_collection(call) {
            return collection::is_plain(method).then(|| collection::method(entity, None, method, call)).flatten();
        }
        let (lib, path) = target::thing(call, ID)?;
        let [method] = path.as_slice() else { return None };
        match (lib.kind.as_str(), method.as_str()) {
            ("client", "connect") => Some(handed(call, thing("client", Vec::new(), lib.made))),
            ("client", "db") => Some(Outcome::value(thing("db", Vec::new(), lib.made))),
            ("client", "startSession") => Some(Outcome::value(thing("session", Vec::new(), None))),
            ("client", "withSession") => Some(within(call, vec![thing("session", Vec::new(), None)])),
            ("session", "withTransaction") => Some(within(call, vec![thing("session", Vec::new(), None)])),
            ("client" | "db", "collection") => {
                let name = call.args.first()?.as_str().map(Value::str);
                let data = name.map(|it| (Name::new("entity"), it));
                Some(Outcome::value(thing("collection", data.into_iter().collect(), lib.made)))
            }
            ("client" | "db" | "session", _) => Some(Outcome::value(Value::of(Shape::Promise(Value::unknown())))),
            ("collection", _) => {
                let entity = lib.get("entity").and_then(Value::as_str).map(Name::new);
                collection::method(entity, lib.made, *method, call)
            }
            _ => None,
        }
    }

    fn member(&self, _lib: &Lib, _name: Name) -> Option<Value> {
        None
    }

    /// The driver sends null, which also finds documents without the field.
    fn undefined(&self, _query: &Query) -> Undefined {
        Undefined::Absent
    }

    fn result(&self, query: &Query, access: AccessId) -> Value {
        let method = query.state.iter().find(|(key, _)| *key == "method").and_then(|(_, value)| value.as_str()).unwrap_or("");
        let acknowledged = || Value::of(Shape::Scalar(Scalar::Bool));
        match method {
            "countDocuments" | "count" | "estimatedDocumentCount" => record::count(access),
            "distinct" | "groups" => Value::of(Shape::List(record::computed(access, Shape::Unknown))),
            "insertOne" | "insertMany" | "insert" => record::object([
                ("acknowledged", acknowledged()),
                ("insertedId", record::row(access)),
                ("insertedIds", record::rows(access)),
                ("insertedCount", record::count(access)),
                // Up to version 3 the documents came back.
                ("ops", record::rows(access)),
            ]),
            "updateOne" | "updateMany" | "replaceOne" | "update" | "bulkWrite" => record::object([
                ("acknowledged", acknowledged()),
                ("matchedCount", record::count(access)),
                ("modifiedCount", record::count(access)),
                ("upsertedCount", record::count(access)),
                ("result", Value::unknown()),
            ]),
            "deleteOne" | "deleteMany" | "remove" => {
                record::object([("acknowledged", acknowledged()), ("deletedCount", record::count(access))])
            }
            _ if query.single => record::maybe_row(access),
            _ => record::rows(access),
        }
    }
}

fn exported(call: &Call<'_>, package: Name, path: &[Name]) -> Option<Outcome> {
    // MarsDB keeps collections of the same form in memory.
    if target::is_package(package, "marsdb") && path.last().is_some_and(|it| *it == "Collection") {
        let name = Value::str(call.args.first()?.as_str()?);
        return Some(Outcome::value(thing("collection", vec![(Name::new("entity"), name)], Some(call.loc))));
    }
    if !target::is_package(package, "mongodb") && !target::is_package(package, "bson") {
        return None;
    }
    let path: Vec<&str> = path.iter().map(|it| it.as_str()).skip_while(|it| *it == "default").collect();
    match path.as_slice() {
        ["MongoClient"] if call.form == CallForm::New => Some(Outcome::value(thing("client", Vec::new(), Some(call.loc)))),
        ["MongoClient" | "connect"] | ["MongoClient", "connect"] => {
            Some(handed(call, thing("client", Vec::new(), Some(call.loc))))
        }
        ["ObjectId" | "ObjectID"] | ["ObjectId" | "ObjectID", "createFromHexString"] => {
            Some(Outcome::value(language::object_id(call)))
        }
        ["ObjectId" | "ObjectID", "isValid"] => Some(Outcome::value(language::is_object_id(call))),
        _ => None,
    }
}

/// A value as a promise, or for the callback that stands last.
fn handed(call: &Call<'_>, value: Value) -> Outcome {
    match call.args.last().filter(|it| it.is_callable()) {
        Some(function) => Outcome {
            callbacks: vec![Callback {
                function: function.clone(),
                args: vec![Value::nullish(), value],
                result: CallbackResult::Ignored,
                under: Facts::none(),
                maybe: false,
            }],
            ..Outcome::value(Value::nullish())
        },
        None => Outcome::value(Value::of(Shape::Promise(value))),
    }
}

/// Calls the function that is handed over.
fn within(call: &Call<'_>, args: Vec<Value>) -> Outcome {
    let callbacks = call.args.iter().find(|it| it.is_callable()).map(|function| Callback {
        function: function.clone(),
        args,
        result: CallbackResult::Value,
        under: Facts::none(),
        maybe: false,
    });
    Outcome { callbacks: callbacks.into_iter().collect(), ..Outcome::default() }
}

fn thing(kind: &str, data: Vec<(Name, Value)>, made: Option<Loc>) -> Value {
    let (owner, kind) = (Name::new(ID), Name::new(kind));
    Value::of(Shape::Lib(Arc::new(Lib { owner, kind, path: Arc::from([]), data, made, cell: None })))
}

fn pending(query: Query) -> Value {
    Value::of(Shape::Query(Arc::new(query)))
}
