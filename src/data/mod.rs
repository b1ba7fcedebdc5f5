//! Data layers: how a call on values becomes a query or an access.
//!
//! A data layer is one module behind [`DataLayer`].
//!
//! **Invariant:** a layer answers with values and queries; it knows neither routes nor rules.

mod driver;
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
use crate::values::{AccessId, Call, Include, Lib, Outcome, Query, Value};

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
}

/// All data layers.
pub fn all() -> &'static [&'static dyn DataLayer] {
    static ALL: [&dyn DataLayer; 10] = [
        &prisma::Prisma,
        &supabase::Supabase,
        &typeorm::TypeOrm,
        &driver::PG,
        &driver::POSTGRES,
        &driver::NEON,
        &driver::VERCEL,
        &driver::MYSQL2,
        &driver::LIBSQL,
        &driver::PLANETSCALE,
    ];
    &ALL
}

/// The layer of that id.
pub fn find(id: Name) -> Option<&'static dyn DataLayer> {
    all().iter().copied().find(|it| id == it.id())
}

/// What any layer says of a call.
pub fn call(call: &Call<'_>, schema: &Schema) -> Option<Outcome> {
    all().iter().find_map(|it| it.call(call, schema))
}

/// What a member of a library thing is.
pub fn member(lib: &Lib, name: Name) -> Option<Value> {
    find(lib.owner).and_then(|layer| layer.member(lib, name))
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

/// Whether an undefined value in a filter drops the condition there, or matches records without the field.
pub fn drops_undefined(layer: Name) -> bool {
    matches!(layer.as_str(), "prisma" | "typeorm" | "mongoose" | "mongodb")
}

/// Whether the layer refuses to look one record up by a unique key that is undefined.
pub fn refuses_undefined_key(layer: Name) -> bool {
    layer == "prisma"
}
