//! Databases whose statements are prepared first and given their values later: D1, better-sqlite3, `node:sqlite`, `bun:sqlite`.
//!
//! Kinds of its things: `client`, `statement` (data `text`, and `values` once some were bound, and `take` where rows are cut).
//!
//! **Invariant:** a statement is not a query yet: it becomes one where it is run, or where it stands in a batch.

use std::sync::Arc;

use super::sql::{Placeholders, SqlText, Statement, read};
use super::{DataLayer, record, target};
use crate::base::{Loc, Name};
use crate::schema::Schema;
use crate::values::{AccessId, Call, CallForm, DbClient, Lib, Op, Origin, Outcome, Privilege, Query, Runs, Shape, Value};

/// A database of this kind.
pub(super) struct Prepared {
    id: &'static str,
    /// Packages that export its client; none where it is a binding.
    packages: &'static [&'static str],
    /// Exports that make a client; the empty name is the default export.
    makers: &'static [&'static str],
    runs: Runs,
}

/// Cloudflare D1: a binding of a Worker.
pub(super) static D1: Prepared = Prepared { id: "d1", packages: &[], makers: &[], runs: Runs::Later };

/// better-sqlite3 and what is called like it.
pub(super) static SQLITE: Prepared = Prepared {
    id: "sqlite",
    packages: &["better-sqlite3", "node:sqlite", "sqlite", "bun:sqlite", "libsql", "better-sqlite3-multiple-ciphers"],
    makers: &["", "DatabaseSync", "Database"],
    runs: Runs::Now,
};

impl DataLayer for Prepared {
    fn id(&self) -> &'static str {
        self.id
    }

    fn call(&self, call: &Call<'_>, schema: &Schema) -> Option<Outcome> {
        if let Some((import, path)) = target::export(call) {
            let ours = self.packages.iter().any(|package| target::is_package(import.package, package));
            // CommonJS calls it without `new`.
            let makes = call.form != CallForm::Tagged && self.makers.contains(&target::last(&path));
            return (ours && makes).then(|| Outcome::value(self.thing("client", Vec::new())));
        }
        if let Some((lib, path)) = target::thing(call, self.id) {
            let [method] = path.as_slice() else { return None };
            return match lib.kind.as_str() {
                "client" => self.on_client(call, *method, schema),
                "statement" => self.on_statement(call, lib, *method, schema),
                _ => None,
            };
        }
        // A binding says nothing of what is bound there; that a statement is prepared on it does.
        let method = self.packages.is_empty().then(|| binding_method(call)).flatten()?;
        match method.as_str() {
            "prepare" if reads_as_sql(call.args.first()?) => self.on_client(call, method, schema),
            "batch" if target::elements(call.args.first()?)?.iter().any(|it| self.statement_of(it).is_some()) => {
                self.on_client(call, method, schema)
            }
            "withSession" => Some(Outcome::value(self.thing("client", Vec::new()))),
            "exec" if reads_as_sql(call.args.first()?) => self.on_client(call, method, schema),
            _ => None,
        }
    }

    fn member(&self, _lib: &Lib, _name: Name) -> Option<Value> {
        None
    }

    fn result(&self, query: &Query, access: AccessId) -> Value {
        let said = |key: &str| query.state.iter().find(|(it, _)| *it == key).and_then(|(_, value)| value.as_str());
        let changes = || record::count(access);
        match (said("method").unwrap_or_default(), said("column")) {
            (_, Some(column)) => record::of_statement(query, access).field(column).cloned().unwrap_or_else(|| {
                let row = record::maybe_row(access);
                Value::new(Shape::Unknown, row.origin.clone(), row.truth.clone())
            }),
            ("first" | "get", None) if query.op == Op::Count => match &record::of_statement(query, access).shape {
                Shape::Array(rows) => rows.first().cloned().unwrap_or_else(Value::unknown),
                _ => Value::unknown(),
            },
            ("first" | "get", None) => record::maybe_row(access),
            ("all" | "iterate" | "raw" | "values", None) if self.packages.is_empty() && said("method") == Some("all") => {
                record::object([("results", record::of_statement(query, access)), ("success", Value::bool(true))])
            }
            ("all" | "iterate" | "raw" | "values", None) => record::of_statement(query, access),
            _ => record::object([
                ("results", record::of_statement(query, access)),
                ("meta", record::object([("changes", changes()), ("last_row_id", record::computed(access, Shape::Unknown))])),
                ("changes", changes()),
                ("lastInsertRowid", record::computed(access, Shape::Unknown)),
            ]),
        }
    }
}

impl Prepared {
    fn thing(&self, kind: &str, data: Vec<(Name, Value)>) -> Value {
        let (owner, kind) = (Name::new(self.id), Name::new(kind));
        Value::of(Shape::Lib(Arc::new(Lib { owner, kind, path: Arc::from([]), data, made: None, cell: None })))
    }

    /// A statement that was prepared there.
    fn statement(&self, data: Vec<(Name, Value)>, made: Option<Loc>) -> Value {
        let (owner, kind) = (Name::new(self.id), Name::new("statement"));
        Value::of(Shape::Lib(Arc::new(Lib { owner, kind, path: Arc::from([]), data, made, cell: None })))
    }

    fn statement_of<'v>(&self, value: &'v Value) -> Option<&'v Lib> {
        value.as_lib().filter(|lib| lib.owner == *self.id && lib.kind == "statement")
    }

    fn on_client(&self, call: &Call<'_>, method: Name, schema: &Schema) -> Option<Outcome> {
        Some(match method.as_str() {
            // `query` is Bun's cached `prepare`.
            "prepare" | "query" => {
                let text = call.args.first()?;
                let made = self.statement(vec![(Name::new("text"), text.clone())], Some(call.loc));
                Outcome { value: Some(made), events: SqlText::of(text).sinks(), ..Outcome::default() }
            }
            "exec" => {
                let text = call.args.first()?;
                let value = self.query(text, None, "exec", None, schema);
                Outcome { value, events: SqlText::of(text).sinks(), runs: self.runs, ..Outcome::default() }
            }
            "batch" => {
                let one = |it: &Value| match self.statement_of(it) {
                    Some(lib) => self.queried(lib, "batch", None, schema).map_or_else(Value::unknown, |it| at(it, lib.made)),
                    None => it.clone(),
                };
                let queries = call.args.first()?;
                Outcome::value(match &queries.shape {
                    Shape::Array(all) => Value::of(Shape::Array(all.iter().map(one).collect())),
                    Shape::List(each) => Value::of(Shape::List(one(each))),
                    _ => queries.clone(),
                })
            }
            // The function comes back, and runs in a transaction when it is called.
            "transaction" => Outcome::value(call.args.first()?.clone()),
            "withSession" => Outcome::value(call.callee.clone()),
            "pragma" | "close" | "loadExtension" | "function" | "aggregate" | "defaultSafeIntegers" => {
                Outcome::value(Value::nullish())
            }
            _ => return None,
        })
    }

    fn on_statement(&self, call: &Call<'_>, lib: &Lib, method: Name, schema: &Schema) -> Option<Outcome> {
        let given = values_of(call.args);
        Some(match method.as_str() {
            "bind" => {
                let mut data: Vec<(Name, Value)> = lib.data.iter().filter(|(key, _)| *key != "values").cloned().collect();
                data.push((Name::new("values"), given.unwrap_or_else(|| Value::of(Shape::Array(Arc::from([]))))));
                Outcome::value(self.statement(data, lib.made))
            }
            // `.pluck().get(…)`: the first column alone; `.raw()` of better-sqlite3: rows as lists.
            "pluck" | "expand" | "safeIntegers" | "setReadBigInts" | "setAllowBareNamedParameters" | "as" => {
                Outcome::value(call.callee.clone())
            }
            "raw" if self.runs == Runs::Now => Outcome::value(call.callee.clone()),
            "first" | "all" | "run" | "raw" | "get" | "iterate" | "values" => {
                let column = call.args.first().and_then(Value::as_str).filter(|_| method == "first");
                let mut lib = lib.clone();
                if let (Some(values), true) = (given, self.runs == Runs::Now) {
                    lib.data.retain(|(key, _)| *key != "values");
                    lib.data.push((Name::new("values"), values));
                }
                Outcome { value: self.queried(&lib, &method, column, schema), runs: self.runs, ..Outcome::default() }
            }
            _ => return None,
        })
    }

    fn queried(&self, lib: &Lib, method: &str, column: Option<&str>, schema: &Schema) -> Option<Value> {
        self.query(lib.get("text")?, lib.get("values"), method, column, schema)
    }

    /// The query of a text. One that touches no record is none.
    fn query(&self, text: &Value, values: Option<&Value>, method: &str, column: Option<&str>, schema: &Schema) -> Option<Value> {
        let client = DbClient { privilege: Privilege::Plain, made: None };
        let base = Query::new(Name::new(self.id), client, None, Op::Call);
        let mut ways = text.alternatives().iter().filter_map(|way| {
            let Statement::Query(mut query) = read(&base, &SqlText::of(way), values, Placeholders::Question, schema) else {
                return None;
            };
            query.single = matches!(method, "first" | "get");
            query.state.push((Name::new("method"), Value::str(method)));
            if let Some(column) = column {
                query.state.push((Name::new("column"), Value::str(column)));
            }
            Some(Value::of(Shape::Query(Arc::from(query))))
        });
        ways.next()
    }
}

/// The query of a batch stands where its statement was prepared.
fn at(query: Value, made: Option<Loc>) -> Value {
    match &query.shape {
        Shape::Query(inner) => Value::of(Shape::Query(Arc::new(Query { made, ..Query::clone(inner) }))),
        _ => query,
    }
}

/// The values of a statement: arguments, one list, or one object of names.
fn values_of(args: &[Value]) -> Option<Value> {
    match args {
        [] => None,
        [one] if matches!(one.shape, Shape::Array(_) | Shape::List(_) | Shape::Object(_)) => Some(one.clone()),
        all => Some(Value::of(Shape::Array(all.into()))),
    }
}

/// The method that is called on a binding of the environment, or on something that nobody knows.
fn binding_method(call: &Call<'_>) -> Option<Name> {
    match &call.callee.shape {
        Shape::Lib(lib) if lib.kind == "env" && !lib.path.is_empty() => call.method,
        Shape::Unknown if matches!(call.callee.origin, Origin::Env(_) | Origin::Unknown) => call.method,
        _ => None,
    }
}

/// Whether a text begins like a statement.
fn reads_as_sql(value: &Value) -> bool {
    let text = match &value.shape {
        Shape::Str(text) => text.clone(),
        Shape::Text { quasis, .. } => quasis.first().cloned().unwrap_or_default(),
        Shape::OneOf(ways) => return ways.iter().all(reads_as_sql),
        _ => return false,
    };
    let word: String = text.trim_start().chars().take_while(char::is_ascii_alphabetic).collect();
    ["select", "insert", "update", "delete", "with", "replace"].contains(&word.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::testing::{array, body, call, call_as, env, import, me, object, path, query, show, sinks, text, value};

    fn binding() -> Value {
        env("DB")
    }

    fn prepared(statement: &str) -> Value {
        value(&D1, &binding(), "prepare", &[Value::str(statement)])
    }

    #[test]
    fn a_bound_statement_is_read_where_it_runs() {
        let statement = prepared("SELECT id, title FROM notes WHERE id = ? AND user_id = ?2");
        let bound = value(&D1, &statement, "bind", &[path("id"), me()]);
        for method in ["first", "all", "run", "raw"] {
            let asked = call(&D1, &bound, method, &[]);
            assert_eq!(show(&query(&asked)), "read notes where id=path.id, user_id=me select id title", "{method}");
        }
        assert!(query(&call(&D1, &bound, "first", &[])).single);
        let results = |method: &str| D1.result(&query(&call(&D1, &bound, method, &[])), AccessId(1));
        assert!(matches!(results("first").shape, Shape::Row(_)));
        assert!(matches!(results("all").field("results").map(|it| &it.shape), Some(Shape::Rows(_))));
        assert!(results("run").field("meta").and_then(|it| it.field("changes")).is_some());
    }

    #[test]
    fn one_column_of_the_first_row() {
        let asked = call(
            &D1,
            &value(&D1, &prepared("SELECT email FROM users WHERE id = ?"), "bind", &[path("id")]),
            "first",
            &[Value::str("email")],
        );
        let found = D1.result(&query(&asked), AccessId(1));
        assert!(matches!(found.origin, Origin::Row(_)) && !matches!(found.shape, Shape::Row(_)));
    }

    #[test]
    fn a_batch_runs_each_of_its_statements() {
        let one = value(&D1, &prepared("INSERT INTO notes (title, user_id) VALUES (?, ?)"), "bind", &[body("title"), me()]);
        let batch = value(&D1, &binding(), "batch", &[array([one])]);
        let Shape::Array(queries) = &batch.shape else { panic!("{batch:?}") };
        let Shape::Query(found) = &queries[0].shape else { panic!("{batch:?}") };
        assert_eq!(show(found), "create notes write {title=body.title user_id=me}");
    }

    #[test]
    fn client_values_in_a_text_that_is_prepared() {
        let asked = call(&D1, &binding(), "prepare", &[text(&["SELECT * FROM notes ORDER BY ", ""], [body("sort")])]);
        assert_eq!(sinks(&asked), ["Sql body.sort"]);
    }

    #[test]
    fn what_does_not_prepare_sql_is_no_database() {
        let asked = |method: &str, args: &[Value]| call_as(&D1, &Schema::default(), &binding(), method, args, CallForm::Call);
        assert!(asked("prepare", &[Value::str("the room")]).is_none());
        assert!(asked("get", &[Value::str("key")]).is_none());
        assert!(asked("batch", &[array([Value::unknown()])]).is_none());
    }

    #[test]
    fn sqlite_runs_at_once_with_the_values_it_is_given() {
        for (package, export, form) in [
            ("better-sqlite3", "default", CallForm::New),
            ("better-sqlite3", "default", CallForm::Call),
            ("node:sqlite", "DatabaseSync", CallForm::New),
        ] {
            let made = call_as(&SQLITE, &Schema::default(), &import(package, &[export]), "", &[Value::str("app.db")], form);
            let db = made.and_then(|it| it.value).expect("a client");
            let by_place = value(&SQLITE, &db, "prepare", &[Value::str("SELECT * FROM notes WHERE id = ? AND user_id = ?")]);
            let asked = call(&SQLITE, &by_place, "get", &[path("id"), me()]);
            assert_eq!(asked.runs, Runs::Now);
            assert_eq!(show(&query(&asked)), "read notes where id=path.id, user_id=me select *", "{package}");
            let by_name = value(&SQLITE, &db, "prepare", &[Value::str("DELETE FROM notes WHERE id = @id")]);
            let asked = call(&SQLITE, &by_name, "run", &[object([("id", path("id"))])]);
            assert_eq!(show(&query(&asked)), "delete notes where id=path.id");
            assert!(SQLITE.result(&query(&asked), AccessId(1)).field("changes").is_some());
        }
    }
}
