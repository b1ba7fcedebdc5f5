//! Kysely: builders that are what they were when a method gives another one; the `sql` tag.

mod builder;
mod expression;
mod result;

use std::sync::Arc;

use super::assemble::pending;
use super::sql::{Placeholders, SqlText, Statement, fragment, read};
use super::{DataLayer, assemble, target};
use crate::base::Name;
use crate::schema::Schema;
use crate::values::{
    AccessId, Call, CallForm, Callback, CallbackResult, DbClient, Facts, Lib, Op, Outcome, Privilege, Query, Shape, Value,
};

/// The layer.
pub(super) struct Kysely;

/// The layer's id.
const ID: &str = "kysely";

impl DataLayer for Kysely {
    fn id(&self) -> &'static str {
        ID
    }

    fn call(&self, call: &Call<'_>, schema: &Schema) -> Option<Outcome> {
        if let Some((import, path)) = target::export(call) {
            if !target::is_package(import.package, "kysely") {
                return None;
            }
            let path: Vec<&str> = path.iter().map(|it| it.as_str()).filter(|it| *it != "default" && *it != "*").collect();
            return match path.as_slice() {
                ["Kysely"] if call.form == CallForm::New => Some(Outcome::value(thing("client", Vec::new(), call))),
                ["sql", ..] => expression::sql(&path[1..], call),
                ["jsonArrayFrom" | "jsonObjectFrom"] => Some(Outcome::value(call.args.first()?.clone())),
                ["expressionBuilder"] => Some(Outcome::value(expression::builder(None))),
                _ => None,
            };
        }
        if let Some((query, method)) = target::query(call, ID) {
            return builder::go_on(query, method, call, schema);
        }
        let (lib, path) = target::thing(call, ID)?;
        let names: Vec<&str> = path.iter().map(|it| it.as_str()).collect();
        match (lib.kind.as_str(), names.as_slice()) {
            ("client", [method]) => on_client(lib, method, call, schema),
            ("client", _) => Some(Outcome::value(Value::unknown())),
            ("transaction", ["execute"]) => {
                let (function, args) = (call.args.first()?.clone(), vec![lib.get("client")?.clone()]);
                let result = CallbackResult::Value;
                let callback = Callback { function, args, result, under: Facts::none(), maybe: false };
                Some(Outcome { callbacks: vec![callback], ..Outcome::default() })
            }
            ("transaction", _) => Some(Outcome::value(itself(lib))),
            ("expressions", path) => expression::method(lib, path, call, schema),
            ("sql", ["execute"]) => Some(raw(lib, call, schema)),
            ("sql", ["as"]) => Some(Outcome::value(expression::aliased(&itself(lib), call.args.first()?.as_str()?))),
            ("sql", ["$castTo" | "$notNull" | "withPlugin"]) => Some(Outcome::value(itself(lib))),
            ("join", [method]) => builder::on_join(lib, method, call),
            ("conflict", [method]) => Some(Outcome::value(builder::on_conflict(lib, method, call))),
            _ => None,
        }
    }

    fn member(&self, _lib: &Lib, _name: Name) -> Option<Value> {
        None
    }

    fn result(&self, query: &Query, access: AccessId) -> Value {
        result::of(query, access)
    }
}

fn thing(kind: &str, data: Vec<(Name, Value)>, call: &Call<'_>) -> Value {
    Value::of(Shape::Lib(Arc::new(Lib {
        owner: Name::new(ID),
        kind: Name::new(kind),
        path: Arc::from([]),
        data,
        made: Some(call.loc),
        cell: None,
    })))
}

fn itself(lib: &Lib) -> Value {
    Value::of(Shape::Lib(Arc::new(Lib { path: Arc::from([]), ..lib.clone() })))
}

fn on_client(lib: &Lib, method: &str, call: &Call<'_>, schema: &Schema) -> Option<Outcome> {
    Some(match method {
        "transaction" | "connection" | "startTransaction" => {
            let made = thing("transaction", vec![(Name::new("client"), itself(lib))], call);
            // A transaction that the code ends itself is a client.
            Outcome::value(if method == "startTransaction" { itself(lib) } else { made })
        }
        "with" | "withRecursive" | "withSchema" | "withPlugin" | "withTables" | "withoutPlugins" | "execute"
        | "setIsolationLevel" => Outcome::value(itself(lib)),
        "commit" | "rollback" | "destroy" | "savepoint" => Outcome::value(Value::nullish()),
        "executeQuery" => Outcome::value(call.args.first()?.clone()),
        _ => return builder::start(Some(lib), method, call, schema),
    })
}

/// A query of a client.
fn base(client: Option<&Lib>, op: Op) -> Query {
    let made = client.and_then(|it| it.made);
    Query::new(Name::new(ID), DbClient { privilege: Privilege::Plain, made }, None, op)
}

/// ``sql`…`.execute(db)``
fn raw(lib: &Lib, call: &Call<'_>, schema: &Schema) -> Outcome {
    let client = call.args.first().and_then(Value::as_lib);
    let text = SqlText::pieces(fragment(&itself(lib)).unwrap_or_default());
    let mut query = base(client, Op::Call);
    assemble::keep(&mut query, "raw", Value::bool(true));
    let value = match read(&query, &text, None, Placeholders::Numbered, schema) {
        Statement::Query(query) => pending(*query),
        Statement::Harmless => Value::nullish(),
    };
    Outcome::value(value)
}
