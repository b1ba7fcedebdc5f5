//! Firestore.

use super::{arg, base, client, condition, narrowed, path, query_of, reference, results, sent, thing, web, within, write};
use crate::base::Name;
use crate::data::{DataLayer, Undefined, document, target};
use crate::schema::Schema;
use crate::values::{AccessId, Call, CallForm, Filter, Lib, Op, Outcome, Projection, Query, ResultForm, Shape, Value};

/// The layer.
pub(crate) struct Firestore;

/// The layer's id.
pub(super) const ID: &str = "firestore";

impl DataLayer for Firestore {
    fn id(&self) -> &'static str {
        ID
    }

    fn call(&self, call: &Call<'_>, _schema: &Schema) -> Option<Outcome> {
        if let Some((import, path)) = target::export(call) {
            return exported(call, import.package, &path);
        }
        if let Some((entity, method)) = document::unknown_collection(call) {
            let mut query = base(ID, None);
            query.entity = entity;
            return on_reference("collection", &query, method, call);
        }
        let (lib, path) = target::thing(call, ID)?;
        let [method] = path.as_slice() else { return None };
        match lib.kind.as_str() {
            "db" => on_client(lib, *method, call),
            "collection" | "doc" | "query" => match &lib.get("query")?.shape {
                Shape::Query(query) => on_reference(&lib.kind, query, *method, call),
                _ => None,
            },
            "writer" => on_writer(*method, call),
            "snapshot" | "snapshots" => results::method(lib, *method, call),
            _ => None,
        }
    }

    fn member(&self, lib: &Lib, name: Name) -> Option<Value> {
        match (lib.kind.as_str(), name.as_str()) {
            ("doc", "id") => key(lib),
            _ => results::member(lib, name),
        }
    }

    fn result(&self, query: &Query, access: AccessId) -> Value {
        results::of(ID, query, access)
    }

    /// The SDK throws, whatever its settings.
    fn undefined(&self, _query: &Query) -> Undefined {
        Undefined::Refuses
    }
}

fn key(lib: &Lib) -> Option<Value> {
    let Shape::Query(query) = &lib.get("query")?.shape else { return None };
    query.filter.conjuncts().into_iter().find_map(|it| match it {
        Filter::Field { field, value, .. } if *field == super::KEY => Some(value.clone()),
        _ => None,
    })
}

fn exported(call: &Call<'_>, package: Name, path: &[Name]) -> Option<Outcome> {
    let is = |it: &str| target::is_package(package, it);
    let path: Vec<&str> = path.iter().map(|it| it.as_str()).skip_while(|it| matches!(*it, "default" | "*")).collect();
    if is("firebase/firestore") {
        return web::call(&path, call);
    }
    match path.as_slice() {
        ["getFirestore" | "initializeFirestore"] | ["firestore"] if is("firebase-admin") => {
            Some(Outcome::value(client(ID, true, call.loc)))
        }
        ["Firestore"] if call.form == CallForm::New && (is("@google-cloud/firestore") || is("firebase-admin")) => {
            Some(Outcome::value(client(ID, true, call.loc)))
        }
        [.., "FieldPath", "documentId"] if is("firebase-admin") || is("@google-cloud/firestore") => {
            Some(Outcome::value(Value::str("__name__")))
        }
        _ => None,
    }
}

fn on_client(lib: &Lib, method: Name, call: &Call<'_>) -> Option<Outcome> {
    let (first, loc) = arg(call, 0);
    match method.as_str() {
        "collection" => {
            let found = path::follow(&base(ID, Some(lib)), first?, loc)?;
            Some(Outcome::value(reference(ID, "collection", found)))
        }
        "collectionGroup" => {
            let mut query = base(ID, Some(lib));
            query.entity = first?.as_str().map(Name::new);
            Some(Outcome::value(reference(ID, "query", query)))
        }
        "doc" => Some(Outcome::value(reference(ID, "doc", path::follow(&base(ID, Some(lib)), first?, loc)?))),
        "runTransaction" => Some(within(first?, thing(ID, "writer", Vec::new(), lib.made))),
        "batch" | "bulkWriter" => Some(Outcome::value(thing(ID, "writer", Vec::new(), lib.made))),
        "settings" | "terminate" => Some(Outcome::value(Value::nullish())),
        "getAll" => Some(sent(query_of(first?)?.clone())),
        _ => None,
    }
}

/// A method of a collection, a document or a query.
fn on_reference(kind: &str, query: &Query, method: Name, call: &Call<'_>) -> Option<Outcome> {
    let (first, loc) = arg(call, 0);
    let again = |query: Query| {
        let kind = if kind == "collection" { "query" } else { kind };
        Some(Outcome::value(reference(ID, kind, query)))
    };
    match (kind, method.as_str()) {
        ("collection", "doc") => {
            let found = match first {
                Some(id) => {
                    let mut at = query.clone();
                    for segment in path::segments(id)? {
                        at = path::step(&at, &segment, loc);
                    }
                    at
                }
                None => path::fresh(query),
            };
            Some(Outcome::value(reference(ID, "doc", found)))
        }
        ("doc", "collection") => {
            let mut at = query.clone();
            for segment in path::segments(first?)? {
                at = path::step(&at, &segment, loc);
            }
            Some(Outcome::value(reference(ID, "collection", at)))
        }
        ("collection", "add") => Some(sent(write(query, "add", first, loc)?)),
        ("doc", "set" | "create" | "delete") => Some(sent(write(query, &method, first, loc)?)),
        ("doc", "update") => Some(sent(write(query, "update", updated(call).as_ref(), loc)?)),
        ("doc" | "collection" | "query", "get" | "onSnapshot" | "stream" | "listDocuments") => Some(sent(read(query))),
        ("collection" | "query", "where") => match (first, call.args.get(1), call.args.get(2)) {
            (Some(field), Some(operator), Some(value)) => {
                let mut found = narrowed(query, condition(field, operator, value, call.arg_locs.get(2).copied()));
                found.filter_loc = Some(call.loc);
                again(found)
            }
            (Some(filter), None, None) => again(narrowed(query, Filter::Opaque(vec![filter.clone()]))),
            _ => None,
        },
        ("collection" | "query", "limit" | "limitToLast") => again(Query { limit: first.cloned(), ..query.clone() }),
        ("collection" | "query", "select") => {
            let fields = call.args.iter().filter_map(Value::as_str).map(Name::new).collect();
            again(Query { projection: Projection { fields, ..Projection::default() }, ..query.clone() })
        }
        ("collection" | "query", "count" | "aggregate") => {
            let mut counted = query.clone();
            counted.op = Op::Count;
            counted.projection = Projection::default();
            again(counted)
        }
        (_, "withConverter" | "orderBy" | "offset" | "startAt" | "startAfter" | "endAt" | "endBefore") => again(query.clone()),
        _ => None,
    }
}

/// A read by a reference.
pub(super) fn read(query: &Query) -> Query {
    Query { result: ResultForm::Snapshot, ..query.clone() }
}

/// `update({ … })`, `update("field", value)`
fn updated(call: &Call<'_>) -> Option<Value> {
    match (call.args.first()?, call.args.get(1)) {
        (field, Some(value)) if field.as_str().is_some() => Some(target::object([(Name::new(field.as_str()?), value.clone())])),
        (fields, _) => Some(fields.clone()),
    }
}

/// A method of a transaction or a batch: the reference comes first.
fn on_writer(method: Name, call: &Call<'_>) -> Option<Outcome> {
    let (second, loc) = arg(call, 1);
    match method.as_str() {
        "get" | "getAll" => Some(sent(read(query_of(call.args.first()?)?))),
        "set" | "update" | "create" | "delete" => {
            let query = write(query_of(call.args.first()?)?, &method, second, loc)?;
            Some(sent(query))
        }
        "commit" | "close" | "flush" => Some(Outcome::value(Value::of(Shape::Promise(Value::unknown())))),
        _ => None,
    }
}
