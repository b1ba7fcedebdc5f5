//! `db.query.table.findFirst({ where, columns, with })`.

use super::{base, tables};
use crate::base::{Loc, Name};
use crate::data::assemble::{Select, all_of, keep, kept, pending};
use crate::data::sql::SqlText;
use crate::data::sql::fragment;
use crate::data::target;
use crate::schema::{Entity, Schema, names};
use crate::values::{
    Call, Callback, CallbackResult, Facts, Filter, Import, Include, Lib, Op, Outcome, Projection, Quantifier, Shape, Test, Value,
};

/// The key in a query's state of the model that it asks.
pub(super) const MODEL: &str = "model";
/// The condition is an object, which leaves undefined keys out.
pub(super) const OBJECT: &str = "object";

/// `findFirst`, `findMany`.
pub(super) fn find(lib: &Lib, model: &str, method: &str, call: &Call<'_>, schema: &Schema) -> Option<Outcome> {
    if !["findFirst", "findMany"].contains(&method) {
        return None;
    }
    let mut query = base(lib, Op::Read);
    query.single = method == "findFirst";
    query.entity = Some(Name::new(model));
    keep(&mut query, MODEL, Value::str(model));
    let entity = schema.find(Name::new(model));
    let config = call.args.first();
    query.projection = projection(config, entity, schema);
    query.limit = config.and_then(|it| it.field("limit")).filter(|it| it.shape != Shape::Nullish).cloned();
    let mut events = Vec::new();
    let condition = match config.map(|it| (&it.shape, it)) {
        Some((Shape::Object(config), _)) => config.get("where").cloned().unwrap_or_else(Value::nullish),
        None | Some((Shape::Nullish, _)) => Value::nullish(),
        Some((_, config)) => config.clone(),
    };
    if let Some(pieces) = fragment(&condition) {
        events = SqlText::pieces(pieces).sinks();
    }
    if condition.is_callable() {
        // Operators come as the second argument.
        let operators = Import { package: Name::new("drizzle-orm"), path: std::sync::Arc::from([]), unresolved: false };
        let args = vec![tables::table(&table_name(model, schema)), Value::of(Shape::Import(std::sync::Arc::new(operators)))];
        let result = CallbackResult::Into(Name::new("where"));
        let callback = Callback { function: condition, args, result, under: Facts::none(), maybe: false };
        return Some(Outcome { callbacks: vec![callback], ..Outcome::value(pending(query)) });
    }
    keep(&mut query, super::builder::mark::WHERE, condition);
    let outcome = rebuilt(query, call.loc, schema);
    Some(Outcome { events, ..outcome })
}

/// The table's name in the database.
fn table_name(model: &str, schema: &Schema) -> String {
    schema.find(Name::new(model)).map_or_else(|| model.to_owned(), |it| it.table.unwrap_or(it.name).to_string())
}

/// The query with its condition.
pub(super) fn rebuilt(mut query: crate::values::Query, loc: Loc, schema: &Schema) -> Outcome {
    let model = kept(&query, MODEL).and_then(Value::as_str).map(Name::new);
    let condition = kept(&query, super::builder::mark::WHERE).cloned().unwrap_or_else(Value::nullish);
    let entity = model.and_then(|it| schema.find(it));
    if condition.as_object().is_some() {
        keep(&mut query, OBJECT, Value::bool(true));
        query.filter = by_object(&condition, entity, schema);
    } else {
        query.filter = by_condition(&condition, &table_name(model.as_deref().unwrap_or(""), schema), &query, loc, schema);
    }
    Outcome::value(pending(query))
}

fn by_condition(condition: &Value, table: &str, query: &crate::values::Query, loc: Loc, schema: &Schema) -> Filter {
    let Some(filter) = all_of(std::slice::from_ref(condition)) else { return Filter::All };
    let from = tables::from(&tables::table(table)).unwrap_or_default();
    let mut read = query.clone();
    Select { from, filter, ..Select::default() }.read_into(&mut read, loc, schema);
    read.filter
}

/// The object form: fields with values or operators, `AND`, `OR`, `NOT`, relations.
fn by_object(condition: &Value, entity: Option<&Entity>, schema: &Schema) -> Filter {
    let Some(object) = condition.as_object() else {
        return match condition.shape {
            Shape::Nullish => Filter::All,
            _ => Filter::Opaque(vec![condition.clone()]),
        };
    };
    let mut filter = Filter::All;
    for spread in &object.spreads {
        filter = filter.and(Filter::Opaque(vec![spread.clone()]));
    }
    let several = |value: &Value| -> Vec<Filter> {
        let all = target::elements(value).unwrap_or(std::slice::from_ref(value));
        all.iter().map(|it| by_object(it, entity, schema)).collect()
    };
    for (key, value) in &object.fields {
        let across = entity.and_then(|it| it.relation(*key)).and_then(|(_, it)| schema.find(it.to));
        let part = match (key.as_str(), across) {
            ("AND", _) => several(value).into_iter().fold(Filter::All, Filter::and),
            ("OR", _) => Filter::Or(several(value)),
            ("NOT", _) => Filter::Not(Box::new(by_object(value, entity, schema))),
            ("RAW", _) => Filter::Opaque(vec![value.clone()]),
            (_, Some(other)) => {
                let inner =
                    if matches!(value.shape, Shape::Bool(_)) { Filter::All } else { by_object(value, Some(other), schema) };
                Filter::Related { relation: *key, quantifier: Quantifier::Some, filter: Box::new(inner) }
            }
            _ => comparison(*key, value),
        };
        filter = filter.and(part);
    }
    filter
}

fn comparison(field: Name, value: &Value) -> Filter {
    let Some(operators) = value.as_object() else { return Filter::equal(field, value.clone(), None) };
    operators.fields.iter().fold(Filter::All, |filter, (operator, value)| {
        let (test, value) = match operator.as_str() {
            "eq" => (Test::Equal, value.clone()),
            "in" => (Test::In, value.clone()),
            "ne" => (Test::NotEqual, value.clone()),
            "isNull" => (Test::Equal, Value::nullish()),
            "isNotNull" => (Test::NotEqual, Value::nullish()),
            _ => (Test::Other, value.clone()),
        };
        filter.and(Filter::Field { field, test, value, loc: None })
    })
}

/// `columns` and `with`.
fn projection(config: Option<&Value>, entity: Option<&Entity>, schema: &Schema) -> Projection {
    let mut projection = Projection::default();
    let config = match config.map(|it| (&it.shape, it)) {
        Some((Shape::Object(_), config)) => config,
        None | Some((Shape::Nullish | Shape::Bool(_), _)) => return Projection::whole(),
        Some(_) => return Projection { opaque: true, ..Projection::default() },
    };
    match config.field("columns").map(|it| (it.as_object(), it)) {
        None => projection.whole = true,
        Some((None, it)) => (projection.whole, projection.opaque) = (it.shape == Shape::Nullish, it.shape != Shape::Nullish),
        Some((Some(columns), _)) => {
            let is = |wanted: bool| {
                let fields = columns.fields.iter().filter(move |(_, it)| it.shape == Shape::Bool(wanted));
                fields.map(|(name, _)| field_of(entity, *name)).collect::<Vec<Name>>()
            };
            projection.fields = is(true);
            projection.whole = projection.fields.is_empty() && !columns.fields.is_empty();
            if projection.whole {
                projection.omit = is(false);
            }
            projection.opaque = !columns.is_closed();
        }
    }
    let with = config.field("with").and_then(Value::as_object);
    for (key, inner) in with.iter().flat_map(|it| &it.fields).filter(|(_, it)| it.shape != Shape::Bool(false)) {
        let other = entity.and_then(|it| it.relation(*key)).and_then(|(_, it)| schema.find(it.to));
        let table = other.map_or_else(|| key.to_string(), |it| it.table.unwrap_or(it.name).to_string());
        let condition = inner.field("where");
        let filter = match condition {
            Some(it) if it.as_object().is_some() => by_object(it, other, schema),
            Some(it) if fragment(it).is_some() => {
                let client = crate::values::DbClient { privilege: crate::values::Privilege::Plain, made: None };
                let query = crate::values::Query::new(Name::new(super::ID), client, None, Op::Read);
                let nowhere = Loc { file: crate::base::FileId(0), item: crate::base::ItemId(0), node: crate::base::Node::Start };
                by_condition(it, &table, &query, nowhere, schema)
            }
            Some(it) if it.shape != Shape::Nullish => Filter::Opaque(vec![it.clone()]),
            _ => Filter::All,
        };
        projection.related.push(Include { key: *key, relation: *key, filter, projection: projection_of(inner, other, schema) });
    }
    projection
}

fn projection_of(config: &Value, entity: Option<&Entity>, schema: &Schema) -> Projection {
    projection(Some(config), entity, schema)
}

/// The entity's name of a column whose key in the code is `key`: where the entity comes from SQL, `passwordHash` is `password_hash`.
fn field_of(entity: Option<&Entity>, key: Name) -> Name {
    let Some(entity) = entity else { return key };
    let words = names::words(&key);
    let alike = || entity.fields.iter().find(|field| names::words(&field.name) == words).map(|field| field.name);
    if entity.fields.iter().any(|field| field.name == key) { key } else { alike().unwrap_or(key) }
}
