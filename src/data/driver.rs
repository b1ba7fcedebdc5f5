//! SQL drivers: clients that take text and values. One driver is one [`Driver`] value; what they share is read here.

use std::sync::Arc;

use super::sql::{Piece, Placeholders, SqlText, Statement, read};
use super::{DataLayer, record, target};
use crate::base::{Loc, Name};
use crate::schema::Schema;
use crate::values::{
    AccessId, Call, CallForm, Callback, CallbackResult, DbClient, Facts, Lib, Op, Outcome, Privilege, Query, ResultForm, Shape,
    Value,
};

/// A driver: where its clients come from and how they are asked.
pub(super) struct Driver {
    id: &'static str,
    /// Packages that export it.
    packages: &'static [&'static str],
    /// Exports that make a client when they are called or constructed; the empty name is the default export.
    makers: &'static [&'static str],
    /// Exports that are a client.
    ready: &'static [&'static str],
    /// Methods that take a text and then its values, or an object of both.
    asks: &'static [&'static str],
    /// The client is a function that names columns (`sql(body)`) or, where it is not, takes a text.
    names_columns: bool,
    placeholders: Placeholders,
    result: Answer,
}

/// What an awaited query is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// `{ rows, rowCount }`
    Object,
    /// The records.
    Rows,
    /// `[records, columns]`
    Pair,
}

/// node-postgres.
pub(super) static PG: Driver = Driver {
    id: "pg",
    packages: &["pg", "pg-pool", "pg-native"],
    makers: &["Pool", "Client", "native"],
    ready: &[],
    asks: &["query"],
    names_columns: false,
    placeholders: Placeholders::Numbered,
    result: Answer::Object,
};

/// postgres.js.
pub(super) static POSTGRES: Driver = Driver {
    id: "postgres",
    packages: &["postgres"],
    makers: &["", "postgres"],
    ready: &[],
    asks: &["unsafe"],
    names_columns: true,
    placeholders: Placeholders::Numbered,
    result: Answer::Rows,
};

/// Neon's HTTP driver; its `Pool` is node-postgres.
pub(super) static NEON: Driver = Driver {
    id: "neon",
    packages: &["@neondatabase/serverless"],
    makers: &["neon"],
    ready: &[],
    asks: &["query"],
    names_columns: false,
    placeholders: Placeholders::Numbered,
    result: Answer::Rows,
};

/// Pools and clients in the shape of node-postgres that also come as tags.
pub(super) static VERCEL: Driver = Driver {
    id: "vercel-postgres",
    packages: &["@vercel/postgres", "@neondatabase/serverless"],
    makers: &["createPool", "createClient", "Pool", "Client"],
    ready: &["sql", "db"],
    asks: &["query"],
    names_columns: false,
    placeholders: Placeholders::Numbered,
    result: Answer::Object,
};

/// mysql2 and its predecessor.
pub(super) static MYSQL2: Driver = Driver {
    id: "mysql2",
    packages: &["mysql2", "mysql", "promise-mysql"],
    makers: &["createPool", "createConnection", "createPoolCluster"],
    ready: &[],
    asks: &["query", "execute"],
    names_columns: false,
    placeholders: Placeholders::Question,
    result: Answer::Pair,
};

/// libSQL and Turso.
pub(super) static LIBSQL: Driver = Driver {
    id: "libsql",
    packages: &["@libsql/client"],
    makers: &["createClient"],
    ready: &[],
    asks: &["execute", "executeMultiple"],
    names_columns: false,
    placeholders: Placeholders::Question,
    result: Answer::Object,
};

/// PlanetScale.
pub(super) static PLANETSCALE: Driver = Driver {
    id: "planetscale",
    packages: &["@planetscale/database"],
    makers: &["connect", "Client", "connection"],
    ready: &[],
    asks: &["execute"],
    names_columns: false,
    placeholders: Placeholders::Question,
    result: Answer::Object,
};

impl DataLayer for Driver {
    fn id(&self) -> &'static str {
        self.id
    }

    fn call(&self, call: &Call<'_>, schema: &Schema) -> Option<Outcome> {
        if let Some((import, path)) = target::export(call) {
            if !self.packages.iter().any(|package| target::is_package(import.package, package)) {
                return None;
            }
            let first = path.iter().position(|name| *name != "default").unwrap_or(path.len());
            return match &path[first..] {
                [ready, method @ ..] if self.ready.contains(&ready.as_str()) => {
                    let client = self.client(call, None);
                    self.on_client(call, client.as_lib()?, method, schema)
                }
                path if self.makers.contains(&target::last(path)) => Some(Outcome::value(self.client(call, Some(call.loc)))),
                _ => None,
            };
        }
        let (client, path) = target::thing(call, self.id)?;
        if client.kind != "client" {
            return None;
        }
        self.on_client(call, client, &path, schema)
    }

    fn member(&self, _lib: &Lib, _name: Name) -> Option<Value> {
        None
    }

    fn result(&self, query: &Query, access: AccessId) -> Value {
        let rows = record::of_statement(query, access);
        match self.result {
            Answer::Rows => rows,
            Answer::Object => {
                record::object([("rows", rows), ("rowCount", record::count(access)), ("rowsAffected", record::count(access))])
            }
            Answer::Pair if query.op.writes() && query.op != Op::Call => {
                let header = record::object([
                    ("affectedRows", record::count(access)),
                    ("insertId", record::computed(access, Shape::Unknown)),
                ]);
                Value::of(Shape::Array(Arc::from([header, Value::unknown()])))
            }
            Answer::Pair => Value::of(Shape::Array(Arc::from([rows, Value::unknown()]))),
        }
    }
}

impl Driver {
    fn client(&self, call: &Call<'_>, made: Option<Loc>) -> Value {
        // Neon sends a caller's token with every query, and the database enforces its policies.
        let user =
            call.args.iter().any(|it| it.field("authToken").is_some_and(|it| it.shape != Shape::Nullish)) && self.id == "neon";
        let data = if user { vec![(Name::new("privilege"), Value::str("user"))] } else { Vec::new() };
        let (owner, kind) = (Name::new(self.id), Name::new("client"));
        Value::of(Shape::Lib(Arc::new(Lib { owner, kind, path: Arc::from([]), data, made, cell: None })))
    }

    fn on_client(&self, call: &Call<'_>, client: &Lib, path: &[Name], schema: &Schema) -> Option<Outcome> {
        let itself = || Value::of(Shape::Lib(Arc::new(Lib { path: Arc::from([]), ..client.clone() })));
        let base = self.base(client);
        let method = path.last().map_or("", |name| name.as_str());
        if target::is_tag(call) && !self.asks.contains(&method) {
            let text = SqlText::template(call.quasis.unwrap_or(&[]), call.args);
            return Some(self.statement(&base, text, None, call, schema));
        }
        Some(match method {
            method if self.asks.contains(&method) => self.ask(&base, call, schema),
            "" if call.form != CallForm::Call => return None,
            "" if self.names_columns => Outcome::value(columns(self.id, call)),
            "" => self.ask(&base, call, schema),
            "connect" | "getConnection" | "reserve" | "promise" | "session" => {
                match call.args.last().filter(|it| it.is_callable()) {
                    // `pool.connect((error, client) => …)`
                    Some(function) => {
                        Outcome { callbacks: vec![with_client(function, vec![Value::nullish(), itself()])], ..Outcome::default() }
                    }
                    None => Outcome::value(itself()),
                }
            }
            "begin" | "transaction" | "savepoint" | "batch" => match call.args.iter().find(|it| target::elements(it).is_some()) {
                // The interpreter runs the queries of an array that is handed to it.
                Some(queries) => Outcome::value(self.batch(&base, queries, call, schema)),
                None => match call.args.iter().find(|it| it.is_callable()) {
                    Some(function) => Outcome { callbacks: vec![with_client(function, vec![itself()])], ..Outcome::default() },
                    None => Outcome::value(itself()),
                },
            },
            "release" | "end" | "close" | "on" | "once" | "off" | "destroy" | "ping" | "commit" | "rollback"
            | "beginTransaction" | "listen" | "notify" | "removeListener" | "removeAllListeners" | "listenerCount"
            | "setMaxListeners" => Outcome::value(Value::nullish()),
            "escape" | "escapeId" | "escapeLiteral" | "escapeIdentifier" => Outcome::value(
                SqlText::pieces(call.args.first().map(|it| vec![Piece::Bound(it.clone())])?).into_value(self.id, call.loc),
            ),
            "json" | "array" | "typed" => Outcome::value(call.args.first()?.clone()),
            _ => return None,
        })
    }

    fn base(&self, client: &Lib) -> Query {
        let privilege = if client.get("privilege").is_some() { Privilege::User } else { Privilege::Plain };
        let mut base = Query::new(Name::new(self.id), DbClient { privilege, made: client.made }, None, Op::Call);
        base.result = if self.result == Answer::Object { ResultForm::RowsObject } else { ResultForm::Plain };
        base
    }

    /// `query(text, values)`, `query({ text, values })`
    fn ask(&self, base: &Query, call: &Call<'_>, schema: &Schema) -> Outcome {
        let Some(first) = call.args.first() else { return Outcome::default() };
        let config = ["text", "sql"].iter().find_map(|key| first.field(key));
        let inner = ["values", "args"].iter().find_map(|key| first.field(key));
        let values = inner.or_else(|| call.args.get(1).filter(|it| !it.is_callable()));
        let text = config.unwrap_or(first);
        // A text with clauses that only one way adds: what all ways have holds.
        let mut joined = Outcome::default();
        for way in text.alternatives() {
            let way = self.statement(base, SqlText::of(way), values, call, schema);
            joined.events.extend(way.events);
            joined.value = match (joined.value, way.value) {
                (Some(ours), Some(theirs)) => Some(ours.join(&theirs)),
                (ours, theirs) => ours.or(theirs),
            };
        }
        joined
    }

    fn statement(&self, base: &Query, text: SqlText, values: Option<&Value>, call: &Call<'_>, schema: &Schema) -> Outcome {
        let events = text.sinks();
        let value = match read(base, &text, values, self.placeholders, schema) {
            Statement::Query(mut query) => {
                query.filter_loc = Some(call.arg_locs.first().copied().filter(|_| !target::is_tag(call)).unwrap_or(call.loc));
                if self.names_columns {
                    query.state.push((Name::new("text"), text.into_value(self.id, call.loc)));
                }
                Some(Value::of(Shape::Query(Arc::from(query))))
            }
            Statement::Harmless => None,
        };
        Outcome { value, events, ..Outcome::default() }
    }

    /// `batch([{ sql, args }, …])`, `transaction([query, …])`
    fn batch(&self, base: &Query, queries: &Value, call: &Call<'_>, schema: &Schema) -> Value {
        let one = |it: &Value| match &it.shape {
            Shape::Query(_) => it.clone(),
            _ => {
                let args = [it.clone()];
                let call = Call { args: &args, ..call.clone() };
                self.ask(base, &call, schema).value.unwrap_or_else(Value::unknown)
            }
        };
        match &queries.shape {
            Shape::Array(all) => Value::of(Shape::Array(all.iter().map(one).collect())),
            Shape::List(each) => Value::of(Shape::List(one(each))),
            _ => queries.clone(),
        }
    }
}

fn with_client(function: &Value, args: Vec<Value>) -> Callback {
    Callback { function: function.clone(), args, result: CallbackResult::Value, under: Facts::none(), maybe: false }
}

/// `sql(body, 'title', 'done')`, `sql('title')`, `sql(ids)`
fn columns(owner: &str, call: &Call<'_>) -> Value {
    let Some(first) = call.args.first() else { return Value::unknown() };
    let names: Vec<Name> = call.args[1..].iter().filter_map(|it| it.as_str().map(Name::new)).collect();
    let each = target::elements(first).and_then(<[Value]>::first).unwrap_or(first);
    let piece = match (&first.shape, &each.shape) {
        (Shape::Str(name), _) => Piece::Text(format!("\"{name}\"").into()),
        (Shape::Array(_) | Shape::List(_), shape) if !matches!(shape, Shape::Object(_)) && names.is_empty() => {
            let pieces = vec![Piece::Text("(".into()), Piece::Bound(first.clone()), Piece::Text(")".into())];
            return SqlText::pieces(pieces).into_value(owner, call.loc);
        }
        _ if names.is_empty() => Piece::Columns(each.clone()),
        _ => {
            let field = |name: &Name| {
                let known = each.field(name).cloned();
                (
                    *name,
                    known.unwrap_or_else(|| {
                        Value::with_origin(Shape::Unknown, crate::values::Origin::derived([each.origin.clone()]))
                    }),
                )
            };
            Piece::Columns(target::object(names.iter().map(field)))
        }
    };
    SqlText::pieces(vec![piece]).into_value(owner, call.loc)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::testing::{
        array, body, call, call_as, import, me, number, object, one_of, path, query, show, sinks, tag, text, value, whole_body,
    };
    use crate::values::{Fact, Key};

    fn pool() -> Value {
        let made = call_as(&PG, &Schema::default(), &import("pg", &["default", "Pool"]), "", &[], CallForm::New);
        made.and_then(|it| it.value).expect("a pool")
    }

    fn sql() -> Value {
        value(&POSTGRES, &import("postgres", &["default"]), "", &[Value::str("postgres://")])
    }

    #[test]
    fn text_and_values() {
        let statement = Value::str("SELECT * FROM todos WHERE id = $1 AND user_id = $2");
        let expected = "read todos where id=path.id, user_id=me select *";
        let values = array([path("id"), me()]);
        let client = value(&PG, &pool(), "connect", &[]);
        for (on, args) in [
            (pool(), vec![statement.clone(), values.clone()]),
            (client, vec![statement.clone(), values.clone()]),
            (pool(), vec![object([("text", statement), ("values", values)])]),
        ] {
            assert_eq!(show(&query(&call(&PG, &on, "query", &args))), expected);
        }
    }

    #[test]
    fn client_values_in_the_text() {
        let by = |part: Value| sinks(&call(&PG, &pool(), "query", &[text(&["SELECT * FROM todos WHERE id = '", "'"], [part])]));
        assert_eq!(by(body("id")), ["Sql body.id"]);
        assert_eq!(by(path("id")), ["Sql path.id"]);
        assert_eq!(by(me()), [""; 0]);
        assert_eq!(by(number("1")), [""; 0]);
        assert_eq!(sinks(&call(&PG, &pool(), "query", &[body("sql")])), ["Sql body.sql"]);
    }

    #[test]
    fn a_clause_that_only_one_way_adds_is_not_certain() {
        let both = one_of([
            Value::str("SELECT * FROM todos WHERE id = $1"),
            Value::str("SELECT * FROM todos WHERE id = $1 AND user_id = $2"),
        ]);
        let asked = call(&PG, &pool(), "query", &[both, array([path("id"), me()])]);
        assert_eq!(show(&query(&asked)), "read todos where id=path.id select *");
    }

    #[test]
    fn results() {
        let asked = call(&PG, &pool(), "query", &[Value::str("DELETE FROM todos")]);
        let result = PG.result(&query(&asked), AccessId(1));
        let found = Fact::Holds(Key::Row(AccessId(1), Arc::from([])));
        assert!(matches!(result.field("rows").map(|it| &it.shape), Some(Shape::Rows(_))));
        assert!(result.field("rowCount").is_some_and(|count| count.truth.when_true.has(&found)));
        assert!(matches!(POSTGRES.result(&query(&asked), AccessId(1)).shape, Shape::Rows(_)));
        assert!(matches!(MYSQL2.result(&query(&asked), AccessId(1)).shape, Shape::Array(_)));
    }

    #[test]
    fn a_count_proves_that_there_is_a_record() {
        let found = Fact::Holds(Key::Row(AccessId(1), Arc::from([])));
        for (text, column) in [
            ("SELECT count(*)::int AS n FROM members WHERE user_id = $1", "n"),
            ("SELECT EXISTS (SELECT 1 FROM members WHERE user_id = $1)", "exists"),
        ] {
            let asked = query(&call(&PG, &pool(), "query", &[Value::str(text), array([me()])]));
            assert_eq!(show(&asked), "count members where user_id=me", "{text}");
            let result = PG.result(&asked, AccessId(1));
            let Some(Shape::Array(rows)) = result.field("rows").map(|it| &it.shape) else { panic!("{result:?}") };
            assert!(rows[0].field(column).is_some_and(|count| count.truth.when_true.has(&found)), "{text}");
        }
    }

    #[test]
    fn what_touches_no_record_is_no_query() {
        assert!(call(&PG, &pool(), "query", &[Value::str("BEGIN")]).value.is_none());
        assert!(call(&PG, &pool(), "release", &[]).events.is_empty());
    }

    #[test]
    fn tags() {
        let run = |quasis: &[&str], args: &[Value]| tag(&POSTGRES, &sql(), "", quasis, args);
        let show_ = |outcome: Outcome| show(&query(&outcome));
        assert_eq!(show_(run(&["SELECT * FROM todos WHERE id = ", ""], &[path("id")])), "read todos where id=path.id select *");
        // A nested statement is a part of the one around it.
        let tie = run(&["AND user_id = ", ""], &[me()]).value.expect("a fragment");
        let nested = run(&["SELECT * FROM todos WHERE id = ", " ", ""], &[path("id"), tie]);
        assert_eq!(show_(nested), "read todos where id=path.id, user_id=me select *");
        let every_key = value(&POSTGRES, &sql(), "", &[whole_body()]);
        let named = value(&POSTGRES, &sql(), "", &[whole_body(), Value::str("title")]);
        assert_eq!(show_(run(&["INSERT INTO todos ", ""], std::slice::from_ref(&every_key))), "create todos write body");
        assert_eq!(
            show_(run(&["UPDATE todos SET ", " WHERE id = ", ""], &[every_key, path("id")])),
            "update todos where id=path.id write body"
        );
        assert_eq!(show_(run(&["INSERT INTO todos ", ""], &[named])), "create todos write {title=of(body)}");
        let ids = value(&POSTGRES, &sql(), "", &[Value::of(Shape::List(body("ids")))]);
        assert_eq!(
            show_(run(&["SELECT id FROM todos WHERE id IN ", ""], &[ids])),
            "read todos where id in list(body.ids) select id"
        );
        let ready =
            tag(&VERCEL, &import("@vercel/postgres", &["sql"]), "", &["SELECT id FROM todos WHERE id = ", ""], &[path("id")]);
        assert_eq!(show_(ready), "read todos where id=path.id select id");
    }

    #[test]
    fn every_driver_asks() {
        let statement = || Value::str("SELECT id FROM todos WHERE id = ?");
        for (driver, package, maker, method) in [
            (&MYSQL2, "mysql2/promise", "createPool", "execute"),
            (&LIBSQL, "@libsql/client/web", "createClient", "execute"),
            (&PLANETSCALE, "@planetscale/database", "connect", "execute"),
        ] {
            let client = value(driver, &import(package, &[maker]), "", &[]);
            let asked = call(driver, &client, method, &[statement(), array([path("id")])]);
            assert_eq!(show(&query(&asked)), "read todos where id=path.id select id", "{package}");
        }
        let neon =
            value(&NEON, &import("@neondatabase/serverless", &["neon"]), "", &[Value::str("url"), object([("authToken", me())])]);
        let asked = tag(&NEON, &neon, "", &["SELECT id FROM todos"], &[]);
        assert_eq!(query(&asked).client.privilege, Privilege::User);
        let batch = object([("sql", statement()), ("args", array([me()]))]);
        let client = value(&LIBSQL, &import("@libsql/client", &["createClient"]), "", &[]);
        match &value(&LIBSQL, &client, "batch", &[array([batch])]).shape {
            Shape::Array(queries) => assert!(matches!(queries[0].shape, Shape::Query(_))),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_transaction_hands_its_function_the_client() {
        let outcome = call(&POSTGRES, &sql(), "begin", &[import("./work", &["run"])]);
        assert_eq!(outcome.callbacks[0].args, [sql()]);
    }
}
