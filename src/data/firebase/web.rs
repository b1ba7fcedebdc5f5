//! The functions of the web SDK: `getDoc(doc(db, "todos", id))`.

use super::firestore::{ID, read};
use super::{arg, base, client, condition, narrowed, path, query_of, reference, sent, thing, within, write};
use crate::base::Name;
use crate::values::{Call, Filter, Op, Outcome, Projection, Query, Value};

/// What a function of `firebase/firestore` means.
pub(super) fn call(path: &[&str], call: &Call<'_>) -> Option<Outcome> {
    let [name] = path else { return None };
    let first = call.args.first();
    let (second, loc) = arg(call, 1);
    match *name {
        "getFirestore" | "initializeFirestore" => Some(Outcome::value(client(ID, false, call.loc))),
        "collection" | "doc" => {
            let mut at = match query_of(first?) {
                Some(query) => query.clone(),
                None => base(ID, first?.as_lib()),
            };
            for (index, part) in call.args.iter().enumerate().skip(1) {
                for segment in path::segments(part)? {
                    at = path::step(&at, &segment, call.arg_locs.get(index).copied());
                }
            }
            if *name == "doc" && call.args.len() == 1 {
                at = path::fresh(&at);
            }
            Some(Outcome::value(reference(ID, name, at)))
        }
        "collectionGroup" => {
            let mut query = base(ID, first?.as_lib());
            query.entity = second?.as_str().map(Name::new);
            Some(Outcome::value(reference(ID, "query", query)))
        }
        "where" => {
            let filter = condition(first?, second?, call.args.get(2)?, call.arg_locs.get(2).copied());
            let query = Query { filter, filter_loc: Some(call.loc), ..base(ID, None) };
            Some(Outcome::value(reference(ID, "constraint", query)))
        }
        "limit" | "limitToLast" => {
            Some(Outcome::value(reference(ID, "constraint", Query { limit: first.cloned(), ..base(ID, None) })))
        }
        "or" => {
            let ways = call.args.iter().filter_map(query_of).map(|it| it.filter.clone()).collect();
            Some(Outcome::value(reference(ID, "constraint", Query { filter: Filter::Or(ways), ..base(ID, None) })))
        }
        "and" | "query" => {
            let mut args = call.args.iter();
            let mut whole = if *name == "and" { base(ID, None) } else { query_of(args.next()?)?.clone() };
            for constraint in args {
                let Some(more) = query_of(constraint) else { continue };
                whole = narrowed(&whole, more.filter.clone());
                whole.filter_loc = more.filter_loc.or(whole.filter_loc);
                whole.limit = more.limit.clone().or(whole.limit);
            }
            Some(Outcome::value(reference(ID, if *name == "and" { "constraint" } else { "query" }, whole)))
        }
        "documentId" => Some(Outcome::value(Value::str("__name__"))),
        "getDoc" | "getDocs" | "getDocFromServer" | "getDocsFromServer" | "onSnapshot" => Some(sent(read(query_of(first?)?))),
        "getCountFromServer" => {
            let query = query_of(first?)?.clone();
            Some(sent(Query { op: Op::Count, projection: Projection::default(), ..query }))
        }
        "setDoc" => Some(sent(write(query_of(first?)?, "set", second, loc)?)),
        "updateDoc" => {
            let value = match (second?.as_str(), call.args.get(2)) {
                (Some(field), Some(value)) => crate::data::target::object([(Name::new(field), value.clone())]),
                _ => second?.clone(),
            };
            Some(sent(write(query_of(first?)?, "update", Some(&value), loc)?))
        }
        "addDoc" => Some(sent(write(query_of(first?)?, "add", second, loc)?)),
        "deleteDoc" => Some(sent(write(query_of(first?)?, "delete", None, None)?)),
        "runTransaction" => Some(within(second?, thing(ID, "writer", Vec::new(), None))),
        "writeBatch" => Some(Outcome::value(thing(ID, "writer", Vec::new(), None))),
        _ => None,
    }
}
