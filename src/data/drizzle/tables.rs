//! Tables, columns and what declares them, as values.

use std::sync::Arc;

use super::ID;
use crate::base::Name;
use crate::data::assemble::quoted;
use crate::data::sql::{Piece, fragment};
use crate::data::target;
use crate::schema::Schema;
use crate::values::{Call, Lib, Outcome, Shape, Value};

/// A thing of this layer.
pub(super) fn lib(kind: &str, data: Vec<(Name, Value)>) -> Lib {
    Lib { owner: Name::new(ID), kind: Name::new(kind), path: Arc::from([]), data, made: None, cell: None }
}

/// It as a value.
pub(super) fn value(lib: Lib) -> Value {
    Value::of(Shape::Lib(Arc::new(lib)))
}

/// A table by its name in the database.
pub(super) fn table(name: &str) -> Value {
    value(lib("table", vec![(Name::new("name"), Value::str(name))]))
}

/// A subquery in the place of a table.
pub(super) fn subquery(alias: &str, query: &Value) -> Value {
    let data = vec![(Name::new("name"), Value::str(alias)), (Name::new("subquery"), query.clone())];
    value(lib("table", data))
}

/// A column.
pub(super) fn column(table: &str, name: Name) -> Value {
    value(lib("column", vec![(Name::new("table"), Value::str(table)), (Name::new("name"), Value::str(&name))]))
}

/// The table that a value is: the name that its columns are written with.
pub(super) fn table_of(value: &Value) -> Option<&str> {
    let lib = value.as_lib().filter(|it| it.owner == ID && it.kind == "table")?;
    lib.get("alias").or_else(|| lib.get("name"))?.as_str()
}

/// The column that a value is: its table's name and its own.
pub(super) fn column_of(value: &Value) -> Option<(&str, &str)> {
    let lib = value.as_lib().filter(|it| it.owner == ID && it.kind == "column")?;
    Some((lib.get("table")?.as_str()?, lib.get("name")?.as_str()?))
}

/// A table in a `from`.
pub(super) fn from(value: &Value) -> Option<Vec<Piece>> {
    let known = value.as_lib().filter(|it| it.owner == ID && it.kind == "table")?;
    let name = known.get("name")?.as_str()?;
    if let Some(inner) = known.get("subquery") {
        let mut all = vec![Piece::Text("(".into())];
        all.extend(fragment(inner)?);
        all.push(Piece::Text(format!(") AS {}", quoted(name)).into()));
        return Some(all);
    }
    let alias = known.get("alias").and_then(Value::as_str).map(|it| format!(" AS {}", quoted(it)));
    Some(vec![Piece::Text(format!("{}{}", quoted(name), alias.unwrap_or_default()).into())])
}

/// An export that declares something, or tells of a table.
pub(super) fn exported(call: &Call<'_>, package: Name, path: &[&str], schema: &Schema) -> Option<Outcome> {
    let first = call.args.first();
    let name = first.and_then(Value::as_str);
    let made = match path {
        [maker] | [maker, "withRLS"] if is_table(maker) => table(name?),
        [maker] if maker.ends_with("TableCreator") => value(lib("creator", Vec::new())),
        [maker] if maker.ends_with("Schema") && name.is_some() => {
            value(lib("schema", vec![(Name::new("name"), Value::str(name?))]))
        }
        ["pgEnum" | "mysqlEnum" | "singlestoreEnum"] if matches!(call.args.get(1).map(|it| &it.shape), Some(Shape::Array(_))) => {
            value(lib("enum", vec![(Name::new("values"), call.args.get(1)?.clone())]))
        }
        ["getTableColumns" | "getColumns"] => columns(first?, schema)?,
        ["getTableName"] => Value::str(table_of(first?)?),
        ["alias"] | ["aliasedTable"] => {
            let mut aliased = first?.as_lib()?.clone();
            aliased.data.push((Name::new("alias"), call.args.get(1)?.clone()));
            value(aliased)
        }
        ["relations" | "defineRelations" | "defineRelationsPart"] => Value::unknown(),
        // Types of columns, indexes, policies: what they declare, the schema's reader reads.
        _ if package.contains("-core") => value(lib("declaration", Vec::new())),
        _ => return None,
    };
    Some(Outcome::value(made))
}

/// Whether an export declares tables.
fn is_table(name: &str) -> bool {
    matches!(
        name,
        "pgTable"
            | "mysqlTable"
            | "sqliteTable"
            | "singlestoreTable"
            | "cockroachTable"
            | "mssqlTable"
            | "gelTable"
            | "snakeCaseTable"
            | "pgView"
            | "mysqlView"
            | "sqliteView"
            | "pgMaterializedView"
    )
}

/// A method of something that declares.
pub(super) fn method(lib: &Lib, path: &[&str], call: &Call<'_>) -> Option<Outcome> {
    let name = call.args.first().and_then(Value::as_str);
    let made = match (lib.kind.as_str(), path) {
        ("creator", []) => table(name?),
        ("schema", ["table" | "view" | "materializedView"]) => {
            let schema = lib.get("name")?.as_str()?;
            table(&if ["public", "dbo"].contains(&schema) { name?.to_owned() } else { format!("{schema}.{}", name?) })
        }
        ("schema" | "enum" | "declaration", _) => value(self::lib("declaration", Vec::new())),
        ("table", [_]) => value(Lib { path: Arc::from([]), ..lib.clone() }),
        _ => return None,
    };
    Some(Outcome::value(made))
}

/// A member of a table, or of an enum.
pub(super) fn member(lib: &Lib, name: Name) -> Option<Value> {
    if !lib.path.is_empty() || name.starts_with('$') || name == "_" {
        return None;
    }
    match lib.kind.as_str() {
        "table" if !["enableRLS", "as", "with", "existing"].contains(&name.as_str()) => {
            let table = lib.get("alias").or_else(|| lib.get("name"))?.as_str()?;
            Some(column(table, name))
        }
        "enum" if name == "enumValues" => lib.get("values").cloned(),
        _ => None,
    }
}

/// All columns of a table, as the schema knows them.
pub(super) fn columns(of: &Value, schema: &Schema) -> Option<Value> {
    let entity = schema.find(Name::new(of.as_lib()?.get("name")?.as_str()?))?;
    let alias = table_of(of)?;
    let fields = entity.fields.iter().filter(|it| it.is_scalar());
    Some(target::object(fields.map(|field| (field.name, column(alias, field.name)))))
}
