//! Mongoose: models, queries that wait for `await`, documents with the functions of their schema.

mod document;
mod model;
mod query;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::{DataLayer, Record, Undefined, document as language, record, target};
use crate::base::Name;
use crate::schema::{Entity, Hidden, Schema};
use crate::values::{
    AccessId, Call, CallForm, Callback, CallbackResult, DbClient, Facts, Import, Lib, Op, Outcome, Privilege, Projection, Query,
    Shape, Value,
};

/// The layer.
pub(super) struct Mongoose;

/// The layer's id.
const ID: &str = "mongoose";

impl DataLayer for Mongoose {
    fn id(&self) -> &'static str {
        ID
    }

    fn call(&self, call: &Call<'_>, schema: &Schema) -> Option<Outcome> {
        if let Some((import, path)) = target::export(call) {
            return exported(call, import, &path);
        }
        if let Some((query, method)) = target::query(call, ID) {
            return query::go_on(query, method, call, schema);
        }
        if let Some((lib, written)) = document::unsaved(call.callee) {
            return document::of_new(lib, &written, call.method?, call);
        }
        let (lib, path) = target::thing(call, ID)?;
        match (lib.kind.as_str(), path.as_slice()) {
            ("model", []) if call.form == CallForm::New => Some(Outcome::value(document::made(lib, call))),
            ("model", [method]) => model::method(lib, *method, call, schema),
            ("connection", [name]) if *name == "model" => model_of(call),
            ("connection", [name]) => connection(*name, call),
            ("session", [name]) if *name == "withTransaction" => Some(within(call, Vec::new())),
            // Hooks, plugins and indexes run elsewhere; what a schema declares is read with the entities.
            ("schema" | "session", _) => Some(Outcome::value(Value::nullish())),
            _ => None,
        }
    }

    fn member(&self, lib: &Lib, name: Name) -> Option<Value> {
        match (lib.kind.as_str(), lib.path.as_ref()) {
            ("document", []) => document::member(lib, name),
            ("connection", [models]) if *models == "models" => Some(model(name)),
            _ => None,
        }
    }

    fn exported_member(&self, import: &Import) -> Option<Value> {
        match names(import).as_slice() {
            ["models", name] => Some(model(Name::new(name))),
            ["connection"] => Some(thing("connection", Vec::new())),
            _ => None,
        }
    }

    fn record(&self, record: &Record<'_>, call: &Call<'_>, schema: &Schema) -> Option<Outcome> {
        document::of_record(record, call.method?, call, schema)
    }

    /// The driver sends null, which also finds documents without the field.
    fn undefined(&self, _query: &Query) -> Undefined {
        Undefined::Absent
    }

    fn result(&self, query: &Query, access: AccessId) -> Value {
        let method = query.state.iter().find(|(key, _)| *key == "method").and_then(|(_, value)| value.as_str()).unwrap_or("");
        match method {
            "countDocuments" | "count" | "estimatedDocumentCount" => record::count(access),
            "distinct" => Value::of(Shape::List(record::computed(access, Shape::Unknown))),
            "groups" => Value::of(Shape::List(record::computed(access, Shape::Unknown))),
            "updateOne" | "updateMany" | "replaceOne" | "update" | "bulkWrite" => record::object([
                ("acknowledged", Value::of(Shape::Scalar(crate::values::Scalar::Bool))),
                ("matchedCount", record::count(access)),
                ("modifiedCount", record::count(access)),
                ("upsertedCount", record::count(access)),
            ]),
            "deleteOne" | "deleteMany" => record::object([("deletedCount", record::count(access))]),
            "paginate" => record::object([("docs", record::rows(access)), ("totalDocs", record::count(access))]),
            _ if query.single && (query.throws_on_missing || query.op == Op::Create) => record::row(access),
            _ if query.single => record::maybe_row(access),
            _ => record::rows(access),
        }
    }
}

/// The path below the package, whichever way the package is imported.
fn names(import: &Import) -> Vec<&str> {
    if !target::is_package(import.package, "mongoose") {
        return Vec::new();
    }
    below(&import.path)
}

fn below(path: &[Name]) -> Vec<&str> {
    path.iter().map(|it| it.as_str()).skip_while(|it| *it == "default" || *it == "mongoose").collect()
}

fn exported(call: &Call<'_>, import: &Import, path: &[Name]) -> Option<Outcome> {
    if !target::is_package(import.package, "mongoose") {
        return None;
    }
    match below(path).as_slice() {
        ["Schema"] => Some(Outcome::value(thing("schema", Vec::new()))),
        ["model"] => model_of(call),
        ["connect" | "disconnect" | "set" | "plugin"] => Some(Outcome::value(Value::of(Shape::Promise(Value::unknown())))),
        ["createConnection"] => Some(Outcome::value(thing("connection", Vec::new()))),
        ["startSession"] => Some(Outcome::value(Value::of(Shape::Promise(thing("session", Vec::new()))))),
        ["Types", "ObjectId"] | ["Types", "ObjectId", "createFromHexString"] => Some(Outcome::value(language::object_id(call))),
        ["isValidObjectId" | "isObjectIdOrHexString"] | ["Types", "ObjectId", "isValid"] => {
            Some(Outcome::value(language::is_object_id(call)))
        }
        ["trusted"] => Some(Outcome::value(call.args.first()?.clone())),
        _ => None,
    }
}

fn model_of(call: &Call<'_>) -> Option<Outcome> {
    Some(Outcome::value(model(Name::new(call.args.first()?.as_str()?))))
}

fn connection(name: Name, call: &Call<'_>) -> Option<Outcome> {
    match name.as_str() {
        "transaction" => Some(within(call, vec![thing("session", Vec::new())])),
        "startSession" => Some(Outcome::value(Value::of(Shape::Promise(thing("session", Vec::new()))))),
        "on" | "once" | "close" | "useDb" => Some(Outcome::value(thing("connection", Vec::new()))),
        _ => None,
    }
}

/// Calls the function that is handed over, in a transaction.
fn within(call: &Call<'_>, args: Vec<Value>) -> Outcome {
    let callbacks = call.args.first().map(|function| Callback {
        function: function.clone(),
        args,
        result: CallbackResult::Value,
        under: Facts::none(),
        maybe: false,
    });
    Outcome { callbacks: callbacks.into_iter().collect(), ..Outcome::default() }
}

/// The model of that name: wherever it is asked for, it is the same.
fn model(name: Name) -> Value {
    thing("model", vec![(Name::new("entity"), Value::str(&name))])
}

fn thing(kind: &str, data: Vec<(Name, Value)>) -> Value {
    let (owner, kind) = (Name::new(ID), Name::new(kind));
    Value::of(Shape::Lib(Arc::new(Lib { owner, kind, path: Arc::from([]), data, made: None, cell: None })))
}

/// A query on a model.
fn base(entity: Option<Name>, op: Op, method: &str) -> Query {
    let mut query = Query::new(Name::new(ID), DbClient { privilege: Privilege::Plain, made: None }, entity, op);
    query.state.push((Name::new("method"), Value::str(method)));
    query
}

/// What comes back of a document unless the query says more: all but what the schema hides.
fn whole(entity: Option<&Entity>) -> Projection {
    let mut projection = Projection::whole();
    language::leave_out(&mut projection, hidden(entity, Hidden::FromReads));
    language::leave_out(&mut projection, hidden(entity, Hidden::FromJson));
    projection
}

fn hidden(entity: Option<&Entity>, how: Hidden) -> Vec<Name> {
    let fields = entity.map_or(&[][..], |it| it.fields.as_slice());
    fields.iter().filter(|it| it.hidden == Some(how)).map(|it| it.name).collect()
}

fn pending(query: Query) -> Value {
    Value::of(Shape::Query(Arc::new(query)))
}
