//! Knex: builders that change in place and run when they are awaited.
//!
//! A builder is a [`Lib`] of kind [`Lib::THENABLE`]. Its data: `client`, `table`, `op`, `form` (what comes out), `columns`, `joins` and
//! `wheres` (lists), `payload`, `keys` (columns that conflict), `returning`, `limit`, `grouped`.

mod builder;
mod condition;
mod raw;
mod result;

use std::sync::Arc;

use super::{DataLayer, Undefined, target};
use crate::base::Name;
use crate::schema::Schema;
use crate::values::{
    AccessId, Call, CallForm, Callback, CallbackResult, DbClient, Facts, Lib, Op, Outcome, Privilege, Query, Shape, Value,
};

/// The layer.
pub(super) struct Knex;

/// The layer's id.
const ID: &str = "knex";

impl DataLayer for Knex {
    fn id(&self) -> &'static str {
        ID
    }

    fn call(&self, call: &Call<'_>, schema: &Schema) -> Option<Outcome> {
        if let Some((import, path)) = target::export(call) {
            let made = target::is_package(import.package, "knex") && matches!(target::last(&path), "" | "knex" | "*");
            return (made && call.form != CallForm::Tagged).then(|| Outcome::value(client(call)));
        }
        let (lib, path) = target::thing(call, ID)?;
        match (lib.kind.as_str(), path.as_slice()) {
            (Lib::THENABLE, [method]) => builder::method(lib, *method, call),
            ("client", []) => Some(Outcome::value(builder::made(lib, call.args.first(), call))),
            ("client", [first, ..]) if ["fn", "schema", "migrate", "seed", "client"].contains(&first.as_str()) => {
                Some(Outcome::value(Value::unknown()))
            }
            ("client", [method]) => on_client(lib, method, call, schema),
            _ => None,
        }
    }

    fn member(&self, _lib: &Lib, _name: Name) -> Option<Value> {
        None
    }

    fn result(&self, query: &Query, access: AccessId) -> Value {
        result::of(query, access)
    }

    fn pending(&self, builder: &Lib, schema: &Schema) -> Option<Query> {
        Some(builder::query(builder, schema))
    }

    fn undefined(&self, _query: &Query) -> Undefined {
        Undefined::Refuses
    }
}

fn thing(kind: &str, data: Vec<(Name, Value)>) -> Lib {
    Lib { owner: Name::new(ID), kind: Name::new(kind), path: Arc::from([]), data, made: None, cell: None }
}

fn value(lib: Lib) -> Value {
    Value::of(Shape::Lib(Arc::new(lib)))
}

fn client(call: &Call<'_>) -> Value {
    let driver = call.args.first().and_then(|it| it.field("client")).filter(|it| it.as_str().is_some());
    let data = driver.map(|it| (Name::new("driver"), it.clone())).into_iter().collect();
    value(Lib { made: Some(call.loc), ..thing("client", data) })
}

fn itself(client: &Lib) -> Value {
    value(Lib { path: Arc::from([]), ..client.clone() })
}

fn on_client(lib: &Lib, method: &str, call: &Call<'_>, schema: &Schema) -> Option<Outcome> {
    Some(match method {
        "transaction" | "transactionProvider" => match call.args.iter().find(|it| it.is_callable()) {
            Some(function) => {
                let (function, args) = (function.clone(), vec![itself(lib)]);
                let result = CallbackResult::Value;
                let callback = Callback { function, args, result, under: Facts::none(), maybe: false };
                Outcome { callbacks: vec![callback], ..Outcome::default() }
            }
            None => Outcome::value(itself(lib)),
        },
        "commit" | "rollback" | "destroy" | "initialize" | "on" | "isCompleted" => Outcome::value(Value::nullish()),
        "raw" => raw::statement(lib, call, schema),
        "ref" => Outcome::value(raw::reference(call)?),
        "batchInsert" => {
            let inserted = Call { args: call.args.get(1..2)?, arg_locs: call.arg_locs.get(1..2)?, ..call.clone() };
            let builder = builder::made(lib, call.args.first(), call);
            return builder::method(builder.as_lib()?, Name::new("insert"), &inserted);
        }
        "queryBuilder" => Outcome::value(builder::made(lib, None, call)),
        // Any method of a builder begins one.
        _ => {
            let builder = builder::made(lib, None, call);
            return builder::method(builder.as_lib()?, Name::new(method), call);
        }
    })
}

/// A query of the client that `lib` is or was made of.
fn base(client: Option<&Lib>, op: Op) -> Query {
    let made = client.and_then(|it| it.made);
    let mut query = Query::new(Name::new(ID), DbClient { privilege: Privilege::Plain, made }, None, op);
    let driver = client.and_then(|it| it.get("driver"));
    query.state.extend(driver.map(|it| (Name::new("driver"), it.clone())));
    query
}
