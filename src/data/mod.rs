//! Data layers: how a call on values becomes a query or an access.
//!
//! A data layer is one module behind [`DataLayer`].
//!
//! **Invariant:** a layer answers with values and queries; it knows neither routes nor rules.

mod assemble;
mod document;
mod driver;
mod drizzle;
mod dynamodb;
mod firebase;
mod knex;
mod kysely;

mod mongodb;
mod mongoose;
mod prepared;
mod prisma;
mod record;
mod sink;
mod sql;
mod supabase;
mod target;
#[cfg(test)]
mod testing;
mod typeorm;

use crate::base::Name;
use crate::schema::Schema;
use crate::values::{AccessId, Call, Import, Include, Lib, Outcome, Query, Row, Value};

/// What the interpreter asks of a data layer.
pub trait DataLayer: Sync {
    /// Its id: the `owner` of its library things and the `layer` of its queries.
    fn id(&self) -> &'static str;

    /// What a call means: a client, a builder, a query. A call that makes or goes on with a query gives a value of shape
    /// [`crate::values::Shape::Query`]; the interpreter runs it when it is awaited, returned from an async function, or handed to a transaction.
    fn call(&self, call: &Call<'_>, schema: &Schema) -> Option<Outcome>;

    /// What a member of one of its things is; `None` leaves it a path below the thing.
    fn member(&self, lib: &Lib, name: Name) -> Option<Value>;

    /// What comes out of a query that ran as `access`.
    fn result(&self, query: &Query, access: AccessId) -> Value;

    /// What a member of a package is, where it is one of the layer's things (`mongoose.models.User`).
    fn exported_member(&self, _import: &Import) -> Option<Value> {
        None
    }

    /// What a method of one of its records does (`user.save()`).
    fn record(&self, _record: &Record<'_>, _call: &Call<'_>, _schema: &Schema) -> Option<Outcome> {
        None
    }

    /// The query that one of its builders stands for ([`Lib::THENABLE`]).
    fn pending(&self, _builder: &Lib, _schema: &Schema) -> Option<Query> {
        None
    }

    /// What a value does to this query's filter if it is undefined at run time. By default it is bound as null.
    fn undefined(&self, _query: &Query) -> Undefined {
        Undefined::Null
    }
}

/// What an undefined value in a filter does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undefined {
    /// Its condition is dropped: the other conditions alone select.
    Drops,
    /// The condition finds the records that lack the field.
    Absent,
    /// It is null or a text to the database: nothing is found.
    Null,
    /// The query throws.
    Refuses,
}

impl Undefined {
    /// Whether records are found that the condition would not have found.
    pub fn opens(self) -> bool {
        matches!(self, Undefined::Drops | Undefined::Absent)
    }
}

/// A record that a query gave.
pub struct Record<'a> {
    /// The query.
    pub query: &'a Query,
    /// Which record, and what was taken out of it.
    pub row: &'a Row,
    /// What the code has written on it since, as an object.
    pub written: Option<Value>,
}

/// All data layers.
pub fn all() -> &'static [&'static dyn DataLayer] {
    static ALL: [&dyn DataLayer; 20] = [
        &prisma::Prisma,
        &supabase::Supabase,
        &drizzle::Drizzle,
        &mongoose::Mongoose,
        &mongodb::MongoDb,
        &firebase::Firestore,
        &firebase::Realtime,
        &dynamodb::DynamoDb,
        &typeorm::TypeOrm,
        &driver::PG,
        &driver::POSTGRES,
        &driver::NEON,
        &driver::VERCEL,
        &driver::MYSQL2,
        &driver::LIBSQL,
        &driver::PLANETSCALE,
        &prepared::D1,
        &prepared::SQLITE,
        &knex::Knex,
        &kysely::Kysely,
    ];
    &ALL
}

/// The layer of that id.
pub fn find(id: Name) -> Option<&'static dyn DataLayer> {
    all().iter().copied().find(|it| id == it.id())
}

/// The query that a builder stands for.
pub fn pending(builder: &Lib, schema: &Schema) -> Option<Query> {
    find(builder.owner).and_then(|layer| layer.pending(builder, schema))
}

/// What any layer says of a call.
pub fn call(call: &Call<'_>, schema: &Schema) -> Option<Outcome> {
    all().iter().find_map(|it| it.call(call, schema)).or_else(|| document::collection_of_unknown(call))
}

/// What a member of a library thing is.
pub fn member(lib: &Lib, name: Name) -> Option<Value> {
    find(lib.owner).and_then(|layer| layer.member(lib, name))
}

/// What a member of a package is, where a layer knows it as one of its things.
pub fn exported_member(import: &Import) -> Option<Value> {
    all().iter().find_map(|it| it.exported_member(import))
}

/// What a method of a record does.
pub fn record(record: &Record<'_>, call: &Call<'_>, schema: &Schema) -> Option<Outcome> {
    find(record.query.layer)?.record(record, call, schema)
}

/// The included relation that `key` of a record names.
pub fn included<'a>(query: &'a Query, path: &[Name]) -> Option<&'a Include> {
    let (first, rest) = path.split_first()?;
    let mut include = query.projection.related.iter().find(|it| it.key == *first)?;
    for name in rest {
        include = include.projection.related.iter().find(|it| it.key == *name)?;
    }
    Some(include)
}

/// What an undefined value in the query's filter does.
pub fn undefined(query: &Query) -> Undefined {
    find(query.layer).map_or(Undefined::Null, |layer| layer.undefined(query))
}
