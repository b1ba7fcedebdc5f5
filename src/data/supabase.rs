//! supabase-js: clients with the privilege of their key, PostgREST's builders, storage, administration of users.

mod builder;
mod client;
mod logic;
mod select;
mod services;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::{DataLayer, record, target};
use crate::base::Name;
use crate::schema::Schema;
use crate::values::{
    AccessId, Call, DbClient, Facts, Lib, Op, Outcome, Privilege, Query, ResultForm, Scalar, Shape, Truth, Value,
};

/// The layer.
pub(super) struct Supabase;

/// The layer's id.
const ID: &str = "supabase";

/// Marks of a builder, kept in the query's state.
mod mark {
    /// Records come back.
    pub const RECORDS: &str = "records";
    /// `.single()`: an error unless there is exactly one.
    pub const EXACTLY_ONE: &str = "exactly-one";
    /// `.throwOnError()`
    pub const THROWS: &str = "throws";
    /// `.csv()` and the like: text of the records.
    pub const TEXT: &str = "text";
    /// A related table that must have a row (`list!inner`), as its path of keys.
    pub const INNER: &str = "inner";
    /// The method of `auth.admin`.
    pub const ADMIN: &str = "admin";
    /// The database function that is called.
    pub const PROCEDURE: &str = "procedure";
}

impl DataLayer for Supabase {
    fn id(&self) -> &'static str {
        ID
    }

    fn call(&self, call: &Call<'_>, schema: &Schema) -> Option<Outcome> {
        if let Some((import, path)) = target::export(call) {
            return client::made(call, import, &path);
        }
        if let Some((query, method)) = target::query(call, ID) {
            return builder::go_on(query, method, call, schema);
        }
        let (lib, path) = target::thing(call, ID)?;
        let names: Vec<&str> = path.iter().map(|name| name.as_str()).collect();
        match (lib.kind.as_str(), names.as_slice()) {
            ("client", ["from"]) => Some(client::table(lib, call)),
            ("client", ["schema"]) => Some(Outcome::value(client::derived(lib, "client", Vec::new()))),
            ("client", ["rpc"]) => Some(builder::procedure(lib, call)),
            ("client", ["storage", "from"]) => {
                let bucket = call.args.first().cloned().map(|name| (Name::new("bucket"), name));
                Some(Outcome::value(client::derived(lib, "bucket", bucket.into_iter().collect())))
            }
            ("client", ["auth", "admin", method]) => services::administer(lib, method, call, schema),
            ("client", ["functions", "invoke"]) => Some(services::invoke(call)),
            ("client", ["channel"]) => Some(Outcome::value(client::derived(lib, "channel", Vec::new()))),
            ("client", ["removeChannel" | "removeAllChannels" | "getChannels"] | ["realtime", _]) => {
                Some(Outcome::value(Value::nullish()))
            }
            ("channel", _) => Some(Outcome::value(client::derived(lib, "channel", Vec::new()))),
            ("table", [method]) => builder::start(lib, method, call, schema),
            ("bucket", [method]) => services::store(lib, method, call),
            // Who the caller is, and signing in and out, is the catalogue's.
            _ => None,
        }
    }

    fn member(&self, _lib: &Lib, _name: Name) -> Option<Value> {
        None
    }

    fn result(&self, query: &Query, access: AccessId) -> Value {
        let has = |mark: &str| query.state.iter().any(|(key, _)| *key == mark);
        let one = has(mark::EXACTLY_ONE);
        let data = match state(query, mark::ADMIN) {
            Some(method) => services::administered(method, access),
            None if has(mark::TEXT) => record::computed(access, Shape::Scalar(Scalar::String)),
            None if query.op == Op::Count => Value::nullish(),
            None if query.single && one && has(mark::THROWS) => record::row(access),
            None if query.single => record::maybe_row(access),
            // What a function of the database gives back: often whether something may be done.
            None if query.op == Op::Call && !has(mark::RECORDS) => {
                record::computed(access, Shape::Unknown).with_truth(Truth::implies(record::found(access)))
            }
            None if !has(mark::RECORDS) => Value::nullish(),
            None if has(mark::THROWS) => record::rows(access),
            // An error leaves no records.
            None => record::rows(access).with_truth(Truth::default()),
        };
        let error = if has(mark::THROWS) {
            Value::nullish()
        } else {
            record::error(if one { record::found(access) } else { Facts::none() })
        };
        record::object([("data", data), ("error", error), ("count", record::count(access)), ("status", Value::unknown())])
    }
}

/// What the builder remembers under a mark.
fn state<'a>(query: &'a Query, mark: &str) -> Option<&'a str> {
    query.state.iter().find(|(key, _)| *key == mark).and_then(|(_, value)| value.as_str())
}

/// A query on a client's thing.
fn base(lib: &Lib, entity: Option<Name>, op: Op) -> Query {
    let privilege = match lib.get("privilege").and_then(Value::as_str) {
        Some("service") => Privilege::Service,
        Some("user") => Privilege::User,
        _ => Privilege::Anonymous,
    };
    let mut query = Query::new(Name::new(ID), DbClient { privilege, made: lib.made }, entity, op);
    query.result = ResultForm::DataError;
    query
}

fn pending(query: Query) -> Outcome {
    Outcome::value(Value::of(Shape::Query(Arc::new(query))))
}
