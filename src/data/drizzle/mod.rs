//! Drizzle ORM: tables and operators as values, the builders, relational queries.

mod builder;
mod expression;
mod relational;
mod result;
mod tables;
mod zod;

use super::{DataLayer, Undefined, assemble, target};
use crate::base::Name;
use crate::schema::Schema;
use crate::values::{AccessId, Call, DbClient, Lib, Op, Outcome, Privilege, Query, Value};

/// The layer.
pub(super) struct Drizzle;

/// The layer's id.
const ID: &str = "drizzle";

impl DataLayer for Drizzle {
    fn id(&self) -> &'static str {
        ID
    }

    fn call(&self, call: &Call<'_>, schema: &Schema) -> Option<Outcome> {
        if let Some((import, path)) = target::export(call) {
            if target::is_package(import.package, "drizzle-zod") || target::is_package(import.package, "drizzle-orm/zod") {
                return zod::validator(call, target::last(&path), schema);
            }
            if !target::is_package(import.package, "drizzle-orm") {
                return None;
            }
            let path: Vec<&str> = path.iter().map(|it| it.as_str()).filter(|it| *it != "default" && *it != "*").collect();
            return match path.as_slice() {
                ["drizzle"] | ["drizzle", "mock"] => Some(Outcome::value(client(call, import.package))),
                _ => expression::exported(call, &path, schema).or_else(|| tables::exported(call, import.package, &path, schema)),
            };
        }
        if let Some((query, method)) = target::query(call, ID) {
            return builder::go_on(query, method, call, schema);
        }
        let (lib, path) = target::thing(call, ID)?;
        let names: Vec<&str> = path.iter().map(|name| name.as_str()).collect();
        match (lib.kind.as_str(), names.as_slice()) {
            ("client", ["query" | "_query", table, method]) => relational::find(lib, table, method, call, schema),
            ("client", [method]) => builder::start(lib, method, call, schema),
            ("common", ["as"]) => Some(Outcome::value(tables::subquery(lib.get("name")?.as_str()?, call.args.first()?))),
            ("sql", ["as"]) => Some(Outcome::value(expression::named(lib, call))),
            // What was chosen of how to read or write it leaves the text as it is.
            ("sql" | "column", _) => Some(Outcome::value(itself(lib))),
            _ => tables::method(lib, &names, call),
        }
    }

    fn member(&self, lib: &Lib, name: Name) -> Option<Value> {
        tables::member(lib, name)
    }

    fn result(&self, query: &Query, access: AccessId) -> Value {
        result::of(query, access)
    }

    fn undefined(&self, query: &Query) -> Undefined {
        // The object form of relational queries leaves undefined keys out; operators bind them.
        if assemble::kept(query, relational::OBJECT).is_some() { Undefined::Drops } else { Undefined::Null }
    }
}

fn client(call: &Call<'_>, package: Name) -> Value {
    let driver = package.rsplit("drizzle-orm/").next().unwrap_or("").split('/').next().unwrap_or("");
    let mut client = tables::lib("client", vec![(Name::new("driver"), Value::str(driver))]);
    client.made = Some(call.loc);
    tables::value(client)
}

/// The client without what was read of it.
fn client_of(lib: &Lib) -> Value {
    itself(lib)
}

fn itself(lib: &Lib) -> Value {
    tables::value(Lib { path: std::sync::Arc::from([]), ..lib.clone() })
}

fn base(lib: &Lib, op: Op) -> Query {
    let mut query = Query::new(Name::new(ID), DbClient { privilege: Privilege::Plain, made: lib.made }, None, op);
    query.state.extend(lib.get("driver").map(|driver| (Name::new("driver"), driver.clone())));
    query
}
