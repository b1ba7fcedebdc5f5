//! The Realtime Database.

use super::path::Segment;
use super::{arg, base, client, narrowed, path, query_of, reference, results, sent, write};
use crate::base::{Loc, Name};
use crate::data::{DataLayer, Undefined, target};
use crate::schema::Schema;
use crate::values::{AccessId, Call, Callback, CallbackResult, Facts, Filter, Lib, Outcome, Query, ResultForm, Shape, Value};

/// The layer.
pub(crate) struct Realtime;

/// The layer's id.
const ID: &str = "firebase-database";

/// The child that a query is ordered by.
const CHILD: &str = "child";

impl DataLayer for Realtime {
    fn id(&self) -> &'static str {
        ID
    }

    fn call(&self, call: &Call<'_>, _schema: &Schema) -> Option<Outcome> {
        if let Some((import, path)) = target::export(call) {
            return exported(call, import.package, &path);
        }
        let (lib, path) = target::thing(call, ID)?;
        let [method] = path.as_slice() else { return None };
        let (first, loc) = arg(call, 0);
        match (lib.kind.as_str(), method.as_str()) {
            ("db", "ref") => {
                let at = base(ID, Some(lib));
                let at = match first {
                    Some(path) => follow(&at, path, loc)?,
                    None => at,
                };
                Some(Outcome::value(reference(ID, "ref", at)))
            }
            ("ref", _) => match &lib.get("query")?.shape {
                Shape::Query(query) => on_reference(query, *method, call),
                _ => None,
            },
            ("snapshot" | "snapshots" | "doc", _) => results::method(lib, *method, call),
            _ => None,
        }
    }

    fn member(&self, lib: &Lib, name: Name) -> Option<Value> {
        results::member(lib, name)
    }

    fn result(&self, query: &Query, access: AccessId) -> Value {
        results::of(ID, query, access)
    }

    fn undefined(&self, _query: &Query) -> Undefined {
        Undefined::Refuses
    }
}

fn exported(call: &Call<'_>, package: Name, path: &[Name]) -> Option<Outcome> {
    let is = |it: &str| target::is_package(package, it);
    let path: Vec<&str> = path.iter().map(|it| it.as_str()).skip_while(|it| matches!(*it, "default" | "*")).collect();
    let admin = is("firebase-admin");
    if !admin && !is("firebase/database") {
        return None;
    }
    let first = call.args.first();
    let (second, second_loc) = arg(call, 1);
    match path.as_slice() {
        ["getDatabase" | "database"] => Some(Outcome::value(client(ID, admin, call.loc))),
        _ if admin => None,
        ["ref"] => {
            let at = base(ID, first?.as_lib());
            let at = match second {
                Some(path) => follow(&at, path, second_loc)?,
                None => at,
            };
            Some(Outcome::value(reference(ID, "ref", at)))
        }
        ["child"] => Some(Outcome::value(reference(ID, "ref", follow(query_of(first?)?, second?, second_loc)?))),
        ["get" | "onValue"] => Some(sent(read(query_of(first?)?))),
        ["set" | "update" | "push" | "remove"] => Some(sent(write(query_of(first?)?, path[0], second, second_loc)?)),
        _ => None,
    }
}

/// A path: texts are collections, values keys in the one before.
fn follow(query: &Query, value: &Value, loc: Option<Loc>) -> Option<Query> {
    let mut query = query.clone();
    for segment in path::segments(value)? {
        query = match &segment {
            Segment::Fixed(_) => path::collection(&query, &segment),
            Segment::Value(_) => path::document(&query, &segment, loc),
        };
    }
    Some(query)
}

fn read(query: &Query) -> Query {
    Query { result: ResultForm::Snapshot, ..query.clone() }
}

fn on_reference(query: &Query, method: Name, call: &Call<'_>) -> Option<Outcome> {
    let (first, loc) = arg(call, 0);
    let again = |query: Query| Some(Outcome::value(reference(ID, "ref", query)));
    match method.as_str() {
        "child" => again(follow(query, first?, loc)?),
        "once" | "get" | "on" => Some(sent(read(query))),
        "push" if first.is_none() => again(path::fresh(query)),
        "set" | "update" | "push" | "remove" => Some(sent(write(query, &method, first, loc)?)),
        "orderByChild" => {
            let mut ordered = query.clone();
            ordered.state.retain(|(key, _)| *key != CHILD);
            ordered.state.push((Name::new(CHILD), first?.clone()));
            again(ordered)
        }
        "equalTo" => {
            let child = query.state.iter().find(|(key, _)| *key == CHILD).and_then(|(_, value)| value.as_str());
            let filter = match child {
                Some(field) => Filter::equal(Name::new(field), first?.clone(), loc),
                None => Filter::Opaque(vec![first?.clone()]),
            };
            again(narrowed(query, filter))
        }
        "limitToFirst" | "limitToLast" => again(Query { limit: first.cloned(), ..query.clone() }),
        "orderByKey" | "orderByValue" | "startAt" | "endAt" | "startAfter" | "endBefore" => again(query.clone()),
        "transaction" => {
            let change = first?;
            let callback = Callback {
                function: change.clone(),
                args: vec![Value::unknown()],
                result: CallbackResult::Ignored,
                under: Facts::none(),
                maybe: true,
            };
            let written = write(query, "update", Some(&Value::unknown()), None)?;
            Some(Outcome { callbacks: vec![callback], ..sent(written) })
        }
        _ => None,
    }
}
